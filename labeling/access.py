"""The only way to fetch something for a user. Absent and forbidden answer alike."""

import uuid
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet

from labeling.domain.errors import Forbidden, NotFound
from labeling.models import Export, Job, Label, Project, Upload, Video
from labeling.models.project import Role

User = AbstractBaseUser | AnonymousUser
Row = TypeVar("Row", bound=Model)

_NO_PROJECT = "There is no such project, or you are not a member of it."
_RANK = {role: rank for rank, role in enumerate(reversed(Role.values))}


def projects_for(user: User) -> QuerySet[Project]:
    """Projects the user is a member of; all of them for a superuser."""
    if getattr(user, "is_superuser", False):
        return Project.objects.all()
    return Project.objects.filter(memberships__user_id=user.pk)


def role_of(user: User, project: Project) -> str | None:
    """The user's role, None for a stranger."""
    if getattr(user, "is_superuser", False):
        return Role.OWNER
    # Through the project, so that a list that prefetched its members asks nothing more.
    roles = [m.role for m in project.memberships.all() if m.user_id == user.pk]
    return roles[0] if roles else None


def require(user: User, project: Project, role: str) -> None:
    """Raises NotFound for a stranger and Forbidden for a member with too small a role."""
    own = role_of(user, project)
    if own is None:
        raise NotFound(_NO_PROJECT)
    if _RANK[own] < _RANK[role]:
        raise Forbidden(
            f"This needs the role '{role}' in project '{project.name}'; yours is '{own}'. "
            "Ask an owner or manager of the project."
        )


def project_for(user: User, project_id: Any, role: str = Role.VIEWER) -> Project:
    try:
        project = _fetch(Project.objects.all(), project_id, "project")
    except NotFound:
        raise NotFound(_NO_PROJECT) from None
    require(user, project, role)
    return project


def video_for(user: User, video_id: Any, role: str = Role.VIEWER) -> Video:
    return _of_project(user, Video.objects.select_related("project"), video_id, role, "video")


def label_for(user: User, label_id: Any, role: str = Role.VIEWER) -> Label:
    return _of_project(user, Label.objects.select_related("project"), label_id, role, "label")


def job_for(user: User, job_id: Any, role: str = Role.VIEWER) -> Job:
    return _of_project(user, Job.objects.select_related("project", "video"), job_id, role, "job")


def export_for(user: User, export_id: Any, role: str = Role.VIEWER) -> Export:
    rows = Export.objects.select_related("project", "job")
    return _of_project(user, rows, export_id, role, "export")


def upload_for(user: User, upload_id: Any) -> Upload:
    """An upload goes on only by the person who began it, and only while they may upload."""
    own = Upload.objects.select_related("project").filter(user_id=user.pk)
    return _of_project(user, own, upload_id, Role.ANNOTATOR, "upload")


def _of_project(user: User, rows: QuerySet[Row], row_id: Any, role: str, noun: str) -> Row:
    row = _fetch(rows, row_id, noun)
    try:
        require(user, row.project, role)  # type: ignore[attr-defined]
    except NotFound:
        raise NotFound(f"There is no such {noun}.") from None
    return row


def _fetch(rows: QuerySet[Row], row_id: Any, noun: str) -> Row:
    try:
        if rows.model._meta.pk.get_internal_type() == "UUIDField":
            row_id = uuid.UUID(str(row_id))
        return rows.get(pk=row_id)
    except (rows.model.DoesNotExist, ValueError, TypeError):
        raise NotFound(f"There is no such {noun}.") from None

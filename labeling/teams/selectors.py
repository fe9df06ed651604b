from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from labeling import access
from labeling.domain.state import CONFIRMED, State
from labeling.models import Job, Membership, Project, TubeRow, Video
from labeling.models.annotation import HIDDEN
from labeling.models.job import FINISHED, JobKind
from labeling.models.project import Role


def projects(user: access.User) -> QuerySet[Project]:
    return access.projects_for(user).prefetch_related("labels", "memberships")


def counts(project_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Videos, shown tubes by state and unfinished jobs of each project, in three queries."""
    ids = list(project_ids)
    videos = _by_project(Video.objects.filter(project__in=ids), "project")
    running = Job.objects.filter(project__in=ids).exclude(state__in=FINISHED)
    jobs = _by_project(running, "project")
    shown = TubeRow.objects.filter(video__project__in=ids).exclude(HIDDEN)
    tubes = shown.order_by().values("video__project")
    by_state = {
        row["video__project"]: row
        for row in tubes.annotate(
            tubes=Count("id"),
            proposed=Count("id", filter=Q(state=State.PROPOSED)),
            confirmed=Count("id", filter=Q(state__in=[str(state) for state in CONFIRMED])),
            rejected=Count("id", filter=Q(state=State.REJECTED)),
        )
    }
    return {
        project_id: {
            "videos": videos.get(project_id, 0),
            "jobs_running": jobs.get(project_id, 0),
            **{
                name: by_state.get(project_id, {}).get(name, 0)
                for name in ("tubes", "proposed", "confirmed", "rejected")
            },
        }
        for project_id in ids
    }


def members(project: Project) -> QuerySet[Membership]:
    return project.memberships.select_related("user")


def is_owner(project: Project, username: str) -> bool:
    return project.memberships.filter(user__username=username, role=Role.OWNER).exists()


def jobs(project: Project, states: list[str]) -> QuerySet[Job]:
    """A project's jobs; the parts of one that several workers share are not told apart."""
    rows = project.jobs.select_related("video").exclude(kind=JobKind.DETECT)
    return rows.filter(state__in=states) if states else rows


def _by_project(rows: QuerySet, field: str) -> dict[int, int]:
    grouped = rows.order_by().values(field).annotate(n=Count("id"))
    return {row[field]: row["n"] for row in grouped}

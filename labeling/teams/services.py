"""Projects, their labels and members."""

import shutil
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.text import slugify

from labeling import schema
from labeling.domain.errors import Conflict, InvalidInput, NotFound
from labeling.domain.taxonomy import LabelKind
from labeling.models import Label, Membership, Project, SpanRow, TubeRow, Video
from labeling.models.job import JobKind, JobState
from labeling.models.project import Role
from labeling.models.schema_change import SchemaOperation

# What a new project starts with: enough to draw a person at once. Actions are the project's own.
PERSON = {"kind": LabelKind.OBJECT, "name": "person", "color": "#4f9dff"}
# A first set of actions to try things out with, under AVA's names and numbers.
STARTER_ACTIONS = (
    ("walk", 14),
    ("stand", 12),
    ("run/jog", 10),
    ("sit", 11),
    ("bend/bow (at the waist)", 1),
)
PALETTE = (
    "#f2a541", "#5bc489", "#e86a6a", "#b18cf0", "#45c4d6", "#e889c0", "#c7d04b", "#8aa4ff",
    "#d98a5f", "#6fd0a8",
)  # fmt: skip


@transaction.atomic
def project_create(*, name: str, owner: AbstractBaseUser | None = None) -> Project:
    """Make a project with a 'person' label; `owner` becomes its owner.

    Raises:
        Conflict: the name is taken.
    """
    name = name.strip()
    if not name:
        raise InvalidInput("A project needs a name.")
    if Project.objects.filter(name=name).exists():
        raise Conflict(f"There is a project '{name}' already; choose another name.")
    project = Project.objects.create(name=name, slug=_free_slug(name))
    Label.objects.create(project=project, **PERSON)
    if owner is not None:
        Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    return project


@transaction.atomic
def starter_actions_add(*, project: Project) -> None:
    """Give a new project actions to begin with; they can be renamed and deleted."""
    for name, ava_id in STARTER_ACTIONS:
        label_create(
            project=project, kind=LabelKind.ACTION, name=name, ava_id=ava_id,
            ava_group="PERSON_MOVEMENT",
        )  # fmt: skip


def project_change(*, project: Project, changes: dict[str, Any]) -> Project:
    if "name" in changes:
        name = changes["name"].strip()
        if Project.objects.filter(name=name).exclude(pk=project.pk).exists():
            raise Conflict(f"There is a project '{name}' already; choose another name.")
        project.name = name
    if "settings" in changes:
        project.settings = {**project.settings, **changes["settings"]}
    project.save(update_fields=["name", "settings"])
    return project


@transaction.atomic
def project_delete(*, project: Project) -> None:
    """Delete a project with all that is in it, and the files that no other project has.

    Raises:
        Conflict: a job is still working on it.
    """
    if project.jobs.filter(state=JobState.RUNNING).exists():
        raise Conflict(f"A job is working on '{project.name}'; cancel it first.")
    homes = settings.HOME_DIRS
    contents = set(project.videos.values_list("sha256", flat=True))
    archives = [homes["exports"] / name for name in _names(project.exports, "path")]
    parts = [homes["uploads"] / f"{name}.part" for name in _names(project.uploads, "id")]
    halves = [homes["exports"] / f".{name}.work" for name in _names(project.exports, "id")]
    asked = _names(project.jobs.filter(kind=JobKind.EVALUATE), "params__evaluation_id")
    predictions = [homes["evaluations"] / name for name in asked]
    project.delete()
    contents -= set(Video.objects.filter(sha256__in=contents).values_list("sha256", flat=True))
    folders = [homes["media"] / sha256 for sha256 in contents if sha256]

    def remove() -> None:
        for path in (*archives, *parts, *predictions):
            path.unlink(missing_ok=True)
        for path in (*folders, *halves):
            shutil.rmtree(path, ignore_errors=True)

    transaction.on_commit(remove)


def _names(rows: Any, field: str) -> list[Any]:
    return [name for name in rows.values_list(field, flat=True) if name]


@transaction.atomic
def label_create(*, project: Project, author_id: int | None = None, **fields: Any) -> Label:
    """Add a label; without a color the next of the palette is taken.

    Raises:
        Conflict: kind and name, or the AVA id, are taken.
    """
    position = project.labels.count()
    fields = {"color": PALETTE[position % len(PALETTE)], "position": position, **fields}
    label = Label(project=project, **fields)
    _check_label(label)
    label.save()
    schema.change_record(
        project_id=project.pk, operation=SchemaOperation.ADD, author_id=author_id,
        detail={"label": {"id": label.pk, "name": label.name, "kind": label.kind}},
    )  # fmt: skip
    return label


@transaction.atomic
def label_change(*, label: Label, changes: dict[str, Any], author_id: int | None = None) -> Label:
    """Change a label's fields; another name is a change of the schema, the meaning stays.

    Raises:
        Conflict: kind and name, or the AVA id, are taken; or its kind would change under what
            carries it.
    """
    before = label.name
    if "kind" in changes and changes["kind"] != label.kind and label_in_use(label):
        raise Conflict(f"'{label.name}' is in use; its kind cannot change.", code="in_use")
    for field, value in changes.items():
        setattr(label, field, value)
    _check_label(label)
    label.save()
    if label.name != before:
        schema.change_record(
            project_id=label.project_id, operation=SchemaOperation.RENAME, author_id=author_id,
            detail={"label": {"id": label.pk, "name": label.name, "kind": label.kind},
                    "before": before},
        )  # fmt: skip
    return label


@transaction.atomic
def label_delete(*, label: Label, author_id: int | None = None) -> None:
    """Raises Conflict where anything carries the label: annotations cannot vanish with it."""
    if label_in_use(label):
        raise Conflict(
            f"'{label.name}' is in use. Retire it, so that it is not asked about any more, or "
            "merge it into another label.",
            code="in_use",
        )
    schema.change_record(
        project_id=label.project_id, operation=SchemaOperation.RETIRE, author_id=author_id,
        detail={"label": {"id": label.pk, "name": label.name, "kind": label.kind}, "deleted": True},
    )  # fmt: skip
    label.delete()


def label_in_use(label: Label) -> bool:
    used = SpanRow.objects.filter(label=label).exists()
    return used or TubeRow.objects.filter(label=label).exists()


@transaction.atomic
def member_set(*, project: Project, username: str, role: str) -> Membership:
    """Add a member or change a member's role; the last owner stays one."""
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise NotFound(f"There is no user '{username}'. An administrator adds users under /admin/.")
    if role != Role.OWNER:
        _keep_an_owner(project, user.pk)
    member, _ = Membership.objects.update_or_create(
        project=project, user=user, defaults={"role": role}
    )
    return member


@transaction.atomic
def member_remove(*, project: Project, user_id: int) -> None:
    member = next((m for m in project.memberships.all() if m.user_id == user_id), None)
    if member is None:
        raise NotFound("This user is not a member of the project.")
    _keep_an_owner(project, user_id)
    member.delete()


def _keep_an_owner(project: Project, user_id: int) -> None:
    owners = list(project.memberships.filter(role=Role.OWNER).values_list("user_id", flat=True))
    if owners == [user_id]:
        raise Conflict("This is the only owner of the project; make another owner first.")


def _check_label(label: Label) -> None:
    label.value()  # raises where a field is out of its range
    others = Label.objects.filter(project=label.project).exclude(pk=label.pk)
    if others.filter(kind=label.kind, name=label.name).exists():
        raise Conflict(f"There is a label '{label.name}' of kind '{label.kind}' already.")
    if label.ava_id and (other := others.filter(ava_id=label.ava_id).first()):
        raise Conflict(f"AVA id {label.ava_id} belongs to '{other.name}' already.")


def _free_slug(name: str) -> str:
    base = slugify(name) or "project"
    slug, count = base, 1
    while Project.objects.filter(slug=slug).exists():
        count += 1
        slug = f"{base}-{count}"
    return slug

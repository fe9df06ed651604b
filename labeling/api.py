"""What mlbackend may ask of labeling: values in, values out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Sum, Value
from django.db.models.functions import Least

from labeling import access, revisions, snapshots
from labeling.checks.services import (
    Answered,
    plant_span,
    plant_tube,
    planted_mend,
    planted_settle,
    planted_withdraw,
)
from labeling.domain.annotations import Annotations
from labeling.domain.errors import NotFound
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelValue
from labeling.domain.timebase import Timebase
from labeling.jobs import (
    JobValue,
    active,
    done_handlers,
    enqueue,
    job_cancelled,
    job_checkpoint,
    job_claim,
    job_create,
    job_done,
    job_failed,
    job_people,
    job_progress,
    job_release,
    job_value,
    owner_name,
    reporting,
    running,
)
from labeling.models import (
    CoverageRow,
    PlantedProposal,
    Project,
    Revision,
    SchemaChange,
    SpanRow,
    TubeRow,
    Video,
)
from labeling.models.project import Membership, Role
from labeling.models.revision import Origin
from labeling.models.video import VideoState
from labeling.planted import without_planted
from labeling.snapshots import SnapshotValue

__all__ = [
    "Answered",
    "EffortValue",
    "JobValue",
    "PlantedValue",
    "ProjectValue",
    "RevisionValue",
    "SchemaChangeValue",
    "SnapshotValue",
    "VideoValue",
    "active",
    "annotations",
    "annotations_with_planted",
    "annotators",
    "commit_run",
    "done_handlers",
    "effort",
    "enqueue",
    "frame_ranges",
    "job_cancelled",
    "job_checkpoint",
    "job_claim",
    "job_create",
    "job_done",
    "job_failed",
    "job_people",
    "job_progress",
    "job_release",
    "job_value",
    "labels",
    "owner_name",
    "plant_span",
    "plant_tube",
    "planted",
    "planted_mend",
    "planted_settle",
    "planted_withdraw",
    "newest_revisions",
    "project",
    "project_for",
    "project_lock",
    "project_named",
    "projects",
    "proposed_segments",
    "proposed_tubes",
    "reporting",
    "reviewed_videos",
    "revisions_of",
    "running",
    "schema_changes",
    "seconds_of",
    "settings_change",
    "snapshot_freeze",
    "snapshot_read",
    "tube_spans",
    "tube_states",
    "video",
    "video_facts",
    "video_for",
    "videos",
    "videos_waiting",
]


@dataclass(frozen=True, slots=True)
class ProjectValue:
    id: int
    name: str
    slug: str
    settings: dict[str, Any]
    revision: int
    schema_version: int


@dataclass(frozen=True, slots=True)
class VideoValue:
    """A ready video; width and height in px after `rotation` degrees."""

    id: str
    project_id: int
    name: str
    sha256: str
    source_path: Path
    proxy_path: Path
    width: int
    height: int
    rotation: int
    frame_count: int
    timebase: Timebase
    split: str


def project(project_id: int) -> ProjectValue:
    row = Project.objects.filter(pk=project_id).first()
    if row is None:
        raise NotFound(f"There is no project {project_id}.")
    return _project_value(row)


def project_named(name: str) -> ProjectValue:
    """A project by name or slug, for commands."""
    row = Project.objects.filter(name=name).first() or Project.objects.filter(slug=name).first()
    if row is None:
        known = ", ".join(Project.objects.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"There is no project '{name}'. Projects here: {known}.")
    return _project_value(row)


def project_for(user: Any, project_id: Any, role: str = Role.ANNOTATOR) -> ProjectValue:
    """Raises NotFound for a stranger, Forbidden for a role that is too small."""
    return _project_value(access.project_for(user, project_id, role))


def video(video_id: Any) -> VideoValue:
    row = Video.objects.filter(pk=video_id).first()
    if row is None:
        raise NotFound(f"There is no video {video_id}.")
    return _video_value(row)


def video_for(user: Any, video_id: Any, role: str = Role.ANNOTATOR) -> VideoValue:
    return _video_value(access.video_for(user, video_id, role))


def videos(project_id: int, ids: Iterable[Any] | None = None) -> list[VideoValue]:
    """The project's ready videos, in order of ingest."""
    rows = Video.objects.filter(project_id=project_id, state=VideoState.READY)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return [_video_value(row) for row in rows]


def videos_waiting(project_id: int) -> set[str]:
    """Ids of the project's videos whose file is not here: labeled, but not to be looked at."""
    rows = Video.objects.filter(project_id=project_id).exclude(state=VideoState.READY)
    return {str(video_id) for video_id in rows.values_list("id", flat=True)}


def labels(project_id: int) -> list[LabelValue]:
    rows = Project.objects.get(pk=project_id).labels.all()
    return [label.value() for label in rows]


def annotations(video_id: Any) -> Annotations:
    """What runs and people say of the video now, without what was planted to check attention."""
    return without_planted(video_id, revisions.annotations(video_id))


def annotations_with_planted(video_id: Any) -> Annotations:
    """As a person at work sees them: only for who plants."""
    return revisions.annotations(video_id)


def commit_run(
    *,
    video_id: Any,
    run_id: str,
    operations: list[dict],
    note: str = "",
    base_revision: int | None = None,
    commit_id: str | None = None,
) -> int:
    """Commit a model run's proposals; returns the revision.

    Raises:
        HumanWorkProtected: an operation would change what a person touched.
        Conflict: something changed after `base_revision`.
    """
    done = revisions.commit(
        video_id=video_id, operations=operations, origin=Origin.RUN, run_id=run_id, note=note,
        base_revision=base_revision, commit_id=commit_id,
    )  # fmt: skip
    return done.revision


def project_lock(project_id: int) -> None:
    """Nobody else commits to the project until the transaction ends.

    Whoever locks further rows in a transaction that commits locks the project first, as a draw of
    the hold-out does: two that did so in different orders would wait for each other for ever.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project_id)


def settings_change(project_id: int, changes: dict[str, Any], within: str = "") -> None:
    """Set entries of a project's settings, or of one that has entries itself; others stay."""
    with transaction.atomic():
        row = Project.objects.select_for_update().get(pk=project_id)
        if within:
            changes = {within: {**(row.settings.get(within) or {}), **changes}}
        row.settings = {**row.settings, **changes}
        row.save(update_fields=["settings"])


def annotators(project_id: int) -> set[int]:
    """Ids of the members who may annotate."""
    rows = Membership.objects.filter(project_id=project_id).exclude(role=Role.VIEWER)
    return set(rows.values_list("user_id", flat=True))


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a list needs of a video; its table of ticks is not read."""

    name: str
    sha256: str
    split: str


def video_facts(project_id: int, ids: Iterable[Any] | None = None) -> dict[str, VideoFacts]:
    """All videos of the project, or these of them, by id."""
    rows = Video.objects.filter(project_id=project_id)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    found = rows.values_list("id", "name", "sha256", "split")
    return {str(video_id): VideoFacts(*rest) for video_id, *rest in found}


def newest_revisions(project_id: int, video_ids: Iterable[Any]) -> dict[str, int]:
    """The number of each video's newest revision, by id; 0 where nothing was ever committed."""
    ids = [str(video_id) for video_id in video_ids]
    rows = Revision.objects.filter(project_id=project_id, video_id__in=ids).order_by()
    newest = rows.values("video_id").annotate(newest=Max("number"))
    return dict.fromkeys(ids, 0) | {str(row["video_id"]): row["newest"] for row in newest}


def tube_states(tube_ids: Iterable[Any]) -> dict[str, str]:
    """State of each of these tubes that is there, by id."""
    rows = TubeRow.objects.filter(pk__in=list(tube_ids)).values_list("id", "state")
    return {str(tube_id): state for tube_id, state in rows}


def tube_spans(tube_ids: Iterable[Any]) -> list[Span]:
    """All that is said about actions on these tubes, proposed and rejected too."""
    rows = SpanRow.objects.filter(tube_id__in=list(tube_ids)).order_by("start_frame", "id")
    return [row.value() for row in rows]


@dataclass(frozen=True, slots=True)
class RevisionValue:
    """An entry of the log, without what it changed; `operations` are those of one video."""

    number: int
    video_id: str
    author_id: int | None
    origin: str
    seconds: float
    operations: list[dict[str, Any]]
    created_at: datetime


def revisions_of(
    project_id: int, since: int = 0, video_id: Any = None, *, timed: bool = False
) -> Iterator[RevisionValue]:
    """The log after a revision, oldest first.

    Args:
        timed: only work by hand that took some time: operations of runs may be millions.
    """
    rows = Revision.objects.filter(project_id=project_id, number__gt=since).order_by("number")
    if video_id is not None:
        rows = rows.filter(video_id=video_id)
    if timed:
        rows = rows.filter(origin=Origin.HAND, seconds__gt=0.0)
    fields = (
        "number", "video_id", "author_id", "origin", "seconds", "operations", "created_at",
    )  # fmt: skip
    for number, video, *rest in rows.values_list(*fields).iterator(chunk_size=500):
        yield RevisionValue(number, str(video), *rest)


@dataclass(frozen=True, slots=True)
class EffortValue:
    """Work by hand: how many revisions, how long they took, when the first was committed."""

    revisions: int
    seconds: float
    first_at: datetime | None


def effort(
    project_id: int, since: int = 0, until: int | None = None, longest_s: float | None = None
) -> EffortValue:
    """What people did after a revision, by sums alone: the log itself is not read.

    Args:
        since, until: revisions after the one, up to and with the other.
        longest_s: a revision that took longer counts as this; the rest of it was a pause.
    """
    rows = Revision.objects.filter(project_id=project_id, number__gt=since, origin=Origin.HAND)
    if until is not None:
        rows = rows.filter(number__lte=until)
    seconds: Any = F("seconds") if longest_s is None else Least(F("seconds"), Value(longest_s))
    found = rows.aggregate(count=Count("id"), spent=Sum(seconds), first=Min("created_at"))
    return EffortValue(found["count"], round(found["spent"] or 0.0, 3), found["first"])


def seconds_of(video_id: Any, author_id: int | None, since: datetime, longest_s: float) -> float:
    """What somebody's work on a video took after a moment; one revision counts as `longest_s` at
    most. By a sum alone: operations of a revision may be thousands."""
    rows = Revision.objects.filter(video_id=video_id, author_id=author_id, created_at__gt=since)
    spent = rows.aggregate(spent=Sum(Least(F("seconds"), Value(longest_s))))["spent"]
    return float(spent or 0.0)


def projects() -> list[ProjectValue]:
    """All projects, oldest first."""
    return [_project_value(row) for row in Project.objects.order_by("id")]


def proposed_segments(project_id: int) -> set[str]:
    """Ids of the project's segments, spans of the video itself, that nobody has decided on."""
    rows = SpanRow.objects.filter(video__project_id=project_id, tube=None, state=State.PROPOSED)
    return {str(span_id) for span_id in rows.values_list("id", flat=True)}


def proposed_tubes(project_id: int) -> set[str]:
    """Ids of the project's tubes that nobody has decided on, but those planted as a check."""
    rows = TubeRow.objects.filter(video__project_id=project_id, state=State.PROPOSED)
    planted = PlantedProposal.objects.filter(project_id=project_id).values("object_id")
    rows = rows.exclude(pk__in=planted)
    return {str(tube_id) for tube_id in rows.values_list("id", flat=True)}


@dataclass(frozen=True, slots=True)
class PlantedValue:
    """A wrong proposal planted to check attention; `answer` is open, caught, missed, withdrawn."""

    video_id: str
    kind: str
    object_id: str
    what: str
    answer: str
    shown_to_id: int | None
    planted_at: datetime
    answered_at: datetime | None


def planted(project_id: int) -> list[PlantedValue]:
    """All that was planted in the project, the newest first."""
    rows = PlantedProposal.objects.filter(project_id=project_id)
    fields = (
        "video_id", "kind", "object_id", "what", "answer", "shown_to_id", "planted_at",
        "answered_at",
    )  # fmt: skip
    return [
        PlantedValue(str(video_id), kind, str(object_id), *rest)
        for video_id, kind, object_id, *rest in rows.values_list(*fields)
    ]


def reviewed_videos(project_id: int) -> set[str]:
    """Ids of the videos of which something, a tube or a stretch, was marked as reviewed."""
    rows = CoverageRow.objects.filter(video__project_id=project_id).order_by()
    return {str(video_id) for video_id in rows.values_list("video_id", flat=True).distinct()}


def frame_ranges(object_ids: Iterable[Any]) -> dict[str, tuple[int, int]]:
    """Frames [start, end) of each of these tubes and spans that is there, by id."""
    ids = list(object_ids)
    tubes = TubeRow.objects.filter(pk__in=ids).values_list("id", "keyframes")
    spans = SpanRow.objects.filter(pk__in=ids).values_list("id", "start_frame", "end_frame")
    found = {str(span_id): (start, end) for span_id, start, end in spans}
    return found | {str(i): (int(k[0][0]), int(k[-1][0]) + 1) for i, k in tubes if k}


@dataclass(frozen=True, slots=True)
class SchemaChangeValue:
    """One change of the labels; `version` is the schema's after it, `detail` as it was logged,
    `revision` the one that moved annotations with it, if any."""

    version: int
    operation: str
    detail: dict[str, Any]
    revision: int | None
    created_at: datetime


def schema_changes(project_id: int, since: int = 0) -> list[SchemaChangeValue]:
    """What became of a project's labels after this version of the schema, oldest first."""
    rows = SchemaChange.objects.filter(project_id=project_id, version__gt=since)
    fields = ("version", "operation", "detail", "revision", "created_at")
    return [SchemaChangeValue(*row) for row in rows.order_by("version").values_list(*fields)]


def snapshot_freeze(project_id: int, revision: int | None = None) -> SnapshotValue:
    return snapshots.freeze(Project.objects.get(pk=project_id), revision)


def snapshot_read(digest: str) -> SnapshotValue:
    return snapshots.read(digest)


def _project_value(row: Project) -> ProjectValue:
    return ProjectValue(row.id, row.name, row.slug, row.settings, row.revision, row.schema_version)


def _video_value(row: Video) -> VideoValue:
    return VideoValue(
        id=str(row.id), project_id=row.project_id, name=row.name, sha256=row.sha256,
        source_path=row.source_path, proxy_path=row.proxy_path, width=row.width,
        height=row.height, rotation=row.rotation, frame_count=row.frame_count,
        timebase=row.timebase(), split=row.split,
    )  # fmt: skip

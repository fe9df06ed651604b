"""The one door in: every change to an annotation is a commit of operations.

A commit is validated against the video and the label schema, applied in one transaction, and
appended to the log with what it changed. A commit repeated under the same id is the same revision.
A revision is of one video, or of many: an import has one row per video under one number. It is
taken back as a whole, by another revision.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from labeling.domain import operations as domain
from labeling.domain.annotations import Annotations, Change
from labeling.domain.blind import beneath, visible
from labeling.domain.errors import (
    Conflict,
    InvalidInput,
    InvalidOperation,
    NotFound,
)
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from labeling.models import CoverageRow, Project, Revision, SpanRow, TubeRow, Video
from labeling.models.annotation import pack_keyframes
from labeling.models.revision import Origin
from labeling.revision_checks import (
    check_base,
    check_fields,
    check_origin,
    check_planted,
    check_schema,
    check_storable,
)

_ROWS = {"tube": TubeRow, "span": SpanRow, "coverage": CoverageRow}
ITEM_OF = {"tube": Tube.of, "span": Span.of, "coverage": Coverage.of}
# SQLite takes no more than 32,766 values in a statement.
_IDS_A_QUERY = 10_000


@dataclass(frozen=True, slots=True)
class Committed:
    """A revision as stored: its number and the objects it changed, as they became."""

    revision: int
    changes: list[Change]
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Undone:
    """A revision that took one back: its number and the tubes it touched."""

    revision: int
    tube_ids: list[str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the log says of a revision beside its changes."""

    origin: str
    author_id: int | None = None
    run_id: Any = None
    note: str = ""
    seconds: float = 0.0
    undoes: int | None = None
    blind: bool = False


def annotations(video_id: Any) -> Annotations:
    """Everything annotated on the video now."""
    # The revision first: rows may then be newer than it says, never older. Whoever writes on them
    # meets a conflict, and does not write over what came in between.
    head = Project.objects.filter(videos=video_id).values_list("revision", flat=True).first()
    rows = {table: list(model.objects.filter(video_id=video_id)) for table, model in _ROWS.items()}
    return Annotations(
        revision=head or 0,
        tubes={str(row.id): row.value() for row in rows["tube"]},
        spans={str(row.id): row.value() for row in rows["span"]},
        coverage={str(row.id): row.value() for row in rows["coverage"]},
    )


def commit(
    *,
    video_id: Any,
    operations: list[dict],
    origin: str,
    author_id: int | None = None,
    base_revision: int | None = None,
    commit_id: Any = None,
    run_id: Any = None,
    seconds: float = 0.0,
    note: str = "",
    blind: bool = False,
) -> Committed:
    """Apply operations to one video as one revision.

    Args:
        base_revision: the revision the sender had seen; None means the newest. An operation on
            an object that changed after it is a conflict.
        commit_id: UUID made by the sender; sent again it changes nothing and answers the same.
        seconds: active work that went into it.
        blind: the sender does not see undecided proposals: for them there are none.

    Raises:
        InvalidOperation: an operation does not fit; nothing is changed.
        Conflict: an object changed in between; `detail` has the objects as they are now.
        HumanWorkProtected: a run tried to change what a person touched.
    """
    commit_id = uuid.UUID(str(commit_id)) if commit_id else uuid.uuid4()
    entry = _Entry(origin, author_id, run_id, note, seconds, blind=blind)
    with transaction.atomic():
        video = _video(video_id)
        project = _locked(video.project_id)
        known = Revision.objects.filter(commit_id=commit_id).first()
        if known is not None:
            return _repeated(known, video)
        number = project.revision + 1
        changes = _commit(project, video, operations, base_revision, number, commit_id, entry)
        Project.objects.filter(pk=project.pk).update(revision=number)
    return Committed(number, changes)


def commit_many(
    *,
    project_id: int,
    entries: Iterable[tuple[Any, list[dict], int | None]],
    origin: str,
    author_id: int | None = None,
    note: str = "",
    commit_id: Any = None,
    undoes: int | None = None,
) -> int | None:
    """Apply operations to many videos of a project as one revision: all of them or none.

    Args:
        entries: (video id, operations, base revision) of each video, one entry a video; taken one
            by one once nobody else can commit, so that they may be made from what is there then.
        commit_id: UUID made by the sender; sent again it changes nothing and answers the same.
        undoes: the revision that this one takes back.

    Returns:
        The revision's number; None if there were no entries.

    Raises:
        InvalidOperation, Conflict: as `commit`; nothing is changed on any video.
    """
    commit_id = uuid.UUID(str(commit_id)) if commit_id else uuid.uuid4()
    entry = _Entry(origin, author_id, note=note, undoes=undoes)
    with transaction.atomic():
        project = _locked(project_id)
        known = committed(project_id, commit_id)
        if known is not None:
            return known
        number = project.revision + 1
        any_made = False
        for video_id, operations, base in entries:
            video = _video(video_id)
            own = _part_id(commit_id, video.pk)
            _commit(project, video, operations, base, number, own, entry)
            any_made = True
        if any_made:
            Project.objects.filter(pk=project.pk).update(revision=number)
    return number if any_made else None


def committed(project_id: int, commit_id: Any) -> int | None:
    """The number under which `commit_many` stored this commit before; None if it never did."""
    commit_id = uuid.UUID(str(commit_id))
    videos = Video.objects.filter(project_id=project_id).values_list("pk", flat=True)
    ids = [_part_id(commit_id, video_id) for video_id in videos]
    for start in range(0, len(ids), _IDS_A_QUERY):
        rows = Revision.objects.filter(commit_id__in=ids[start : start + _IDS_A_QUERY])
        number = rows.values_list("number", flat=True).first()
        if number is not None:
            return number
    return None


def revision_undo(*, project_id: int, number: int, author_id: int | None = None) -> Undone:
    """Take back everything a revision changed, on all its videos, as one new revision.

    Labels that an import made stay: they are no annotations.

    Raises:
        NotFound: there is no such revision.
        Conflict: something that it changed was changed since; nothing is taken back then. Or it
            was a check of attention, which nobody's work hangs on.
    """
    tube_ids: list[str] = []
    with transaction.atomic():
        _locked(project_id)
        rows = Revision.objects.filter(project_id=project_id, number=number).order_by("video_id")
        video_ids = list(rows.values_list("video_id", flat=True))
        if not video_ids:
            raise NotFound(
                f"Project {project_id} has no revision {number}, or its videos are gone."
            )
        if rows.filter(origin=Origin.CHECK).exists():
            raise Conflict(
                f"Revision {number} was a check of attention; it cannot be taken back. Checks are "
                "switched off by the share of planted proposals in the loop's settings."
            )

        def entries() -> Iterator[tuple[Any, list[dict], int | None]]:
            for video_id in video_ids:
                changes = _changes_of(rows.get(video_id=video_id))
                _check_undo(annotations(video_id), changes, number)
                if changes:
                    tube_ids.extend(change.id for change in changes if change.kind == "tube")
                    yield video_id, [domain.inverse(changes)], number

        made = commit_many(
            project_id=project_id, entries=entries(), origin=Origin.HAND, author_id=author_id,
            note=f"undo of revision {number}", undoes=number,
        )  # fmt: skip
        if made is None:
            raise Conflict(f"Revision {number} changed nothing; there is nothing to take back.")
    return Undone(made, tube_ids)


def _changes_of(revision: Revision) -> list[Change]:
    return [
        Change(
            entry["kind"], entry["id"],
            entry["before"] and ITEM_OF[entry["kind"]](entry["before"]),
            entry["after"] and ITEM_OF[entry["kind"]](entry["after"]),
        )
        for entry in revision.changes
    ]  # fmt: skip


def _check_undo(current: Annotations, changes: list[Change], number: int) -> None:
    """Raises Conflict unless every object is as the revision left it, with nothing new on it.

    Nor may somebody new bear the number of a person who would come back.
    """
    tubes = [change for change in changes if change.kind == "tube"]
    left_ids = {change.id for change in tubes if change.after is not None}
    later = [
        item.id
        for item in (*current.spans.values(), *current.coverage.values())
        if item.tube_id in left_ids and item.revision > number
    ]
    removed = {
        change.before.number for change in tubes
        if isinstance(change.before, Tube) and change.after is None
    }  # fmt: skip
    later += [
        tube.id for tube in current.tubes.values()
        if tube.number in removed and tube.id not in left_ids
    ]  # fmt: skip
    for change in changes:
        now = current.get(change.kind, change.id)
        left = change.after is None if now is None else now.revision == number
        if not left:
            later.append(change.id)
    if later:
        raise Conflict(
            f"Revision {number} cannot be taken back: {len(later)} of the tubes, spans and "
            "reviewed ranges it changed have changed or been added to since. Take that back first.",
            detail={"revision": current.revision, "ids": later[:100]},
        )


def reinstate(video: Video, found: Annotations) -> None:
    """Write what a backup holds of a video that has no annotations yet; its log comes with it.

    Raises:
        InvalidOperation: something does not fit the video, the labels or the rest of it.
    """
    items = [("tube", found.tubes), ("span", found.spans), ("coverage", found.coverage)]
    changes = [Change(kind, i, None, item) for kind, table in items for i, item in table.items()]
    for change in changes:
        tube_id = getattr(change.after, "tube_id", None)
        if tube_id is not None and tube_id not in found.tubes:
            raise InvalidOperation(f"{change.kind} {change.id} is on a tube that is not there.")
        if isinstance(change.after, Tube) and change.after.number is None:
            raise InvalidOperation(f"Tube {change.id} has no number.")
    check_fields(changes)
    check_schema(video.project, video, changes)
    _store(video, changes)


def _video(video_id: Any) -> Video:
    video = Video.objects.filter(pk=video_id).first()
    if video is None:
        raise InvalidInput(f"There is no video {video_id}.")
    return video


def _locked(project_id: Any) -> Project:
    """Everybody who commits to this project waits here: numbers have no gaps, no races.

    Rows that merely point to the project, such as jobs, can be made meanwhile (PostgreSQL).
    """
    return Project.objects.select_for_update(no_key=True).get(pk=project_id)


def _part_id(commit_id: uuid.UUID, video_id: Any) -> uuid.UUID:
    return uuid.uuid5(commit_id, str(video_id))


def _commit(
    project: Project,
    video: Video,
    operations: list[dict],
    base: int | None,
    number: int,
    commit_id: uuid.UUID,
    entry: "_Entry",
) -> list[Change]:
    """Check, store and log one video's operations; the project is locked."""
    if video.project_id != project.pk:
        raise InvalidInput(f"Video '{video.name}' is not in project '{project.name}'.")
    video.refresh_from_db(fields=["last_tube_number"])
    before = annotations(video.id)
    seen = visible(before) if entry.blind else before
    _, changes = domain.apply(seen, _for_origin(operations, entry.origin, entry.run_id))
    base = project.revision if base is None else base
    if base > project.revision:
        raise Conflict(f"Revision {base} is still to come; load the annotations again.")
    check_base(changes, base)
    if entry.blind:
        changes = beneath(before, changes)
    check_origin(changes, entry.origin)
    if entry.origin == Origin.CHECK:
        check_planted(video, before, changes)
    check_fields(changes)
    changes = _numbered(video, changes, number)
    check_schema(project, video, changes)
    _store(video, changes)
    Video.objects.filter(pk=video.pk).update(last_tube_number=video.last_tube_number)
    Revision.objects.create(
        project=project, number=number, video=video, commit_id=commit_id, base=base,
        author_id=entry.author_id, origin=entry.origin, run_id=entry.run_id,
        note=entry.note[:300], undoes=entry.undoes, operations=operations,
        changes=[change.as_dict() for change in changes], seconds=max(0.0, float(entry.seconds)),
    )  # fmt: skip
    return changes


def changes_since(video_id: Any, revision: int) -> tuple[int, Annotations, dict[str, list[str]]]:
    """What differs from an earlier revision: (newest, objects now, ids removed by table)."""
    current = annotations(video_id)
    touched: set[tuple[str, str]] = set()
    log = Revision.objects.filter(
        video_id=video_id, number__gt=revision, number__lte=current.revision
    )
    for changes in log.values_list("changes", flat=True):
        touched |= {(change["kind"], change["id"]) for change in changes}
    ids = {kind: {i for k, i in touched if k == kind} for kind in _ROWS}
    kept = Annotations(
        revision=current.revision,
        tubes={i: tube for i, tube in current.tubes.items() if i in ids["tube"]},
        spans={i: span for i, span in current.spans.items() if i in ids["span"]},
        coverage={i: cover for i, cover in current.coverage.items() if i in ids["coverage"]},
    )
    removed = {
        "tubes": sorted(ids["tube"] - current.tubes.keys()),
        "spans": sorted(ids["span"] - current.spans.keys()),
        "coverage": sorted(ids["coverage"] - current.coverage.keys()),
    }
    return current.revision, kept, removed


def _repeated(known: Revision, video: Video) -> Committed:
    if known.video_id != video.id:
        raise Conflict("This commit id was used on another video; make a new one.")
    current = annotations(video.id)
    changes = [
        Change(c["kind"], c["id"], None, current.get(c["kind"], c["id"])) for c in known.changes
    ]
    return Committed(known.number, changes, repeated=True)


def _for_origin(operations: list[dict], origin: str, run_id: Any) -> list[dict]:
    """What a run adds is a proposal of that run; what a person or a file adds is manual.

    What a check plants is a proposal of the run that it says, so as to look like any other.
    """
    if not isinstance(operations, list) or not operations:
        raise InvalidOperation("A commit needs a list with at least one operation.")
    check_storable(operations)
    if origin == Origin.RUN:
        own = {"state": State.PROPOSED.value, "run_id": str(run_id)}
    elif origin == Origin.CHECK:
        own = {"state": State.PROPOSED.value}
    else:
        own = {"state": State.MANUAL.value, "run_id": None, "score": None, "proposed": None}
    return [_owned(operation, own) for operation in operations]


def _owned(operation: dict, own: dict) -> dict:
    for name, key in (("tube_add", "tube"), ("span_add", "span")):
        if isinstance(operation, dict) and operation.get("op") == name:
            item = operation.get(key)
            if isinstance(item, dict):
                return {**operation, key: {**item, **own}}
    return operation


def _numbered(video: Video, changes: list[Change], revision: int) -> list[Change]:
    """Stamp the revision; give new tubes their number; keep what never changes.

    A removed person's number is not given again: files made earlier still mean that person.
    """
    numbered = []
    for change in changes:
        after = change.after and replace(change.after, revision=revision)
        if isinstance(after, Tube):
            if change.before is not None:
                after = replace(after, number=change.before.number)
            elif after.number is None:
                after = replace(after, number=video.last_tube_number + 1)
            video.last_tube_number = max(video.last_tube_number, after.number or 0)
        numbered.append(replace(change, after=after))
    return numbered


def _store(video: Video, changes: list[Change]) -> None:
    """Write rows: removals of what hangs on tubes first, then tubes, then what hangs on them."""
    gone = [change for change in changes if change.after is None]
    try:
        for kind in ("span", "coverage"):
            _delete(kind, gone)
        for kind in ("tube", "span", "coverage"):
            _upsert(kind, video, [change for change in changes if change.after is not None])
        _delete("tube", gone)
    except IntegrityError as error:
        raise InvalidOperation(f"The change does not fit what is stored: {error}.") from error


def _delete(kind: str, changes: list[Change]) -> None:
    ids = [change.id for change in changes if change.kind == kind]
    if ids:
        _ROWS[kind].objects.filter(pk__in=ids).delete()


def _upsert(kind: str, video: Video, changes: list[Change]) -> None:
    rows = [_row(video, change.after) for change in changes if change.kind == kind]
    created = {change.id for change in changes if change.kind == kind and change.before is None}
    model = _ROWS[kind]
    model.objects.bulk_create([r for r in rows if str(r.id) in created], batch_size=500)
    kept = [r for r in rows if str(r.id) not in created]
    fields = [f.name for f in model._meta.fields if not f.primary_key]
    if kept:
        model.objects.bulk_update(kept, fields, batch_size=200)


def _row(video: Video, item: Tube | Span | Coverage) -> TubeRow | SpanRow | CoverageRow:
    if isinstance(item, Coverage):
        return CoverageRow(
            id=uuid.UUID(item.id), video=video, tube_id=item.tube_id,
            start_frame=item.start_frame, end_frame=item.end_frame,
            label_ids=list(item.label_ids), revision=item.revision,
        )  # fmt: skip
    shared: dict[str, Any] = {
        "id": uuid.UUID(item.id),
        "video": video,
        "label_id": item.label_id,
        "state": item.state.value,
        "score": item.score,
        "run_id": item.run_id,
        "proposed": item.proposed,
        "revision": item.revision,
    }
    if isinstance(item, Tube):
        return TubeRow(**shared, number=item.number, keyframes=pack_keyframes(item.keyframes))
    return SpanRow(
        **shared, tube_id=item.tube_id, start_frame=item.start_frame, end_frame=item.end_frame
    )

"""The one door in: every change to an annotation is a commit of operations.

A commit is validated against the video and the label schema, applied in one transaction, and
appended to the log with what it changed. A commit repeated under the same id is the same revision.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from labeling.domain import operations as domain
from labeling.domain.annotations import Annotations, Change
from labeling.domain.errors import Conflict, HumanWorkProtected, InvalidInput, InvalidOperation
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from labeling.models import CoverageRow, Project, Revision, SpanRow, TubeRow, Video
from labeling.models.annotation import pack_keyframes
from labeling.models.revision import Origin

_ROWS = {"tube": TubeRow, "span": SpanRow, "coverage": CoverageRow}
# Far above any count of people, and far enough below what a column holds to count on from it.
MAX_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Committed:
    """A revision as stored: its number and the objects it changed, as they became."""

    revision: int
    changes: list[Change]
    repeated: bool = False


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
) -> Committed:
    """Apply operations to one video as one revision.

    Args:
        base_revision: the revision the sender had seen; None means the newest. An operation on
            an object that changed after it is a conflict.
        commit_id: UUID made by the sender; sent again it changes nothing and answers the same.
        seconds: active work that went into it.

    Raises:
        InvalidOperation: an operation does not fit; nothing is changed.
        Conflict: an object changed in between; `detail` has the objects as they are now.
        HumanWorkProtected: a run tried to change what a person touched.
    """
    commit_id = uuid.UUID(str(commit_id)) if commit_id else uuid.uuid4()
    with transaction.atomic():
        video = Video.objects.filter(pk=video_id).first()
        if video is None:
            raise InvalidInput(f"There is no video {video_id}.")
        # Everybody who commits to this project waits here: numbers have no gaps, no races.
        project = Project.objects.select_for_update().get(pk=video.project_id)
        video.refresh_from_db(fields=["last_tube_number"])
        known = Revision.objects.filter(commit_id=commit_id).first()
        if known is not None:
            return _repeated(known, video)
        before = annotations(video.id)
        _, changes = domain.apply(before, _for_origin(operations, origin, run_id))
        base = project.revision if base_revision is None else base_revision
        if base > project.revision:
            raise Conflict(f"Revision {base} is still to come; load the annotations again.")
        _check_base(changes, base)
        _check_origin(changes, origin)
        _check_fields(changes)
        number = project.revision + 1
        changes = _numbered(video, changes, number)
        _check_schema(project, video, changes)
        _store(video, changes)
        Video.objects.filter(pk=video.pk).update(last_tube_number=video.last_tube_number)
        Revision.objects.create(
            project=project, number=number, video=video, commit_id=commit_id, base=base,
            author_id=author_id, origin=origin, run_id=run_id, note=note[:300],
            operations=operations, changes=[change.as_dict() for change in changes],
            seconds=max(0.0, float(seconds)),
        )  # fmt: skip
        Project.objects.filter(pk=project.pk).update(revision=number)
    return Committed(number, changes)


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
    """What a run adds is a proposal of that run; what a person or a file adds is manual."""
    if not isinstance(operations, list) or not operations:
        raise InvalidOperation("A commit needs a list with at least one operation.")
    _check_storable(operations)
    if origin == Origin.RUN:
        own = {"state": State.PROPOSED.value, "run_id": str(run_id)}
    else:
        own = {"state": State.MANUAL.value, "run_id": None, "score": None, "proposed": None}
    return [_owned(operation, own) for operation in operations]


def _check_storable(operations: list[dict]) -> None:
    """The log keeps operations as JSON; no database's JSON holds infinity or a NUL character."""
    try:
        text = json.dumps(operations, allow_nan=False)
    except ValueError as error:
        raise InvalidOperation(f"A number in the operations is not finite: {error}.") from error
    if "\\u0000" in text:
        raise InvalidOperation("A text in the operations has a NUL character.")


def _owned(operation: dict, own: dict) -> dict:
    for name, key in (("tube_add", "tube"), ("span_add", "span")):
        if isinstance(operation, dict) and operation.get("op") == name:
            item = operation.get(key)
            if isinstance(item, dict):
                return {**operation, key: {**item, **own}}
    return operation


def _check_base(changes: list[Change], base: int) -> None:
    stale = [change for change in changes if change.before and change.before.revision > base]
    if not stale:
        return
    objects = [{"kind": c.kind, "id": c.id, "theirs": c.before.as_dict()} for c in stale]
    raise Conflict(
        f"{len(stale)} of the changed objects were changed by somebody else meanwhile.",
        detail={"revision": max(c.before.revision for c in stale), "objects": objects},
    )


def _check_origin(changes: list[Change], origin: str) -> None:
    if origin != Origin.RUN:
        return
    for change in changes:
        before = change.before
        # Coverage has no state: it is a person's word, always.
        if any(
            item and getattr(item, "state", None) != State.PROPOSED
            for item in (before, change.after)
        ):
            raise HumanWorkProtected(
                f"A run may not change {change.kind} {change.id}: a person worked on it."
            )


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


def _check_schema(project: Project, video: Video, changes: Iterable[Change]) -> None:
    kinds = {label.id: LabelKind(label.kind) for label in project.labels.all()}
    for change in changes:
        item = change.after
        if item is None:
            continue
        if item.end_frame > video.frame_count:
            raise InvalidOperation(
                f"{change.kind} {item.id} reaches frame {item.end_frame - 1}, but video "
                f"'{video.name}' has frames 0 to {video.frame_count - 1}."
            )
        if isinstance(item, Coverage):
            _check_labels(item, kinds)
        else:
            _check_label(item, kinds)


def _check_fields(changes: Iterable[Change]) -> None:
    """Refuse what no column can hold; the pure operations let any JSON pass here."""
    for change in changes:
        item = change.after
        if item is None:
            continue
        _check_id(item.id)
        if isinstance(item, Coverage):
            continue
        if item.run_id is not None:
            _check_id(item.run_id)
        number = item.number if isinstance(item, Tube) else None
        if number is not None and (type(number) is not int or not 0 <= number <= MAX_NUMBER):
            raise InvalidOperation(
                f"A person's number is whole, 0 to {MAX_NUMBER:,}, got {number!r}."
            )
        if item.score is not None and type(item.score) not in (int, float):
            raise InvalidOperation(f"A score is a number or null, got {item.score!r}.")
        if item.proposed is not None and not isinstance(item.proposed, dict):
            raise InvalidOperation(f"'proposed' of {item.id} is an object or null.")


def _check_id(text: str) -> None:
    try:
        canonical = str(uuid.UUID(text)) == text
    except (AttributeError, TypeError, ValueError):
        canonical = False
    if not canonical:
        raise InvalidOperation(f"An id is a UUID in lower case, got {text!r}.")


def _check_label(item: Tube | Span, kinds: dict[int, LabelKind]) -> None:
    fitting = {LabelKind.OBJECT}
    if isinstance(item, Span):
        on_video = {LabelKind.SEGMENT, LabelKind.VIDEO_CLASS}
        fitting = {LabelKind.ACTION} if item.tube_id else on_video
    kind = kinds.get(item.label_id)
    if kind not in fitting:
        wanted = " or ".join(sorted(fitting))
        found = f"is of kind '{kind}'" if kind else "is not in this project"
        raise InvalidOperation(f"Label {item.label_id} {found}; {item.id} needs one of {wanted}.")


def _check_labels(item: Coverage, kinds: dict[int, LabelKind]) -> None:
    unknown = [label_id for label_id in item.label_ids if label_id not in kinds]
    if unknown:
        raise InvalidOperation(f"Labels {unknown} of a coverage are not in this project.")


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

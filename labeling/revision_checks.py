"""What a commit must satisfy beyond the rules of its operations: video, labels, tables."""

import json
import uuid
from collections.abc import Iterable

from labeling.domain.annotations import Annotations, Change
from labeling.domain.errors import Conflict, HumanWorkProtected, InvalidOperation
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from labeling.models import PlantedProposal, Project, SchemaChange, Video
from labeling.models.planted import PlantedAnswer
from labeling.models.revision import Origin
from labeling.models.schema_change import SchemaOperation
from labeling.planted import planted_in

# Far above any count of people, and far enough below what a column holds to count on from it.
MAX_NUMBER = 1_000_000_000


def check_storable(operations: list[dict]) -> None:
    """The log keeps operations as JSON; no database's JSON holds infinity or a NUL character."""
    try:
        text = json.dumps(operations, allow_nan=False)
    except ValueError as error:
        raise InvalidOperation(f"A number in the operations is not finite: {error}.") from error
    if "\\u0000" in text:
        raise InvalidOperation("A text in the operations has a NUL character.")


def check_base(changes: list[Change], base: int) -> None:
    stale = [change for change in changes if change.before and change.before.revision > base]
    if not stale:
        return
    objects = [{"kind": c.kind, "id": c.id, "theirs": c.before.as_dict()} for c in stale]
    raise Conflict(
        f"{len(stale)} of the changed objects were changed by somebody else meanwhile.",
        detail={"revision": max(c.before.revision for c in stale), "objects": objects},
    )


def check_origin(changes: list[Change], origin: str) -> None:
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


def check_planted(video: Video, before: Annotations, changes: list[Change]) -> None:
    """A check of attention adds what is registered as planted, and removes what is planted.

    Raises:
        HumanWorkProtected: it would add, change or remove anything else.
    """
    registered = _registered(video)
    added = {change.id for change in changes if change.before is None and change.id in registered}
    planted = planted_in(video.pk, before)
    for change in changes:
        if change.before is None:
            fine = _may_be_planted(change, registered, added)
        else:
            fine = change.after is None and planted.holds(change.kind, change.before)
        if not fine:
            raise HumanWorkProtected(
                f"A check may not change {change.kind} {change.id}: it was not planted."
            )


def _registered(video: Video) -> dict[str, str]:
    """Kind of what is to be planted on the video, by id."""
    rows = PlantedProposal.objects.filter(video=video, answer=PlantedAnswer.OPEN)
    return {str(object_id): kind for object_id, kind in rows.values_list("object_id", "kind")}


def _may_be_planted(change: Change, registered: dict[str, str], added: set[str]) -> bool:
    item = change.after
    if not isinstance(item, Tube | Span) or item.state != State.PROPOSED:
        return False
    with_its_tube = isinstance(item, Span) and item.tube_id in added
    return registered.get(change.id) == change.kind or with_its_tube


def check_schema(project: Project, video: Video, changes: Iterable[Change]) -> None:
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
            _check_labels(project, item, change.before, kinds)
        else:
            _check_label(item, kinds)


def check_fields(changes: Iterable[Change]) -> None:
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


def _check_labels(
    project: Project, item: Coverage, before: object, kinds: dict[int, LabelKind]
) -> None:
    """Coverage names what was looked for: labels that were deleted since stay where they stand."""
    was = before.label_ids if isinstance(before, Coverage) else ()
    unknown = {*item.label_ids} - kinds.keys() - {*was}
    if unknown:
        unknown -= _deleted(project)
    if unknown:
        raise InvalidOperation(f"Labels {sorted(unknown)} of a coverage are not in this project.")


def _deleted(project: Project) -> set[int]:
    """Ids of labels that the project had once."""
    rows = SchemaChange.objects.filter(project=project, operation=SchemaOperation.RETIRE)
    found = rows.values_list("detail", flat=True)
    return {detail["label"]["id"] for detail in found if detail.get("deleted")}

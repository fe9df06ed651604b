"""How a new order and the items that wait already become one queue: no database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.viewing import Viewing

Kind, Slice = QueueItem.Kind, QueueItem.Slice
# Put into the queue by somebody else than the ranking, which leaves them where they are.
PLACED = (Slice.PLANTED, Slice.SECOND)
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Known:
    """What stands in the tables at the moment of writing.

    Attributes:
        items: open ones in their order.
        skipped: put aside by a person, with the model that had asked for them.
        tubes, segments: ids of open proposals.
        tube_states: of tubes that items not placed by the ranking are about.
        hold_out: ids of videos that are never queried.
    """

    items: Sequence[QueueItem]
    skipped: Sequence[QueueItem]
    tubes: set[str]
    segments: set[str]
    tube_states: dict[str, str]
    hold_out: set[str]


class Merged(NamedTuple):
    """Items to create, to write again, to move to another rank only, and ids to close."""

    new: list[QueueItem]
    changed: list[QueueItem]
    moved: list[QueueItem]
    closed: list[uuid.UUID]


def merged(
    viewings: Sequence[Viewing], known: Known, model: ModelVersion | None, began: datetime
) -> Merged:
    """The new queue.

    Items that somebody holds and those that were placed by hand keep their place among the others;
    the plan's viewings fill the places between in their order.

    Args:
        began: when planning began; an item that another rebuild made since stays.
    """
    wanted = _wanted(viewings, known, model)
    kept, closed = _sorted_out(known, wanted, began)
    for item in kept:
        wanted.pop(key_of(item), None)
    gone = {item.pk for item in closed}
    free = {key_of(item): item for item in known.items if item.pk not in gone}
    new, changed, moved = [], [], []
    for rank, entry in _placed(list(wanted.values()), kept):
        item = free.get(key_of_viewing(entry)) if isinstance(entry, Viewing) else entry
        if isinstance(entry, Viewing) and item is None:
            new.append(_written(_new(entry), entry, rank, model))
        elif isinstance(entry, Viewing) and item and not _says(item, entry, model):
            changed.append(_written(item, entry, rank, model))
        elif item and item.rank != rank:
            item.rank = rank
            moved.append(item)
    return Merged(new, changed, moved, [item.pk for item in closed])


def _sorted_out(
    known: Known, wanted: dict[Key, Viewing], began: datetime
) -> tuple[list[QueueItem], list[QueueItem]]:
    """Open items that keep their place whatever the plan says, and those nobody asks for."""
    now = timezone.now()
    kept, closed = [], []
    for item in known.items:
        if not _is_open(item, known):
            closed.append(item)
        elif is_held(item, now) or is_placed(item):
            kept.append(item)
        elif key_of(item) not in wanted:
            (kept if item.created_at >= began else closed).append(item)
    return kept, closed


def _wanted(
    viewings: Sequence[Viewing], known: Known, model: ModelVersion | None
) -> dict[Key, Viewing]:
    """The plan without what was decided, held out or skipped meanwhile, in its order."""
    model_id = model.pk if model else None
    passed_over = {key_of(item) for item in known.skipped if item.model_id == model_id}
    passed_over -= {key_of(item) for item in known.items}
    found = {}
    for viewing in viewings:
        key = key_of_viewing(viewing)
        if key not in passed_over and _may_be_asked(viewing, known):
            found.setdefault(key, viewing)
    return found


def _may_be_asked(viewing: Viewing, known: Known) -> bool:
    if viewing.video_id in known.hold_out:
        return False
    if viewing.slice == Slice.SCHEMA:
        return known.tube_states.get(str(viewing.tube_id)) not in (None, "proposed", "rejected")
    if viewing.kind == Kind.TUBE:
        return viewing.tube_id in known.tubes
    return viewing.kind != Kind.SEGMENT or viewing.span_id in known.segments


def _is_open(item: QueueItem, known: Known) -> bool:
    """Whether there is still something to decide."""
    if str(item.video_id) in known.hold_out and item.slice != Slice.SECOND:
        return False
    if item.slice == Slice.PLANTED:
        return True  # closed by who planted it
    if item.kind == Kind.TUBE:
        state = known.tube_states.get(str(item.tube_id))
        if item.slice == Slice.SECOND:
            return state is not None and state != "proposed"
        if item.slice == Slice.SCHEMA:
            return state is not None and state != "rejected"
        return str(item.tube_id) in known.tubes
    return item.kind != Kind.SEGMENT or str(item.span_id) in known.segments


def is_placed(item: QueueItem) -> bool:
    """Whether the ranking has no say about it; what it asks for itself says what asked for it."""
    return item.slice in PLACED or (item.slice == Slice.SCHEMA and not item.asked_by)


def is_held(item: QueueItem, now: datetime) -> bool:
    """Whether somebody's lease on it lives."""
    return bool(item.leased_by_id and item.leased_until and item.leased_until > now)


def _placed(
    viewings: list[Viewing], kept: list[QueueItem]
) -> Iterator[tuple[int, Viewing | QueueItem]]:
    """Kept items at the rank they have, as far as the queue is long enough; viewings between."""
    waiting = iter(viewings)
    held = iter(sorted(kept, key=lambda item: (item.rank, item.created_at)))
    item, viewing, rank = next(held, None), next(waiting, None), 0
    while item is not None or viewing is not None:
        if item is not None and (item.rank <= rank or viewing is None):
            yield rank, item
            item = next(held, None)
        elif viewing is not None:
            yield rank, viewing
            viewing = next(waiting, None)
        rank += 1


def _new(viewing: Viewing) -> QueueItem:
    return QueueItem(
        video_id=uuid.UUID(viewing.video_id), kind=viewing.kind, tube_id=_uuid(viewing.tube_id),
        tube_number=viewing.tube_number, span_id=_uuid(viewing.span_id),
    )  # fmt: skip


def _values(viewing: Viewing, model: ModelVersion | None) -> dict[str, Any]:
    """What a viewing writes into its item, whatever its rank."""
    return {
        "score": viewing.score, "reason": viewing.reason[:300],
        "questions": [question.as_dict() for question in viewing.questions],
        "slice": viewing.slice, "blind": viewing.blind, "probability": viewing.probability,
        "asked_by": viewing.asked_by, "label_id": viewing.label_id,
        "start_frame": viewing.start_frame, "end_frame": viewing.end_frame,
        "model_id": model.pk if model else None,
    }  # fmt: skip


def _says(item: QueueItem, viewing: Viewing, model: ModelVersion | None) -> bool:
    """Whether the item asks the same already."""
    return all(getattr(item, name) == value for name, value in _values(viewing, model).items())


def _written(item: QueueItem, viewing: Viewing, rank: int, model: ModelVersion | None) -> QueueItem:
    item.rank = rank
    for name, value in _values(viewing, model).items():
        setattr(item, name, value)
    return item


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def key_of(item: QueueItem) -> Key:
    """What may wait in the queue but once."""
    if item.kind == Kind.STRETCH:
        return item.kind, str(item.video_id), item.start_frame
    return item.kind, str(item.tube_id if item.kind == Kind.TUBE else item.span_id)


def key_of_viewing(viewing: Viewing) -> Key:
    """The same of a viewing."""
    if viewing.kind == Kind.STRETCH:
        return viewing.kind, viewing.video_id, viewing.start_frame
    return viewing.kind, str(viewing.tube_id if viewing.kind == Kind.TUBE else viewing.span_id)

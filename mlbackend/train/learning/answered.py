"""What people answered in the queue, in order: which tubes chance brought, which were chosen."""

from __future__ import annotations

from dataclasses import dataclass

from mlbackend.models import QueueItem
from mlbackend.models.queue_item import AT_ONCE

Slice, Answer = QueueItem.Slice, QueueItem.Answer
# Slices that the acquisition function fills, with its quota for what was never seen.
ACTIVE = (Slice.CHOSEN, Slice.DISCOVERY)
# Proposals decided on by chance in the last so many answers: an old model's do not count for ever.
RECENT = 100
NOBODY = (Answer.NONE, Answer.GONE)


@dataclass(frozen=True)
class Answered:
    """Ids of tubes by who chose them, each in the order of the answers, oldest first."""

    random: tuple[str, ...]
    active: tuple[str, ...]


@dataclass(frozen=True)
class Acceptance:
    """Proposals people decided on, and how many they accepted as they were."""

    shown: int
    accepted: int


def answered(project_id: int) -> Answered:
    """Tubes that were answered in the project's queue."""
    rows = _done(project_id).filter(kind=QueueItem.Kind.TUBE, tube_id__isnull=False)
    found = [
        (slice_, str(tube_id))
        for slice_, tube_id in rows.order_by("done_at", "id").values_list("slice", "tube_id")
    ]
    return Answered(
        tuple(tube_id for slice_, tube_id in found if slice_ == Slice.RANDOM),
        tuple(tube_id for slice_, tube_id in found if slice_ in ACTIVE),
    )


def acceptance(project_id: int, slices: tuple[str, ...]) -> Acceptance:
    """Of the newest answers to what these slices showed; blind viewings show no proposal, and what
    was accepted by its score alone is nobody's word on it."""
    rows = _done(project_id).filter(slice__in=slices, blind=False)
    rows = rows.filter(**{f"answer_detail__{AT_ONCE}__isnull": True})
    rows = rows.filter(answer__in=(Answer.ACCEPTED, Answer.CORRECTED, Answer.REJECTED))
    newest = list(rows.order_by("-done_at", "id").values_list("answer", flat=True)[:RECENT])
    return Acceptance(len(newest), newest.count(Answer.ACCEPTED))


def _done(project_id: int):  # noqa: ANN202
    rows = QueueItem.objects.filter(project_id=project_id, state=QueueItem.State.DONE)
    return rows.filter(done_at__isnull=False).exclude(answer__in=NOBODY)

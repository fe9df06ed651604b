"""The review queue as rows: made anew after proposals and rounds, items put in by hand, dropped.

Handing out is in `leases.py`, answering in `closing.py` and `second.py`.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from labeling import api
from labeling.domain.blind import HOLD_OUT
from labeling.domain.errors import Conflict
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.batch import items_update
from mlbackend.select.merging import PLACED, Known, merged
from mlbackend.select.viewing import Question, Viewing

State, Slice, Answer = QueueItem.State, QueueItem.Slice, QueueItem.Answer
CHUNK = 500
_CHANGED = (
    "rank", "score", "reason", "questions", "slice", "blind", "probability", "asked_by",
    "label_id", "start_frame", "end_frame", "model",
)  # fmt: skip


def queue_rebuild(project_id: int) -> int:
    """Rank all that waits for a person; returns how many items are open.

    Items that stay keep their id and get their new place; one that somebody holds is left exactly
    as it is. Those whose tube or segment is decided or gone are done. What was skipped comes back
    when another model asks for it.
    """
    # modAL, torch and OpenCV are loaded where they are used, not when the web server starts.
    from mlbackend.select.plan import viewings_plan

    began = timezone.now()
    plan = viewings_plan(project_id)
    return queue_store(project_id, plan.viewings, plan.model, began)


def queue_store(
    project_id: int, viewings: Sequence[Viewing], model: ModelVersion | None, began: datetime
) -> int:
    """Bring the open items in line with a plan; returns how many are open.

    Planning takes a while: what a person decided since it began is left out, and what another
    rebuild queued since then stays.
    """
    try:
        return _store(project_id, viewings, model, began)
    except IntegrityError:
        # A video became part of the hold-out, or another rebuild was faster, in the very moment
        # between reading and writing; both are seen now.
        return _store(project_id, viewings, model, began)


@transaction.atomic
def _store(
    project_id: int, viewings: Sequence[Viewing], model: ModelVersion | None, began: datetime
) -> int:
    new, changed, moved, closed = merged(viewings, _known(project_id, viewings), model, began)
    for start in range(0, len(closed), CHUNK):
        _close(QueueItem.objects.filter(pk__in=closed[start : start + CHUNK]), Answer.GONE)
    items_update(changed, _CHANGED)
    items_update(moved, ["rank"])
    for item in new:
        item.project_id = project_id
    QueueItem.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)
    return QueueItem.objects.filter(project_id=project_id, state=State.OPEN).count()


def _known(project_id: int, viewings: Sequence[Viewing] = ()) -> Known:
    """What the tables say now about the project's items and what they are about."""
    rows = QueueItem.objects.filter(project_id=project_id)
    open_items = list(rows.select_for_update().filter(state=State.OPEN).order_by("rank", "id"))
    skipped = rows.filter(state=State.SKIPPED).only(
        "kind", "tube_id", "span_id", "video_id", "start_frame", "model_id"
    )
    looked_at = {
        str(one.tube_id)
        for one in (*open_items, *viewings)
        if one.tube_id and one.slice in (*PLACED, QueueItem.Slice.SCHEMA)
    }
    return Known(
        items=open_items,
        skipped=list(skipped),
        tubes=api.proposed_tubes(project_id),
        segments=api.proposed_segments(project_id),
        tube_states=api.tube_states(looked_at),
        hold_out={
            video_id
            for video_id, facts in api.video_facts(project_id).items()
            if facts.split == HOLD_OUT
        },
    )


def _close(rows: QuerySet[QueueItem], answer: str) -> int:
    return rows.filter(state=State.OPEN).update(
        state=State.DONE, answer=answer, done_at=timezone.now(), leased_by=None, leased_until=None
    )


def item_insert(
    *,
    project_id: int,
    video_id: Any,
    rank: int,
    slice: str,
    questions: Sequence[Question],
    kind: str = "tube",
    **values: Any,
) -> QueueItem:
    """Put one item into the queue, just behind the one that has this rank.

    Args:
        questions: at least one; the reason of the first is the item's.
        values: further fields of the row, such as tube_id, tube_number, span_id or first_by.

    Raises:
        Conflict: the tube, segment or stretch waits in the queue already, or its video is in the
            hold-out.
    """
    item = QueueItem(
        project_id=project_id, video_id=video_id, rank=rank, slice=slice, kind=kind,
        questions=[question.as_dict() for question in questions],
        reason=questions[0].reason[:300], **values,
    )  # fmt: skip
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "This could not be put into the queue: it waits there already, or its video belongs "
            "to the hold-out, which is never queried."
        ) from None
    return item


def queue_drop_video(video_id: Any) -> int:
    """A video became part of the hold-out: nothing on it is asked any more; returns how many were.

    Second looks stay: they measure how far people agree, and train nothing.
    """
    rows = QueueItem.objects.filter(video_id=uuid.UUID(str(video_id)))
    return _close(rows.exclude(slice=Slice.SECOND), Answer.GONE)

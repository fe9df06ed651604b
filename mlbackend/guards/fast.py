"""Proposals accepted as they are in less time than it takes to look, and what follows.

Nobody has seen a tube of which not even half has been played at the player's fastest rate, and
nobody sees anything within a second. Such an acceptance is asked about once more, of somebody else
(`select/second.py`): the simple one of two ways, for a weight below one would have to follow every
label through every recipe. Nothing is held against a person by one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils import timezone

from labeling import api
from mlbackend.models import QueueItem
from mlbackend.models.queue_item import AT_ONCE
from mlbackend.select.leases import LEASE
from mlbackend.select.second import second_look_ask

Kind, State, Slice, Answer = QueueItem.Kind, QueueItem.State, QueueItem.Slice, QueueItem.Answer
# frontend/src/player/player.ts: the last of RATES.
FASTEST_RATE = 4.0
SHARE_SEEN = 0.5
LEAST_S = 1.0
LENGTH = "length_s"
# Second looks asked for at most after one rebuild, of a batch.
MOST_OF_BATCH = 0.1


def plausible_s(length_s: float) -> float:
    """The least time in which something this long can have been looked at."""
    return max(LEAST_S, SHARE_SEEN * length_s / FASTEST_RATE)


def is_untouched(item: QueueItem) -> bool:
    """Whether a proposal that was shown was accepted as it was, by an act of its own."""
    shown = not item.blind and item.kind in (Kind.TUBE, Kind.SEGMENT)
    return shown and item.answer == Answer.ACCEPTED and not item.answer_detail.get(AT_ONCE)


def is_fast(item: QueueItem) -> bool:
    """Whether it was accepted as it was, faster than it can have been looked at."""
    length_s = item.answer_detail.get(LENGTH)
    if length_s is None or item.seconds is None or not is_untouched(item):
        return False
    return item.seconds < plausible_s(float(length_s))


def lengths_note(
    project_id: int, video_id: Any, author_id: int | None, at_once: Collection[str] = ()
) -> int:
    """Note beside this person's last answers on a video how long the things they saw are.

    Args:
        at_once: tubes that were accepted together by their scores: nobody was to look at them.
    """
    rows = QueueItem.objects.filter(
        project_id=project_id, video_id=video_id, done_by_id=author_id, state=State.DONE,
        done_at__gte=timezone.now() - LEASE, kind__in=(Kind.TUBE, Kind.SEGMENT),
    )  # fmt: skip
    items = [item for item in rows if author_id is not None and LENGTH not in item.answer_detail]
    if not items:
        return 0
    timebase = api.video(video_id).timebase
    ranges = api.frame_ranges([item.tube_id or item.span_id for item in items])
    for item in items:
        start, end = ranges.get(str(item.tube_id or item.span_id), (0, 0))
        if end > start:
            length_s = round(timebase.time_s(end) - timebase.time_s(start), 3)
            by_score = {AT_ONCE: True} if str(item.tube_id) in at_once else {}
            item.answer_detail = {**item.answer_detail, LENGTH: length_s, **by_score}
            item.save(update_fields=["answer_detail"])
    return len(items)


def fast_ones_ask(project_id: int, batch: int) -> int:
    """Ask somebody else about what was accepted too fast, the newest first; how many were asked."""
    if len(api.annotators(project_id)) < 2:
        return 0
    rows = QueueItem.objects.filter(
        project_id=project_id, kind=Kind.TUBE, state=State.DONE, answer=Answer.ACCEPTED,
        blind=False, done_by__isnull=False, done_at__lt=timezone.now() - LEASE,
    ).exclude(slice__in=(Slice.PLANTED, Slice.SECOND))  # fmt: skip
    fast = _unasked(item for item in rows.order_by("-done_at")[:1000] if is_fast(item))
    most = max(1, int(MOST_OF_BATCH * batch))
    return sum(second_look_ask(item) for item in fast[:most])


def _unasked(items: Iterable[QueueItem]) -> list[QueueItem]:
    found = list(items)
    looks = QueueItem.objects.filter(
        slice=Slice.SECOND, tube_id__in=[item.tube_id for item in found]
    )  # fmt: skip
    asked = set(looks.values_list("tube_id", flat=True))
    return [item for item in found if item.tube_id not in asked]

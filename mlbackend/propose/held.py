"""What somebody has open just now: no run changes it under their eyes.

Having open is having a lease on a queue item: of a tube, of a segment, or of a stretch of the
video, and then of all that lies in the stretch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from labeling.domain.annotations import Annotations
from labeling.domain.errors import Conflict
from mlbackend.models import QueueItem


@dataclass(frozen=True, slots=True)
class Held:
    """Ids of tubes and segments, and stretches [start, end) in frames, that are open."""

    tube_ids: frozenset[str]
    span_ids: frozenset[str]
    stretches: tuple[tuple[int, int], ...]

    def tubes(self, annotations: Annotations) -> set[str]:
        """Which tubes of the video are open."""
        inside = (
            tube.id
            for tube in annotations.tubes.values()
            if self._touches(tube.start_frame, tube.end_frame)
        )
        return {*self.tube_ids, *inside}

    def segments(self, annotations: Annotations) -> set[str]:
        """Which segments of the video are open."""
        inside = (
            span.id
            for span in annotations.spans_of(None)
            if self._touches(span.start_frame, span.end_frame)
        )
        return {*self.span_ids, *inside}

    def _touches(self, start_frame: int, end_frame: int) -> bool:
        return any(start < end_frame and end > start_frame for start, end in self.stretches)


def held(video_id: Any, *, lock: bool = False) -> Held:
    """Return what of a video somebody has open.

    Args:
        lock: nobody can open anything of the video until the transaction ends.
    """
    rows = QueueItem.objects.filter(video_id=video_id, state=QueueItem.State.OPEN)
    if lock:
        rows = rows.select_for_update()
    now = timezone.now()
    leased = [
        item
        for item in rows.order_by("pk")
        if item.leased_by_id is not None and item.leased_until and item.leased_until > now
    ]
    return Held(
        _ids(item.tube_id for item in leased),
        _ids(item.span_id for item in leased),
        tuple(
            (item.start_frame, item.end_frame)
            for item in leased
            if item.start_frame is not None and item.end_frame is not None
        ),
    )


def check_still_free(
    video_id: Any,
    annotations: Annotations,
    *,
    tubes: Collection[str] = (),
    segments: Collection[str] = (),
) -> None:
    """See, in the transaction that changes them, that nobody has opened these meanwhile.

    Raises:
        Conflict: somebody has; look again.
    """
    now = held(video_id, lock=True)
    if now.tubes(annotations) & set(tubes) or now.segments(annotations) & set(segments):
        raise Conflict("Somebody opened what was to be proposed on anew.", code="open_now")


def _ids(found: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(each) for each in found if each is not None)

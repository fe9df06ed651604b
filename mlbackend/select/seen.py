"""Boxes a detector saw on a video that no tube has: dropped when boxes were linked.

They are read from what detection left on disk; nothing is detected here. Where that has gone, or
nothing was detected, there are none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import iou_matrix
from labeling.domain.errors import TubelabError
from labeling.domain.tube import Tube
from mlbackend.models import Run
from mlbackend.propose.link import Observed
from mlbackend.propose.plan import Plan, plan
from mlbackend.select.candidates import VideoScene

log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
# What is as likely nothing as somebody tells nothing.
LEAST_SCORE = 0.3
# A box that lies on a tube as much as this is that tube's.
SAME_IOU = 0.3


@dataclass(frozen=True, eq=False)
class Unlinked:
    """Boxes without a tube.

    Attributes:
        frames: (N,) increasing. weights: (N,) their scores, per frame looked at in a second, so
            that a detector that looks more often does not say more.
    """

    frames: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    weights: Floats = field(default_factory=lambda: np.zeros(0))


def unlinked(scene: VideoScene, tubes: Sequence[Tube]) -> Unlinked:
    """Boxes of the last detection on a video that lie on none of its tubes, of any state."""
    made = _plan(scene)
    if made is None:
        return Unlinked()
    frames, scores, seen_frames = [], [], 0
    own = _Own(tubes)
    for seen in _kept(made):
        seen_frames += 1
        likely = seen.scores >= LEAST_SCORE
        if likely.any():
            free = ~own.hold(seen.frame, seen.boxes[likely])
            frames += [seen.frame] * int(free.sum())
            scores += seen.scores[likely][free].tolist()
    rate = max(seen_frames / max(scene.video.timebase.duration_s, 1e-3), 1.0)
    return Unlinked(np.array(frames, dtype=np.int64), np.array(scores, dtype=np.float64) / rate)


def _plan(scene: VideoScene) -> Plan | None:
    """The plan of the newest run that detected on the video; None if it cannot be followed."""
    runs = Run.objects.filter(video_id=scene.video.id).exclude(detector="")
    run = runs.order_by("-created_at", "id").first()
    if run is None:
        return None
    try:
        return plan(scene.video, run.detector, run.detail.get("rate_hz"))
    except TubelabError as error:
        log.info("detections of %s are not looked at: %s", scene.video.name, error.message)
        return None


def _kept(made: Plan) -> Iterator[Observed]:
    """What is on disk, chunk by chunk; a chunk that is lost or damaged is passed over."""
    for number in range(len(made.chunks)):
        try:
            yield from made.store.read(number)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            continue


class _Own:
    """The tubes of a video, asked for their boxes at a frame."""

    def __init__(self, tubes: Sequence[Tube]) -> None:
        self._tubes = tubes
        self._starts = np.array([tube.start_frame for tube in tubes])
        self._ends = np.array([tube.end_frame for tube in tubes])

    def hold(self, frame: int, boxes: Floats) -> NDArray[np.bool_]:
        """(N,) which of these boxes (N, 4) lie on a tube that is there at this frame."""
        there = np.flatnonzero((self._starts <= frame) & (frame < self._ends))
        found = [box for i in there if (box := self._tubes[i].box_at(frame)) is not None]
        if not found:
            return np.zeros(len(boxes), dtype=bool)
        own = np.array([box.as_list() for box in found])
        return np.asarray((iou_matrix(boxes, own) >= SAME_IOU).any(axis=1))

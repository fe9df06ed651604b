"""Boxes and tubes as arrays, and how much they overlap by either pixel convention.

Some evaluators hold (x1, y1, x2, y2) for the first and last pixel, so that a side is x2 - x1 + 1
long; others for edges. `extra` is that 1 or 0.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.matching import Floats, Integers

# Frames of tubes compared at once: bounds memory.
FRAMES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Boxes:
    """Boxes on frames.

    Args:
        video, frame, label: (N,) int64; frames as the file counts them.
        box: (N, 4) float64 corners in px.
        score: (N,) float64; zeros for truth.
    """

    video: Integers
    frame: Integers
    label: Integers
    box: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.video)

    def rows(self, chosen: NDArray) -> "Boxes":
        return Boxes(
            self.video[chosen], self.frame[chosen], self.label[chosen], self.box[chosen],
            self.score[chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class Tubes:
    """Tubes without gaps.

    Args:
        video, label: (N,) int64.
        start: (N,) int64, the first frame.
        count: (N,) int64, how many frames, at least 1.
        box: (sum of counts, 4) float64 corners in px, tube after tube.
        score: (N,) float64; zeros for truth.
    """

    video: Integers
    label: Integers
    start: Integers
    count: Integers
    box: Floats
    score: Floats
    offset: Integers = field(init=False)

    def __post_init__(self) -> None:
        if (self.count < 1).any() or self.count.sum() != len(self.box):
            raise ValueError("Every tube has at least one frame, and every frame of it one box.")
        object.__setattr__(self, "offset", np.cumsum(self.count) - self.count)

    def __len__(self) -> int:
        return len(self.video)

    @property
    def end(self) -> Integers:
        """(N,) int64, the frame after the last."""
        return self.start + self.count

    def rows(self, chosen: NDArray) -> "Tubes":
        """The tubes at these indices, in this order."""
        count = self.count[chosen]
        inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        boxes = self.box[np.repeat(self.offset[chosen], count) + inside]
        return Tubes(
            self.video[chosen], self.label[chosen], self.start[chosen], count, boxes,
            self.score[chosen],
        )  # fmt: skip

    def boxes(self) -> Boxes:
        """Every box on its frame."""
        inside = np.arange(len(self.box)) - np.repeat(self.offset, self.count)
        video, start, label, score = (
            np.repeat(values, self.count)
            for values in (self.video, self.start, self.label, self.score)
        )
        return Boxes(video, start + inside, label, self.box, score)


def box_overlap(a: Floats, b: Floats, extra: float) -> Floats:
    """IoU of rows: (P, 4) and (P, 4) to (P,); 0 where the union is nothing."""
    upper = np.minimum(a[:, 2:], b[:, 2:]) + extra
    sides = np.maximum(upper - np.maximum(a[:, :2], b[:, :2]), 0.0)
    shared = sides[:, 0] * sides[:, 1]
    union = _areas(a, extra) + _areas(b, extra) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def shifted_box_overlap(truth: Floats, found: Floats) -> Floats:
    """IoU of rows as `get_PR_curve.m` has it: 1 is added to x, y, width and height of detections.

    Args:
        truth, found: (P, 4) corners in px, without extra pixel.
    """
    grown = found + np.array([1.0, 1.0, 2.0, 2.0])
    shared = np.minimum(truth[:, 2:], grown[:, 2:]) - np.maximum(truth[:, :2], grown[:, :2])
    shared = np.maximum(shared, 0.0).prod(axis=1)
    union = _areas(truth, 0.0) + _areas(grown, 0.0) - shared
    return shared / (union + np.finfo(np.float64).eps)


def tube_overlap(a: Tubes, b: Tubes, first: Integers, second: Integers, by_matlab: bool) -> Floats:
    """Mean IoU over the shared frames times IoU in time, of pairs of tubes.

    Args:
        a, b: tubes.
        first, second: (P,) indices into `a` and `b`.
        by_matlab: as `get_PR_curve.m`: more than one shared frame, and `b`'s boxes are grown;
            else both are measured with the extra pixel, and one shared frame is enough.

    Returns:
        (P,) float64 in 0..1.
    """
    begin = np.maximum(a.start[first], b.start[second])
    shared = np.minimum(a.end[first], b.end[second]) - begin
    whole = np.maximum(a.end[first], b.end[second]) - np.minimum(a.start[first], b.start[second])
    result = np.zeros(len(first))
    meet = np.flatnonzero(shared > (1 if by_matlab else 0))
    portions = np.cumsum(shared[meet]) // FRAMES_AT_ONCE
    for portion in np.unique(portions):
        some = meet[portions == portion]
        ours = _frames_from(a, first[some], begin[some], shared[some])
        theirs = _frames_from(b, second[some], begin[some], shared[some])
        overlap = shifted_box_overlap(ours, theirs) if by_matlab else box_overlap(ours, theirs, 1.0)
        starts = np.cumsum(shared[some]) - shared[some]
        result[some] = np.add.reduceat(overlap, starts) / shared[some]
    return result * (shared / whole)


def _frames_from(tubes: Tubes, index: Integers, begin: Integers, count: Integers) -> Floats:
    """Boxes of the tubes at `index`, `count` frames from frame `begin`, one after the other."""
    at = tubes.offset[index] + begin - tubes.start[index]
    inside = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return tubes.box[np.repeat(at, count) + inside]


def _areas(boxes: Floats, extra: float) -> Floats:
    return (boxes[:, 2] - boxes[:, 0] + extra) * (boxes[:, 3] - boxes[:, 1] + extra)

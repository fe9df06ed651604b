"""An annotator who knows the truth and corrects a tube until it is good enough on every frame.

The annotator looks for the worst frame and mends it, in one of the ways the editor has: a box set
there, a box set on the keyframe before or after, or that keyframe deleted. Each costs one
operation; the one is taken that helps most. Boxes set are the true ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlbackend.propose.thin import pair_iou

Floats = NDArray[np.float64]

ENOUGH = 0.7


@dataclass(frozen=True, eq=False)
class Work:
    """A tube being corrected, and what that has cost.

    frames: (K,) of the keyframes, counted from the truth's first frame. boxes: (K, 4) px.
    """

    frames: tuple[int, ...]
    boxes: Floats
    operations: int = 0

    def spent(self, operations: int) -> Work:
        return replace(self, operations=self.operations + operations)

    def with_box(self, frame: int, box: Floats) -> Work:
        """A keyframe set or replaced: one operation."""
        kept = [place for place, own in enumerate(self.frames) if own != frame]
        frames = np.array([*(self.frames[place] for place in kept), frame])
        boxes = np.vstack([self.boxes[kept], box[None]])
        order = np.argsort(frames)
        return Work(tuple(frames[order].tolist()), boxes[order], self.operations + 1)

    def without(self, place: int) -> Work:
        """A keyframe deleted: one operation."""
        frames = self.frames[:place] + self.frames[place + 1 :]
        return Work(frames, np.delete(self.boxes, place, axis=0), self.operations + 1)


def quality(work: Work, truth: Floats) -> Floats:
    """IoU with the true boxes (F, 4) on each of their frames, 0 where the tube is not: (F,)."""
    every = np.arange(len(truth))
    boxes = np.stack([np.interp(every, work.frames, side) for side in work.boxes.T], axis=1)
    there = (every >= work.frames[0]) & (every <= work.frames[-1])
    return pair_iou(boxes, truth) * there


def worst_frame(work: Work, overlap: Floats) -> int:
    """The frame to mend: a far end the tube does not reach, else where it is worst.

    A person who sees that a tube ends early goes to where it should end, not one frame on.
    """
    if work.frames[-1] < len(overlap) - 1:
        return len(overlap) - 1
    return 0 if work.frames[0] > 0 else _worst(overlap)


def _worst(overlap: Floats) -> int:
    """The worst frame; of equally bad ones, such as those without any overlap, the middle one."""
    worst = np.flatnonzero(overlap <= overlap.min() + 1e-12)
    return int(worst[len(worst) // 2])


def corrected(work: Work, truth: Floats, enough: float = ENOUGH) -> Work:
    """The tube once it is good enough on every frame, with all it took."""
    while True:
        overlap = quality(work, truth)
        if overlap.min() >= enough:
            return work
        worst = worst_frame(work, overlap)
        work = mended(work, truth, worst, enough)


def mended(work: Work, truth: Floats, worst: int, enough: float = ENOUGH) -> Work:
    """The most helpful single operation about the worst frame."""
    return max(_choices(work, truth, worst), key=lambda choice: gain(choice, truth, enough))


def gain(work: Work, truth: Floats, enough: float = ENOUGH) -> float:
    """How good a tube is on its way: frames good enough count in full, others by their IoU."""
    overlap = quality(work, truth)
    return float((overlap >= enough).sum() + np.minimum(overlap, enough).sum() / len(truth))


def _choices(work: Work, truth: Floats, worst: int) -> list[Work]:
    found = [work.with_box(worst, truth[worst])]
    after = int(np.searchsorted(work.frames, worst))
    for place in {after - 1, after, after + 1} & set(range(len(work.frames))):
        frame = work.frames[place]
        if not 0 <= frame < len(truth) or np.array_equal(work.boxes[place], truth[frame]):
            continue  # what is right already is let be, so that correcting comes to an end
        found.append(work.with_box(frame, truth[frame]))
        if len(work.frames) > 2 and 0 < place < len(work.frames) - 1:
            found.append(work.without(place))
    return found


def drawn(truth: Floats, enough: float = ENOUGH) -> Work:
    """Drawing from scratch: the first and the last box, then always the worst frame."""
    ends = (0,) if len(truth) == 1 else (0, len(truth) - 1)
    work = Work(ends, truth[list(ends)], len(ends))
    while True:
        overlap = quality(work, truth)
        if overlap.min() >= enough:
            return work
        worst = _worst(overlap)
        work = work.with_box(worst, truth[worst])


def fewest(truth: Floats, enough: float = ENOUGH) -> int:
    """The fewest true boxes whose lines are good enough: no way of choosing frames does better."""
    count = len(truth)
    least = np.full(count, count, dtype=np.int64)
    least[0] = 1
    for last in range(1, count):
        for first in range(last):
            if least[first] + 1 < least[last] and _holds(truth[first : last + 1], enough):
                least[last] = least[first] + 1
    return int(least[-1])


def _holds(boxes: Floats, enough: float) -> bool:
    share = np.linspace(0.0, 1.0, len(boxes))[:, None]
    return bool(pair_iou(boxes, boxes[0] + (boxes[-1] - boxes[0]) * share).min() >= enough)

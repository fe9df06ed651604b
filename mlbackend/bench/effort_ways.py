"""What a tube costs each way: from a detector's proposals, and from one box that is carried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from labeling.domain.tube import Keyframe, Tube
from mlbackend.bench.simulated import ENOUGH, Work, corrected, gain, mended, quality, worst_frame
from mlbackend.propose.thin import pair_iou

Floats = NDArray[np.float64]
# Carries a box drawn on a frame (from the truth's first) within two frames, both included.
Carry = Callable[[int, Floats, int, int], Sequence[Keyframe]]

# A proposal is the actor's where it overlaps the actor this much on the mean of shared frames.
ACTORS = 0.4
# A piece adds to another where it covers at least this share of the frames left.
NEW_SHARE = 0.5
# With no more bad frames than this nobody carries a box anew.
WORTH_CARRYING = 3


def proposal_costs(
    tubes: Sequence[Tube], start: int, truth: Floats, scratch: int
) -> tuple[int, int, int]:
    """Operations with proposals, how many proposals were of the actor, and how many were not.

    Accepting costs 1 where nothing is to be corrected; a correction confirms by itself. Further
    pieces of the actor are merged (1 each), what lies over frames already covered is deleted (1
    each), ends that are too long are trimmed (1 each). The annotator deletes everything (1 each)
    and draws instead where that costs less.

    Args:
        start: frame of `truth[0]`. truth: (F, 4) px. scratch: operations of drawing.
    """
    actors = [tube for tube in tubes if _overlap(tube, start, truth) >= ACTORS]
    others = len(tubes) - len(actors)
    if not actors:
        return scratch, 0, others
    actors.sort(key=lambda tube: -_support(tube, start, truth))
    work, needless = _from(actors[0], start), 0
    for tube in actors[1:]:
        piece = _from(tube, start)
        if _is_new(piece, work):
            work = _merged(work, piece)
        else:
            needless += 1
    work = trimmed(work, len(truth)).spent(needless)
    cost = max(1, corrected(work, truth).operations)
    return min(cost, len(actors) + scratch), len(actors), others


def carried_costs(carry: Carry, truth: Floats, scratch: int, key: int) -> tuple[int, Work]:
    """Operations with one box drawn in the middle and carried, and the tube after carrying.

    Drawing costs 1 and carrying `key`; each correction 1, and `key` more where the corrected box
    is carried anew, which is done where it is worth it. Where carrying does not help, the person
    has spent it and draws.
    """
    at = len(truth) // 2
    first = _work(carry(at, truth[at], 0, len(truth) - 1), 0)
    work = trimmed(first.spent(1 + key), len(truth))
    own = {at}
    while True:
        overlap = quality(work, truth)
        if overlap.min() >= ENOUGH:
            break
        worst = worst_frame(work, overlap)
        plain = mended(work, truth, worst)
        bad = int((overlap < ENOUGH).sum())
        again = _again(work, carry, truth, worst, own, key) if bad > WORTH_CARRYING else None
        before = gain(work, truth)
        if again and (gain(again, truth) - before) / (1 + key) > gain(plain, truth) - before:
            work = again
            own.add(worst)
        else:
            work = plain
            own |= set(work.frames) & {worst}
        if work.operations >= scratch + 1 + key:
            break
    return min(work.operations, scratch + 1 + key), first


def trimmed(work: Work, count: int) -> Work:
    """Cut to the frames 0..count-1: one operation for each end that is too long."""
    frames, boxes = np.array(work.frames), work.boxes
    low, high = max(0, work.frames[0]), min(count - 1, work.frames[-1])
    cuts = int(frames[0] < 0) + int(frames[-1] > count - 1)
    if not cuts:
        return work
    kept = sorted({low, high, *(int(f) for f in frames if low < f < high)})
    sides = np.stack([np.interp(kept, frames, side) for side in boxes.T], axis=1)
    return Work(tuple(kept), sides, work.operations + cuts)


def _again(work: Work, carry: Carry, truth: Floats, at: int, own: set[int], key: int) -> Work:
    """The box corrected at a frame and carried up to the person's next boxes."""
    low = max((f + 1 for f in own if f < at), default=0)
    high = min((f - 1 for f in own if f > at), default=len(truth) - 1)
    new = _work(carry(at, truth[at], low, high), 0)
    kept = [n for n, f in enumerate(work.frames) if not new.frames[0] <= f <= new.frames[-1]]
    frames = np.array([*(work.frames[n] for n in kept), *new.frames])
    boxes = np.vstack([work.boxes[kept], new.boxes])
    order = np.argsort(frames)
    return Work(tuple(frames[order].tolist()), boxes[order], work.operations + 1 + key)


def _work(keyframes: Sequence[Keyframe], start: int) -> Work:
    frames = tuple(keyframe.frame - start for keyframe in keyframes)
    return Work(frames, np.array([keyframe.box.as_list() for keyframe in keyframes]))


def _from(tube: Tube, start: int) -> Work:
    return _work(tube.keyframes, start)


def _shared(tube: Tube, start: int, truth: Floats) -> Floats:
    """IoU on the frames of both."""
    frames, boxes = tube.dense()
    inside = (frames >= start) & (frames < start + len(truth))
    return pair_iou(boxes[inside], truth[frames[inside] - start])


def _overlap(tube: Tube, start: int, truth: Floats) -> float:
    shared = _shared(tube, start, truth)
    return float(shared.mean()) if len(shared) else 0.0


def _support(tube: Tube, start: int, truth: Floats) -> float:
    return float(_shared(tube, start, truth).sum())


def _is_new(piece: Work, work: Work) -> bool:
    """Whether most of a piece lies where the tube is not."""
    low, high = max(piece.frames[0], work.frames[0]), min(piece.frames[-1], work.frames[-1])
    both = max(0, high - low + 1)
    return both < NEW_SHARE * (piece.frames[-1] - piece.frames[0] + 1)


def _merged(work: Work, piece: Work) -> Work:
    """One operation; on shared frames the first tube's keyframes stand."""
    own = [n for n, f in enumerate(piece.frames) if f not in work.frames]
    frames = np.array([*work.frames, *(piece.frames[n] for n in own)])
    boxes = np.vstack([work.boxes, piece.boxes[own]])
    order = np.argsort(frames)
    return Work(tuple(frames[order].tolist()), boxes[order], work.operations + 1)

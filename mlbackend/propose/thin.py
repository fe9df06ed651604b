"""Dense boxes to few keyframes, so that a person has little to correct.

Two steps: boxes of a detector tremble from frame to frame, so they are smoothed over a fraction
of a second first; then keyframes are dropped as long as the straight lines between those left
stay within a stated IoU of the smoothed box on every frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MIN_IOU = 0.85
SMOOTHING_S = 0.16

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def dense(frames: Ints, boxes: Floats) -> tuple[Ints, Floats]:
    """Return every frame from the first to the last with its box on the line: (F,), (F, 4)."""
    every = np.arange(frames[0], frames[-1] + 1, dtype=np.int64)
    return every, _lines(every, frames, boxes)


def smoothed(times_s: Floats, boxes: Floats, width_s: float = SMOOTHING_S) -> Floats:
    """Return boxes smoothed over time: at each a weighted line through its neighbors.

    A line, not a mean: a mean would lag behind a walking person and shorten the tube's ends.

    Args:
        times_s: (N,) increasing. boxes: (N, 4). width_s: the standard deviation of the weights.
    """
    if len(times_s) < 3:
        return np.array(boxes, dtype=np.float64)
    shape = _shape(boxes)
    apart = times_s[None, :] - times_s[:, None]
    weight = np.exp(-0.5 * (apart / width_s) ** 2)
    total = weight.sum(axis=1)
    mean_t = (weight * apart).sum(axis=1) / total
    spread = (weight * apart**2).sum(axis=1) / total - mean_t**2
    mean = weight @ shape / total[:, None]
    slope = ((weight * apart) @ shape / total[:, None] - mean_t[:, None] * mean) / np.maximum(
        spread, 1e-9
    )[:, None]
    fitted = mean - mean_t[:, None] * slope
    fitted[:, 2:] = np.maximum(fitted[:, 2:], 1.0)
    return _corners(fitted)


def thin(frames: Ints, boxes: Floats, min_iou: float = MIN_IOU) -> Ints:
    """Return which boxes to keep as keyframes: (K,) indices, the first and the last among them.

    On every given frame the line between the kept neighbors has an IoU of at least `min_iou`
    with the given box.

    Args:
        frames: (N,) increasing. boxes: (N, 4) px, the boxes to stay close to.

    Raises:
        ValueError: no boxes, or `min_iou` outside 0..1.
    """
    if len(frames) == 0 or not 0.0 <= min_iou <= 1.0:
        raise ValueError(f"thin needs boxes and an IoU of 0..1, got {len(frames)} and {min_iou}")
    kept = {0, len(frames) - 1}
    waiting = [(0, len(frames) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        overlap = _line_iou(frames, boxes, first, last)
        if overlap.min() < min_iou:
            worst = first + 1 + _split(overlap)
            kept.add(worst)
            waiting += [(first, worst), (worst, last)]
    return _fewer(frames, boxes, sorted(kept), min_iou)


def line_iou(frames: Ints, boxes: Floats, kept: Ints) -> Floats:
    """Return the IoU of every given box with the line between the kept ones: (N,)."""
    return pair_iou(boxes, _lines(frames, frames[kept], boxes[kept]))


def pair_iou(a: Floats, b: Floats) -> Floats:
    """Return the IoU of boxes row by row: (N, 4), (N, 4) -> (N,)."""
    size = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0.0, None).prod(
        axis=1
    )
    union = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1) - size
    return np.divide(size, union, out=np.zeros_like(size), where=union > 0)


def _fewer(frames: Ints, boxes: Floats, kept: list[int], min_iou: float) -> Ints:
    """Drop keyframes that later splits made needless."""
    place = 1
    while place < len(kept) - 1:
        before, after = kept[place - 1], kept[place + 1]
        if _line_iou(frames, boxes, before, after).min() >= min_iou:
            del kept[place]
        else:
            place += 1
    return np.array(kept, dtype=np.int64)


def _split(overlap: Floats) -> int:
    """Where to split: the worst frame; of equally bad ones the middle one."""
    worst = np.flatnonzero(overlap <= overlap.min() + 1e-12)
    return int(worst[len(worst) // 2])


def _line_iou(frames: Ints, boxes: Floats, first: int, last: int) -> Floats:
    """IoU of the boxes strictly between two with the line from one to the other."""
    inside = slice(first + 1, last)
    ends = np.array([first, last])
    return pair_iou(boxes[inside], _lines(frames[inside], frames[ends], boxes[ends]))


def _lines(at: Ints, frames: Ints, boxes: Floats) -> Floats:
    return np.stack([np.interp(at, frames, side) for side in boxes.T], axis=1)


def _shape(boxes: Floats) -> Floats:
    """Corners to center and size."""
    size = boxes[:, 2:] - boxes[:, :2]
    return np.hstack([boxes[:, :2] + size / 2, size])


def _corners(shape: Floats) -> Floats:
    half = shape[:, 2:] / 2
    return np.hstack([shape[:, :2] - half, shape[:, :2] + half])

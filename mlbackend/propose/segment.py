"""Segments from a curve of actionness: temporal actionness grouping (Zhao et al. 2017, SSN).

The curve is flooded at many heights. From every place where it rises above a height a segment grows
on as long as the part of it that lies below stays under a share, and the same backwards from every
place where it falls. Which heights and shares are right differs from video to video, so all are
tried, and what overlaps almost wholly is dropped by suppression, best first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Floats = NDArray[np.float64]
# Of the published code.
HEIGHTS = (0.01, 0.05, 0.1, 0.15, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
TOLERANCES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
SMOOTHING = 3.0
NMS_IOU = 0.9


@dataclass(frozen=True, slots=True)
class Segment:
    """Steps [start, end) of a curve; score: the sum of what it was ranked by in them."""

    start: int
    end: int
    score: float


def segments(actionness: Floats, *, smoothing: float = SMOOTHING) -> list[Segment]:
    """Return the segments of a curve, best first.

    Args:
        actionness: (N,) in 0..1, at even steps in time.
        smoothing: standard deviation of the filter, in steps; 0 for none.

    Raises:
        ValueError: a value outside 0..1.
    """
    if len(actionness) == 0:
        return []
    if not ((actionness >= 0.0) & (actionness <= 1.0)).all():
        raise ValueError("actionness must lie in 0..1")
    curve = smoothed(actionness, smoothing)
    return suppressed(scored(candidates(curve), curve), NMS_IOU)


def smoothed(curve: Floats, deviation: float) -> Floats:
    """Return the (N,) curve after a Gaussian of this standard deviation in steps; 0 for none."""
    return gaussian_filter1d(curve, deviation) if deviation > 0 else np.array(curve)


def candidates(curve: Floats) -> list[tuple[int, int]]:
    """Return all groups [start, end) of the (N,) curve, at every height and share, in order."""
    return sorted(
        {
            span
            for height in HEIGHTS
            for share in TOLERANCES
            for span in grouped(curve > height, share)
        }
    )


def scored(spans: list[tuple[int, int]], values: Floats) -> list[Segment]:
    """Return the spans [start, end) with the sum of the (N,) values in each as their score."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return [Segment(a, b, float(total[b] - total[a])) for a, b in spans]


def grouped(above: NDArray[np.bool_], share: float) -> list[tuple[int, int]]:
    """Grow segments [start, end) from each rising edge, and backwards from each falling one.

    Args:
        above: (N,) whether a step is above the height.
        share: the part of a segment that may lie below.
    """
    forward = _grown(above, share)
    count = len(above)
    backward = [(count - end, count - start) for start, end in _grown(above[::-1], share)]
    return sorted({*forward, *backward})


def _grown(above: NDArray[np.bool_], share: float) -> list[tuple[int, int]]:
    """From each rising edge on while (steps below) - share · (steps) does not exceed 0."""
    cost = np.concatenate([[0.0], np.cumsum(~above)]) - share * np.arange(len(above) + 1)
    rising = np.flatnonzero(above & ~np.concatenate([[False], above[:-1]]))
    found = []
    for start in rising:
        over = np.flatnonzero(cost[start + 1 :] - cost[start] > 1e-9)
        end = int(start + over[0]) if len(over) else len(above)
        found.append((int(start), end))
    return found


def suppressed(found: list[Segment], iou: float) -> list[Segment]:
    """Drop segments that overlap a better one by more than `iou` in time."""
    order = sorted(found, key=lambda one: (-one.score, one.start, one.end))
    starts = np.array([one.start for one in order], dtype=np.float64)
    ends = np.array([one.end for one in order], dtype=np.float64)
    alive = np.ones(len(order), dtype=bool)
    for n in range(len(order)):
        if alive[n]:
            shared = np.minimum(ends, ends[n]) - np.maximum(starts, starts[n])
            whole = np.maximum(ends, ends[n]) - np.minimum(starts, starts[n])
            worse = shared > iou * whole
            worse[: n + 1] = False
            alive &= ~worse
    return [one for one, keep in zip(order, alive, strict=True) if keep]

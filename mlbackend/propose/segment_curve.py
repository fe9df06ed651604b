"""From probabilities of windows of the picture to segments: actionness grouping per label."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from mlbackend.propose.recognize import Recognized, centered
from mlbackend.propose.segment import Segment, candidates, scored, smoothed

Floats = NDArray[np.float64]

# The curve is read at even steps of time.
STEP_S = 0.2
# Standard deviation of its smoothing, in steps: windows of 1.2 s every 0.4 s are smooth already.
SMOOTHING = 1.0
MIN_LENGTH_S = MAX_PAUSE_S = 1.0


def found_segments(
    probabilities: Floats,
    windows: NDArray[np.int64],
    label_ids: Sequence[int],
    timebase: Timebase,
    thresholds: Floats,
) -> list[Recognized]:
    """Return the segments of a video, ordered by label and start; those of one label are apart.

    A group of the curve is worth what of it lies above the label's own threshold, less what lies
    below, summed over time, less a price: what a sure pause of `MAX_PAUSE_S` takes away. Of groups
    that overlap those stay that are worth most together. So shorter pauses are bridged, and what
    weighs less is dropped. The score is the mean probability, as the model says it.

    Args:
        probabilities: (W, C) of C labels in W windows of the whole picture.
        windows: (W, 2) frames, half-open, in order. label_ids: the C labels.
        thresholds: (C,) probability from which the model says yes.
    """
    if len(windows) == 0:
        return []
    times = _even_times(timebase)
    middles = [(timebase.time_s(int(a)) + timebase.time_s(int(b))) / 2 for a, b in windows]
    sure = centered(probabilities, thresholds)
    found = []
    for column, label_id in enumerate(label_ids):
        curve = smoothed(np.interp(times, middles, sure[:, column]), SMOOTHING)
        likely = np.interp(times, middles, probabilities[:, column])
        for start, end in _apart(curve):
            score = float(np.clip(likely[start:end].mean(), 0.0, 1.0))
            frames = _frame(start, timebase), _frame(end, timebase)
            found.append(Recognized(int(label_id), *frames, score))
    return found


def _apart(curve: Floats) -> list[tuple[int, int]]:
    """Steps [start, end) of the best groups of a curve (N,) of 0..1, none over another."""
    shortest = round(MIN_LENGTH_S / STEP_S)
    long = [(a, b) for a, b in _tight(candidates(curve), curve) if b - a >= shortest]
    price = 0.5 * MAX_PAUSE_S / STEP_S
    worth = [one for one in scored(long, curve - 0.5) if one.score > price]
    return _best_apart([Segment(one.start, one.end, one.score - price) for one in worth])


def _best_apart(found: list[Segment]) -> list[tuple[int, int]]:
    """Of these segments those of the greatest sum that do not overlap, by dynamic programming."""
    order = sorted(found, key=lambda one: (one.end, one.start))
    ends = [one.end for one in order]
    # best[n]: the sum with the first n segments; before[n]: how many end before the n-th begins.
    before = [bisect_right(ends, one.start, 0, n) for n, one in enumerate(order)]
    best = [0.0]
    for one, count in zip(order, before, strict=True):
        best.append(max(best[-1], best[count] + one.score))
    chosen, n = [], len(order)
    while n:
        if best[n] > best[n - 1]:
            chosen.append((order[n - 1].start, order[n - 1].end))
            n = before[n - 1]
        else:
            n -= 1
    return chosen[::-1]


def _tight(spans: list[tuple[int, int]], curve: Floats) -> list[tuple[int, int]]:
    """The spans without what lies below one half at their ends: grouping runs on beyond an end."""
    above = np.flatnonzero(curve > 0.5)
    if len(above) == 0:
        return []
    edges = np.array(spans).reshape(-1, 2)
    first = np.searchsorted(above, edges[:, 0])
    last = np.searchsorted(above, edges[:, 1]) - 1
    some = first <= last
    tight = np.stack([above[first[some]], above[last[some]] + 1], axis=1)
    return [(int(a), int(b)) for a, b in np.unique(tight, axis=0)]


def _even_times(timebase: Timebase) -> Floats:
    """Middles of the steps: (N,) seconds."""
    count = max(1, int(np.ceil(timebase.duration_s / STEP_S - 1e-9)))
    return (np.arange(count) + 0.5) * STEP_S


def _frame(step: int, timebase: Timebase) -> int:
    """The frame shown when a step begins; after the last one the end of the video."""
    time_s = step * STEP_S
    if time_s >= timebase.duration_s - 1e-6:
        return timebase.frame_count
    return timebase.frame_at(time_s + 1e-6)

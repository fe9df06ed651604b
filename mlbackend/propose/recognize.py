"""From probabilities along a tube to action spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpanRules:
    """An action begins where its probability passes `on` and ends where it falls under `off`.

    Both are for a model whose own threshold is one half; another threshold moves them along.
    Spans shorter than `min_length_s` are dropped, pauses up to `max_pause_s` closed.
    """

    on: float = 0.5
    off: float = 0.35
    smoothing_s: float = 0.25
    min_length_s: float = 0.5
    max_pause_s: float = 0.3


@dataclass(frozen=True, slots=True)
class Recognized:
    """An action on a tube: frames [start_frame, end_frame), score its mean probability."""

    label_id: int
    start_frame: int
    end_frame: int
    score: float


def recognize(
    probabilities: Floats,
    windows: NDArray[np.int64],
    label_ids: Sequence[int],
    timebase: Timebase,
    thresholds: Floats | None = None,
    rules: SpanRules | None = None,
) -> list[Recognized]:
    """Return the actions on one tube, ordered by label and start; several may overlap.

    Where an action begins and ends follows from its class's own threshold; its score is its mean
    probability, as the model says it.

    Args:
        probabilities: (W, C) of C labels in W windows of the tube.
        windows: (W, 2) frames, half-open. label_ids: the C labels.
        thresholds: (C,) probability from which the model says yes; one half without them.
    """
    if len(windows) == 0:
        return []
    rules = rules or SpanRules()
    if thresholds is None:
        thresholds = np.full(len(label_ids), 0.5)
    first, last = int(windows[:, 0].min()), int(windows[:, 1].max())
    frames = np.arange(first, last)
    times = timebase.ticks[frames] * float(timebase.second)
    curves = per_frame(centered(probabilities, thresholds), windows, first, last)
    likely = per_frame(probabilities, windows, first, last)
    found = []
    for column, label_id in enumerate(label_ids):
        curve = smooth(curves[:, column], times, rules.smoothing_s)
        for start, end in hysteresis(curve, rules.on, rules.off, times, rules.max_pause_s):
            until = timebase.time_s(first + end) if first + end < timebase.frame_count else None
            lasts = (timebase.duration_s if until is None else until) - timebase.time_s(
                first + start
            )
            if lasts >= rules.min_length_s:
                score = float(np.clip(likely[start:end, column].mean(), 0.0, 1.0))
                found.append(Recognized(int(label_id), first + start, first + end, score))
    return found


def centered(probabilities: Floats, thresholds: Floats) -> Floats:
    """Move each class's own threshold to one half, in log-odds: (W, C)."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    t = np.clip(thresholds, 1e-3, 1 - 1e-3)
    odds = p / (1 - p) * ((1 - t) / t)
    return np.asarray(odds / (1 + odds))


def per_frame(probabilities: Floats, windows: NDArray[np.int64], first: int, last: int) -> Floats:
    """Spread windows over frames: at each the mean of the windows over it, nearer ones more.

    Returns:
        (last - first, C).
    """
    frames = np.arange(first, last)[:, None]
    middle = (windows[:, 0] + windows[:, 1] - 1)[None, :] / 2
    half = np.maximum((windows[:, 1] - windows[:, 0])[None, :] / 2, 0.5)
    weight = np.clip(1.0 - np.abs(frames - middle) / (half + 0.5), 0.0, None)
    bare = weight.sum(axis=1) == 0
    nearest = np.argmin(np.abs(frames - middle), axis=1)
    weight[bare, nearest[bare]] = 1.0
    return np.asarray(weight @ probabilities / weight.sum(axis=1, keepdims=True))


def smooth(curve: Floats, times_s: Floats, width_s: float) -> Floats:
    """Return the (F,) curve averaged over a window of `width_s` on each side."""
    total = np.concatenate([[0.0], np.cumsum(curve)])
    low = np.searchsorted(times_s, times_s - width_s, side="left")
    high = np.searchsorted(times_s, times_s + width_s, side="right")
    return np.asarray((total[high] - total[low]) / (high - low))


def hysteresis(
    curve: Floats, on: float, off: float, times_s: Floats, max_pause_s: float
) -> list[tuple[int, int]]:
    """Return the stretches [start, end) above `off` that reach `on`, short pauses closed."""
    above = np.concatenate([[False], curve >= off, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    reached = [(int(a), int(b)) for a, b in edges if curve[a:b].max() >= on]
    joined: list[tuple[int, int]] = []
    for start, end in reached:
        if joined and times_s[start] - times_s[joined[-1][1] - 1] <= max_pause_s:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined

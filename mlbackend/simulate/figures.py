"""What the curves of many seeds say: labels to a target, ratios to random, areas, intervals.

Every comparison is paired: each seed has one split and one start, the same for all functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlbackend.simulate.problem import Floats
from mlbackend.simulate.replay import Curve

CONTROL = "random"
TARGETS = (90, 95, 98)
# A target counts as reached where this many rounds in a row are at it.
HELD = 2
DRAWS = 10_000
DIGITS = 6

# Seed -> curve, in the order of the seeds.
Curves = Sequence[Curve]


def reached_at(curve: Curve, goal: float, what: Sequence[float] | None = None) -> float | None:
    """Labels (or the entry of `what`) where the score first is at a goal for `HELD` rounds."""
    at = np.asarray(curve.score) >= goal
    for i in range(len(at) - HELD + 1):
        if at[i : i + HELD].all():
            return float((curve.labels if what is None else what)[i])
    return None


def area(curve: Curve) -> float:
    """Area under the learning curve over labels, as a mean score 0..1."""
    labels, score = np.asarray(curve.labels, dtype=float), np.asarray(curve.score)
    if len(labels) < 2:
        return float(score[0])
    return float(np.trapezoid(score, labels) / (labels[-1] - labels[0]))


def median_interval(values: Floats, seed: int = 0) -> dict[str, float]:
    """Median of one value a seed, with its 95 % interval by drawing seeds with replacement."""
    drawn = np.random.default_rng(seed).integers(0, len(values), (DRAWS, len(values)))
    low, high = np.percentile(np.median(values[drawn], axis=1), [2.5, 97.5])
    return {"median": _r(np.median(values)), "low": _r(low), "high": _r(high)}


def ratio_to_random(own: Curves, random: Curves, goals: Sequence[float]) -> dict[str, float | int]:
    """Labels to each seed's goal as a share of what random takes.

    Where a goal is not reached, the last number of labels stands for it: a ratio is then too high
    if random did not reach it (`random_short` seeds), too low if this function did not (`short`).
    `wins`: seeds with fewer labels than random.
    """
    pairs = list(zip(own, random, goals, strict=True))
    mine = [(reached_at(curve, goal), curve.labels[-1]) for curve, _, goal in pairs]
    other = [(reached_at(curve, goal), curve.labels[-1]) for _, curve, goal in pairs]
    a, b = (np.array([last if at is None else at for at, last in side]) for side in (mine, other))
    wins = sum(at is not None and at < taken for (at, _), taken in zip(mine, b, strict=True))
    return {
        **median_interval(a / b),
        "wins": int(wins), "seeds": len(pairs),
        "short": sum(at is None for at, _ in mine),
        "random_short": sum(at is None for at, _ in other),
    }  # fmt: skip


def figures(
    curves: Mapping[str, Curves], full: Sequence[float], target: int
) -> dict[str, dict[str, Any]]:
    """Function -> its figures; `curves` holds that of `CONTROL` too.

    Args:
        curves: function -> a curve a seed.
        full: each seed's score with the truth of the whole pool.
        target: percent of it that ratios are taken at.
    """
    return {name: _of_function(own, curves[CONTROL], full, target) for name, own in curves.items()}


def _of_function(own: Curves, random: Curves, full: Sequence[float], target: int) -> dict[str, Any]:
    goals = {percent: [percent / 100.0 * f for f in full] for percent in {*TARGETS, target}}
    return {
        "labels_to": {str(p): _to(own, goals[p]) for p in sorted(goals)},
        "seconds_to": {str(p): _to(own, goals[p], seconds=True) for p in sorted(goals)},
        "ratio_to_random": ratio_to_random(own, random, goals[target]),
        "area": _spread([area(curve) for curve in own]),
        "area_over_random": _gain([area(c) for c in own], [area(c) for c in random]),
        "final": _spread([curve.score[-1] for curve in own]),
        "final_over_random": _gain([c.score[-1] for c in own], [c.score[-1] for c in random]),
        "asked_right": _asked_right(own),
        "labeled_wrong": _spread([curve.wrong[-1] / curve.labels[-1] for curve in own]),
        "curve": mean_curve(own),
    }


def _to(own: Curves, goals: Sequence[float], *, seconds: bool = False) -> dict[str, Any]:
    """Median over seeds with its quartiles; one not reached counts as more than any. None: such."""
    found = [
        reached_at(curve, goal, curve.seconds if seconds else None)
        for curve, goal in zip(own, goals, strict=True)
    ]
    values = np.array([np.inf if each is None else each for each in found])
    low, median, high = (
        np.percentile(values, [25, 50, 75], method="inverted_cdf")
        if (np.isinf(values).any())
        else np.percentile(values, [25, 50, 75])
    )
    return {
        "median": _finite(median), "low": _finite(low), "high": _finite(high),
        "reached": int(np.isfinite(values).sum()),
        "each": [_finite(value) for value in values],
    }  # fmt: skip


def mean_curve(own: Curves) -> dict[str, list[float]]:
    """Mean and quartiles of the score over seeds, at the labels that all of them have."""
    rounds = min(len(curve.labels) for curve in own)
    score = np.array([curve.score[:rounds] for curve in own])
    low, high = np.percentile(score, [25, 75], axis=0)
    labels = np.median([curve.labels[:rounds] for curve in own], axis=0)
    rows = {"labels": labels, "mean": score.mean(axis=0), "low": low, "high": high}
    return {name: [_r(value) for value in row] for name, row in rows.items()}


def _gain(own: Sequence[float], random: Sequence[float]) -> dict[str, float | int]:
    """Paired difference: mean, deviation, 95 % interval of the mean, seeds above and below."""
    gain = np.asarray(own) - np.asarray(random)
    drawn = np.random.default_rng(0).integers(0, len(gain), (DRAWS, len(gain)))
    low, high = np.percentile(gain[drawn].mean(axis=1), [2.5, 97.5])
    return {
        "mean": _r(gain.mean()), "deviation": _r(gain.std(ddof=1) if len(gain) > 1 else 0.0),
        "low": _r(low), "high": _r(high),
        "above": int((gain > 0).sum()), "below": int((gain < 0).sum()),
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, float]:
    low, high = np.percentile(values, [25, 75])
    return {"mean": _r(np.mean(values)), "low": _r(low), "high": _r(high)}


def _asked_right(own: Curves) -> float | None:
    """Share of proposals that were right, over all rounds: never the quality of the model."""
    shares = [share for curve in own for share in curve.asked_right if share is not None]
    return _r(np.mean(shares)) if shares else None


def _finite(value: float) -> float | None:
    return _r(value) if np.isfinite(value) else None


def _r(value: Any) -> float:
    return round(float(value), DIGITS)

"""The numbers of a model card: how sure the figures are, and how honest the probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.classification import Counts, count_by_group, f1_scores, macro_f1
from mlbackend.train.dataset import Rows

DRAWS = 2000
BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A figure with the 95 % of its redraws around it."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {k: round(getattr(self, k), 4) for k in ("value", "low", "high")}


def f1_intervals(
    truth: NDArray[np.int8], said: NDArray[np.bool_], groups: NDArray[Any], seed: int
) -> tuple[Interval, list[Interval]]:
    """Macro F1 and F1 of every class, with 95 % intervals.

    Whole groups (videos or tubes) are redrawn with replacement: windows of one resemble each
    other. A redraw without a positive of a class leaves that class out.

    Args:
        truth: (N, C) of 1, 0, -1. said: (N, C). groups: (N,). N is at least 1.

    Returns:
        Macro F1, and one for each class; nan where a class has no positive.
    """
    counts = count_by_group(truth, said, groups)
    n = counts.true_positive.shape[0]
    rng = np.random.default_rng([seed, 11])
    weights = rng.multinomial(n, np.full(n, 1.0 / n), size=DRAWS)
    drawn = _weighted(counts, weights)
    whole = _weighted(counts, np.ones((1, n), dtype=np.int64))
    macro = _interval(float(macro_f1(whole)[0]), macro_f1(drawn))
    each = np.where(drawn.support > 0, f1_scores(drawn), np.nan)
    values = np.where(whole.support > 0, f1_scores(whole), np.nan)[0]
    return macro, [_interval(float(values[c]), each[:, c]) for c in range(truth.shape[1])]


def calibration(truth: NDArray[np.int8], p: Floats) -> dict[str, Any]:
    """Expected calibration error over all asked cells, in ten bins of equal width.

    Args:
        truth: (N, C) of 1, 0, -1. p: (N, C) probabilities.

    Returns:
        `ece` (None without a cell) and `bins`: for each that holds cells its mean probability,
        the share of yes, and how many cells.
    """
    asked = truth >= 0
    y, likely = (truth[asked] == 1).astype(np.float64), p[asked]
    place = np.minimum((likely * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for b in range(BINS):
        inside = place == b
        if inside.any():
            mean, share = float(likely[inside].mean()), float(y[inside].mean())
            error += inside.sum() / len(y) * abs(mean - share)
            bins.append(
                {"mean_p": round(mean, 4), "share_yes": round(share, 4), "n": int(inside.sum())}
            )
    return {"ece": round(float(error), 4) if len(y) else None, "bins": bins}


@dataclass(frozen=True)
class Failure:
    """A window that the model got wrong: the row, the class, and how likely it held it."""

    row: int
    column: int
    kind: str
    p: float


def worst(rows: Rows, p: Floats, thresholds: Floats, each: int) -> list[Failure]:
    """The false positives held most likely and the misses held least likely, `each` of both.

    Each tube gives at most one of a kind, so that one bad tube does not fill the card.
    """
    found = []
    for kind, wrong, order in (
        ("false positive", (rows.Y == 0) & (p >= thresholds), -(p - thresholds)),
        ("miss", (rows.Y == 1) & (p < thresholds), p - thresholds),
    ):
        places = np.argwhere(wrong)
        places = places[np.argsort(order[wrong], kind="stable")]
        seen: set[str] = set()
        for row, column in places.tolist():
            if len(seen) < each and rows.tube_ids[row] not in seen:
                seen.add(str(rows.tube_ids[row]))
                found.append(Failure(row, column, kind, float(p[row, column])))
    return found


def _weighted(counts: Counts, weights: NDArray[np.int64]) -> Counts:
    return Counts(
        weights @ counts.true_positive,
        weights @ counts.false_positive,
        weights @ counts.false_negative,
    )


def _interval(value: float, drawn: Floats) -> Interval:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(known):
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(value, float(low), float(high))

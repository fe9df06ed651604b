"""Scores that mean what they say: of the proposals scored 0.8, eight of ten are right.

Platt scaling (Platt 1999, with the targets and the Newton iteration of Lin, Lin and Weng 2007) on
the log-odds of a score, isotonic regression by pooling adjacent violators (Ayer et al. 1955), and
how far scores are off: the expected calibration error (Naeini et al. 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Scores nearer to 0 or 1 than this are taken for this: log-odds must be finite.
EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Platt:
    """p = 1 / (1 + exp(-(slope · log-odds of the score + intercept)))."""

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, scores: Floats) -> Floats:
        """Scores (N,) in 0..1 to probabilities (N,)."""
        return _sigmoid(self.slope * log_odds(scores) + self.intercept)

    def undo(self, probabilities: Floats) -> Floats:
        """The scores that `apply` makes these probabilities of: (N,).

        Raises:
            ValueError: the slope is not positive, so that there is no way back.
        """
        if self.slope <= 0.0:
            raise ValueError(f"a slope of {self.slope} cannot be undone")
        return _sigmoid((log_odds(probabilities) - self.intercept) / self.slope)


@dataclass(frozen=True, slots=True)
class Isotonic:
    """Steps that never fall, straight lines between them: thresholds and values, both (K,)."""

    thresholds: Floats
    values: Floats

    def apply(self, scores: Floats) -> Floats:
        """Scores (N,) to probabilities (N,); beyond the ends the end's."""
        return np.asarray(np.interp(scores, self.thresholds, self.values))


def platt(scores: Floats, right: NDArray[np.bool_], rounds: int = 100) -> Platt:
    """Fit Platt's map to decided scores.

    Args:
        scores: (N,) in 0..1. right: (N,) bool, both kinds present.

    Raises:
        ValueError: there are none of one kind.
    """
    _check(scores, right)
    positives, negatives = int(right.sum()), int((~right).sum())
    target = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.column_stack([log_odds(scores), np.ones(len(scores))])
    at = np.array([0.0, np.log((positives + 1) / (negatives + 1))])
    loss = _loss(design @ at, target)
    for _ in range(rounds):
        p = _sigmoid(design @ at)
        slope = design.T @ (p - target)
        if np.abs(slope).max() < 1e-7:
            break
        curve = (design * (p * (1 - p))[:, None]).T @ design + 1e-12 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        length = 1.0
        while (new := _loss(design @ (at - length * step), target)) > loss and length > 1e-9:
            length /= 2
        at, loss = at - length * step, new
    return Platt(float(at[0]), float(at[1]))


def isotonic(scores: Floats, right: NDArray[np.bool_]) -> Isotonic:
    """Fit the non-falling steps nearest to decided scores in squares.

    Raises:
        ValueError: there are none of one kind.
    """
    _check(scores, right)
    at, place, weight = np.unique(scores, return_inverse=True, return_counts=True)
    mean = np.bincount(place, weights=right.astype(np.float64)) / weight
    blocks: list[list[float]] = []  # mean, weight, how many scores
    for value, count in zip(mean, weight, strict=True):
        blocks.append([float(value), float(count), 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value_b, count_b, many_b = blocks.pop()
            value_a, count_a, many_a = blocks.pop()
            total = count_a + count_b
            pooled = (value_a * count_a + value_b * count_b) / total
            blocks.append([pooled, total, many_a + many_b])
    values = np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])
    return Isotonic(at, values)


def reliability(scores: Floats, right: NDArray[np.bool_], bins: int = 10) -> list[dict[str, Any]]:
    """For each bin of equal width that has scores: its ends, how many, mean score, share right."""
    place = np.minimum((np.asarray(scores) * bins).astype(np.int64), bins - 1)
    return [
        {
            "low": number / bins,
            "high": (number + 1) / bins,
            "count": int((place == number).sum()),
            "score": float(np.mean(scores[place == number])),
            "right": float(np.mean(right[place == number])),
        }
        for number in np.unique(place).tolist()
    ]


def ece(scores: Floats, right: NDArray[np.bool_], bins: int = 10) -> float:
    """Expected calibration error, 0..1: the bins' |share right - mean score|, weighed by count.

    Raises:
        ValueError: there are no scores.
    """
    if len(scores) == 0:
        raise ValueError("an error needs scores")
    table = reliability(scores, right, bins)
    return sum(row["count"] * abs(row["right"] - row["score"]) for row in table) / len(scores)


def log_odds(scores: Floats) -> Floats:
    """Log-odds of scores in 0..1, finite."""
    p = np.clip(np.asarray(scores, dtype=np.float64), EDGE, 1.0 - EDGE)
    return np.asarray(np.log(p / (1.0 - p)))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0))))


def _loss(x: Floats, target: Floats) -> float:
    return float(np.sum(np.logaddexp(0.0, x) - target * x))


def _check(scores: Floats, right: NDArray[np.bool_]) -> None:
    if len(scores) != len(right) or right.all() or not right.any():
        raise ValueError("calibration needs decided scores of both kinds, right and wrong")

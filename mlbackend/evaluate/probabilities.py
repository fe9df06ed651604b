"""How good probabilities are, class by class: ranking, squared error, calibration.

Truth is a matrix (N, C) of 1, 0 and -1 (nobody was asked); cells of -1 count nowhere.

- average precision is the area under the steps of precision over recall, rows of one score taken
  together (scikit-learn's ``average_precision_score``); its mean is over the classes with at least
  one positive;
- the Brier score is the mean squared error of the probability (Brier 1950), over asked cells;
- calibration error is of `calibration.ece`, over asked cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.calibration import ece
from mlbackend.evaluate.classification import NOT_ASKED

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quality:
    """Figures of probabilities, 0..1; None where there is nothing to reckon them from."""

    average_precision: float | None
    brier: float | None
    ece: float | None


def average_precision(right: NDArray[np.bool_], scores: Floats) -> float | None:
    """Average precision of scores (N,) for truth (N,); None without a positive."""
    positives = int(right.sum())
    if positives == 0:
        return None
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(right[order])
    # Only after the last of equal scores is there a threshold.
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    precision, recall = hits[last] / (last + 1), hits[last] / positives
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def brier(right: NDArray[np.bool_], p: Floats) -> float | None:
    """Mean squared error of probabilities (N,) for truth (N,); None of nothing."""
    return float(np.mean((p - right) ** 2)) if len(p) else None


def quality(truth: NDArray[np.integer[Any]], p: Floats) -> tuple[Quality, tuple[Quality, ...]]:
    """Figures over all classes, and of each.

    Args:
        truth: (N, C) of 1, 0 and -1. p: (N, C) probabilities.

    Raises:
        ValueError: the shapes differ.
    """
    if truth.shape != p.shape or truth.ndim != 2:
        raise ValueError(f"Truth and probabilities differ in shape: {truth.shape}, {p.shape}.")
    each = tuple(_of_class(truth[:, c], p[:, c]) for c in range(truth.shape[1]))
    known = [q.average_precision for q in each if q.average_precision is not None]
    whole = _of_class(truth.ravel(), p.ravel())
    mean = float(np.mean(known)) if known else None
    return Quality(mean, whole.brier, whole.ece), each


def _of_class(truth: NDArray[np.integer[Any]], p: Floats) -> Quality:
    asked = truth != NOT_ASKED
    right, likely = truth[asked] == 1, p[asked]
    if not len(likely):
        return Quality(None, None, None)
    return Quality(average_precision(right, likely), brier(right, likely), ece(likely, right))

"""Accuracy, precision, recall and F1 of multi-label answers, per class, micro and macro.

Truth is a matrix (N, C) of 1 (has it), 0 (has it not) and -1 (nobody was asked): cells of -1 count
nowhere. Conventions where a ratio has nothing to divide by:

- precision of a class that was never answered is 0, recall and F1 of one without positives 0,
  as scikit-learn's ``zero_division=0``;
- macro figures are means over the classes that have at least one positive: a class that cannot be
  recalled would only pull the mean down;
- accuracy is the share of rows whose every asked cell is right (scikit-learn's multi-label
  ``accuracy_score``); rows without an asked cell do not count; with no rows at all it is 0.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOT_ASKED = -1

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Right and wrong answers per class: int64 arrays of one shape (…, C)."""

    true_positive: NDArray[np.int64]
    false_positive: NDArray[np.int64]
    false_negative: NDArray[np.int64]

    @property
    def support(self) -> NDArray[np.int64]:
        """Positives of each class in the truth."""
        return self.true_positive + self.false_negative


@dataclass(frozen=True)
class Ratios:
    """Precision, recall and F1, of one class or averaged over several."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Report:
    """Figures of one model on one set of rows."""

    accuracy: float
    micro: Ratios
    macro: Ratios
    per_class: tuple[Ratios, ...]
    support: tuple[int, ...]
    n: int


def ratio(part: Any, whole: Any) -> Floats:
    """part / whole, and 0 where whole is 0."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole > 0)


def f1_scores(counts: Counts) -> Floats:
    """F1 of every class, 2 TP / (2 TP + FP + FN); 0 where that is 0 / 0."""
    twice = 2 * counts.true_positive
    return ratio(twice, twice + counts.false_positive + counts.false_negative)


def macro_f1(counts: Counts) -> Floats:
    """Mean F1 over the classes with a positive: (…, C) counts to (…) values, 0 without any."""
    present = counts.support > 0
    return ratio((f1_scores(counts) * present).sum(axis=-1), present.sum(axis=-1))


def count(truth: NDArray[np.integer[Any]], predicted: NDArray[np.bool_]) -> Counts:
    """Count answers per class.

    Args:
        truth: (N, C) of 1, 0 and -1 (not asked).
        predicted: (N, C) bool.

    Raises:
        ValueError: the shapes differ, or the truth holds another value.
    """
    _check(truth, predicted)
    yes, no = truth == 1, truth == 0
    return Counts(
        true_positive=(yes & predicted).sum(axis=0),
        false_positive=(no & predicted).sum(axis=0),
        false_negative=(yes & ~predicted).sum(axis=0),
    )


def count_by_group(
    truth: NDArray[np.integer[Any]], predicted: NDArray[np.bool_], groups: NDArray[Any]
) -> Counts:
    """Count answers per group and class: (G, C), groups in sorted order of their names."""
    _check(truth, predicted)
    names, index = np.unique(groups, return_inverse=True)
    yes, no = truth == 1, truth == 0

    def gather(cells: NDArray[np.bool_]) -> NDArray[np.int64]:
        total = np.zeros((len(names), truth.shape[1]), dtype=np.int64)
        np.add.at(total, index, cells)
        return total

    return Counts(gather(yes & predicted), gather(no & predicted), gather(yes & ~predicted))


def report(truth: NDArray[np.integer[Any]], predicted: NDArray[np.bool_]) -> Report:
    """All figures of `predicted` (N, C) bool against `truth` (N, C) of 1, 0 and -1."""
    counts = count(truth, predicted)
    tp, fp, fn = counts.true_positive, counts.false_positive, counts.false_negative
    precision, recall, f1 = ratio(tp, tp + fp), ratio(tp, tp + fn), f1_scores(counts)
    present = counts.support > 0
    asked = truth != NOT_ASKED
    rows = asked.any(axis=1)
    right = ((predicted == (truth == 1)) | ~asked).all(axis=1)

    def mean(values: Floats) -> float:
        return float(values[present].mean()) if present.any() else 0.0

    return Report(
        accuracy=float(right[rows].mean()) if rows.any() else 0.0,
        micro=Ratios(
            float(ratio(tp.sum(), (tp + fp).sum())),
            float(ratio(tp.sum(), (tp + fn).sum())),
            float(f1_scores(Counts(tp.sum(), fp.sum(), fn.sum()))),
        ),
        macro=Ratios(mean(precision), mean(recall), mean(f1)),
        per_class=tuple(
            Ratios(*map(float, row)) for row in zip(precision, recall, f1, strict=True)
        ),
        support=tuple(int(n) for n in counts.support),
        n=int(rows.sum()),
    )


def _check(truth: NDArray[np.integer[Any]], predicted: NDArray[np.bool_]) -> None:
    if truth.shape != predicted.shape or truth.ndim != 2:
        raise ValueError(
            f"Truth and answers are matrices of one shape (rows, classes), got {truth.shape} "
            f"and {predicted.shape}."
        )
    if predicted.dtype != np.bool_:
        raise ValueError(f"Answers are yes or no, got {predicted.dtype}; compare with a threshold.")
    if not np.isin(truth, (NOT_ASKED, 0, 1)).all():
        raise ValueError("Truth holds 1, 0 and -1 (not asked) only.")

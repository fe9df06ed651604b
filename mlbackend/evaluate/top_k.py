"""Scores of whole clips: top-k and mean class accuracy, and mean average precision of many labels.

As mmaction2 and the Kinetics challenge have it, ties included:

- top-k counts a clip where fewer than k classes stand before its own; of equal scores the HIGHER
  class stands first;
- the confusion matrix and mean class accuracy take the LOWER class of equal best scores;
- average precision of a class (`mean_average_precision`) or of a clip (`mmit_…`, as Multi-Moments
  in Times reports) takes equal scores as one step; it is undefined without a positive.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.matching import Floats, Integers


def top_k_accuracy(scores: Floats, labels: Integers, topk: Sequence[int] = (1, 5)) -> list[float]:
    """Share of clips with their class among the k best.

    Args:
        scores: (N, C), N at least 1.
        labels: (N,) the true class.
        topk: values of k; one above C counts every clip.

    Raises:
        ValueError: there is no clip, or a label is no class.
    """
    _check(scores, labels)
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    later = np.arange(scores.shape[1]) > labels[:, None]
    before = ((scores > own) | ((scores == own) & later)).sum(axis=1)
    return [float((before < k).mean()) for k in topk]


def confusion_matrix(truth: Integers, answers: Integers, classes: int) -> Integers:
    """(C, C) int64: row the true class, column the answer."""
    cells = np.bincount(truth * classes + answers, minlength=classes * classes)
    return cells.reshape(classes, classes)


def best_class(scores: Floats) -> Integers:
    """(N, C) to (N,): the class of the highest score, the lower of equals."""
    return np.argmax(scores, axis=1)


def seen(matrix: Integers) -> Integers:
    """The matrix of the classes that occur in the truth or the answers only."""
    kept = (matrix.sum(axis=0) + matrix.sum(axis=1)) > 0
    return matrix[np.ix_(kept, kept)]


def mean_class_accuracy(matrix: Integers) -> float:
    """Mean recall over the classes seen; one that was only answered has 0, and counts."""
    some = seen(matrix)
    count = some.sum(axis=1)
    return float(np.mean(np.diag(some) / np.maximum(count, 1)))


def average_precisions(scores: Floats, truth: NDArray[Any]) -> Floats:
    """Average precision of every column.

    Args:
        scores: (N, C).
        truth: (N, C), true where the label holds.

    Returns:
        (C,) float64, NaN without a positive.
    """
    rows = len(scores)
    order = np.argsort(-scores, axis=0, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=0)
    positive = np.take_along_axis(np.asarray(truth) == 1, order, axis=0)
    last_of_equals = np.ones(scores.shape, dtype=bool)
    last_of_equals[:-1] = ordered[1:] != ordered[:-1]
    place = np.where(last_of_equals, np.arange(rows)[:, None], rows)
    end = np.minimum.accumulate(place[::-1], axis=0)[::-1]
    precision = np.take_along_axis(positive.cumsum(axis=0), end, axis=0) / (end + 1)
    total = positive.sum(axis=0)
    area = (precision * positive).sum(axis=0)
    return np.divide(area, total, out=np.full(scores.shape[1], np.nan), where=total > 0)


def mean_average_precision(scores: Floats, truth: NDArray[Any]) -> float | None:
    """Mean over the classes that have a positive; None if none has."""
    known = average_precisions(scores, truth)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else None


def mmit_mean_average_precision(scores: Floats, truth: NDArray[Any]) -> float | None:
    """Mean over the clips; None as soon as one clip has no label."""
    mean = float(average_precisions(scores.T, np.asarray(truth).T).mean())
    return None if np.isnan(mean) else mean


def _check(scores: Floats, labels: Integers) -> None:
    if scores.ndim != 2 or len(scores) != len(labels) or not len(scores):
        raise ValueError(
            f"Needs scores (clips, classes) and one label a clip, at least one clip; got "
            f"{scores.shape} and {labels.shape}."
        )
    if (labels < 0).any() or (labels >= scores.shape[1]).any():
        raise ValueError(f"A label is a class 0 to {scores.shape[1] - 1}.")

"""ActivityNet's temporal detection: mAP over tIoU 0.5 to 0.95 (`eval_detection.py`).

A prediction takes the free truth with the highest tIoU, if that reaches the threshold: unlike in
AVA it falls back on the next best. So predictions of one video and class depend on each other; the
first of every video and class are matched together, then the second, and so on, for all
thresholds at once. What the official code does is kept to the letter: a tIoU of 0 / 0 passes every
threshold, and of equal scores the later row comes first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.activitynet_files import Floats, Ints, Segments
from mlbackend.evaluate.average_precision import envelope_area, precision_recall
from mlbackend.evaluate.in_turn import take_in_turn
from mlbackend.evaluate.temporal_iou import pairs, temporal_iou

# np.linspace, so that the ninth is 0.8999999999999999, as in the official code.
THRESHOLDS = np.linspace(0.5, 0.95, 10)


@dataclass(frozen=True)
class TemporalMap:
    """AP (C, T) per class and threshold, the thresholds (T,), and how much went in."""

    ap: Floats
    thresholds: Floats
    truths: int
    predictions: int

    @property
    def mean_ap(self) -> Floats:
        """(T,): mean over the classes."""
        return self.ap.mean(axis=0)

    @property
    def average(self) -> float:
        """Mean over the thresholds."""
        return float(self.mean_ap.mean())


def temporal_map(
    truth: Segments, predictions: Segments, classes: int, thresholds: Floats = THRESHOLDS
) -> TemporalMap:
    """AP of every class at every threshold.

    Args:
        truth: each of the classes has at least one segment.
        predictions: of classes of the truth; those in other videos are false positives.
        classes: how many there are.
        thresholds: (T,) of tIoU.
    """
    # By class, from the highest score down.
    order = np.lexsort((np.arange(len(predictions)), predictions.score, predictions.label))[::-1]
    predictions = predictions.take(order)
    hit = hits(truth, predictions, thresholds)
    ap = np.zeros((classes, len(thresholds)))
    for label, positives in enumerate(np.bincount(truth.label, minlength=classes).tolist()):
        start, end = np.searchsorted(-predictions.label, [-label, -label + 1])
        ap[label] = envelope_area(*precision_recall(hit[:, start:end], positives))
    return TemporalMap(ap, thresholds, len(truth), len(predictions))


def hits(truth: Segments, predictions: Segments, thresholds: Floats) -> NDArray[np.bool_]:
    """Which predictions, in order of score, find a free truth: (T, N)."""
    owner, candidate, iou = _candidates(truth, predictions, thresholds.min(initial=1.0))
    enough = ~(iou < thresholds[:, None])
    group = _group(predictions)[owner]
    level, pair = np.nonzero(take_in_turn(owner, candidate, group, enough, len(truth)))
    hit = np.zeros((len(thresholds), len(predictions)), dtype=bool)
    hit[level, owner[pair]] = True
    return hit


def _candidates(
    truth: Segments, predictions: Segments, lowest: float
) -> tuple[Ints, Ints, Floats]:  # fmt: skip
    """(prediction, truth, tIoU) of one video and class with enough overlap, the best first."""
    width = 1 + max(int(s.label.max(initial=0)) for s in (truth, predictions))
    owner, candidate = pairs(_group(predictions, width), _group(truth, width))
    iou = temporal_iou(predictions.span_s[owner], truth.span_s[candidate])
    able = np.flatnonzero(~(iou < lowest))
    owner, candidate, iou = owner[able], candidate[able], iou[able]
    # NaN is the highest, and of equal ones the later truth comes first.
    rank = np.where(np.isnan(iou), np.inf, iou)
    best = np.lexsort((-candidate, -rank, owner))
    return owner[best], candidate[best], iou[best]


def _group(segments: Segments, width: int | None = None) -> Ints:
    width = width or 1 + int(segments.label.max(initial=0))
    return segments.video * width + segments.label

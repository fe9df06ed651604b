"""From hits and misses to average precision per class: what frame- and video-mAP share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.average_precision import envelope_area, precision_recall
from mlbackend.evaluate.matching import Floats, Integers

Area = Callable[[Floats, Floats], float]


class NoTruth(Enum):
    """What an evaluator makes of a class that the truth does not have."""

    ZERO = "its average precision is 0 and counts"
    LEFT_OUT = "it has no average precision and does not count"
    REFUSED = "0 and counts; with detections the published code divides by zero"


@dataclass(frozen=True)
class ClassFigures:
    """One class at one threshold: `ap` is None where undefined; the curve by falling score."""

    ap: float | None
    precision: Floats
    recall: Floats
    positives: int
    hits: int


@dataclass(frozen=True)
class Figures:
    """All classes at one threshold, in order; `mean` is None where no class counts."""

    threshold: float
    classes: tuple[ClassFigures, ...]
    extras: dict[str, float]

    @property
    def mean(self) -> float | None:
        known = [figures.ap for figures in self.classes if figures.ap is not None]
        return float(np.mean(known)) if known else None

    def as_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """mAP and AP by name of the class, as it is written to files."""
        aps = {name: one.ap for name, one in zip(names, self.classes, strict=True)}
        return {"mAP": self.mean, **self.extras, "AP": aps}


def envelope64(precision: Floats, recall: Floats) -> float:
    """Area under the envelope."""
    return float(envelope_area(precision, recall))


def envelope32(precision: Floats, recall: Floats) -> float:
    """Area under the envelope, kept as the nearest 32-bit number."""
    return float(np.float32(envelope_area(precision, recall)))


def trapezoid32(precision: Floats, recall: Floats) -> float:
    """Area under straight lines from precision 1 at recall 0, calculated in 32 bits."""
    high = np.concatenate([[1.0], precision]).astype(np.float32)
    along = np.concatenate([[0.0], recall]).astype(np.float32)
    return float(np.sum((along[1:] - along[:-1]) * (high[1:] + high[:-1]) * np.float32(0.5)))


def class_figures(
    hit: NDArray[np.bool_],
    label: Integers,
    positives: Integers,
    area: Area,
    no_truth: NoTruth,
    names: Sequence[str],
) -> tuple[ClassFigures, ...]:
    """Figures of every class.

    Args:
        hit, label: (N,) of the detections, best score first.
        positives: (C,) truths of each class.
        names: of the classes, for messages.

    Raises:
        ValueError: an evaluator that divides by zero met a class it has no truth for.
    """
    return tuple(
        _one_class(hit[label == index], int(positives[index]), area, no_truth, name)
        for index, name in enumerate(names)
    )


def _one_class(
    hits: NDArray[np.bool_], positives: int, area: Area, no_truth: NoTruth, name: str
) -> ClassFigures:
    nothing = np.zeros(len(hits))
    if positives:
        precision, recall = precision_recall(hits, positives)
        return ClassFigures(area(precision, recall), precision, recall, positives, int(hits.sum()))
    if no_truth is NoTruth.REFUSED and len(hits):
        raise ValueError(
            f"Class '{name}' has detections but no truth, for which this evaluator is undefined "
            "(it divides by zero). Leave the class out or take another evaluator."
        )
    ap = None if no_truth is NoTruth.LEFT_OUT else 0.0
    return ClassFigures(ap, nothing, nothing, 0, 0)

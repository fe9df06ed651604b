"""Average precision: what published evaluators make of hits and misses in order of score.

Detections stand from the highest score down; ``hits`` says which of them found a positive. All
functions take leading axes, so that a whole set of IoU thresholds is one call.

| function | rule | used by |
|---|---|---|
| `envelope_area` | area under the envelope of precision (PASCAL VOC 2010) | AVA, ActivityNet |
| `trapezoid_area` | area under the straight lines between the points, from (1, 0) | ACT tubes |
| `eleven_points` | mean of the envelope at recall 0, 0.1 … 1 (PASCAL VOC 2007) | THUMOS14 |
| `hundred_one_points` | mean of the envelope at recall 0, 0.01 … 1 | COCO |
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def precision_recall(hits: NDArray[Any], positives: int) -> tuple[Floats, Floats]:
    """Precision and recall after each detection.

    Args:
        hits: (…, N) bool or 0 and 1, by falling score.
        positives: how many there are to find, at least 1.

    Returns:
        Two float64 arrays of the shape of `hits`.

    Raises:
        ValueError: there is no positive: recall is undefined then, and so is average precision.
    """
    if positives < 1:
        raise ValueError("Average precision of a class without positives is undefined.")
    found = np.cumsum(hits, axis=-1, dtype=np.float64)
    return found / np.arange(1, found.shape[-1] + 1), found / positives


def falling_envelope(precision: Floats) -> Floats:
    """The highest precision at this recall or beyond it: (…, N) to (…, N)."""
    return np.maximum.accumulate(precision[..., ::-1], axis=-1)[..., ::-1]


def envelope_area(precision: Floats, recall: Floats) -> Floats:
    """Area under the envelope: (…, N) and (…, N) to (…); 0 without detections."""
    steps = np.diff(recall, axis=-1, prepend=0.0)
    return (steps * falling_envelope(precision)).sum(axis=-1)


def trapezoid_area(precision: Floats, recall: Floats) -> Floats:
    """Area under the lines from (precision 1, recall 0) through all points: (…, N) to (…)."""
    steps = np.diff(recall, axis=-1, prepend=0.0)
    before = np.concatenate([np.ones_like(precision[..., :1]), precision[..., :-1]], axis=-1)
    return (steps * (precision + before)).sum(axis=-1) / 2


def eleven_points(precision: Floats, recall: Floats) -> Floats:
    """Mean of the envelope at recall 0, 0.1 … 1; 0 beyond the highest recall: (…, N) to (…).

    The points are i · 0.1, as a loop from 0 by 0.1 makes them, so that 3 found of 10 does not
    reach the fourth point, 0.30000000000000004.
    """
    return _mean_at(np.arange(11) * 0.1, precision, recall)


def hundred_one_points(precision: Floats, recall: Floats) -> Floats:
    """Mean of the envelope at recall 0, 0.01 … 1; 0 beyond the highest recall: (…, N) to (…)."""
    return _mean_at(np.linspace(0.0, 1.0, 101), precision, recall)


def _mean_at(points: Floats, precision: Floats, recall: Floats) -> Floats:
    """Mean of the envelope at the first detection whose recall reaches each point."""
    if recall.shape[-1] == 0:
        return np.zeros(recall.shape[:-1])
    rows = recall.reshape(-1, recall.shape[-1])
    reached = np.stack([np.searchsorted(row, points) for row in rows])  # N where never
    envelope = falling_envelope(precision).reshape(rows.shape)
    beyond = np.concatenate([envelope, np.zeros((len(rows), 1))], axis=-1)
    return np.take_along_axis(beyond, reached, axis=-1).mean(axis=-1).reshape(recall.shape[:-1])

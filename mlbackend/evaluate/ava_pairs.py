"""Every detection's best truth among the boxes of its image and class."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.ava_boxes import Boxes, Floats, Ints

# Pairs looked at in one go: bounds the memory.
PAIRS = 2_000_000


def best_truth(truth: Boxes, detections: Boxes) -> tuple[Ints, Floats, NDArray[np.bool_]]:
    """The truth with the highest IoU for each detection; of equal ones the first.

    Returns:
        (D,) int64 index into `truth`, -1 without any of the same image and class;
        (D,) float64 IoU, NaN where it is 0 / 0, -1 without any;
        (T,) bool: has a detection of its image and class.
    """
    classes = 1 + max(int(boxes.label.max(initial=0)) for boxes in (truth, detections))
    keys, wanted = (b.image * classes + b.label for b in (truth, detections))
    order = np.argsort(keys, kind="stable")
    start = np.searchsorted(keys[order], wanted, "left")
    count = np.searchsorted(keys[order], wanted, "right") - start
    chosen = np.full(len(detections), -1)
    iou = np.full(len(detections), -1.0)
    for some in _portions(count):
        pair, iou[some] = _best(truth.box[order], detections.box[some], start[some], count[some])
        chosen[some] = order[pair]
    return chosen, iou, np.isin(keys, wanted)


def _portions(count: Ints) -> Iterator[Ints]:
    """Detections that have a truth at all, in portions of about `PAIRS` pairs."""
    able = np.flatnonzero(count)
    edges = np.flatnonzero(np.diff(np.cumsum(count[able]) // PAIRS)) + 1
    return (some for some in np.split(able, edges) if len(some))


def _best(truth: Floats, box: Floats, start: Ints, count: Ints) -> tuple[Ints, Floats]:
    """Best of ``truth[start : start + count]`` for each box; every count is at least 1."""
    first = np.cumsum(count) - count
    owner = np.repeat(np.arange(len(box)), count)
    candidate = np.arange(len(owner)) + (start - first)[owner]
    iou = intersection_over_union(box[owner], truth[candidate])
    # NumPy's argmax, which the published code calls, takes NaN for the highest.
    rank = np.where(np.isnan(iou), np.inf, iou)
    equal = np.flatnonzero(rank == np.maximum.reduceat(rank, first)[owner])
    best = equal[np.searchsorted(equal, first)]
    return candidate[best], iou[best]


def intersection_over_union(a: Floats, b: Floats) -> Floats:
    """IoU of boxes row by row: (N, 4) and (N, 4), x1 y1 x2 y2, to (N,) float64; 0 / 0 is NaN.

    Sides and areas keep the type of the boxes, as in the published code, where a float32
    coordinate decides on IoU 0.5.
    """
    shared = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    overlap = shared.astype(np.float64).clip(0.0).prod(axis=1)
    union = _area(a) + _area(b) - overlap
    with np.errstate(invalid="ignore", divide="ignore"):
        return overlap / union


def _area(box: Floats) -> Floats:
    return (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])

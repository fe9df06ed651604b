"""Average precision of a detector on the frames kept apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mlbackend.evaluate.frame_map import evaluate
from mlbackend.evaluate.tubes import Boxes
from mlbackend.propose.detect import Detector
from mlbackend.propose.objects import labels_by_category
from mlbackend.train.detector.frames import TrueFrame
from mlbackend.train.detector.pictures import Pictures

# It measures boxes without an extra pixel.
EVALUATOR = "gurkirt"
IOU = 0.5


def average_precision(
    detector: Detector,
    categories: Sequence[str],
    frames: Sequence[TrueFrame],
    pictures: Pictures,
    report: Callable[[float], None],
) -> dict[str, Any] | None:
    """Measure at IoU 0.5.

    Args:
        categories: what the frames' labels mean, the background first. What the detector finds
            gets its label as in a proposal; the rest is passed over.

    Returns:
        {ap50: mean over the categories the frames show, per_category, frames, boxes}; None
        without a box to find.
    """
    labels = labels_by_category(detector.categories, dict(enumerate(categories[1:], start=1)))
    truths, found = [], []
    for number, true in enumerate(frames):
        picture, boxes = pictures.read(true)
        here = detector.detect([picture])[0]
        kept = np.isin(here.classes, list(labels))
        mine = np.array([labels[place] for place in here.classes[kept].tolist()], dtype=np.int64)
        truths.append(_rows(number, boxes, true.labels, np.zeros(len(boxes))))
        found.append(_rows(number, here.boxes[kept], mine, here.scores[kept]))
        report((number + 1) / len(frames))
    if not sum(map(len, truths)):
        return None
    truth = _joined(truths)
    figures = evaluate(truth, _joined(found), categories, EVALUATOR, (IOU,))[0].classes
    each = {
        categories[place]: float(figures[place].ap or 0.0)
        for place in sorted(set(truth.label.tolist()))
    }
    return {
        "ap50": float(np.mean(list(each.values()))),
        "per_category": each,
        "frames": len(frames),
        "boxes": len(truth),
    }


def _rows(frame: int, boxes: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> Boxes:
    return Boxes(
        np.zeros(len(boxes), dtype=np.int64),
        np.full(len(boxes), frame, dtype=np.int64),
        np.asarray(labels, dtype=np.int64),
        np.asarray(boxes, dtype=np.float64).reshape(-1, 4),
        np.asarray(scores, dtype=np.float64),
    )


def _joined(parts: Sequence[Boxes]) -> Boxes:
    names = ("video", "frame", "label", "box", "score")
    return Boxes(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

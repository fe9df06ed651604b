"""`manage.py evaluate --format thumos14`."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats.thumos14 import CLASSES
from mlbackend.evaluate.activitynet import temporal_map
from mlbackend.evaluate.activitynet_command import detection_figures, thresholds
from mlbackend.evaluate.activitynet_files import Segments, Truth, read_results, read_truth
from mlbackend.evaluate.thumos14 import (
    KIT_THRESHOLDS,
    THRESHOLDS,
    kit_map,
    recall_at,
    without_repeats,
)
from mlbackend.evaluate.thumos14_kit import read_classes, read_kit

NAME = "thumos14"
EVALUATORS = ("gtad", "actionformer", "th14evalkit")
# The values of k for which ActionFormer reports recall.
TIMES = (1, 5)


def add_arguments(parser: Any) -> None:
    parser.add_argument("--subset", help="part of the truth (thumos14: test)")
    parser.add_argument("--tiou", help="thresholds of tIoU, such as 0.3,0.4,0.5")
    parser.add_argument("--labels", type=Path, help="class list of th14evalkit: rows of id, name")


def run(args: Namespace) -> dict[str, Any]:
    """Figures of the evaluator chosen; `th14evalkit` reads text, the others JSON."""
    subset = args.subset or "test"
    if args.evaluator == "th14evalkit":
        return _kit(args, subset)
    truth = read_truth(args.truth, subset, fields=("database",))
    found = read_results(args.predictions, truth, fields=("results",))
    levels = thresholds(args.tiou, THRESHOLDS)
    if args.evaluator == "actionformer":
        truth, found = _without_empty(
            replace(truth, segments=without_repeats(truth.segments)), found
        )
    classes = len(truth.classes)
    figures = detection_figures(temporal_map(truth.segments, found, classes, levels), truth)
    if args.evaluator == "actionformer":
        times = np.array(TIMES)
        recall = recall_at(truth.segments, found, classes, times, levels)
        figures["recall_at_1x_5x"] = recall.tolist()
    return {"tiou": levels.tolist(), **figures}


def _without_empty(truth: Truth, found: Segments) -> tuple[Truth, Segments]:
    """Leave out classes that lost all their segments, with their predictions."""
    left, label = np.unique(truth.segments.label, return_inverse=True)
    if not len(left):
        raise InvalidInput("No segment of the truth is at least 1 ms long.", code="no_truth")
    found = found.take(np.isin(found.label, left))
    classes = tuple(truth.classes[number] for number in left)
    segments = replace(truth.segments, label=label)
    renamed = replace(found, label=np.searchsorted(left, found.label))
    return replace(truth, segments=segments, classes=classes), renamed


def _kit(args: Namespace, subset: str) -> dict[str, Any]:
    classes = read_classes(args.labels) if args.labels else CLASSES
    kit = read_kit(args.truth, args.predictions, subset, classes)
    levels = thresholds(args.tiou, KIT_THRESHOLDS)
    result = kit_map(kit.truth, kit.ambiguous, kit.detections, len(kit.classes), levels)
    return {
        "mAP": result.mean_ap.tolist(),
        "overlap": levels.tolist(),
        "AP": dict(zip(kit.classes, result.ap.tolist(), strict=True)),
    }

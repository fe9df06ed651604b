"""`manage.py evaluate --format activitynet`."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.activitynet import THRESHOLDS, TemporalMap, temporal_map
from mlbackend.evaluate.activitynet_classification import TOP_K, video_classes
from mlbackend.evaluate.activitynet_files import Floats, Truth, read_results, read_truth
from mlbackend.evaluate.activitynet_proposals import PROPOSALS, recall_curve

NAME = "activitynet"
EVALUATORS = ("activitynet",)
TASKS = ("detection", "proposals", "classification")


def add_arguments(parser: Any) -> None:
    parser.add_argument("--subset", help="part of the truth (activitynet: validation)")
    parser.add_argument("--task", choices=TASKS, help="what is measured; default: detection")
    parser.add_argument("--tiou", help="thresholds of tIoU, such as 0.3,0.4,0.5")
    parser.add_argument("--top-k", type=int, help=f"predictions of a video that count ({TOP_K})")
    parser.add_argument(
        "--proposals-per-video", type=float, help=f"average number looked at ({PROPOSALS})"
    )


def run(args: Namespace) -> dict[str, Any]:
    """The figures of the chosen task, under the names of the official evaluator's results."""
    tasks = {"proposals": _proposals, "classification": _classification}
    measure = tasks.get(args.task or "detection", _detection)
    spans = measure is not _classification  # whole videos have labels only
    truth = read_truth(args.truth, args.subset or "validation", spans=spans)
    return measure(args.predictions, truth, args)


def thresholds(text: str | None, default: Floats) -> Floats:
    """The option --tiou as numbers between 0 and 1."""
    if text is None:
        return default
    try:
        values = np.array([float(part) for part in text.split(",")])
    except ValueError:
        raise InvalidInput(f"--tiou takes numbers such as 0.3,0.4,0.5, got '{text}'.") from None
    if not ((values > 0) & (values <= 1)).all():
        raise InvalidInput(f"--tiou takes numbers above 0 and up to 1, got '{text}'.")
    return values


def detection_figures(result: TemporalMap, truth: Truth) -> dict[str, Any]:
    """A temporal mAP under its published names."""
    return {
        "average_mAP": result.average,
        "mAP": result.mean_ap.tolist(),
        "tiou_thresholds": result.thresholds.tolist(),
        "num_gt": result.truths,
        "num_pred": result.predictions,
        "ap_by_class": dict(zip(truth.classes, result.ap.tolist(), strict=True)),
    }


def _detection(predictions: Path, truth: Truth, args: Namespace) -> dict[str, Any]:
    found = read_results(predictions, truth)
    levels = thresholds(args.tiou, THRESHOLDS)
    return detection_figures(
        temporal_map(truth.segments, found, len(truth.classes), levels), truth
    )  # fmt: skip


def _proposals(predictions: Path, truth: Truth, args: Namespace) -> dict[str, Any]:
    found = read_results(predictions, truth, labels=False)
    levels = thresholds(args.tiou, THRESHOLDS)
    per_video = PROPOSALS if args.proposals_per_video is None else args.proposals_per_video
    curve = recall_curve(truth.segments, found, per_video, levels)
    return {
        "AUC_percent": curve.area_percent,
        "avg_recall": curve.average_recall.tolist(),
        "proposals_per_video": curve.per_video.tolist(),
        f"recall_at_{levels[0]:g}": curve.recall[0].tolist(),
    }


def _classification(predictions: Path, truth: Truth, args: Namespace) -> dict[str, Any]:
    found = read_results(predictions, truth, spans=False)
    top_k = TOP_K if args.top_k is None else args.top_k
    if top_k < 1:
        raise InvalidInput(f"--top-k counts from 1, got {top_k}.")
    result = video_classes(truth.segments, found, len(truth.classes), top_k)
    return {
        "mAP": float(result.ap.mean()),
        "hit_at_k": result.hit_at_k,
        "avg_hit_at_k": result.average_hit_at_k,
        "error_at_k": 1.0 - result.hit_at_k,
        "top_k": top_k,
        "num_gt": result.truths,
        "num_pred": result.predictions,
        "ap_by_class": dict(zip(truth.classes, result.ap.tolist(), strict=True)),
    }

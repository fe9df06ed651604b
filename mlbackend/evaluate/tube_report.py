"""Frame- and video-mAP of files, under the names they are published by: what two commands share."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import frame_map, video_map
from mlbackend.evaluate.detection_map import Figures
from mlbackend.evaluate.tube_files import TubeSet, is_rows, read_predictions, read_truth

# The first is the default; yowo has no video-mAP, 3d-retinanet no frame-mAP of its own.
EVALUATORS = ("act", "gurkirt", "yowo", "3d-retinanet")
SHOWN = (0.2, 0.5, 0.75)
AVERAGE = "videoAP@0.5:0.95"


ReadTruth = Callable[[Path], TubeSet]


def run(args: Namespace, annotations: ReadTruth) -> dict[str, Any]:
    """Figures of two files, or of two folders with one .json a split and their mean.

    Args:
        annotations: reads truth that is the dataset's own annotation file.

    Raises:
        InvalidInput: a file is unusable, or the evaluator is undefined for it.
    """
    names = sorted(path.name for path in args.truth.glob("*.json"))
    if not names or not args.predictions.is_dir():
        return of_files(args.truth, args.predictions, args.evaluator, annotations)
    splits = {
        Path(name).stem: of_files(
            args.truth / name, args.predictions / name, args.evaluator, annotations
        )
        for name in names
    }
    return {**mean_over(list(splits.values())), "splits": splits}


def of_files(
    truth: Path, predictions: Path, evaluator: str, annotations: ReadTruth
) -> dict[str, Any]:
    """Figures of one file of truth and one of predictions."""
    ours = read_truth(truth) if is_rows(truth) else annotations(truth)
    try:
        return figures(ours, read_predictions(predictions, ours), evaluator)
    except ValueError as error:
        raise InvalidInput(str(error)) from error


def figures(truth: TubeSet, found: TubeSet, evaluator: str) -> dict[str, Any]:
    """Everything the evaluator measures: "frameAP@0.5" and so on to {"mAP", "AP": {class: …}}."""
    result: dict[str, Any] = {}
    if evaluator in frame_map.RULES:
        of_frames = frame_map.evaluate(truth.frames, found.frames, truth.classes, evaluator)
        result |= _named("frameAP", of_frames, truth.classes)
    if evaluator in video_map.RULES and truth.tubes is not None and found.tubes is not None:
        of_tubes = video_map.evaluate(
            truth.tubes, found.tubes, truth.classes, truth.videos, evaluator
        )
        result |= _named("videoAP", of_tubes, truth.classes)
        result[AVERAGE] = {"mAP": video_map.averaged(of_tubes)}
    elif evaluator in video_map.RULES:
        result["notes"] = ["No video-mAP: one of the files holds no tubes."]
    return result


def mean_over(splits: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean mAP of the splits, as JHMDB is reported; None where one is undefined."""
    result: dict[str, Any] = {"notes": [f"Mean over {len(splits)} splits."]}
    for metric in splits[0]:
        values = [split[metric]["mAP"] for split in splits if metric in split and metric != "notes"]
        if len(values) == len(splits):
            result[metric] = {"mAP": None if None in values else float(np.mean(values))}
    return result


def _named(prefix: str, results: list[Figures], classes: Sequence[str]) -> dict[str, Any]:
    return {f"{prefix}@{one.threshold:g}": one.as_dict(classes) for one in results}

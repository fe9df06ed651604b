"""Golden cases of UCF101-24 and JHMDB, and how their evaluators are called here."""

import json
from pathlib import Path

from mlbackend.evaluate import frame_map, video_map
from mlbackend.evaluate.detection_map import Figures
from mlbackend.evaluate.tube_files import TubeSet, read_predictions, read_truth

EVALUATORS = {
    "ACT (vkalogeiton/caffe act-detector, py2.7)": "act",
    "gurkirt/realtime-action-detection utils/evaluation.py": "gurkirt",
    "YOWO evaluation_ucf24_jhmdb (Object-Detection-Metrics)": "yowo",
    "gurkirt/3D-RetinaNet modules/evaluation.py": "3d-retinanet",
    "gurkirt get_PR_curve.m (Octave 7.3)": "gurkirt",
}
AVERAGE = "videoAP@0.5:0.95"


def both(path: Path) -> tuple[TubeSet, TubeSet]:
    truth = read_truth(path)
    return truth, read_predictions(path, truth)


def written(content: dict, folder: Path) -> Path:
    path = folder / "inputs.json"
    path.write_text(json.dumps(content))
    return path


def figures(truth: TubeSet, found: TubeSet, metric: str, source: str) -> list[Figures]:
    """All thresholds of the kind of metric that `metric` is."""
    name = EVALUATORS[source]
    if metric.startswith("frame"):
        return frame_map.evaluate(truth.frames, found.frames, truth.classes, name)
    return video_map.evaluate(truth.tubes, found.tubes, truth.classes, truth.videos, name)


def at(results: list[Figures], metric: str) -> Figures:
    threshold = float(metric.split("@")[1])
    return next(one for one in results if one.threshold == threshold)

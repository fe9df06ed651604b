"""`manage.py evaluate --format ucf101-24`: frame- and video-mAP.

Truth: the layout of `tube_files`, or the dataset's annotations, of which the test videos count
where the file tells them apart. Predictions: the layout of `tube_files`.
"""

from argparse import Namespace
from pathlib import Path
from typing import Any

from labeling.formats.ucf101_24 import CLASSES, FORMAT
from mlbackend.evaluate import tube_report
from mlbackend.evaluate.tube_files import TubeSet
from mlbackend.evaluate.tube_report import EVALUATORS
from mlbackend.evaluate.tube_truth import read_annotations

__all__ = ["EVALUATORS", "NAME", "add_arguments", "run"]

NAME = "ucf101-24"


def add_arguments(parser: Any) -> None:
    """It has no options of its own."""


def run(args: Namespace) -> dict[str, Any]:
    """Figures at IoU 0.5 and 0.75 on frames, and at 0.2 to 0.95 of tubes."""
    return tube_report.run(args, _truth)


def _truth(path: Path) -> TubeSet:
    return read_annotations(path, FORMAT, CLASSES, lambda video: video.split != "train")

"""`manage.py evaluate --format jhmdb`: frame- and video-mAP, as for UCF101-24.

Two folders with one file a split give the mean over the splits, as the dataset is reported. Truth
that is the dataset's annotations counts whole, or with --split the test videos of one split.
"""

from argparse import Namespace
from pathlib import Path
from typing import Any

from labeling.formats.dataset import FileVideo
from labeling.formats.jhmdb import CLASSES, FORMAT
from mlbackend.evaluate import tube_report
from mlbackend.evaluate.tube_files import TubeSet
from mlbackend.evaluate.tube_report import EVALUATORS
from mlbackend.evaluate.tube_truth import read_annotations

__all__ = ["EVALUATORS", "NAME", "add_arguments", "run"]

NAME = "jhmdb"


def add_arguments(parser: Any) -> None:
    parser.add_argument(
        "--split", type=int, choices=(1, 2, 3), help="whose test videos of the annotations count"
    )


def run(args: Namespace) -> dict[str, Any]:
    """Figures at IoU 0.5 and 0.75 on frames, and at 0.2 to 0.95 of tubes."""
    split = f"test{args.split:02d}" if args.split else ""

    def wanted(video: FileVideo) -> bool:
        return not split or split in video.split.split(",")

    def truth(path: Path) -> TubeSet:
        return read_annotations(path, FORMAT, CLASSES, wanted)

    return tube_report.run(args, truth)

"""`manage.py evaluate --format ucf101-24`: frame- and video-mAP; see `tube_files` for the files."""

from typing import Any

from mlbackend.evaluate.tube_report import EVALUATORS, run

__all__ = ["EVALUATORS", "NAME", "add_arguments", "run"]

NAME = "ucf101-24"


def add_arguments(parser: Any) -> None:
    """It has no options of its own."""

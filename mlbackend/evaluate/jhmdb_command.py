"""`manage.py evaluate --format jhmdb`: frame- and video-mAP, as for UCF101-24.

Two folders with one file a split give the mean over the splits."""

from typing import Any

from mlbackend.evaluate.tube_report import EVALUATORS, run

__all__ = ["EVALUATORS", "NAME", "add_arguments", "run"]

NAME = "jhmdb"


def add_arguments(parser: Any) -> None:
    """It has no options of its own."""

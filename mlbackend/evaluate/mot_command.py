"""`manage.py evaluate --format mot`: two MOTChallenge files, or two folders of sequences."""

from argparse import Namespace
from typing import Any

from mlbackend.evaluate import mot

NAME = "mot"
EVALUATORS = mot.EVALUATORS


def add_arguments(parser: Any) -> None:
    """It has no options of its own."""


def run(args: Namespace) -> dict[str, Any]:
    """Figures of every sequence and of all together."""
    return mot.evaluate(mot.read_sequences(args.truth, args.predictions), args.evaluator)

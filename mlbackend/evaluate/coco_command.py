"""`manage.py evaluate --format coco`: an annotation file and a result file."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import coco

NAME = "coco"
EVALUATORS = ("pycocotools",)


def add_arguments(parser: Any) -> None:
    """It has no options of its own."""


def run(args: Namespace) -> dict[str, Any]:
    """The twelve figures of the summary, and AP50 per category."""
    files = args.truth.name, args.predictions.name
    return coco.evaluate(_load(args.truth), _load(args.predictions), files=files)


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON: {error}.") from error

"""`manage.py evaluate --format ava`."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from mlbackend.evaluate.ava import frame_map
from mlbackend.evaluate.ava_classes import ALL_ACTIONS, EVALUATED
from mlbackend.evaluate.ava_files import read_files
from mlbackend.evaluate.ava_label_map import read_label_map
from mlbackend.evaluate.ava_rules import RULES

NAME = "ava"
EVALUATORS = tuple(RULES)


def add_arguments(parser: Any) -> None:
    parser.add_argument("--labels", type=Path, help="label map; default: AVA's 60 of evaluation")
    parser.add_argument("--exclude", type=Path, help="CSV of excluded timestamps")


def run(args: Namespace) -> dict[str, Any]:
    """mAP, AP by class name, and the number of images whose detections were left out."""
    rules, notes = RULES[args.evaluator], []
    classes = read_label_map(args.labels, rules) if args.labels else EVALUATED
    if len(classes) == ALL_ACTIONS:
        notes.append(
            "The label map has all 80 actions. AVA's evaluation counts 60 of them, and its mean "
            "is another one: use the label map of the ActivityNet challenge to compare."
        )
    exclude = args.exclude
    if exclude is not None and not rules.excludes:
        notes.append(
            f"{args.evaluator} knows no excluded timestamps: {exclude.name} was not used. "
            "--evaluator activitynet-2019 uses it."
        )
        exclude = None
    truth, detections, excluded = read_files(args.truth, args.predictions, exclude, rules, classes)
    if not len(truth):
        notes.append(f"{args.truth.name} holds no box: nothing can be measured.")
    result = frame_map(truth, detections, classes, rules, excluded)
    return {
        "mAP": result.mean_ap,
        "AP": result.ap,
        "ignored_detection_images": result.ignored_images,
        **({"notes": notes} if notes else {}),
    }

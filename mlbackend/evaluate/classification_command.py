"""`manage.py evaluate --format classification`: classes of whole clips.

Truth is JSON {"labels": […], "classes": [name]}: one class per clip, or 0 and 1 per class where a
clip has several; predictions {"scores": [[per class]]} in the same order. Instead of lists both
may be objects by name of the clip. `classes` may be left out; a class is then its number, and a
label may be a class's name only where it is there.
"""

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import top_k
from mlbackend.evaluate.classification import Ratios, Report, report
from mlbackend.evaluate.matching import Floats
from mlbackend.evaluate.tube_files import load

NAME = "classification"
EVALUATORS = ("mmaction2",)
TOP_K = (1, 5)
# Several labels: those scored at least this are answered.
THRESHOLD = 0.5


def add_arguments(parser: Any) -> None:
    parser.add_argument(
        "--accuracy-at", type=int, nargs="+", metavar="K", help="values of k (1 and 5 if not given)"
    )


def run(args: Namespace) -> dict[str, Any]:
    """Figures of one label a clip or of several, whichever the truth has."""
    truth, clips = load(args.truth), None
    labels, scores = truth.get("labels"), load(args.predictions).get("scores")
    if isinstance(labels, dict) and isinstance(scores, dict):
        clips = list(labels)
        labels, scores = _by_clip(labels, scores, args.predictions)
    names = truth.get("classes")
    found = _scores(scores, args.predictions, clips)
    if names is not None and (not isinstance(names, list) or len(names) != found.shape[1]):
        raise InvalidInput(
            f"{args.truth.name}: 'classes' must name the {found.shape[1]} columns of the scores."
        )
    own = _labels(labels, found, names, args.truth)
    shown = [str(name) for name in names or range(found.shape[1])]
    if own.ndim == 1:
        return _single(found, own, shown, args.accuracy_at or TOP_K)
    return _several(found, own, shown)


def _single(scores: Floats, labels: NDArray[Any], names: list[str], topk: Any) -> dict[str, Any]:
    if min(topk) < 1:
        raise InvalidInput(f"--accuracy-at: {min(topk)} is not a number of classes.")
    answers = top_k.best_class(scores)
    matrix = top_k.confusion_matrix(labels, answers, len(names))
    every = np.arange(len(names))
    figures = report((labels[:, None] == every).astype(int), answers[:, None] == every)
    return {
        "topk": list(topk),
        "top_k_accuracy": top_k.top_k_accuracy(scores, labels, topk),
        "mean_class_accuracy": top_k.mean_class_accuracy(matrix),
        "confusion_matrix": top_k.seen(matrix),
        **_ratios(figures, names),
    }


def _several(scores: Floats, truth: NDArray[Any], names: list[str]) -> dict[str, Any]:
    precisions = top_k.average_precisions(scores, truth)
    return {
        "mean_average_precision": top_k.mean_average_precision(scores, truth),
        "mmit_mean_average_precision": top_k.mmit_mean_average_precision(scores, truth),
        "AP": dict(zip(names, precisions.tolist(), strict=True)),
        **_ratios(report(truth, scores >= THRESHOLD), names),
        "notes": [f"Precision, recall and F1 take scores from {THRESHOLD} as answers."],
    }


def _ratios(figures: Report, names: list[str]) -> dict[str, Any]:
    return {
        "accuracy": figures.accuracy,
        "micro": _ratio(figures.micro),
        "macro": _ratio(figures.macro),
        "classes": {
            name: {**_ratio(one), "support": support}
            for name, one, support in zip(names, figures.per_class, figures.support, strict=True)
        },
    }


def _ratio(one: Ratios) -> dict[str, float]:
    return {"precision": one.precision, "recall": one.recall, "f1": one.f1}


def _by_clip(
    labels: dict[str, Any], scores: dict[str, Any], path: Path
) -> tuple[list[Any], list[Any]]:
    missing = [clip for clip in labels if clip not in scores]
    if missing:
        raise InvalidInput(f"{path.name} has no scores of clip '{missing[0]}'.")
    return list(labels.values()), [scores[clip] for clip in labels]


def _scores(scores: Any, path: Path, clips: list[str] | None) -> Floats:
    rows = scores if isinstance(scores, list) else []
    if not rows or not isinstance(rows[0], list) or not rows[0]:
        raise InvalidInput(f"{path.name}: 'scores' must hold a list of scores for every clip.")
    for index, row in enumerate(rows):
        where = f"{path.name}: scores[{clips[index] if clips else index}]"
        if not isinstance(row, list) or len(row) != len(rows[0]):
            raise InvalidInput(f"{where} must be {len(rows[0])} numbers, as the first is.")
        if not all(_is_number(value) for value in row):
            raise InvalidInput(f"{where} holds something that is not a finite number.")
    return np.array(rows, dtype=np.float64)


def _labels(labels: Any, scores: Floats, names: list[Any] | None, path: Path) -> NDArray[Any]:
    if not isinstance(labels, list) or len(labels) != len(scores):
        raise InvalidInput(
            f"{path.name}: 'labels' must hold one entry for each of {len(scores)} clips."
        )
    place = {name: index for index, name in enumerate(names or [])}
    own = [place.get(label, label) if isinstance(label, str) else label for label in labels]
    several = isinstance(own[0], list)
    for index, label in enumerate(own):
        if not _fits(label, several, scores.shape[1]):
            wanted = f"{scores.shape[1]} times 0 or 1" if several else "one of the classes"
            raise InvalidInput(f"{path.name}: labels[{index}]: {label!r} is not {wanted}.")
    return np.array(own, dtype=np.int64)


def _fits(label: Any, several: bool, classes: int) -> bool:
    if several:
        return isinstance(label, list) and len(label) == classes and all(x in (0, 1) for x in label)
    return type(label) is int and 0 <= label < classes


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)

"""The twelve box figures of COCO, from its annotation and result files.

The rules of its published evaluator: a detection takes the free truth of largest IoU (of equals
the last), one that counts before one that is ignored; truths outside the range of areas and crowds
are ignored, and so are detections that found one, or found nothing and lie outside the range.
Crowds are never used up, and with them only the detection's own area is the union. 100 detections
per image and category; precision at 101 recalls; thresholds 0.5, 0.55 … 0.95. -1 is 'undefined'.

A trap that comes along: an annotation of id 0 can be taken, but the one who takes it counts as
wrong. Number annotations from 1.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.average_precision import falling_envelope
from mlbackend.evaluate.matching import (
    Floats,
    Integers,
    Pairs,
    first_of_run,
    group_ids,
    nth_in_group,
    overlapping,
    turns,
)

THRESHOLDS = np.linspace(0.5, 0.95, 10)
RECALLS = np.linspace(0.0, 1.0, 101)
AREAS = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}
MOST = 100
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Objects:
    """Boxes of a file: image, category, id (N,) int64; box (N, 4) as x, y, width, height in px;
    area and score (N,) float64; crowd (N,) bool."""

    image: Integers
    category: Integers
    id: Integers
    box: Floats
    area: Floats
    score: Floats
    crowd: Bools

    def rows(self, chosen: NDArray) -> "Objects":
        return Objects(
            self.image[chosen], self.category[chosen], self.id[chosen], self.box[chosen],
            self.area[chosen], self.score[chosen], self.crowd[chosen],
        )  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """What became of the detections within one range of areas: (T, N) bool, a row a threshold."""

    hit: Bools
    ignored: Bools


def evaluate(
    truth: dict[str, Any], results: list[Any], *, files: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """All figures under the names of its summary: AP, AP50, … AR_large, AP50_per_category.

    Args:
        truth: content of an annotation file (images, categories, annotations).
        results: content of a result file.
        files: what the two are called, for messages.

    Raises:
        InvalidInput: an entry lacks something or names what is not there.
    """
    with _of_file(files[0]):
        images = _ids(truth, "images")
        categories = np.unique(_ids(truth, "categories"))
        truths = _objects(truth.get("annotations"), "annotations", images, categories, scored=False)
    with _of_file(files[1]):
        found = _objects(results, "results", images, categories, scored=True)
    found = found.rows(np.lexsort((np.arange(len(found.id)), found.image, -found.score)))
    groups, truth_groups = group_ids((found.image, found.category), (truths.image, truths.category))
    kept = nth_in_group(groups) < MOST
    found, groups = found.rows(kept), groups[kept]
    pairs = overlapping(groups, truth_groups, partial(_overlap, found, truths))
    marks = {name: _marks(found, truths, groups, pairs, area) for name, area in AREAS.items()}
    return _summary(found, truths, nth_in_group(groups), categories, marks)


@contextmanager
def _of_file(name: str) -> Iterator[None]:
    """What is wrong in there is wrong in this file."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error.message}" if name else error.message) from error


def _marks(
    found: Objects,
    truths: Objects,
    groups: Integers,
    pairs: Pairs,
    area: tuple[float, float],
) -> Marks:
    aside = truths.crowd | _outside(truths.area, area)
    outside = _outside(found.area, area)
    taken = [_take(pairs.at_least(min(t, 1 - 1e-10)), groups, truths, aside) for t in THRESHOLDS]
    took = np.stack(taken)  # (T, N) index of the truth, -1 none
    matched = took >= 0
    if len(truths.id):
        hit = matched & (truths.id[took] != 0)
        ignored = matched & aside[took]
    else:
        hit = ignored = np.zeros_like(matched)
    return Marks(hit & ~ignored, ignored | (~hit & outside))


def _take(pairs: Pairs, groups: Integers, truths: Objects, aside: Bools) -> Integers:
    took = np.full(len(groups), -1, dtype=np.int64)
    free = np.ones(len(truths.id), dtype=bool)
    for turn in turns(pairs, groups, aside[pairs.truth], -pairs.overlap, -pairs.truth):
        able = turn.where(free[turn.truth] | truths.crowd[turn.truth])
        best = able.where(first_of_run(able.found))
        took[best.found] = best.truth
        free[best.truth] = False
    return took


def _summary(
    found: Objects,
    truths: Objects,
    place: Integers,
    categories: Integers,
    marks: dict[str, Marks],
) -> dict[str, Any]:
    def measured(area: str, most: int) -> tuple[Floats, Floats]:
        rows = [
            _category(found, truths, marks[area], AREAS[area], category, place < most)
            for category in categories
        ]
        return np.stack([row[0] for row in rows]), np.stack([row[1] for row in rows])

    precision, recall = measured("all", MOST)  # (K, T, R) and (K, T)
    sized = {area: measured(area, MOST) for area in ("small", "medium", "large")}
    return {
        "AP": _mean(precision),
        "AP50": _mean(precision[:, 0]),
        "AP75": _mean(precision[:, 5]),
        **{f"AP_{area}": _mean(values[0]) for area, values in sized.items()},
        "AR1": _mean(measured("all", 1)[1]),
        "AR10": _mean(measured("all", 10)[1]),
        "AR100": _mean(recall),
        **{f"AR_{area}": _mean(values[1]) for area, values in sized.items()},
        "AP50_per_category": {
            str(category): _mean(one[0])
            for category, one in zip(categories, precision, strict=True)
        },
    }


def _category(
    found: Objects,
    truths: Objects,
    marks: Marks,
    area: tuple[float, float],
    category: int,
    kept: Bools,
) -> tuple[Floats, Floats]:
    """Precision at the recalls (T, R) and highest recall (T,); all -1 without a truth."""
    counts = (truths.category == category) & ~truths.crowd & ~_outside(truths.area, area)
    precision = np.full((len(THRESHOLDS), len(RECALLS)), -1.0)
    recall = np.full(len(THRESHOLDS), -1.0)
    if not counts.any():
        return precision, recall
    own = kept & (found.category == category)
    hits = marks.hit[:, own].cumsum(axis=1, dtype=np.float64)
    misses = (~marks.hit & ~marks.ignored)[:, own].cumsum(axis=1)
    envelope = falling_envelope(hits / (hits + misses + np.spacing(1)))
    envelope = np.concatenate([envelope, np.zeros((len(THRESHOLDS), 1))], axis=1)
    for index, found_share in enumerate(hits / counts.sum()):
        at = np.searchsorted(found_share, RECALLS, side="left")
        precision[index] = envelope[index, at]
        recall[index] = found_share[-1] if len(found_share) else 0.0
    return precision, recall


def _mean(values: Floats) -> float:
    known = values[values > -1]
    return float(known.mean()) if known.size else -1.0


def _overlap(found: Objects, truths: Objects, ours: Integers, theirs: Integers) -> Floats:
    a, b = found.box[ours], truths.box[theirs]
    sides = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared = np.maximum(sides, 0.0).prod(axis=1)
    areas = a[:, 2:].prod(axis=1), b[:, 2:].prod(axis=1)
    union = np.where(truths.crowd[theirs], areas[0], areas[0] + areas[1] - shared)
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _outside(area: Floats, limits: tuple[float, float]) -> Bools:
    return (area < limits[0]) | (area > limits[1])


def _ids(content: dict[str, Any], key: str) -> Integers:
    entries = content.get(key) if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise InvalidInput(f"A COCO annotation file needs a list '{key}' that is not empty.")
    return np.array([_value(entry, "id", f"{key}[{i}]") for i, entry in enumerate(entries)])


def _objects(
    entries: Any, name: str, images: Integers, categories: Integers, scored: bool
) -> Objects:
    if not isinstance(entries, list):
        raise InvalidInput(f"COCO {name} must be a list of boxes.")
    rows = [_row(entry, f"{name}[{i}]", i, scored) for i, entry in enumerate(entries)]
    table = np.array(rows, dtype=np.float64).reshape(-1, 10)
    whole = table[:, :3].astype(np.int64)
    _check_known(whole[:, 0], images, name, "image_id")
    _check_known(whole[:, 1], categories, name, "category_id")
    return Objects(
        whole[:, 0], whole[:, 1], whole[:, 2], table[:, 3:7], table[:, 7], table[:, 8],
        table[:, 9] > 0,
    )  # fmt: skip


def _row(entry: Any, where: str, index: int, scored: bool) -> list[float]:
    ids = [_value(entry, key, where) for key in ("image_id", "category_id")]
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4 or not all(map(_is_number, box)):
        raise InvalidInput(f"{where}.bbox must be four numbers: x, y, width, height.")
    if scored:
        if not _is_number(entry.get("score")):
            raise InvalidInput(f"{where}.score must be a number.")
        return [*ids, index + 1, *box, box[2] * box[3], entry["score"], 0]
    area = entry.get("area", box[2] * box[3])
    if not _is_number(area):
        raise InvalidInput(f"{where}.area must be a number.")
    return [*ids, _value(entry, "id", where), *box, area, 0.0, bool(entry.get("iscrowd"))]


def _value(entry: Any, key: str, where: str) -> int:
    value = entry.get(key) if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{where}.{key} must be a whole number.")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)


def _check_known(values: Integers, known: Sequence[int] | Integers, name: str, key: str) -> None:
    missing = np.flatnonzero(~np.isin(values, known))
    if len(missing):
        raise InvalidInput(
            f"{name}[{missing[0]}].{key}: {values[missing[0]]} is not in the annotation file."
        )

"""AVA's frame-mAP: average precision of boxes at IoU 0.5, per class, and its mean.

Everything is sorted once; a detection's best truth is one reduction over all pairs of the same
image and class. No second choice: a detection whose best truth is taken is a false positive, so
the first that chose a truth has it, and no loop over detections is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.ava_boxes import Boxes, Ints
from mlbackend.evaluate.ava_order import by_number, highest, ordered
from mlbackend.evaluate.ava_pairs import best_truth
from mlbackend.evaluate.ava_rules import RULES, Rules, Unknown
from mlbackend.evaluate.average_precision import envelope_area, precision_recall

IOU = 0.5


@dataclass(frozen=True)
class FrameMap:
    """Figures of one evaluation.

    Args:
        mean_ap: mean over the classes whose AP is defined; NaN if there is none.
        ap: per class name, in the order of the classes; NaN where undefined.
        ignored_images: images with detections that were left out.
    """

    mean_ap: float
    ap: dict[str, float]
    ignored_images: int


@dataclass(frozen=True)
class Ranked:
    """Detections from the highest score down, class by class, and what became of them.

    Args:
        label: (N,) int64, grouped, in falling order.
        score: (N,), falling within a class.
        hit: (N,) bool: found a truth.
        positives: per class id.
        ignored_images: images with detections that were left out.
    """

    label: Ints
    score: NDArray[np.floating]
    hit: NDArray[np.bool_]
    positives: dict[int, int]
    ignored_images: int


def frame_map(
    truth: Boxes,
    detections: Boxes,
    classes: Mapping[int, str],
    rules: Rules = RULES["activitynet-2020"],
    excluded: Ints | None = None,
) -> FrameMap:
    """AP per class and its mean.

    Args:
        truth, detections: rows in file order; rows of other classes are left out.
        classes: names of the classes that count, by id.
        rules: which evaluator to follow.
        excluded: images that do not count, where the rules know of such.

    Raises:
        InvalidInput: a box is inside out where the published code gives up.
    """
    ranked = rank(truth, detections, classes, rules, excluded)
    ap = {label: _average_precision(ranked, label, rules) for label in sorted(classes)}
    # Of two ids with one name the higher is reported; the mean is over ids.
    by_name = {classes[label]: value for label, value in ap.items()}
    named = {name: by_name[name] for name in classes.values()}
    return FrameMap(_mean(list(ap.values())), named, ranked.ignored_images)


def rank(
    truth: Boxes,
    detections: Boxes,
    classes: Mapping[int, str],
    rules: Rules,
    excluded: Ints | None = None,
) -> Ranked:
    """Match the detections with the truth and put them in order of score; see `frame_map`."""
    images = max(truth.image_count(), detections.image_count())
    counts = np.ones(images, dtype=bool)
    if excluded is not None and rules.excludes:
        counts[excluded[excluded < images]] = False
    seen = _present(images, truth.image, truth.image_seen)
    truth, given = (_counted(boxes, classes, rules) for boxes in (truth, detections))
    if rules.needs_truth and not len(truth):
        raise InvalidInput("The truth has no box of a class of the label map.", code="no_truth")
    goals = truth.take(counts[truth.image])
    if rules.unknown is Unknown.IGNORED:
        counts &= seen
    elif rules.unknown is Unknown.IGNORED_UNLESS_LABELED:
        counts &= _present(images, goals.image)
    first = goals if rules.unknown is Unknown.IGNORED_UNLESS_LABELED else given
    found = ordered(_measured(given, counts, rules), rules.order, first)
    hit = _hits(ordered(goals, rules.truth_order, goals), found)
    # As the published code leaves equal scores when its sort is stable: the last stands first.
    down = by_number(np.argsort(found.score, kind="stable"), found.label)[::-1]
    return Ranked(
        label=found.label[down],
        score=found.score[down],
        hit=hit[down],
        positives=_positives(truth if rules.keeps_excluded_truth else goals),
        ignored_images=int((_present(images, given.image) & ~counts).sum()),
    )


def _positives(truth: Boxes) -> dict[int, int]:
    labels, counts = np.unique(truth.label, return_counts=True)
    return dict(zip(labels.tolist(), counts.tolist(), strict=True))


def _present(images: int, *numbers: Ints) -> NDArray[np.bool_]:
    """Which of so many images occur: (images,) bool."""
    present = np.zeros(images, dtype=bool)
    for some in numbers:
        present[some] = True
    return present


def _counted(boxes: Boxes, classes: Mapping[int, str], rules: Rules) -> Boxes:
    kept = boxes.take(np.isin(boxes.label, np.fromiter(classes, np.int64, len(classes))))
    kind = rules.coordinates
    return replace(kept, box=kept.box.astype(kind), score=kept.score.astype(kind))


def _measured(given: Boxes, counts: NDArray[np.bool_], rules: Rules) -> Boxes:
    """The detections on images that count, without too many of one image and those without area."""
    kept = counts[given.image]
    if rules.most_rows is not None:
        kept &= highest(given, rules.most_rows)
    sides = given.box[:, 2:] - given.box[:, :2]
    if rules.drops_flat:
        return given.take(kept & (sides > 0).all(axis=1))
    _refuse_inverted(given, kept & (sides < 0).any(axis=1))
    return given.take(kept)


def _refuse_inverted(boxes: Boxes, bad: NDArray[np.bool_]) -> None:
    if bad.any():
        raise InvalidInput(
            f"{boxes.where(int(np.argmax(bad)))}: the box is inside out, x2 < x1 or y2 < y1. "
            "The evaluator takes no such box; swap its corners or leave the row out.",
            code="inverted_box",
        )


def _hits(truth: Boxes, detections: Boxes) -> NDArray[np.bool_]:
    """Which detections, in their order, find a truth that is still free: (N,) bool."""
    chosen, iou, asked = best_truth(truth, detections)
    sides = truth.box[:, 2:] - truth.box[:, :2]
    # The published code looks at a truth only where something of its class was detected.
    _refuse_inverted(truth, asked & (sides < 0).any(axis=1))
    able = np.flatnonzero(iou >= IOU)
    _, first = np.unique(chosen[able], return_index=True)
    hit = np.zeros(len(detections), dtype=bool)
    hit[able[first]] = True
    return hit


def _average_precision(ranked: Ranked, label: int, rules: Rules) -> float:
    positives = ranked.positives.get(label, 0)
    start, end = np.searchsorted(-ranked.label, [-label, -label + 1])
    if positives == 0 or (start == end and rules.undefined_without_detection):
        return float("nan")
    return float(envelope_area(*precision_recall(ranked.hit[start:end], positives)))


def _mean(values: list[float]) -> float:
    defined = [value for value in values if not np.isnan(value)]
    return float(np.mean(defined)) if defined else float("nan")

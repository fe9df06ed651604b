"""Video-mAP as UCF101-24 and JHMDB are reported: average precision of tubes.

Two tubes overlap by the mean IoU of their boxes over the frames they share times their IoU in time.

| evaluator | boxes | enough | before | area |
|---|---|---|---|---|
| `act` (ACT-detector) | sides x2 - x1 + 1 | ≥ | NMS 0.3 per video and class | trapezoid |
| `3d-retinanet` (3D-RetinaNet) | sides x2 - x1 + 1 | ≥ | | trapezoid |
| `gurkirt` (get_PR_curve.m) | detections grown by a pixel | > | | envelope |

A class without truth has 0, and counts; where there are detections of it, the script of `act`
divides by zero, and such input is refused. One shared frame is enough, for `gurkirt` two are
needed. Everywhere a detection takes the best truth that is left. The default is `act`, for the same
reason as in `frame_map`; it and `3d-retinanet` calculate in 32 bits. `gurkirt` also tells the mean
overlap of what was found (mAIoU) and how often the best tube of a video has its class
(classification_acc).

Equal scores keep the order of the file; the published programs leave it to an unstable sort.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from mlbackend.evaluate.detection_map import (
    Area,
    Figures,
    NoTruth,
    class_figures,
    envelope64,
    trapezoid32,
)
from mlbackend.evaluate.matching import (
    Floats,
    Integers,
    best_remaining,
    group_ids,
    overlapping,
    suppressed,
)
from mlbackend.evaluate.tubes import Tubes, tube_overlap

AVERAGED = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
THRESHOLDS = (0.2, *AVERAGED)
DEFAULT = "act"


@dataclass(frozen=True)
class VideoRules:
    """How one program measures: see the table above."""

    by_matlab: bool
    area: Area
    no_truth: NoTruth
    nms: float | None = None


RULES = {
    "act": VideoRules(False, trapezoid32, NoTruth.REFUSED, 0.3),
    "3d-retinanet": VideoRules(False, trapezoid32, NoTruth.ZERO),
    "gurkirt": VideoRules(True, envelope64, NoTruth.ZERO),
}


def evaluate(
    truth: Tubes,
    found: Tubes,
    classes: Sequence[str],
    videos: Sequence[str],
    evaluator: str = DEFAULT,
    thresholds: Sequence[float] = THRESHOLDS,
) -> list[Figures]:
    """Average precision per class at every threshold.

    Args:
        truth, found: tubes; labels and videos are places in `classes` and `videos`.
        evaluator: a key of `RULES`.
        thresholds: of tube IoU, ascending.

    Raises:
        ValueError: the evaluator divides by zero on this input: see `class_figures`.
    """
    rules = RULES[evaluator]
    found = found.rows(np.argsort(-found.score, kind="stable"))
    if rules.nms is not None:
        found = found.rows(~_worse_twins(found, rules))
    groups, truth_groups = group_ids((found.video, found.label), (truth.video, truth.label))
    overlap = partial(_overlap, truth, found, rules.by_matlab)
    pairs = overlapping(groups, truth_groups, overlap, thresholds[0])
    positives = np.bincount(truth.label, minlength=len(classes))
    extras = {"classification_acc": _best_right(truth, found, classes, videos)}
    results = []
    for threshold in thresholds:
        able = pairs.above(threshold) if rules.by_matlab else pairs.at_least(threshold)
        took = best_remaining(able, groups, len(truth))
        classwise = class_figures(
            took >= 0, found.label, positives, rules.area, rules.no_truth, classes
        )  # fmt: skip
        more = {"mAIoU": _mean_overlap(took, found.label, len(classes)), **extras}
        results.append(Figures(threshold, classwise, more if rules.by_matlab else {}))
    return results


def averaged(figures: Sequence[Figures]) -> float | None:
    """Mean of the mAP at 0.5, 0.55 … 0.95; None where one of them is missing or undefined."""
    means = {one.threshold: one.mean for one in figures}
    known = [means.get(threshold) for threshold in AVERAGED]
    return None if None in known else float(np.mean(known))


def _worse_twins(found: Tubes, rules: VideoRules) -> np.ndarray:
    groups, _ = group_ids((found.video, found.label), (found.video, found.label))
    return suppressed(groups, partial(_overlap, found, found, rules.by_matlab), rules.nms or 0)


def _overlap(
    truth: Tubes, found: Tubes, by_matlab: bool, ours: Integers, theirs: Integers
) -> Floats:
    return tube_overlap(truth, found, theirs, ours, by_matlab)


def _mean_overlap(took: Floats, label: Integers, classes: int) -> float:
    """Mean over the classes of the mean overlap of what was found, a hair's breadth added."""
    hit = took >= 0
    total = np.bincount(label[hit], took[hit], minlength=classes)
    hits = np.bincount(label[hit], minlength=classes)
    asked = np.bincount(label, minlength=classes) > 0
    return float(np.mean(np.where(asked, (total + 1e-6) / (hits + 1e-5), 0.0)))


def _best_right(truth: Tubes, found: Tubes, classes: Sequence[str], videos: Sequence[str]) -> float:
    """Share of the videos whose best detection has the class of the video's last true tube.

    A video without truth has the class its folder is named after.
    """
    named = {name: index for index, name in enumerate(classes)}
    right = np.array([named.get(video.split("/")[0], -2) for video in videos], dtype=np.int64)
    right[truth.video] = truth.label  # the last of a video stays
    best = np.full(len(videos), -1, dtype=np.int64)
    best[found.video[::-1]] = found.label[::-1]  # the first, best, of a video stays
    return float(np.mean(best == right)) if len(videos) else 0.0

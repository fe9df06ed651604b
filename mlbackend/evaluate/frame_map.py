"""Frame-mAP as UCF101-24 and JHMDB are reported: average precision of boxes on frames.

The papers do not use one program, and the programs disagree by a point or two:

| evaluator | side of a box | choice | area | class without truth |
|---|---|---|---|---|
| `act` (ACT-detector) | x2 - x1 + 1 | best that is left | trapezoid | 0, or refused |
| `gurkirt` (realtime-action-detection) | x2 - x1 | best that is left | envelope | 0 |
| `yowo` (YOWO) | x2 - x1 + 1 | best only | envelope | left out |

A 0 counts in the mean. Where there are detections of a class without truth, the script of `act`
divides by zero, and such input is refused.

An overlap equal to the threshold is enough. The default is `act`: most of what is published on
these two datasets since the action tubelet detector was measured with its script. It calculates
in 32 bits; `gurkirt` keeps its results in 32 bits. (ACT-detector thins its own boxes, NMS at 0.3
per frame and class, when it loads them; that is left to whoever writes the detections.)

Equal scores keep the order of the file; the published programs leave it to an unstable sort.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from mlbackend.evaluate.detection_map import (
    Area,
    Figures,
    NoTruth,
    class_figures,
    envelope32,
    envelope64,
    trapezoid32,
)
from mlbackend.evaluate.matching import (
    Floats,
    Integers,
    Pairs,
    best_only,
    best_remaining,
    group_ids,
    overlapping,
)
from mlbackend.evaluate.tubes import Boxes, box_overlap

THRESHOLDS = (0.5, 0.75)
DEFAULT = "act"


@dataclass(frozen=True)
class FrameRules:
    """How one program measures: see the table above."""

    extra: float
    choose: Callable[[Pairs, Integers, int], Floats]
    area: Area
    no_truth: NoTruth


RULES = {
    "act": FrameRules(1.0, best_remaining, trapezoid32, NoTruth.REFUSED),
    "gurkirt": FrameRules(0.0, best_remaining, envelope32, NoTruth.ZERO),
    "yowo": FrameRules(1.0, best_only, envelope64, NoTruth.LEFT_OUT),
}


def evaluate(
    truth: Boxes,
    found: Boxes,
    classes: Sequence[str],
    evaluator: str = DEFAULT,
    thresholds: Sequence[float] = THRESHOLDS,
) -> list[Figures]:
    """Average precision per class at every threshold.

    Args:
        truth, found: boxes; labels are places in `classes`.
        evaluator: a key of `RULES`.
        thresholds: of IoU, ascending.

    Raises:
        ValueError: the evaluator divides by zero on this input: see `class_figures`.
    """
    rules = RULES[evaluator]
    found = found.rows(np.argsort(-found.score, kind="stable"))
    groups, truth_groups = group_ids(
        (found.video, found.frame, found.label), (truth.video, truth.frame, truth.label)
    )
    pairs = overlapping(
        groups, truth_groups, partial(_overlap, found.box, truth.box, rules.extra), thresholds[0]
    )
    positives = np.bincount(truth.label, minlength=len(classes))
    results = []
    for threshold in thresholds:
        hit = rules.choose(pairs.at_least(threshold), groups, len(truth)) >= 0
        classwise = class_figures(
            hit, found.label, positives, rules.area, rules.no_truth, classes
        )  # fmt: skip
        results.append(Figures(threshold, classwise, {}))
    return results


def _overlap(a: Floats, b: Floats, extra: float, first: Integers, second: Integers) -> Floats:
    return box_overlap(a[first], b[second], extra)

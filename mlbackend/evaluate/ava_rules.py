"""Where the published AVA evaluators differ. All measure AP at IoU 0.5, per class.

| evaluator | code |
|---|---|
| `activitynet-2020` | ActivityNet challenge 2020, `get_ava_performance.py`: the default |
| `activitynet-2019` | the same of 2019, with a file of excluded timestamps |
| `slowfast` | PySlowFast |
| `alphaction` | AlphAction |
| `mmaction2` | MMAction2 1.x, images with truth only |
| `mmaction2-all-frames` | MMAction2 1.x with ``ignore_empty_frames=False`` |
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np


class Unknown(Enum):
    """What becomes of detections on an image the truth does not know."""

    FALSE = "they are false positives"
    IGNORED = "they are left out"
    IGNORED_UNLESS_LABELED = "left out too where no row of the truth has a class of the label map"


class Order(Enum):
    """How the rows of one image and class stand when they take their truth, and on equal scores.

    FILE alone does not sort by score. BOX: the published code keeps rows in a heap of
    (score, class, y1, x1, y2, x2), so that of two equal scores the smaller box stands first. Of
    three or more in one image the heap's inner order decides there, which is not rebuilt here.
    """

    FILE = "as in the file"
    EARLIER = "by score, then as in the file"
    LATER = "by score, then the other way round than in the file"
    BOX = "by score, then by y1, x1, y2, x2"


@dataclass(frozen=True)
class Rules:
    """One evaluator.

    Args:
        whole_seconds: timestamps are whole numbers; else they count to six decimals.
        empty_rows: a row of only video and timestamp says that the image was looked at.
        needs_score: every row of the detections must have one; else a missing score is 1.
        reads_persons: column 8 of the truth must be a number too; else it is not looked at.
        needs_truth: a truth without any box of the classes is an error; else all is undefined.
        excludes: knows a file of excluded timestamps.
        keeps_excluded_truth: excluded truth still counts as positives.
        most_rows: of one image, counting every class; the highest scores stay. None: all.
        unknown: images without truth.
        order: see `Order`.
        truth_order: the same of the truth, where it decides between two equally good.
        drops_flat: detections without area are dropped; else they are false positives, and a
            detection that is inside out is an error.
        undefined_without_detection: so is the AP of a class with truth but no detection, else 0.
        coordinates: the float type of boxes and scores.
        first_id: the lowest that a label map may have.
        ids_differ: a label map must not have an id twice; else the last is meant.
    """

    whole_seconds: bool = True
    empty_rows: bool = False
    needs_score: bool = False
    reads_persons: bool = True
    needs_truth: bool = False
    excludes: bool = True
    keeps_excluded_truth: bool = False
    most_rows: int | None = None
    unknown: Unknown = Unknown.FALSE
    order: Order = Order.BOX
    truth_order: Order = Order.BOX
    drops_flat: bool = True
    undefined_without_detection: bool = False
    coordinates: type[np.floating] = np.float64
    first_id: int = 1
    ids_differ: bool = False


_MMACTION2 = {
    "needs_truth": True,
    "keeps_excluded_truth": True,
    "order": Order.EARLIER,
    "truth_order": Order.EARLIER,
    "drops_flat": False,
    "undefined_without_detection": True,
    "coordinates": np.float32,
    "first_id": 0,
    "ids_differ": True,
}

RULES: dict[str, Rules] = {
    "activitynet-2020": Rules(
        whole_seconds=False,
        empty_rows=True,
        excludes=False,
        most_rows=50,
        unknown=Unknown.IGNORED,
    ),
    "activitynet-2019": Rules(most_rows=50),
    "slowfast": Rules(
        needs_score=True, reads_persons=False, order=Order.FILE, truth_order=Order.FILE
    ),
    "alphaction": Rules(order=Order.LATER, truth_order=Order.FILE),
    "mmaction2": Rules(unknown=Unknown.IGNORED_UNLESS_LABELED, **_MMACTION2),
    "mmaction2-all-frames": Rules(**_MMACTION2),
}

"""What a run may replace, what it must leave alone, and what it must not propose again."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from labeling.domain.annotations import Annotations
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.propose.thin import pair_iou

DUPLICATE_IOU = 0.5
DUPLICATE_SHARE = 0.5


def untouched(annotations: Annotations, held: Iterable[str]) -> list[Tube]:
    """Return the tubes nobody has touched: proposals, also in all that hangs on them.

    Args:
        held: ids of tubes somebody has open just now; they count as touched.
    """
    busy = set(held)
    return [
        tube
        for tube in annotations.tubes.values()
        if tube.state is State.PROPOSED
        and tube.id not in busy
        and not annotations.coverage_of(tube.id)
        and all(span.state is State.PROPOSED for span in annotations.spans_of(tube.id))
    ]


def is_repeated(tube: Tube, known: Iterable[Tube]) -> bool:
    """Return whether one of the known tubes, confirmed or rejected, is this one already.

    It is when they share at least half of this tube's frames and overlap there by a mean IoU of
    `DUPLICATE_IOU`.
    """
    frames, boxes = tube.dense()
    return any(_overlaps(frames, boxes, other) for other in known)


def same_shape(a: Tube, b: Tube) -> bool:
    """Return whether two tubes have the same label and keyframes."""
    return a.label_id == b.label_id and a.keyframes == b.keyframes


def _overlaps(frames: np.ndarray, boxes: np.ndarray, other: Tube) -> bool:
    other_frames, other_boxes = other.dense()
    _, mine, theirs = np.intersect1d(frames, other_frames, assume_unique=True, return_indices=True)
    if len(mine) == 0 or len(mine) < DUPLICATE_SHARE * len(frames):
        return False
    return float(pair_iou(boxes[mine], other_boxes[theirs]).mean()) >= DUPLICATE_IOU

"""Temporal IoU of pairs of segments, and the pairs of two lists."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def temporal_iou(a_s: Floats, b_s: Floats) -> Floats:
    """IoU row by row: (N, 2) and (N, 2) of start and end to (N,).

    As ActivityNet's evaluator has it: 0 / 0 is NaN, and an inverted segment has a negative length.
    """
    shared = np.minimum(a_s[:, 1], b_s[:, 1]) - np.maximum(a_s[:, 0], b_s[:, 0])
    shared = shared.clip(0.0)
    union = (b_s[:, 1] - b_s[:, 0]) + (a_s[:, 1] - a_s[:, 0]) - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        return shared / union


def pairs(a_key: Ints, b_key: Ints) -> tuple[Ints, Ints]:
    """All (index into a, index into b) with equal keys, by a and within it by b."""
    order = np.argsort(b_key, kind="stable")
    start = np.searchsorted(b_key[order], a_key, "left")
    count = np.searchsorted(b_key[order], a_key, "right") - start
    owner = np.repeat(np.arange(len(a_key)), count)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, order[start[owner] + offset]

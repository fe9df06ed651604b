"""Greedy k-center (Sener & Savarese, ICLR 2018, "core-set"): cover the pool evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlbackend.select.diversity import scaling_of
from mlbackend.select.pool import Floats, Picked, Pool, by_tube

# Rows compared at a time with all that was taught, so that no N x L array of a large N is made.
_BLOCK = 4096


@by_tube
def k_center(learner: Any, pool: Pool, n: int, _rng: np.random.Generator) -> Picked:
    """Again and again the tube farthest from all that was taught or chosen; its score is how far.

    Distances are those of standardized features. Reads ``learner.X_training``; where nothing was
    taught the tube nearest to the mean comes first, with an infinite score. Poor as a cold start:
    it asks for outliers.
    """
    scale = scaling_of(pool.features)
    X = scale(pool.features)
    taught = getattr(learner, "X_training", None)
    nothing = taught is None or not len(taught)
    gap = np.full(len(X), np.inf) if nothing else _nearest(X, scale(np.asarray(taught)))
    if nothing:
        chosen = [int(np.argmin((X**2).sum(axis=1)))]
    else:
        chosen = [int(np.argmax(gap))]
    scores = [float(gap[chosen[0]])]
    while True:
        gap = np.minimum(gap, ((X - X[chosen[-1]]) ** 2).sum(axis=1))
        gap[chosen] = -1.0  # below any distance: identical rows are still chosen once each
        if len(chosen) == n:
            return Picked(np.asarray(chosen, dtype=np.int64), np.sqrt(np.asarray(scores)))
        chosen.append(int(np.argmax(gap)))
        scores.append(float(gap[chosen[-1]]))


def _nearest(X: Floats, taught: Floats) -> Floats:
    """(N,) squared distance from each row to the nearest of the (L, D) taught ones."""
    squares = (taught**2).sum(axis=1)
    parts = []
    for start in range(0, len(X), _BLOCK):
        block = X[start : start + _BLOCK]
        distance = (block**2).sum(axis=1)[:, None] + squares - 2.0 * block @ taught.T
        parts.append(distance.min(axis=1))
    return np.maximum(np.concatenate(parts), 0.0)

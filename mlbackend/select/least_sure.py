"""Uncertainty alone: the tubes whose rows the model is least sure of, on average; and chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlbackend.select import uncertainty
from mlbackend.select.pool import Acquisition, Floats, Picked, Pool, by_tube, least_sure_first


@by_tube
def random(_learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
    """Tubes drawn uniformly, and of each a row drawn uniformly; every score is 0."""
    by_row = rng.random(len(pool.X))
    return Picked(rng.permutation(pool.size)[:n], np.zeros(n), by_row)


def _least_sure(measure: Callable[[Floats], Floats]) -> Acquisition:
    def pick(learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
        by_row = measure(pool.probabilities(learner))
        by_tube_ = pool.mean(by_row)
        order = least_sure_first(by_tube_, rng)[:n]
        return Picked(order, by_tube_[order], by_row)

    return by_tube(pick)


margin = _least_sure(uncertainty.margin)
least_confident = _least_sure(uncertainty.least_confident)
entropy = _least_sure(uncertainty.entropy)
mean_binary_entropy = _least_sure(uncertainty.mean_binary_entropy)

"""Uncertainty and diversity: k-means, so that a batch does not ask the same thing twenty times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mlbackend.select import uncertainty
from mlbackend.select.diversity import medoids
from mlbackend.select.pool import Acquisition, Floats, Picked, Pool, by_tube, least_sure_first

# Diversity picks among the `PREFILTER * n` least sure tubes.
PREFILTER = 10


def _spread(measure: Callable[[Floats], Floats], prefilter: int | None) -> Acquisition:
    """Keep the least sure `prefilter * n` tubes, then spread `n` over them by weighted k-means.

    Zhdanov, Diverse mini-batch active learning, 2019.
    """

    def pick(learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
        by_row = measure(pool.probabilities(learner))
        score = pool.mean(by_row)
        kept = least_sure_first(score, rng)[: prefilter * n if prefilter else None]
        spread = kept[medoids(pool.features[kept], n, rng, weights=score[kept])]
        order = spread[np.argsort(-score[spread], kind="stable")]
        return Picked(order, score[order], by_row)

    return by_tube(pick)


margin_k_means = _spread(uncertainty.margin, PREFILTER)
mean_binary_entropy_k_means = _spread(uncertainty.mean_binary_entropy, PREFILTER)
# Prabhu et al., ICCV 2021 ("CLUE"): the whole pool, weighted by entropy. No domain is adapted here.
clue = _spread(uncertainty.entropy_as_labeled, None)


@by_tube
def k_means_medoids(_learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
    """Cold start, no model needed: the most typical tube of each of `n` clusters, largest first."""
    return Picked(medoids(pool.features, n, rng), np.zeros(n))

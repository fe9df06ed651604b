"""Acquisition functions: which rows of a pool are worth a person's time.

One protocol, modAL's with a seed: ``(learner, X, n, rng, groups) -> (indices, scores)``. Always the
tuple: modAL unpacks a bare index array of length two as (index, metric) and calls a strategy twice
where it finds anything else. ``groups`` names the tube of every row; at most one row per tube comes
back, the tube's score is the mean over its rows, its place among the others the mean feature, and
the row returned is the one the learner is least sure of, where a person should look first.

The defaults and the measurements behind them: margin or mean binary entropy, cut to ten times the
batch, then k-means weighted by uncertainty. modAL's own multi-label strategies did worse than
random in every measured seed and are not offered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlbackend.select import uncertainty
from mlbackend.select.diversity import medoids

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Chosen = tuple[Ints, Floats]

# Diversity picks among the `PREFILTER * n` least sure tubes.
PREFILTER = 10


class Learner(Protocol):
    """What a strategy asks of a learner: modAL's ActiveLearner and our own predictor have it."""

    def predict_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, C) probabilities."""


class Acquisition(Protocol):
    """Choose `n` rows of `X`; see the module's description."""

    def __call__(
        self, learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        """Return (indices (m,), scores (m,)), best first, m <= n."""


@dataclass(frozen=True)
class _Pool:
    """Rows gathered by tube: T tubes in order of their first row."""

    group: Ints  # (N,) tube of each row, 0..T-1

    @property
    def size(self) -> int:
        return int(self.group.max()) + 1 if len(self.group) else 0

    def mean(self, values: Floats) -> Floats:
        """Mean over each tube's rows of (N,) or (N, D) values."""
        total = np.zeros((self.size, *values.shape[1:]))
        np.add.at(total, self.group, values)
        rows = np.bincount(self.group, minlength=self.size)
        return total / rows.reshape(-1, *([1] * (values.ndim - 1)))

    def peak(self, values: Floats) -> Ints:
        """(T,) the row of each tube with the highest value, the first of equals."""
        order = np.lexsort((np.arange(len(values)), -values, self.group))
        first = np.unique(self.group[order], return_index=True)[1]
        return order[first]


def _pool(X: Floats, groups: Ints | None) -> _Pool:
    """Number the tubes 0..T-1 in order of appearance; without groups every row is its own."""
    if groups is None:
        return _Pool(np.arange(len(X), dtype=np.int64))
    if len(groups) != len(X):
        raise ValueError(f"Groups name the tube of every row: got {len(groups)} for {len(X)} rows.")
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    return _Pool(rank[inverse].astype(np.int64))


def random(
    learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
) -> Chosen:
    """Tubes drawn uniformly, and of each a row drawn uniformly; every score is 0."""
    pool = _pool(X, groups)
    rows = pool.peak(rng.random(len(X)))
    chosen = rng.permutation(rows)[:n]
    return chosen, np.zeros(len(chosen))


def _by_uncertainty(score: Callable[[Floats], Floats]) -> Acquisition:
    """The tubes with the highest mean score; equals in an order drawn by `rng`."""

    def choose(
        learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        pool = _pool(X, groups)
        by_row = score(learner.predict_proba(X)) if len(X) else np.zeros(0)
        by_tube = pool.mean(by_row)
        order = np.lexsort((rng.random(pool.size), -by_tube))[:n]
        return pool.peak(by_row)[order], by_tube[order]

    return choose


def _with_diversity(score: Callable[[Floats], Floats]) -> Acquisition:
    """Keep the least sure `PREFILTER * n` tubes, then spread `n` over them by weighted k-means."""

    def choose(
        learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        pool = _pool(X, groups)
        n = min(n, pool.size)
        if n == 0:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        by_row = score(learner.predict_proba(X))
        by_tube = pool.mean(by_row)
        kept = np.lexsort((rng.random(pool.size), -by_tube))[: PREFILTER * n]
        spread = kept[medoids(pool.mean(X)[kept], n, rng, weights=by_tube[kept])]
        order = spread[np.argsort(-by_tube[spread], kind="stable")]
        return pool.peak(by_row)[order], by_tube[order]

    return choose


def k_means_medoids(
    learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
) -> Chosen:
    """Cold start, no model needed: the most typical tube of each of `n` clusters, largest first."""
    pool = _pool(X, groups)
    n = min(n, pool.size)
    if n == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    chosen = medoids(pool.mean(X), n, rng)
    return pool.peak(np.zeros(len(X)))[chosen], np.zeros(n)


ACQUISITIONS: dict[str, Acquisition] = {
    "random": random,
    "margin": _by_uncertainty(uncertainty.margin),
    "least_confident": _by_uncertainty(uncertainty.least_confident),
    "entropy": _by_uncertainty(uncertainty.entropy),
    "mean_binary_entropy": _by_uncertainty(uncertainty.mean_binary_entropy),
    "margin_k_means": _with_diversity(uncertainty.margin),
    "mean_binary_entropy_k_means": _with_diversity(uncertainty.mean_binary_entropy),
    "k_means_medoids": k_means_medoids,
}
DEFAULT = "mean_binary_entropy_k_means"
COLD_START = "k_means_medoids"


def query_strategy(name: str, rng: np.random.Generator) -> Callable[..., Chosen]:
    """The named function in the shape modAL's ``ActiveLearner(query_strategy=…)`` calls.

    The batch is cut to the number of tubes in the pool, where modAL would fail an assertion.
    """
    choose = ACQUISITIONS[name]

    def strategy(
        learner: Any, X: Floats, n_instances: int = 1, groups: Ints | None = None
    ) -> Chosen:
        return choose(learner, X, n_instances, rng, groups)

    return strategy

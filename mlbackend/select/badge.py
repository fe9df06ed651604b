"""BADGE (Ash et al., ICLR 2020): k-means++ over the gradients each tube would give.

A row's gradient in a linear layer is an outer product, of how wrong the model would be if its own
guess were true (C) with the row's features and a constant (D + 1). Distances between such products
need only the inner products of their factors, so the N x C(D + 1) array is never made: a step costs
N(C + D) for each row of the tube chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlbackend.select.diversity import scaling_of
from mlbackend.select.pool import Floats, Ints, Picked, Pool, by_tube
from mlbackend.select.uncertainty import is_one_of


@dataclass(frozen=True, eq=False)
class Gradients:
    """One gradient a row, as factors; a tube's is the mean over its rows.

    Attributes:
        pool: whose tubes they are.
        wrong: (N, C) prediction less the model's own guess.
        seen: (N, D + 1) standardized features and 1.
    """

    pool: Pool
    wrong: Floats
    seen: Floats

    @classmethod
    def of(cls, pool: Pool, probabilities: Floats) -> Gradients:
        scaled = scaling_of(pool.X)(pool.X)
        seen = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)
        return cls(pool, probabilities - _guess(probabilities), seen)

    def products(self, tube: int) -> Floats:
        """(T,) inner product of each tube's gradient with that of one tube."""
        rows = np.flatnonzero(self.pool.group == tube)
        by_row = (self.wrong @ self.wrong[rows].T) * (self.seen @ self.seen[rows].T)
        return self.pool.mean(by_row.mean(axis=1))

    def squares(self) -> Floats:
        """(T,) squared length of each tube's gradient."""
        if self.pool.size == len(self.wrong):
            return (self.wrong**2).sum(axis=1) * (self.seen**2).sum(axis=1)
        order = np.argsort(self.pool.group, kind="stable")
        ends = np.cumsum(np.bincount(self.pool.group, minlength=self.pool.size))[:-1]
        return np.array([self._square(rows) for rows in np.split(order, ends)])

    def _square(self, rows: Ints) -> float:
        wrong, seen = self.wrong[rows], self.seen[rows]
        return float(((wrong @ wrong.T) * (seen @ seen.T)).mean())


@by_tube
def badge(learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
    """The longest gradient first, then tubes drawn by squared distance to those chosen.

    A tube's score is the length of its gradient; the row shown is the one with the longest.
    """
    gradients = Gradients.of(pool, pool.probabilities(learner))
    squares = gradients.squares()
    by_row = (gradients.wrong**2).sum(axis=1) * (gradients.seen**2).sum(axis=1)
    chosen = [int(np.argmax(squares))]
    gap = np.full(pool.size, np.inf)
    while len(chosen) < n:
        last = chosen[-1]
        gap = np.minimum(gap, squares + squares[last] - 2.0 * gradients.products(last))
        gap = np.maximum(gap, 0.0)
        gap[chosen] = 0.0
        chosen.append(_drawn(gap, chosen, rng))
    tubes = np.asarray(chosen, dtype=np.int64)
    return Picked(tubes, np.sqrt(squares[tubes]), by_row)


def _drawn(weights: Floats, taken: list[int], rng: np.random.Generator) -> int:
    """A place drawn by weight; where none is left, a free one drawn evenly."""
    total = weights.sum()
    if total > 0.0:
        return int(rng.choice(len(weights), p=weights / total))
    free = np.setdiff1d(np.arange(len(weights)), taken)
    return int(rng.choice(free))


def _guess(probabilities: Floats) -> Floats:
    """(N, C) the answer the model itself would give: one class a row, or yes and no by class."""
    if is_one_of(probabilities):
        return np.eye(probabilities.shape[1])[probabilities.argmax(axis=1)]
    return (probabilities >= 0.5).astype(np.float64)

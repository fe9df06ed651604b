"""What every acquisition function shares: the protocol, and a pool of rows gathered by tube.

One protocol, modAL's with a seed: ``(learner, X, n, rng, groups) -> (indices, scores)``. Always the
tuple: modAL unpacks a bare index array of length two as (index, metric) and calls a strategy twice
where it finds anything else. ``groups`` names the tube of every row; at most one row per tube comes
back, the tube's score is the mean over its rows, its place among the others the mean feature, and
the row returned is the one the learner is least sure of, where a person should look first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Chosen = tuple[Ints, Floats]


class Acquisition(Protocol):
    """Choose `n` rows of `X`; see the module's description."""

    def __call__(
        self, learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        """Return (indices (m,), scores (m,)), best first, m <= n.

        Raises:
            InvalidInput: a feature is not finite, or the learner cannot answer what is asked of it.
            ValueError: `groups` does not name the tube of every row, or `X` is not (N, D).
        """


@dataclass(frozen=True, eq=False)
class Pool:
    """Rows gathered by tube: T tubes in order of their first row.

    Attributes:
        X: (N, D) finite features.
        group: (N,) tube of each row, 0..T-1.
        size: T.
    """

    X: Floats
    group: Ints
    size: int

    def mean(self, values: Floats) -> Floats:
        """Mean over each tube's rows of (N,) or (N, D) values."""
        total = np.zeros((self.size, *values.shape[1:]))
        np.add.at(total, self.group, values)
        rows = np.bincount(self.group, minlength=self.size)
        return total / rows.reshape(-1, *([1] * (values.ndim - 1)))

    @property
    def features(self) -> Floats:
        """(T, D) the mean feature of each tube."""
        return self.X if self.size == len(self.X) else self.mean(self.X)

    def peak(self, values: Floats) -> Ints:
        """(T,) the row of each tube with the highest value, the first of equals."""
        order = np.lexsort((np.arange(len(values)), -values, self.group))
        first = np.unique(self.group[order], return_index=True)[1]
        return order[first]

    def probabilities(self, learner: Any) -> Floats:
        """(N, C) what the learner says of each row.

        Raises:
            InvalidInput: it was not fitted, or said something that is no number.
        """
        return answered(learner, "predict_proba", self.X)


@dataclass(frozen=True, eq=False)
class Picked:
    """Tubes in order, best first.

    Attributes:
        tubes: (m,) places in the pool. scores: (m,).
        by_row: (N,) which row of a tube is returned: the highest. None: its first.
    """

    tubes: Ints
    scores: Floats
    by_row: Floats | None = None


Pick = Callable[[Any, Pool, int, np.random.Generator], Picked]


def by_tube(pick: Pick) -> Acquisition:
    """Make an acquisition function of one that picks 1 to T tubes of a pool that is not empty."""

    @wraps(pick)
    def choose(
        learner: Any, X: Floats, n: int, rng: np.random.Generator, groups: Ints | None = None
    ) -> Chosen:
        pool = pool_of(X, groups)
        n = min(n, pool.size)
        if n < 1:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        picked = pick(learner, pool, n, rng)
        by_row = np.zeros(len(pool.X)) if picked.by_row is None else picked.by_row
        return pool.peak(by_row)[picked.tubes], picked.scores

    return choose


def pool_of(X: Floats, groups: Ints | None) -> Pool:
    """Number the tubes 0..T-1 in order of appearance; without groups every row is its own.

    Raises: see `Acquisition`.
    """
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2:
        raise ValueError(f"A pool is (rows, features), got an array of shape {X.shape}.")
    _refuse_not_finite(X)
    if groups is None:
        return Pool(X, np.arange(len(X), dtype=np.int64), len(X))
    if len(groups) != len(X):
        raise ValueError(f"Groups name the tube of every row: got {len(groups)} for {len(X)} rows.")
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    return Pool(X, rank[inverse].astype(np.int64), len(first))


def least_sure_first(scores: Floats, rng: np.random.Generator) -> Ints:
    """Places by falling score; equals in an order drawn by `rng`, not in that of the pool."""
    return np.lexsort((rng.random(len(scores)), -scores))


def answered(learner: Any, method: str, X: Floats) -> Floats:
    """What a learner says of rows, checked: modAL would take an unfitted model for an unsure one.

    Raises:
        InvalidInput: the learner lacks the method, was not fitted, or its answer is not finite.
    """
    from sklearn.exceptions import NotFittedError

    ask = getattr(learner, method, None)
    if ask is None:
        raise InvalidInput(
            f"This acquisition function asks a model for {method}, which {type(learner).__name__} "
            "has not; k_means_medoids and random need no model."
        )
    try:
        said = np.asarray(ask(X), dtype=np.float64)
    except NotFittedError as error:
        raise InvalidInput(
            "The model has learned nothing yet and would be equally unsure of everything; "
            "begin with k_means_medoids or random."
        ) from error
    if not np.isfinite(said).all():
        raise InvalidInput("The model's probabilities are not all finite; train it again.")
    return said


def _refuse_not_finite(X: Floats) -> None:
    wrong = ~np.isfinite(X)
    if wrong.any():
        row, column = (int(i) for i in np.argwhere(wrong)[0])
        raise InvalidInput(
            f"Features must be finite: row {row}, column {column} is {X[row, column]}, "
            f"one of {int(wrong.sum())}. Compute the features of that tube again."
        )

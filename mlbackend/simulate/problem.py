"""What is replayed: a pool whose truth is known, and a test set that nobody asks about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["one", "several"]

NOT_ASKED = -1


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of tubes.

    Attributes:
        X: (N, D) float64, finite.
        Y: truth. Of one label a row: (N,) places in the classes. Of several at once: (N, C) of 1,
            0 and -1, which nobody was asked about.
        tubes: (N,) 0..T-1, the tube of each row. A tube is asked about, and answered, as one.
    """

    X: Floats
    Y: Ints
    tubes: Ints

    @property
    def size(self) -> int:
        """T."""
        return int(self.tubes.max()) + 1 if len(self.tubes) else 0

    def of_tubes(self, wanted: Ints) -> Ints:
        """Places of all rows of these tubes, in the order of the rows."""
        return np.flatnonzero(np.isin(self.tubes, wanted))

    @property
    def alike(self) -> bool:
        """Whether all rows of a tube have one truth, so that the tube can be judged as one."""
        first = np.unique(self.tubes, return_index=True)[1]
        return bool((self.Y[first][self.tubes] == self.Y).all())

    def digest(self) -> str:
        """SHA-256 of everything in them."""
        parts = (np.ascontiguousarray(part).tobytes() for part in (self.X, self.Y, self.tubes))
        return hashlib.sha256(b"".join(parts)).hexdigest()


@dataclass(frozen=True, eq=False)
class Problem:
    """One split of a data set.

    Attributes:
        kind: one label a row, or several at once.
        metric: a name of `metrics.METRICS`.
        classes: their names, in the order of the truth's places.
        pool, test: features are those of the data set; `scaled` brings them to the pool's scale.
    """

    kind: Kind
    metric: str
    classes: tuple[str, ...]
    pool: Rows
    test: Rows

    def scaled(self) -> Problem:
        """With a StandardScaler fitted on the pool, whose labels are not looked at."""
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler().fit(self.pool.X)
        pool = replace(self.pool, X=scaler.transform(self.pool.X))
        return replace(self, pool=pool, test=replace(self.test, X=scaler.transform(self.test.X)))

    def shuffled(self, seed: int) -> Problem:
        """The control: tubes of the pool have each other's truth, so that nothing can be learned.

        A tube takes the truth of another one's first row.
        """
        first = np.unique(self.pool.tubes, return_index=True)[1]
        drawn = np.random.default_rng([seed, 3]).permutation(first)
        return replace(self, pool=replace(self.pool, Y=self.pool.Y[drawn][self.pool.tubes]))

    def about(self) -> dict[str, Any]:
        """Sizes, for a report."""
        return {
            "pool_tubes": self.pool.size, "pool_rows": len(self.pool.X),
            "test_tubes": self.test.size, "test_rows": len(self.test.X),
            "features": self.pool.X.shape[1], "classes": len(self.classes),
        }  # fmt: skip


def check(problem: Problem) -> None:
    """Refuse what nothing can be learned from or measured on.

    Raises:
        InvalidInput: no rows, features that are no numbers, or labels that are all alike.
    """
    for name, rows in (("pool", problem.pool), ("test set", problem.test)):
        if not len(rows.X):
            raise InvalidInput(f"The {name} is empty: give more tubes, or say who is in it.")
        if not np.isfinite(rows.X).all():
            row, column = np.argwhere(~np.isfinite(rows.X))[0]
            raise InvalidInput(
                f"Feature {column} of row {row} of the {name} is not finite; compute it again."
            )
    if not _differ(problem):
        raise InvalidInput(
            "The labels of the pool are all alike, so there is nothing to learn: give tubes of at "
            "least two classes, or with and without a label."
        )


def _differ(problem: Problem) -> bool:
    Y = problem.pool.Y
    if problem.kind == "one":
        return len(np.unique(Y)) > 1
    return bool(((Y == 1).any(axis=0) & (Y == 0).any(axis=0)).any())


def rare(problem: Problem) -> list[str]:
    """What should be known of classes with one example or none, in sentences."""
    pool, test = _tubes_of_class(problem, problem.pool), _tubes_of_class(problem, problem.test)
    said = []
    for name, in_pool, in_test in zip(problem.classes, pool, test, strict=True):
        if in_pool == 0 and in_test:
            said.append(f"Class '{name}' has no example in the pool: it cannot be learned.")
        elif in_pool == 1:
            said.append(f"Class '{name}' has one example in the pool.")
        if in_pool and not in_test:
            said.append(f"Class '{name}' has no example in the test set: it is not measured.")
    return said


def _tubes_of_class(problem: Problem, rows: Rows) -> list[int]:
    places = range(len(problem.classes))
    has = (lambda c: c == rows.Y) if problem.kind == "one" else (lambda c: rows.Y[:, c] == 1)
    return [len(np.unique(rows.tubes[has(c)])) for c in places]

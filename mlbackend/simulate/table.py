"""Rows with their truth, tubes and sources, and how they are split for a seed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.simulate.metrics import USUAL
from mlbackend.simulate.problem import Floats, Ints, Kind, Problem, Rows

# The test set is one of so many parts, cut by source.
PARTS = 3
# Of tubes to begin with and to ask at a time; the budget is the pool.
START, BATCH = 20, 10

Texts = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Table:
    """A data set that was labeled already.

    Attributes:
        X: (N, D) float64. Y: as in `problem.Rows`.
        tubes, sources: (N,) names. Rows of one tube are asked about as one; what shares a source
            (a video, a film) is never in pool and test both.
        in_test: (N,) whether the row is in the test set; None: drawn anew for each seed.
        facts: for the report, such as the file's hash.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...]
    X: Floats
    Y: Ints
    tubes: Texts
    sources: Texts
    in_test: NDArray[np.bool_] | None
    facts: dict[str, Any]

    def __post_init__(self) -> None:
        _refuse_cut(self.tubes, self.sources, "Tube", "comes from the sources")
        if self.in_test is not None:
            side = np.where(self.in_test, "test", "pool")
            _refuse_cut(self.sources, side, "Source", "is on both sides of the split:")

    def about(self) -> dict[str, Any]:
        sources = len(np.unique(self.sources))
        return {"name": self.name, "kind": self.kind, "sources": sources, **self.facts}

    def problem(self, seed: int) -> Problem:
        """The split of a seed.

        Raises:
            InvalidInput: there are too few sources to split.
        """
        in_test = self._drawn(seed) if self.in_test is None else self.in_test
        pool, test = self._rows(~in_test), self._rows(in_test)
        return Problem(self.kind, USUAL[self.kind], self.classes, pool, test)

    def _rows(self, kept: NDArray[np.bool_]) -> Rows:
        numbers = np.unique(self.tubes[kept], return_inverse=True)[1]
        return Rows(self.X[kept], self.Y[kept], numbers.astype(np.int64))

    def _drawn(self, seed: int) -> NDArray[np.bool_]:
        """One part of `PARTS`, whole sources, the classes spread as evenly as these allow."""
        from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

        many = len(np.unique(self.sources))
        if many < PARTS:
            raise InvalidInput(
                f"{self.name} has {many} sources; it takes {PARTS} to keep pool and test apart. "
                "Give more, or say with 'split' who is in which."
            )
        fold = StratifiedGroupKFold if self.kind == "one" else GroupKFold
        splitter = fold(PARTS, shuffle=True, random_state=seed)
        with warnings.catch_warnings():
            # A class of fewer than `PARTS` examples is told of in the report's notes.
            warnings.filterwarnings("ignore", message="The least populated class")
            _, test = next(splitter.split(self.X, _for_split(self.Y), self.sources))
        in_test = np.zeros(len(self.X), dtype=bool)
        in_test[test] = True
        return in_test


def _for_split(Y: Ints) -> Ints:
    return Y if Y.ndim == 1 else np.zeros(len(Y), dtype=np.int64)


def _refuse_cut(inner: Texts, outer: Texts, what: str, where: str) -> None:
    """Raises InvalidInput if rows of one `inner` name have several `outer` ones."""
    pairs = np.unique(np.stack([inner.astype(str), outer.astype(str)]), axis=1)
    names, counts = np.unique(pairs[0], return_counts=True)
    if (counts > 1).any():
        name = names[counts > 1][0]
        others: Sequence[str] = pairs[1][pairs[0] == name]
        raise InvalidInput(f"{what} '{name}' {where} {', '.join(others[:3])}.")

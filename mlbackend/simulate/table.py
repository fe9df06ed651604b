"""Rows with their truth, tubes and sources, and how they are split for a seed."""

from __future__ import annotations

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
        """About one part of `PARTS`: whole sources in an order drawn by the seed.

        Of one label a row, a source is taken while the class it shows most has less than its share
        in the test, and never the last of that class: what is tested can be learned. (What
        scikit-learn has for this gives nearly the same split for every seed.)
        """
        sources, numbers = np.unique(self.sources, return_inverse=True)
        if len(sources) < PARTS:
            raise InvalidInput(
                f"{self.name} has {len(sources)} sources; it takes {PARTS} to keep pool and test "
                "apart. Give more, or say with 'split' who is in which."
            )
        counts = self._tubes_by_source(numbers, len(sources))
        order = np.random.default_rng([seed, 0]).permutation(len(sources))
        taken = _share_of(counts, order)
        return np.isin(numbers, taken if len(taken) else order[:1])

    def _tubes_by_source(self, numbers: Ints, sources: int) -> Ints:
        """(S, C) tubes of each class in each source; of several labels at once (S, 1) tubes."""
        first = np.unique(self.tubes, return_index=True)[1]
        one = self.kind == "one"
        counts = np.zeros((sources, len(self.classes) if one else 1), dtype=np.int64)
        np.add.at(counts, (numbers[first], self.Y[first] if one else 0), 1)
        return counts


def _share_of(counts: Ints, order: Ints) -> Ints:
    """Sources that make up one part of `PARTS` of each class, as near as whole sources allow."""
    total, test, taken = counts.sum(axis=0), np.zeros(counts.shape[1]), []
    for source in order:
        c = counts[source].argmax()
        lacks = test[c] < round(total[c] / PARTS)
        if lacks and test[c] + counts[source, c] < total[c]:
            taken.append(source)
            test += counts[source]
    return np.array(taken, dtype=np.int64)


def _refuse_cut(inner: Texts, outer: Texts, what: str, where: str) -> None:
    """Raises InvalidInput if rows of one `inner` name have several `outer` ones."""
    pairs = np.unique(np.stack([inner.astype(str), outer.astype(str)]), axis=1)
    names, counts = np.unique(pairs[0], return_counts=True)
    if (counts > 1).any():
        name = names[counts > 1][0]
        others: Sequence[str] = pairs[1][pairs[0] == name]
        raise InvalidInput(f"{what} '{name}' {where} {', '.join(others[:3])}.")

"""Windows to train on: their truth, their tubes, which are kept apart, in which order they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# One training tube in this many is kept apart to calibrate and to draw the curves on.
APART_ONE_IN = 5
# Fewer tubes than this train all: there is nothing to spare.
FEWEST_TUBES = 10


# Places of windows that share a clip.
Unit = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Samples:
    """N windows.

    Attributes:
        truth: (N, C) int8 of 1, 0 and -1 (not asked).
        tubes: (N,) int64, the number of each window's tube.
        apart: (N,) bool, windows that are not trained on.
        clips: (N,) int64, the number of each window's clip: of whole pictures several tubes'
            windows share one, of crops each has its own.
    """

    truth: NDArray[np.int8]
    tubes: NDArray[np.int64]
    apart: NDArray[np.bool_]
    clips: NDArray[np.int64]

    def units(self, apart: bool) -> list[Unit]:
        """The windows that train, or those kept apart, by clip: what is shown at once."""
        places = self.held if apart else self.train
        found: dict[int, list[int]] = {}
        for place in places.tolist():
            found.setdefault(int(self.clips[place]), []).append(place)
        return [tuple(rows) for rows in found.values()]

    def unit_truth(self, units: Sequence[Unit]) -> NDArray[np.int8]:
        """(U, C): yes where any window of the unit says yes."""
        rows = [self.truth[list(unit)].max(axis=0) for unit in units]
        return np.stack(rows) if rows else self.truth[:0]

    @property
    def train(self) -> NDArray[np.int64]:
        """(M,) places of the windows that train."""
        return np.flatnonzero(~self.apart)

    @property
    def held(self) -> NDArray[np.int64]:
        """(N - M,) places of those kept apart."""
        return np.flatnonzero(self.apart)


def kept_apart(truth: NDArray[np.int8], tubes: NDArray[np.int64], seed: int) -> NDArray[np.bool_]:
    """Choose whole tubes to keep apart, about one in five, of every class its share.

    Classes are gone through from the rarest; a class gives tubes only while others of it train.

    Args:
        truth: (N, C). tubes: (N,).

    Returns:
        (N,) bool; all False with fewer than `FEWEST_TUBES` tubes.
    """
    names = np.unique(tubes)
    apart: set[int] = set()
    if len(names) < FEWEST_TUBES:
        return np.zeros(len(tubes), dtype=bool)
    rng = np.random.default_rng([seed, 5])
    showing = [set(np.unique(tubes[truth[:, c] == 1]).tolist()) for c in range(truth.shape[1])]
    nothing = set(names.tolist()) - set().union(*showing) if showing else set(names.tolist())
    for of_class in sorted([*showing, nothing], key=len):
        wanted = len(of_class) // APART_ONE_IN
        free = sorted(of_class - apart)
        missing = max(0, wanted - len(of_class & apart))
        apart.update(int(t) for t in rng.permutation(free)[:missing])
    return np.isin(tubes, sorted(apart))


def balanced_order(
    truth: NDArray[np.int8], rng: np.random.Generator, n: int | None = None
) -> NDArray[np.int64]:
    """Rows in a random order in which classes come about equally often.

    Every class with a yes, and the rows without one together, get the same share of the draws; a
    row with several actions counts for each. Rows are drawn systematically: a row whose expected
    number is 1.7 comes once or twice, never zero or three times.

    Args:
        truth: (M, C) of 1, 0, -1. n: how many draws, M without it.

    Returns:
        (n,) int64 places in `truth`.
    """
    yes = (truth == 1).astype(np.float64)
    none = (yes.sum(axis=1) == 0).astype(np.float64)[:, None]
    columns = np.concatenate([yes, none], axis=1)
    totals = columns.sum(axis=0)
    weight = (columns[:, totals > 0] / totals[totals > 0]).sum(axis=1)
    n = len(truth) if n is None else n
    edges = np.cumsum(weight) / weight.sum()
    marks = (np.arange(n) + rng.random()) / n
    drawn = np.searchsorted(edges, marks, side="right")
    return rng.permutation(np.minimum(drawn, len(truth) - 1))

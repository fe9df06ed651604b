"""The person of a replay: knows the truth, and accepts some wrong proposals all the same.

The current model's answer is the proposal. A right one is accepted. A wrong one is accepted with
the probability `rate`, and becomes the label; otherwise it is corrected. Which wrong proposals a
person lets pass is drawn for each tube once, alike for all functions and all rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlbackend.simulate.metrics import by_tube
from mlbackend.simulate.problem import NOT_ASKED, Floats, Ints, Kind, Rows


@dataclass(frozen=True)
class Seconds:
    """What an answer takes a person; assumed, until a project has logged its own."""

    accept: float = 3.0
    fix: float = 9.0


@dataclass(frozen=True, eq=False)
class Answers:
    """What a person said of some tubes.

    Attributes:
        rows: places of their rows in the pool. Y: what these are labeled, as in `Rows.Y`.
        proposed_right: share of the tubes whose proposal was right, NaN where none was shown.
        wrong: tubes that were labeled wrongly.
    """

    rows: Ints
    Y: Ints
    seconds: float
    proposed_right: float
    wrong: int


class Oracle:
    """Answers for the tubes of a pool."""

    def __init__(self, pool: Rows, kind: Kind, rate: float, seconds: Seconds, seed: int) -> None:
        self._pool, self._kind, self._rate, self._seconds = pool, kind, rate, seconds
        self._luck = np.random.default_rng([seed, 4]).random(pool.size)
        self._alike = pool.alike

    def unaided(self, tubes: Ints) -> Answers:
        """No proposal is shown: the truth, each at the cost of a fix."""
        rows = self._pool.of_tubes(tubes)
        return Answers(rows, self._pool.Y[rows], self._seconds.fix * len(tubes), float("nan"), 0)

    def aided(self, tubes: Ints, p: Floats) -> Answers:
        """Each tube is shown with the model's answer.

        Args:
            tubes: places in the pool.
            p: (n, C) probabilities of the rows of these tubes, in the order of the pool's rows.
        """
        rows = self._pool.of_tubes(tubes)
        truth, owner = self._pool.Y[rows], self._pool.tubes[rows]
        proposed = self._proposed(rows, p)
        differs = (proposed != truth) & (truth != NOT_ASKED)
        wrong_row = differs if differs.ndim == 1 else differs.any(axis=1)
        wrong = np.isin(tubes, owner[wrong_row])
        passed = wrong & (self._luck[tubes] < self._rate)
        labeled = truth.copy()
        let_pass = np.isin(owner, tubes[passed])
        labeled[let_pass] = np.where(truth == NOT_ASKED, NOT_ASKED, proposed)[let_pass]
        fixed = int((wrong & ~passed).sum())
        cost = self._seconds.fix * fixed + self._seconds.accept * (len(tubes) - fixed)
        return Answers(rows, labeled, cost, float(1.0 - wrong.mean()), int(passed.sum()))

    def _proposed(self, rows: Ints, p: Floats) -> Ints:
        """The model's answer for each row; of a tube whose rows are alike, one for all of them."""
        if self._alike:
            _, inverse = np.unique(self._pool.tubes[rows], return_inverse=True)
            part = Rows(p, self._pool.Y[rows], inverse.astype(np.int64))
            p = by_tube(part, p)[1][inverse]
        if self._kind == "one":
            return p.argmax(axis=1)
        return (p >= 0.5).astype(np.int64)

"""One replay: a function asks, the oracle answers, the model learns, until the budget is spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlbackend.select.acquisition import acquisition_function, query_strategy
from mlbackend.select.modal_shim import ActiveLearner, Committee, numpy_seeded
from mlbackend.simulate.head import new_head, quiet, said_of
from mlbackend.simulate.metrics import METRICS, by_tube
from mlbackend.simulate.oracle import Answers, Oracle, Seconds
from mlbackend.simulate.problem import Ints, Problem

MEMBERS = 5


@dataclass(frozen=True)
class Plan:
    """How every function is replayed.

    Attributes:
        start: tubes labeled at first, drawn by chance, the same for every function; more where
            these are all of one class.
        batch: tubes asked at a time. budget: tubes labeled in all, at most; None: the whole pool.
        rate: probability that a wrong proposal is accepted.
    """

    start: int
    batch: int
    budget: int | None
    rate: float = 0.0
    seconds: Seconds = Seconds()


@dataclass(frozen=True)
class Curve:
    """What came of a replay; all lists are of one length, a place a round.

    Attributes:
        labels: tubes labeled so far. score: of the model then, on the test set.
        seconds: of the person, so far.
        asked_right: share of the batch just answered whose proposal was right; None at first.
        wrong: tubes labeled wrongly so far.
    """

    labels: list[int]
    score: list[float]
    seconds: list[float]
    asked_right: list[float | None]
    wrong: list[int]


def replay(problem: Problem, name: str, plan: Plan, seed: int) -> Curve:
    """Replay one function on a scaled problem. The same seed gives the same curve.

    Raises:
        InvalidInput: there is no such function, or it does not fit the labels.
    """
    quiet()
    with numpy_seeded(seed):
        return _Replay(problem, name, plan, seed).run()


def full_score(problem: Problem) -> float:
    """What the model reaches with the truth of the whole pool."""
    quiet()
    head = new_head(problem.kind).fit(problem.pool.X, problem.pool.Y)
    return _score(problem, head)


def _score(problem: Problem, head: Any) -> float:
    p = said_of(head, problem.test.X, len(problem.classes))
    return METRICS[problem.metric][1](*by_tube(problem.test, p))


class _Replay:
    def __init__(self, problem: Problem, name: str, plan: Plan, seed: int) -> None:
        self.problem, self.plan, self.seed = problem, plan, seed
        self.function = acquisition_function(name)
        self.oracle = Oracle(problem.pool, problem.kind, plan.rate, plan.seconds, seed)
        self.rng = np.random.default_rng([seed, 1])
        self.open = np.ones(problem.pool.size, dtype=bool)
        self.curve = Curve([], [], [], [], [])

    def run(self) -> Curve:
        start = _start(self.problem, self.plan.start, self.seed)
        answers = self.oracle.unaided(start)
        self.open[start] = False
        self.learner = ActiveLearner(
            new_head(self.problem.kind),
            query_strategy(self.function.name, self.rng),
            X_training=self.problem.pool.X[answers.rows],
            y_training=answers.Y,
        )
        self._note(answers)
        while (n := min(self.plan.batch, self._left())) > 0:
            self._round(n)
        return self.curve

    def _left(self) -> int:
        """How many tubes may still be asked about."""
        left, budget = int(self.open.sum()), self.plan.budget
        return left if budget is None else min(budget - (len(self.open) - left), left)

    def _round(self, n: int) -> None:
        pool = self.problem.pool
        rows = np.flatnonzero(self.open[pool.tubes])
        chosen, _ = self._asker().query(pool.X[rows], n_instances=n, groups=pool.tubes[rows])
        tubes = pool.tubes[rows[chosen]]
        shown = pool.of_tubes(tubes)
        p = said_of(self.learner.estimator, pool.X[shown], len(self.problem.classes))
        answers = self.oracle.aided(tubes, p)
        self.open[tubes] = False
        self.learner.teach(pool.X[answers.rows], answers.Y)
        self._note(answers)

    def _asker(self) -> ActiveLearner | Committee:
        if self.function.needs != "committee":
            return self.learner
        X, y = self.learner.X_training, self.learner.y_training
        drawn = (_redrawn(y, self.rng) for _ in range(MEMBERS))
        members = [
            ActiveLearner(new_head(self.problem.kind), X_training=X[i], y_training=y[i])
            for i in drawn
        ]
        return Committee(members, query_strategy(self.function.name, self.rng))

    def _note(self, answers: Answers) -> None:
        curve = self.curve
        before_s, before = (curve.seconds[-1], curve.wrong[-1]) if curve.labels else (0.0, 0)
        right = answers.proposed_right
        curve.labels.append(int((~self.open).sum()))
        curve.score.append(_score(self.problem, self.learner.estimator))
        curve.seconds.append(before_s + answers.seconds)
        curve.asked_right.append(None if np.isnan(right) else right)
        curve.wrong.append(before + answers.wrong)


def _start(problem: Problem, count: int, seed: int) -> Ints:
    """Tubes drawn by chance: `count`, and further ones until there are two classes to tell."""
    order = np.random.default_rng([seed, 2]).permutation(problem.pool.size)
    for end in range(min(count, len(order)), len(order) + 1):
        if _can_learn(problem, order[:end]):
            return order[:end]
    return order


def _can_learn(problem: Problem, tubes: Ints) -> bool:
    Y = problem.pool.Y[problem.pool.of_tubes(tubes)]
    if problem.kind == "one":
        return len(np.unique(Y)) > 1
    return bool(((Y == 1).any(axis=0) & (Y == 0).any(axis=0)).any())


def _redrawn(y: Ints, rng: np.random.Generator) -> Ints:
    """Rows drawn with replacement, one of each class among them so that all members know all."""
    _, first = np.unique(y, return_index=True)
    return np.concatenate([first, rng.integers(0, len(y), max(0, len(y) - len(first)))])

"""Replays: nothing asked twice, the budget kept, the same seed the same curve, small pools."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score

from mlbackend.select.acquisition import ACQUISITIONS
from mlbackend.simulate.built_in import BUILT_IN
from mlbackend.simulate.head import LabelByLabel
from mlbackend.simulate.metrics import accuracy, by_tube, macro_f1, mean_ap
from mlbackend.simulate.problem import Problem, Rows
from mlbackend.simulate.replay import Plan, _start, full_score, replay


def small(kind: str = "one", tubes: int = 60) -> Problem:
    """A third of a built-in pool, its rows in tubes of two where one label holds."""
    problem = BUILT_IN["digits" if kind == "one" else "multilabel"].make(0).scaled()
    per_tube = 2 if kind == "one" else 1
    n = per_tube * tubes
    order = np.argsort(problem.pool.Y[:n], kind="stable") if kind == "one" else np.arange(n)
    pool = Rows(problem.pool.X[:n][order], problem.pool.Y[:n][order], np.arange(n) // per_tube)
    return replace(problem, pool=pool)


ONE = [name for name, f in ACQUISITIONS.items() if f.labels in ("one", "any")]
SEVERAL = [name for name, f in ACQUISITIONS.items() if f.labels in ("several", "any")]


@pytest.mark.parametrize(
    ("kind", "name"), [*(("one", n) for n in ONE), *(("several", n) for n in SEVERAL)]
)
def test_every_function_asks_until_the_pool_is_empty(kind: str, name: str) -> None:
    problem = small(kind)
    curve = replay(problem, name, Plan(20, 15, None), 0)
    assert curve.labels == [20, 35, 50, 60]
    assert curve.score[-1] == pytest.approx(full_score(problem), abs=0.02)
    assert np.all(np.diff(curve.seconds) > 0)


@pytest.mark.parametrize("name", ["margin_k_means", "random", "bald", "badge"])
def test_the_same_seed_gives_the_same_curve_whatever_numpy_drew_before(name: str) -> None:
    first = replay(small(), name, Plan(20, 10, 50, rate=0.5), 3)
    np.random.random(7)
    assert replay(small(), name, Plan(20, 10, 50, rate=0.5), 3) == first
    assert replay(small(), name, Plan(20, 10, 50, rate=0.5), 4) != first


def test_every_function_starts_alike() -> None:
    curves = [replay(small(), name, Plan(20, 10, 40), 1) for name in ("random", "margin", "clue")]
    assert len({(c.labels[0], c.score[0], c.seconds[0]) for c in curves}) == 1


def test_the_budget_is_kept_to_the_label() -> None:
    assert replay(small(), "margin", Plan(20, 15, 42), 0).labels == [20, 35, 42]


def test_a_start_of_one_class_goes_on_until_there_are_two() -> None:
    problem = small(tubes=30)
    lonely = np.zeros_like(problem.pool.Y)
    lonely[-2:] = 1
    problem = replace(problem, pool=replace(problem.pool, Y=lonely))
    start = _start(problem, 2, 0)
    assert start[-1] == problem.pool.size - 1
    assert replay(problem, "margin", Plan(2, 5, None), 0).labels[0] == len(start)


def test_shuffled_labels_stay_the_same_ones_and_leave_the_test_alone() -> None:
    problem = small()
    shuffled = problem.shuffled(0)
    assert sorted(shuffled.pool.Y[::2]) == sorted(problem.pool.Y[::2])
    assert (shuffled.pool.Y[::2] == shuffled.pool.Y[1::2]).all()
    assert (shuffled.pool.Y != problem.pool.Y).mean() > 0.6
    assert shuffled.test is problem.test
    assert full_score(shuffled) < 0.3


def test_metrics_agree_with_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    truth, p = rng.integers(0, 4, 50), rng.random((50, 4))
    assert macro_f1(truth, p) == pytest.approx(f1_score(truth, p.argmax(axis=1), average="macro"))
    assert accuracy(truth, p) == (p.argmax(axis=1) == truth).mean()
    several, q = rng.integers(0, 2, (50, 3)), rng.random((50, 3))
    several[:, 2] = 0
    expected = [average_precision_score(several[:, c], q[:, c]) for c in (0, 1)]
    assert mean_ap(several, q) == pytest.approx(np.mean(expected))


def test_a_tube_is_judged_by_the_mean_of_its_rows() -> None:
    rows = Rows(np.zeros((4, 1)), np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    p = np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.6, 0.4]])
    truth, said = by_tube(rows, p)
    assert truth.tolist() == [0, 1]
    assert said == pytest.approx(np.array([[0.65, 0.35], [0.4, 0.6]]))


def test_a_label_never_seen_is_answered_no_and_the_others_as_alone() -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(40, 3)), rng.integers(0, 2, (40, 3))
    Y[:, 1] = 0
    Y[:10, 2] = -1
    p = LabelByLabel().fit(X, Y).predict_proba(X)
    alone = LogisticRegression(max_iter=1000).fit(X[10:], Y[10:, 2]).predict_proba(X)[:, 1]
    assert not p[:, 1].any()
    assert p[:, 2] == pytest.approx(alone)

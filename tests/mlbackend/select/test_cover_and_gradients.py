"""k-center, BADGE, CLUE and the ranked batch against slow, plain versions of themselves."""

from dataclasses import dataclass

import numpy as np
import pytest

from mlbackend.select.acquisition import ACQUISITIONS
from mlbackend.select.badge import Gradients
from mlbackend.select.diversity import medoids, standardize
from mlbackend.select.pool import pool_of


@dataclass
class Linear:
    """A linear softmax model, (D, C) weights; what it was taught where that matters."""

    weights: np.ndarray
    X_training: np.ndarray | None = None

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        z = np.exp(X @ self.weights)
        return z / z.sum(axis=1, keepdims=True)


class Independent(Linear):
    """The same with a sigmoid a class."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + np.exp(-X @ self.weights))


def pool(rows: int = 60, width: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, width))


def model(kind: type[Linear] = Linear, taught: np.ndarray | None = None) -> Linear:
    return kind(np.random.default_rng(9).normal(size=(5, 4)), taught)


def slow_k_center(X: np.ndarray, taught: np.ndarray, n: int) -> list[int]:
    chosen: list[int] = []
    for _ in range(n):
        covered = [*taught, *X[chosen]]
        gaps = [
            -1.0 if i in chosen else min(float(np.linalg.norm(x - c)) for c in covered)
            for i, x in enumerate(X)
        ]
        chosen.append(int(np.argmax(gaps)))
    return chosen


def test_k_center_agrees_with_a_slow_one() -> None:
    X, taught = pool(), pool(8, seed=1)
    scale = X.std(axis=0)
    indices, scores = ACQUISITIONS["k_center"](
        model(taught=taught), X, 12, np.random.default_rng(0)
    )
    expected = slow_k_center(X / scale, taught / scale, 12)
    assert indices.tolist() == expected
    assert np.all(np.diff(scores) <= 1e-12)
    first = min(np.linalg.norm((X[expected[0]] - t) / scale) for t in taught)
    assert scores[0] == pytest.approx(first)


def test_k_center_without_anything_taught_begins_in_the_middle() -> None:
    X = pool()
    indices, _ = ACQUISITIONS["k_center"](None, X, 6, np.random.default_rng(0))
    middle = int(np.argmin((standardize(X) ** 2).sum(axis=1)))
    assert indices.tolist()[0] == middle
    assert indices.tolist()[1:] == slow_k_center(standardize(X), standardize(X)[[middle]], 5)


def explicit(learner: Linear, X: np.ndarray, groups: np.ndarray | None) -> np.ndarray:
    """(T, C * (D + 1)) gradients written out."""
    p = learner.predict_proba(X)
    if isinstance(learner, Independent):
        wrong = p - (p >= 0.5)
    else:
        wrong = p - np.eye(p.shape[1])[p.argmax(axis=1)]
    seen = np.concatenate([standardize(X), np.ones((len(X), 1))], axis=1)
    by_row = np.einsum("nc,nd->ncd", wrong, seen).reshape(len(X), -1)
    if groups is None:
        return by_row
    return np.stack([by_row[groups == g].mean(axis=0) for g in np.unique(groups)])


@pytest.mark.parametrize("kind", [Linear, Independent])
@pytest.mark.parametrize("groups", [None, np.arange(60) // 3])
def test_products_of_gradients_are_those_of_explicit_ones(
    kind: type[Linear], groups: np.ndarray | None
) -> None:
    X, learner = pool(), model(kind)
    written = explicit(learner, X, groups)
    gathered = pool_of(X, groups)
    gradients = Gradients.of(gathered, learner.predict_proba(X))
    assert gradients.squares() == pytest.approx((written**2).sum(axis=1))
    for tube in (0, 7, gathered.size - 1):
        assert gradients.products(tube) == pytest.approx(written @ written[tube])


@pytest.mark.parametrize("groups", [None, np.arange(60) // 3])
def test_badge_draws_as_k_means_plus_plus_on_explicit_gradients(groups: np.ndarray | None) -> None:
    X, learner = pool(), model()
    written = explicit(learner, X, groups)
    rng = np.random.default_rng(4)
    chosen = [int(np.argmax((written**2).sum(axis=1)))]
    while len(chosen) < 9:
        gap = ((written[:, None] - written[chosen]) ** 2).sum(axis=2).min(axis=1)
        gap[chosen] = 0.0
        chosen.append(int(rng.choice(len(written), p=gap / gap.sum())))
    rows, scores = ACQUISITIONS["badge"](learner, X, 9, np.random.default_rng(4), groups)
    tubes = rows if groups is None else groups[rows]
    assert tubes.tolist() == chosen
    assert scores == pytest.approx(np.linalg.norm(written[chosen], axis=1))


def test_clue_is_k_means_of_the_whole_pool_weighted_by_entropy() -> None:
    X, learner = pool(), model()
    p = learner.predict_proba(X)
    entropy = -(p * np.log(p)).sum(axis=1)
    rng = np.random.default_rng(2)
    rng.random(len(X))  # the order of equals is drawn first
    order = np.argsort(-entropy)
    expected = order[medoids(X[order], 6, rng, weights=entropy[order])]
    rows, _ = ACQUISITIONS["clue"](learner, X, 6, np.random.default_rng(2))
    assert sorted(rows) == sorted(expected)


def test_ranked_batch_weighs_as_its_paper_says() -> None:
    X, taught, n = pool(), pool(8, seed=1), 4
    learner = model(taught=taught)
    unsure = 1.0 - learner.predict_proba(X).max(axis=1)
    kept = np.argsort(-unsure)[: 10 * n]
    scale = X.std(axis=0)
    known, chosen = [*(taught / scale)], []
    for _ in range(n):
        free = [i for i in kept if i not in chosen]
        alpha = len(free) / (len(free) + len(known))
        gaps = [min(float(np.linalg.norm(X[i] / scale - k)) for k in known) for i in free]
        value = [
            alpha * (1 - 1 / (1 + gap)) + (1 - alpha) * unsure[i]
            for i, gap in zip(free, gaps, strict=True)
        ]
        chosen.append(free[int(np.argmax(value))])
        known.append(X[chosen[-1]] / scale)
    rows, _ = ACQUISITIONS["ranked_batch"](learner, X, n, np.random.default_rng(0))
    assert rows.tolist() == chosen


def test_ranked_batch_without_anything_taught_begins_with_the_least_sure() -> None:
    X, learner = pool(), model()
    rows, _ = ACQUISITIONS["ranked_batch"](learner, X, 60, np.random.default_rng(0))
    assert rows[0] == np.argmin(learner.predict_proba(X).max(axis=1))
    assert sorted(rows) == list(range(60))

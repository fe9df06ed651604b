"""Every acquisition function: the tuple, the seed, one per tube, and what it prefers."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from mlbackend.select.acquisition import ACQUISITIONS, DEFAULT, query_strategy
from mlbackend.select.diversity import medoids
from mlbackend.select.modal_shim import ActiveLearner


class Sure:
    """A learner whose probability of class 1 is the first feature of a row."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.stack([1.0 - X[:, 0], X[:, 0]], axis=1)


X = np.array([[0.02, 0.0], [0.5, 1.0], [0.97, 2.0], [0.45, 3.0], [0.99, 4.0], [0.3, 9.0]])
NAMES = sorted(ACQUISITIONS)
UNSURE = [n for n in NAMES if n not in {"random", "k_means_medoids"}]


@pytest.mark.parametrize("name", NAMES)
def test_it_returns_a_tuple_of_distinct_rows(name: str) -> None:
    indices, scores = ACQUISITIONS[name](Sure(), X, 2, np.random.default_rng(0))
    assert len(set(indices.tolist())) == len(indices) == len(scores) == 2


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_rows(name: str) -> None:
    rows = [ACQUISITIONS[name](Sure(), X, 3, np.random.default_rng(7))[0] for _ in range(2)]
    assert np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("name", NAMES)
def test_a_tube_is_chosen_once(name: str) -> None:
    groups = np.array([4, 4, 4, 8, 8, 8])
    indices, _ = ACQUISITIONS[name](Sure(), X, 5, np.random.default_rng(0), groups)
    assert sorted(groups[indices]) == [4, 8]


@pytest.mark.parametrize("name", NAMES)
def test_a_large_wish_and_an_empty_pool_are_met(name: str) -> None:
    rng = np.random.default_rng(0)
    assert len(ACQUISITIONS[name](Sure(), X, 99, rng)[0]) == len(X)
    assert len(ACQUISITIONS[name](Sure(), X[:0], 3, rng)[0]) == 0


@pytest.mark.parametrize("name", UNSURE)
def test_the_least_sure_row_comes_first(name: str) -> None:
    indices, scores = ACQUISITIONS[name](Sure(), X, len(X), np.random.default_rng(0))
    assert indices.tolist() == [1, 3, 5, 2, 0, 4] or name.endswith("k_means")
    assert indices[0] == 1
    assert np.all(np.diff(scores) <= 0)


def test_a_tube_scores_the_mean_of_its_rows_and_shows_its_least_sure() -> None:
    groups = np.array([0, 0, 1, 1, 2, 2])
    indices, scores = ACQUISITIONS["margin"](Sure(), X, 3, np.random.default_rng(0), groups)
    assert indices.tolist() == [1, 3, 5]
    assert scores == pytest.approx([(0.04 + 1.0) / 2, (0.06 + 0.9) / 2, (0.02 + 0.6) / 2])


def test_groups_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="got 2 for 6 rows"):
        ACQUISITIONS["margin"](Sure(), X, 1, np.random.default_rng(0), np.array([0, 1]))


def test_medoids_find_the_clusters() -> None:
    rng = np.random.default_rng(0)
    centers = np.array([[0.0, 0.0], [50.0, 0.0], [0.0, 50.0]])
    points = np.concatenate(
        [c + rng.normal(size=(n, 2)) for c, n in zip(centers, (5, 20, 9), strict=True)]
    )
    chosen = medoids(points, 3, rng)
    assert [int(np.searchsorted([5, 25, 34], i, side="right")) for i in chosen] == [1, 2, 0]


def test_identical_rows_still_give_distinct_medoids() -> None:
    assert sorted(medoids(np.ones((5, 3)), 4, np.random.default_rng(0))) == [0, 1, 2, 3]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_modal_drives_a_strategy_and_calls_it_once(n: int) -> None:
    calls = []
    strategy = query_strategy("mean_binary_entropy_k_means", np.random.default_rng(0))

    def counted(*args: object, **kwargs: object) -> object:
        calls.append(1)
        return strategy(*args, **kwargs)

    learner = ActiveLearner(
        LogisticRegression(), counted, X_training=X, y_training=np.array([0, 0, 1, 0, 1, 0])
    )
    indices, rows = learner.query(X, n_instances=n)
    assert (len(indices), rows.shape, len(calls)) == (n, (n, 2), 1)


def labels_to_reach(name: str, seed: int, goal: float) -> int:
    """Labels of digits needed for a test accuracy, asking 20 at a time; 400 if never."""
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    X_all, y_all = StandardScaler().fit_transform(digits.data)[order], digits.target[order]
    pool, X_pool, y_pool = np.arange(20, 1257), X_all[:1257], y_all[:1257]
    learner = ActiveLearner(
        LogisticRegression(max_iter=200),
        query_strategy(name, np.random.default_rng(seed)),
        X_training=X_pool[:20],
        y_training=y_pool[:20],
    )
    for labels in range(20, 400, 20):
        if learner.score(X_all[1257:], y_all[1257:]) >= goal:
            return labels
        chosen, _ = learner.query(X_pool[pool], n_instances=20)
        learner.teach(X_pool[pool[chosen]], y_pool[pool[chosen]])
        pool = np.delete(pool, chosen)
    return 400


@pytest.mark.parametrize("seed", [0, 1])
def test_margin_with_k_means_needs_fewer_labels_than_random_on_digits(seed: int) -> None:
    goal = 0.95 * 0.9696  # 95 % of the accuracy of the full pool
    asked = labels_to_reach("margin_k_means", seed, goal)
    assert asked <= 120
    assert asked <= 0.75 * labels_to_reach("random", seed, goal)


def test_the_default_is_for_several_labels_at_once() -> None:
    assert DEFAULT == "mean_binary_entropy_k_means"

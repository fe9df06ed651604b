"""Every acquisition function: the tuple, the seed, one per tube, odd pools, and the registry."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from labeling.domain.errors import InvalidInput
from mlbackend.select.acquisition import (
    ACQUISITIONS,
    AUTO,
    DEFAULT,
    DEFAULT_ONE_OF,
    acquisition_function,
    acquisitions_listed,
    fitting,
    query_strategy,
)
from mlbackend.select.diversity import medoids
from mlbackend.select.modal_shim import ActiveLearner
from mlbackend.select.spread import PREFILTER


class Sure:
    """A learner whose probability of class 1 is the first feature of a row."""

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        return np.stack([1.0 - X[:, 0], X[:, 0]], axis=1)

    def vote_proba(self, X: np.ndarray) -> np.ndarray:
        """Three members, who differ the more the less sure they are together."""
        p, away = X[:, 0], 0.9 * np.minimum(X[:, 0], 1.0 - X[:, 0])
        return np.stack([np.stack([1.0 - q, q], axis=1) for q in (p - away, p, p + away)], axis=1)


X = np.array([[0.02, 0.0], [0.5, 1.0], [0.97, 2.0], [0.45, 3.0], [0.99, 4.0], [0.3, 9.0]])
NAMES = sorted(ACQUISITIONS)
BY_SCORE = ["bald", "entropy", "least_confident", "margin", "mean_binary_entropy"]


def choose(name: str, X: np.ndarray, n: int, groups: np.ndarray | None = None, seed: int = 0):
    return ACQUISITIONS[name](Sure(), X, n, np.random.default_rng(seed), groups)


@pytest.mark.parametrize("name", NAMES)
def test_it_returns_a_tuple_of_distinct_rows(name: str) -> None:
    indices, scores = choose(name, X, 2)
    assert len(set(indices.tolist())) == len(indices) == len(scores) == 2
    assert indices.dtype == np.int64


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_rows(name: str) -> None:
    pool = np.random.default_rng(1).random((60, 3))
    rows = [choose(name, pool, 9, seed=7)[0] for _ in range(2)]
    assert np.array_equal(rows[0], rows[1])


def test_two_processes_choose_the_same() -> None:
    """Nothing depends on hashing, on numpy's global state or on what ran before."""
    program = (
        "import numpy as np\n"
        "from tests.mlbackend.select.test_acquisition import NAMES, choose\n"
        "pool = np.random.default_rng(1).random((90, 4))\n"
        "groups = np.arange(90) // 2\n"
        "for name in NAMES:\n"
        "    rows, scores = choose(name, pool, 9, groups, seed=3)\n"
        "    print(name, rows.tolist(), scores.tolist())\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "OMP_NUM_THREADS": "1"},
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0].count("\n") == len(NAMES)
    assert said[0] == said[1]


@pytest.mark.parametrize("name", NAMES)
def test_numpys_global_state_is_left_alone(name: str) -> None:
    np.random.seed(5)
    choose(name, X, 3)
    drawn = np.random.random()
    np.random.seed(5)
    assert np.random.random() == drawn


@pytest.mark.parametrize("name", NAMES)
def test_a_tube_is_chosen_once(name: str) -> None:
    groups = np.array([4, 4, 4, 8, 8, 8])
    indices, _ = choose(name, X, 5, groups)
    assert sorted(groups[indices]) == [4, 8]


@pytest.mark.parametrize("name", NAMES)
def test_a_large_wish_and_an_empty_pool_are_met(name: str) -> None:
    assert sorted(choose(name, X, 99)[0]) == list(range(len(X)))
    for pool, n in ((X[:0], 3), (X, 0)):
        indices, scores = choose(name, pool, n)
        assert (len(indices), len(scores)) == (0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_one_row_is_chosen(name: str) -> None:
    assert choose(name, X[:1], 4)[0].tolist() == [0]


@pytest.mark.parametrize("name", NAMES)
def test_identical_rows_are_chosen_once_each(name: str) -> None:
    indices, _ = choose(name, np.full((7, 3), 0.4), 7)
    assert sorted(indices) == list(range(7))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_feature_that_is_not_finite_is_refused(name: str, bad: float) -> None:
    wrong = X.copy()
    wrong[3, 1] = bad
    with pytest.raises(InvalidInput, match="row 3, column 1"):
        choose(name, wrong, 2)


@pytest.mark.parametrize("name", NAMES)
def test_groups_of_another_length_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="got 2 for 6 rows"):
        choose(name, X, 1, np.array([0, 1]))


@pytest.mark.parametrize("name", [n for n in NAMES if ACQUISITIONS[n].needs == "model"])
def test_a_model_that_learned_nothing_is_not_taken_for_an_unsure_one(name: str) -> None:
    learner = ActiveLearner(LogisticRegression())
    with pytest.raises(InvalidInput, match="k_means_medoids"):
        ACQUISITIONS[name](learner, X, 2, np.random.default_rng(0))


@pytest.mark.parametrize("name", [n for n in NAMES if ACQUISITIONS[n].needs == "nothing"])
def test_a_start_needs_no_model(name: str) -> None:
    assert len(ACQUISITIONS[name](None, X, 2, np.random.default_rng(0))[0]) == 2


@pytest.mark.parametrize("name", BY_SCORE)
def test_the_least_sure_row_comes_first(name: str) -> None:
    indices, scores = choose(name, X, len(X))
    assert indices.tolist() == [1, 3, 5, 2, 0, 4]
    assert np.all(np.diff(scores) <= 0)


@pytest.mark.parametrize("name", BY_SCORE)
def test_equals_come_in_an_order_drawn_by_the_seed(name: str) -> None:
    alike = np.full((50, 2), 0.3)
    first = [choose(name, alike, 5, seed=seed)[0].tolist() for seed in range(3)]
    assert first[0] != first[1] != first[2]


def test_a_tube_scores_the_mean_of_its_rows_and_shows_its_least_sure() -> None:
    groups = np.array([0, 0, 1, 1, 2, 2])
    indices, scores = choose("margin", X, 3, groups)
    assert indices.tolist() == [1, 3, 5]
    assert scores == pytest.approx([(0.04 + 1.0) / 2, (0.06 + 0.9) / 2, (0.02 + 0.6) / 2])


@pytest.mark.parametrize("name", ["margin_k_means", "mean_binary_entropy_k_means", "ranked_batch"])
def test_nothing_beyond_ten_batches_is_chosen(name: str) -> None:
    pool = np.random.default_rng(0).random((300, 4))
    indices, _ = choose(name, pool, 4)
    kept = np.argsort(np.abs(pool[:, 0] - 0.5))[: PREFILTER * 4]
    assert set(indices) <= set(kept)


def test_the_default_does_not_ask_alike_ones_in_a_row() -> None:
    """Two heaps of unsure rows: margin alone asks the surer heap nothing."""
    rng = np.random.default_rng(0)
    near, far = rng.normal(0.0, 0.01, (20, 1)), rng.normal(9.0, 0.01, (20, 1))
    unsure = np.concatenate([np.full(20, 0.5), np.full(20, 0.45)])[:, None]
    pool = np.concatenate([unsure, np.concatenate([near, far])], axis=1)
    assert set(choose("margin", pool, 4)[0] // 20) == {0}
    assert set(choose("margin_k_means", pool, 4)[0] // 20) == {0, 1}


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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_modal_drives_a_strategy_and_calls_it_once(name: str, n: int) -> None:
    calls = []
    strategy = query_strategy(name, np.random.default_rng(0))

    def counted(learner: object, *args: object, **kwargs: object) -> object:
        calls.append(1)
        committee = ACQUISITIONS[name].needs == "committee"
        return strategy(Sure() if committee else learner, *args, **kwargs)

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


def test_the_default_fits_the_labels() -> None:
    assert fitting(AUTO, several=True).name == DEFAULT == "mean_binary_entropy_k_means"
    assert fitting(AUTO, several=False).name == DEFAULT_ONE_OF == "margin_k_means"
    assert fitting("clue", several=True).name == "clue"
    assert ACQUISITIONS[DEFAULT].labels == "several"


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"'least sure'; there are .*margin_k_means.*bald"):
        acquisition_function("least sure")
    with pytest.raises(InvalidInput, match="min_confidence"):
        query_strategy("min_confidence", np.random.default_rng(0))


def test_each_is_listed_with_words_for_people() -> None:
    listed = acquisitions_listed()
    assert [each["name"] for each in listed[:2]] == ["margin_k_means", DEFAULT]
    assert all(each["title"] and each["about"].endswith(".") for each in listed)
    assert len({each["title"] for each in listed}) == len(listed) == len(ACQUISITIONS)


def test_listing_them_brings_no_learning_library() -> None:
    program = (
        "import sys\nfrom mlbackend.select.acquisition import acquisitions_listed\n"
        "acquisitions_listed()\n"
        "print(sorted({'sklearn', 'modAL', 'torch', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"

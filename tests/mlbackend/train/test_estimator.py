"""The estimator: accuracy and calibration on real digits, masks, rare classes, and modAL."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import brier_score_loss, f1_score, roc_auc_score

from mlbackend.select.acquisition import query_strategy
from mlbackend.select.modal_shim import ActiveLearner
from mlbackend.train.estimator import RECIPES, ActionEstimator, platt, principal_axes

LABELS = (30, 10, 20)


def digits(n: int = 900) -> tuple[np.ndarray, np.ndarray]:
    """Digits as three independent labels: even, above 4, round. X (n, 64), Y (n, 3)."""
    data = load_digits()
    rows = np.random.default_rng(0).permutation(len(data.target))[:n]
    d = data.target[rows]
    Y = np.stack([d % 2 == 0, d > 4, np.isin(d, (0, 6, 8, 9))], axis=1)
    return data.data[rows], Y.astype(np.int8)


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_it_learns_several_labels_at_once(recipe: str) -> None:
    X, Y = digits()
    model = ActionEstimator(LABELS, recipe).fit(X[:600], Y[:600]).model_
    assert model.label_ids == LABELS
    assert f1_score(Y[600:], model.predict(X[600:]), average="macro") > 0.85


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_its_probabilities_are_calibrated(recipe: str) -> None:
    X, Y = digits()
    p = ActionEstimator(LABELS, recipe).fit(X[:600], Y[:600]).predict_proba(X[600:])
    for c in range(3):
        truth = Y[600:, c]
        assert p[:, c].mean() == pytest.approx(truth.mean(), abs=0.05)
        assert brier_score_loss(truth, p[:, c]) < 0.5 * truth.mean() * (1 - truth.mean())


def test_cells_that_were_not_asked_change_nothing() -> None:
    X, Y = digits(400)
    masked = np.concatenate([Y, Y])
    masked[400:] = 1 - masked[400:]
    masked[400:, 0] = -1
    doubled = ActionEstimator(LABELS).fit(np.tile(X, (2, 1)), masked, np.tile(np.arange(400), 2))
    alone = ActionEstimator(LABELS).fit(X, Y, np.arange(400))
    assert doubled.model_.coefficients[0] == pytest.approx(alone.model_.coefficients[0], abs=1e-6)


def test_a_class_without_a_positive_or_a_negative_is_a_constant() -> None:
    X, Y = digits(100)
    Y[:, 1], Y[:, 2] = 0, 1
    model = ActionEstimator(LABELS).fit(X, Y).model_
    p = model.predict_proba(X)
    assert model.learned.tolist() == [True, False, False]
    assert np.unique(p[:, 1]).tolist() == [0.0]
    assert np.unique(p[:, 2]) == pytest.approx([101 / 102])


def test_a_class_nobody_was_asked_about_is_never_answered() -> None:
    X, Y = digits(100)
    Y[:, 2] = -1
    assert not ActionEstimator(LABELS).fit(X, Y).predict(X)[:, 2].any()


@pytest.mark.parametrize("recipe", sorted(RECIPES))
def test_two_positives_are_enough_to_rank(recipe: str) -> None:
    X, Y = digits()
    y = Y[:, 2].copy()
    y[np.flatnonzero(y[:600])[2:]] = -1
    model = ActionEstimator((1,), recipe).fit(X[:600], y[:600, None]).model_
    assert roc_auc_score(Y[600:, 2], model.predict_proba(X[600:])[:, 0]) > 0.65


def test_one_positive_and_one_negative_do_not_break_it() -> None:
    p = ActionEstimator((1,)).fit(np.eye(2), np.array([[0], [1]])).predict_proba(np.eye(2))
    assert p[0, 0] < 0.5 < p[1, 0]


def test_the_same_seed_gives_the_same_bits() -> None:
    X, Y = digits(300)
    groups = np.arange(300) // 3
    first, second = (ActionEstimator(LABELS, "svm", 4).fit(X, Y, groups).model_ for _ in range(2))
    assert np.array_equal(first.coefficients, second.coefficients)
    assert np.array_equal(first.thresholds, second.thresholds)


def test_modal_teaches_and_queries_it() -> None:
    X, Y = digits(500)
    groups = np.arange(500) // 2
    learner = ActiveLearner(
        ActionEstimator(LABELS),
        query_strategy("mean_binary_entropy_k_means", np.random.default_rng(0)),
        X_training=X[:40],
        y_training=Y[:40],
        groups=groups[:40],
    )
    before = f1_score(Y[400:], learner.predict(X[400:]), average="macro")
    chosen, _ = learner.query(X[40:400], n_instances=100, groups=groups[40:400])
    assert len(set(groups[40:400][chosen])) == 100
    learner.teach(X[40:400][chosen], Y[40:400][chosen], groups=np.arange(140))
    assert f1_score(Y[400:], learner.predict(X[400:]), average="macro") > before


def test_platt_finds_the_sigmoid_the_labels_were_drawn_from() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=20000)
    y = rng.random(20000) < 1.0 / (1.0 + np.exp(-(1.7 * scores - 0.6)))
    assert platt(scores, y) == pytest.approx((1.7, -0.6), abs=0.08)


def test_platt_of_separable_scores_stays_finite() -> None:
    slope, offset = platt(np.array([-1.0, -1.0, 1.0, 1.0]), np.array([False, False, True, True]))
    p = 1.0 / (1.0 + np.exp(-(slope + offset)))
    assert p == pytest.approx(0.75, abs=0.01)  # (2 + 1) / (2 + 2), Platt's drawn-in target


@pytest.mark.parametrize("shape", [(30, 8), (8, 30)])
def test_principal_axes_are_those_of_the_singular_value_decomposition(
    shape: tuple[int, int],
) -> None:
    Z = np.random.default_rng(0).normal(size=shape)
    Z -= Z.mean(axis=0)
    axes = principal_axes(Z, 5)
    expected = np.linalg.svd(Z)[2][:5].T
    assert np.abs(axes.T @ expected) == pytest.approx(np.eye(5), abs=1e-9)


def test_rows_that_are_all_alike_have_one_axis() -> None:
    assert principal_axes(np.zeros((4, 9)), 5).shape == (9, 1)

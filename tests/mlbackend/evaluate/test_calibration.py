"""Calibration against scikit-learn's, and on scores whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from mlbackend.evaluate.calibration import Platt, ece, isotonic, log_odds, platt, reliability


def _decided(count: int, slope: float = 0.6, intercept: float = -0.8, seed: int = 1):
    """Scores of a model that is too sure of itself, and which were right."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.05, 0.99, count)
    truly = Platt(slope, intercept).apply(scores)
    return scores, rng.random(count) < truly


def test_platt_is_the_logistic_regression_of_smoothed_targets() -> None:
    scores, right = _decided(400)
    found = platt(scores, right)
    n, m = right.sum(), (~right).sum()
    target = np.where(right, (n + 1) / (n + 2), 1 / (m + 2))
    x = np.tile(log_odds(scores), 2)[:, None]
    y, weight = np.repeat([1, 0], len(scores)), np.concatenate([target, 1 - target])
    theirs = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(x, y, sample_weight=weight)
    assert found.slope == pytest.approx(theirs.coef_[0, 0], abs=1e-4)
    assert found.intercept == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_isotonic_is_scikit_learns() -> None:
    scores, right = _decided(300, seed=2)
    scores = np.round(scores, 2)  # with ties
    asked = np.linspace(0, 1, 101)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, right).predict(asked)
    assert isotonic(scores, right).apply(asked) == pytest.approx(theirs, abs=1e-12)


def test_either_map_halves_the_error_on_scores_not_fitted_on() -> None:
    scores, right = _decided(2000)
    raw = ece(scores[1000:], right[1000:])
    assert raw > 0.15
    for fit in (platt, isotonic):
        mapped = fit(scores[:1000], right[:1000]).apply(scores[1000:])
        assert ece(mapped, right[1000:]) < 0.06 < raw / 2


def test_a_map_is_undone() -> None:
    scores = np.linspace(0.02, 0.98, 40)
    there = Platt(0.7, -0.4)
    assert there.undo(there.apply(scores)) == pytest.approx(scores, abs=1e-9)
    with pytest.raises(ValueError, match="cannot be undone"):
        Platt(-0.2, 0.0).undo(scores)


def test_bins_and_error_by_hand() -> None:
    scores = np.array([0.12, 0.18, 0.95, 0.95, 1.0])
    right = np.array([False, True, True, True, False])
    low, high = reliability(scores, right)
    assert (low["low"], low["count"], low["right"]) == (0.1, 2, 0.5)
    assert (high["high"], high["count"]) == (1.0, 3)
    expected = (2 * abs(0.5 - 0.15) + 3 * abs(2 / 3 - 2.9 / 3)) / 5
    assert ece(scores, right) == pytest.approx(expected)


def test_one_kind_alone_is_refused() -> None:
    for fit in (platt, isotonic):
        with pytest.raises(ValueError, match="both kinds"):
            fit(np.array([0.2, 0.4]), np.array([True, True]))
    with pytest.raises(ValueError, match="needs scores"):
        ece(np.empty(0), np.empty(0, dtype=bool))

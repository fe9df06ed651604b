"""Average precision, Brier score and calibration of classes, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss

from mlbackend.evaluate.calibration import ece
from mlbackend.evaluate.probabilities import average_precision, brier, quality


@given(st.integers(0, 2**32 - 1), st.integers(2, 60), st.integers(1, 20))
def test_average_precision_and_brier_are_scikit_learns(seed: int, n: int, steps: int) -> None:
    rng = np.random.default_rng(seed)
    right = rng.random(n) < 0.4
    right[0], right[-1] = True, False
    # Few different scores: ties must be taken together.
    p = np.round(rng.random(n) * steps) / steps
    assert average_precision(right, p) == pytest.approx(average_precision_score(right, p))
    assert brier(right, p) == pytest.approx(brier_score_loss(right, p))


def test_a_perfect_ranking_is_one_and_the_reverse_is_not() -> None:
    right = np.array([True, True, False, False])
    assert average_precision(right, np.array([0.9, 0.8, 0.2, 0.1])) == 1.0
    assert average_precision(right, np.array([0.1, 0.2, 0.8, 0.9])) == pytest.approx(5 / 12)


def test_equal_scores_rank_nothing() -> None:
    right = np.array([True] + [False] * 3)
    assert average_precision(right, np.full(4, 0.5)) == pytest.approx(0.25)
    assert average_precision(np.array([False, False]), np.array([0.1, 0.2])) is None


def test_the_mean_is_over_classes_with_a_positive_and_asked_cells() -> None:
    rng = np.random.default_rng(0)
    truth = (rng.random((80, 3)) < 0.4).astype(np.int8)
    truth[:, 2] = 0
    truth[rng.random(truth.shape) < 0.2] = -1
    p = rng.random(truth.shape)
    whole, each = quality(truth, p)
    asked = truth >= 0
    for c in range(2):
        y, likely = truth[asked[:, c], c] == 1, p[asked[:, c], c]
        assert each[c].average_precision == pytest.approx(average_precision_score(y, likely))
        assert each[c].ece == pytest.approx(ece(likely, y))
    assert each[2].average_precision is None and each[2].brier is not None
    assert whole.average_precision == pytest.approx(
        np.mean([one.average_precision for one in each[:2]])
    )
    assert whole.brier == pytest.approx(brier_score_loss(truth[asked] == 1, p[asked]))


def test_nothing_gives_no_figure() -> None:
    whole, each = quality(np.full((3, 1), -1, dtype=np.int8), np.zeros((3, 1)))
    assert (whole.average_precision, whole.brier, whole.ece) == (None, None, None)
    assert each[0] == whole
    assert quality(np.zeros((0, 2), dtype=np.int8), np.zeros((0, 2)))[0].brier is None
    with pytest.raises(ValueError, match="differ in shape"):
        quality(np.zeros((2, 1), dtype=np.int8), np.zeros((2, 2)))

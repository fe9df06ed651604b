"""Cohen's kappa against scikit-learn, and where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from mlbackend.evaluate.kappa import cohen_kappa, kappas


@given(st.integers(0, 2**32 - 1), st.integers(2, 80), st.floats(0.1, 0.9), st.floats(0.0, 1.0))
def test_it_is_scikit_learns(seed: int, n: int, rate: float, apart: float) -> None:
    rng = np.random.default_rng(seed)
    first = rng.random(n) < rate
    second = np.where(rng.random(n) < apart, rng.random(n) < rate, first)
    first[0], second[-1] = True, False
    first[-1] = False
    expected = cohen_kappa_score(first, second)
    assert cohen_kappa(first, second) == pytest.approx(expected, abs=1e-12)


def test_equal_answers_agree_wholly_and_independent_ones_not_at_all() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random(20_000) < 0.3, rng.random(20_000) < 0.3
    assert cohen_kappa(first, first) == pytest.approx(1.0)
    assert cohen_kappa(first, second) == pytest.approx(0.0, abs=0.03)
    assert cohen_kappa(np.array([True, False]), np.array([False, True])) == -1.0


def test_a_class_that_neither_ever_sees_has_none() -> None:
    first = np.array([[1, 0], [1, 0], [0, 0], [0, 0]], dtype=bool)
    second = np.array([[1, 0], [0, 0], [0, 0], [0, 0]], dtype=bool)
    assert kappas(first, second) == (pytest.approx(0.5), None)
    assert kappas(first[:0], second[:0]) == (None, None)


def test_answers_of_other_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        kappas(np.zeros((2, 1), dtype=bool), np.zeros((3, 1), dtype=bool))

"""Scores against scipy and modAL's own, and their order on cases worked out by hand."""

import numpy as np
import pytest
import scipy.stats

from labeling.domain.errors import InvalidInput
from mlbackend.select import modal_shim, uncertainty  # noqa: F401  (modAL only through the shim)

P = np.array([[0.5, 0.5, 0.0], [0.9, 0.1, 0.0], [0.4, 0.3, 0.3], [1.0, 0.0, 0.0]])


def test_margin_by_hand() -> None:
    assert uncertainty.margin(P) == pytest.approx([1.0, 0.2, 0.9, 0.0])


def test_least_confident_by_hand() -> None:
    assert uncertainty.least_confident(P) == pytest.approx([0.5, 0.1, 0.6, 0.0])


def test_entropy_agrees_with_scipy() -> None:
    assert uncertainty.entropy(P) == pytest.approx(scipy.stats.entropy(P, axis=1), abs=1e-9)


def test_entropy_agrees_with_modal() -> None:
    from modAL.uncertainty import _proba_entropy, _proba_margin, _proba_uncertainty

    assert uncertainty.entropy(P) == pytest.approx(_proba_entropy(P), abs=1e-9)
    assert uncertainty.margin(P) == pytest.approx(1.0 - _proba_margin(P))
    assert uncertainty.least_confident(P) == pytest.approx(_proba_uncertainty(P))


def test_mean_binary_entropy_in_bits() -> None:
    values = uncertainty.mean_binary_entropy(np.array([[0.5, 0.5], [0.5, 1.0], [0.0, 1.0]]))
    assert values == pytest.approx([1.0, 0.5, 0.0], abs=1e-9)


def test_margin_of_one_class_says_what_to_use() -> None:
    with pytest.raises(InvalidInput, match="mean_binary_entropy"):
        uncertainty.margin(np.ones((3, 1)))


def test_a_softmax_is_told_from_one_answer_per_class() -> None:
    assert uncertainty.is_one_of(P)
    assert not uncertainty.is_one_of(np.array([[0.5, 0.5], [0.9, 0.8]]))
    assert not uncertainty.is_one_of(np.ones((3, 1)))


def test_entropy_follows_what_the_probabilities_are() -> None:
    several = np.array([[0.5, 0.5, 0.5], [0.0, 1.0, 0.0]])
    assert uncertainty.entropy_as_labeled(P) == pytest.approx(uncertainty.entropy(P))
    assert uncertainty.entropy_as_labeled(several) == pytest.approx([1.0, 0.0], abs=1e-9)


def test_a_row_of_zeros_counts_as_sure() -> None:
    assert uncertainty.entropy(np.zeros((1, 3))).tolist() == [0.0]

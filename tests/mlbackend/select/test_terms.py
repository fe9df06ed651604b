"""How unsure a model is of labels of which some exclude each other."""

import numpy as np
import pytest

from mlbackend.select.acquisition import DEFAULT, DEFAULT_ONE_OF
from mlbackend.select.terms import Terms, group_margin, one_of, terms_of
from mlbackend.select.uncertainty import mean_binary_entropy


def test_a_group_of_one_at_a_time_is_a_softmax() -> None:
    odds = np.array([[1.0, 3.0, 0.5]])
    p = odds / (1 + odds)
    assert one_of(p) == pytest.approx(odds / odds.sum())
    assert group_margin(p) == pytest.approx([1 - (3.0 - 1.0) / 4.5])


def test_certainty_is_finite() -> None:
    p = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    found = group_margin(p)
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(0.0, abs=1e-6)
    assert found[1:] == pytest.approx([1.0, 1.0])


def test_independent_labels_count_by_binary_entropy() -> None:
    p = np.random.default_rng(0).random((20, 3))
    terms = terms_of((5, 6, 7), {5, 7}, ())
    assert terms == Terms((), (0, 2))
    assert terms.name == DEFAULT
    assert terms.score(p) == pytest.approx(mean_binary_entropy(p[:, [0, 2]]))


def test_poses_count_by_margin_and_the_rest_by_entropy() -> None:
    p = np.random.default_rng(1).random((20, 4))
    terms = terms_of((1, 2, 3, 4), {1, 2, 3, 4}, (frozenset({1, 2}),))
    assert (terms.groups, terms.alone, terms.is_one_of) == (((0, 1),), (2, 3), False)
    parts = [group_margin(p[:, :2]), mean_binary_entropy(p[:, 2:3]), mean_binary_entropy(p[:, 3:])]
    assert terms.score(p) == pytest.approx(np.mean(parts, axis=0))
    assert terms.name == f"{DEFAULT_ONE_OF} + {DEFAULT}"


def test_one_group_of_all_labels_is_margin() -> None:
    terms = terms_of((1, 2, 3), {1, 2, 3}, (frozenset({1, 2, 3}),))
    assert terms.is_one_of and terms.name == DEFAULT_ONE_OF


def test_a_group_of_which_one_label_is_asked_about_is_no_group() -> None:
    assert terms_of((1, 2, 3), {1, 3}, (frozenset({1, 2}),)) == Terms((), (0, 2))


def test_nothing_asked_about_is_never_unsure() -> None:
    terms = terms_of((1, 2), (), ())
    assert terms.count == 0
    assert terms.score(np.full((3, 2), 0.5)).tolist() == [0.0, 0.0, 0.0]

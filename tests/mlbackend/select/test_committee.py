"""Disagreement by hand and against the formulas of the papers."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from labeling.domain.errors import InvalidInput
from mlbackend.select.acquisition import ACQUISITIONS
from mlbackend.select.committee import kl_of, mutual_information, vote_entropy_of
from mlbackend.select.modal_shim import ActiveLearner, Committee

# Two rows, two members: they agree on the first row and contradict each other on the second.
TWO = np.array([[[0.8, 0.2], [0.8, 0.2]], [[1.0, 0.0], [0.0, 1.0]]])


def answers(seed: int = 0) -> np.ndarray:
    """(7, 4, 3) probabilities of four members."""
    p = np.random.default_rng(seed).gamma(0.6, size=(7, 4, 3))
    return p / p.sum(axis=2, keepdims=True)


def test_by_hand() -> None:
    assert vote_entropy_of(TWO) == pytest.approx([0.0, np.log(2)])
    assert kl_of(TWO) == pytest.approx([0.0, np.log(2)])
    assert mutual_information(TWO) == pytest.approx([0.0, np.log(2)], abs=1e-9)


def test_members_who_are_all_undecided_bring_no_information() -> None:
    """Entropy would ask about them; the answer would tell nothing about the members."""
    even = np.full((1, 3, 2), 0.5)
    assert mutual_information(even) == pytest.approx([0.0], abs=1e-12)


def test_vote_entropy_is_that_of_the_shares_of_votes() -> None:
    p = answers()
    shares = np.stack([(p.argmax(axis=2) == c).mean(axis=1) for c in range(3)], axis=1)
    expected = [-sum(s * np.log(s) for s in row if s > 0) for row in shares]
    assert vote_entropy_of(p) == pytest.approx(expected)


def test_kl_is_the_largest_divergence_from_the_mean() -> None:
    p = answers()
    divergence = (p * np.log(p / p.mean(axis=1, keepdims=True))).sum(axis=2)
    assert kl_of(p) == pytest.approx(divergence.max(axis=1))


def test_mutual_information_is_the_mean_divergence_from_the_mean() -> None:
    p = answers()
    divergence = (p * np.log(p / p.mean(axis=1, keepdims=True))).sum(axis=2)
    assert mutual_information(p) == pytest.approx(divergence.mean(axis=1), abs=1e-9)


@pytest.mark.parametrize("name", ["vote_entropy", "committee_kl", "bald"])
def test_modals_committee_is_asked(name: str) -> None:
    """Members taught on different sides disagree in between."""
    X = np.linspace(-3.0, 3.0, 13)[:, None]
    members = [
        ActiveLearner(
            LogisticRegression(C=100.0),
            X_training=np.array([[-3.0], [edge], [edge + 0.1], [3.0]]),
            y_training=np.array([0, 0, 1, 1]),
        )
        for edge in (-1.0, 0.9)
    ]
    indices, scores = ACQUISITIONS[name](Committee(members), X, 3, np.random.default_rng(0))
    assert np.all(np.abs(X[indices, 0]) <= 1.0)
    assert scores.min() > 0.0


@pytest.mark.parametrize("name", ["vote_entropy", "committee_kl", "bald"])
def test_one_model_is_no_committee(name: str) -> None:
    X = np.eye(3)
    learner = ActiveLearner(LogisticRegression(), X_training=X, y_training=np.array([0, 1, 1]))
    with pytest.raises(InvalidInput, match="vote_proba"):
        ACQUISITIONS[name](learner, X, 1, np.random.default_rng(0))
    with pytest.raises(InvalidInput, match="two members"):
        ACQUISITIONS[name](Committee([learner]), X, 1, np.random.default_rng(0))

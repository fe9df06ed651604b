"""The paired bootstrap: its bounds by a second, slow implementation, and its seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from mlbackend.evaluate.classification import count_by_group
from mlbackend.evaluate.compare import Difference, paired_bootstrap


def two_models(
    right: tuple[float, float], seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Truth (200, 3), answers of two models right at these rates, and 40 groups."""
    rng = np.random.default_rng(seed)
    truth = (rng.random((200, 3)) < 0.4).astype(np.int8)
    first, second = (
        np.where(rng.random(truth.shape) < r, truth, 1 - truth).astype(bool) for r in right
    )
    return truth, first, second, np.arange(200) // 5


def test_it_agrees_with_drawing_the_rows_themselves() -> None:
    truth, first, second, groups = two_models((0.9, 0.8))
    got = paired_bootstrap(
        count_by_group(truth, first, groups),
        count_by_group(truth, second, groups),
        np.random.default_rng(0),
    )
    rng, gains = np.random.default_rng(1), []
    for _ in range(400):
        drawn = rng.integers(0, 40, 40)
        rows = (drawn[:, None] * 5 + np.arange(5)).ravel()
        gains.append(
            f1_score(truth[rows], first[rows], average="macro")
            - f1_score(truth[rows], second[rows], average="macro")
        )
    observed = f1_score(truth, first, average="macro") - f1_score(truth, second, average="macro")
    assert got.mean == pytest.approx(observed)
    assert got.lower == pytest.approx(np.quantile(gains, 0.05), abs=0.02)
    assert got.groups == 40


def test_a_model_against_itself_differs_by_nothing() -> None:
    truth, first, _, groups = two_models((0.8, 0.8))
    counts = count_by_group(truth, first, groups)
    got = paired_bootstrap(counts, counts, np.random.default_rng(0))
    assert (got.mean, got.lower) == (0.0, 0.0)


def test_the_same_seed_gives_the_same_bound() -> None:
    truth, first, second, groups = two_models((0.9, 0.85))
    counts = [count_by_group(truth, a, groups) for a in (first, second)]
    bounds = {paired_bootstrap(*counts, np.random.default_rng(4)).lower for _ in range(3)}
    assert len(bounds) == 1


def test_counts_of_other_groups_are_refused() -> None:
    truth, first, second, groups = two_models((0.9, 0.8))
    with pytest.raises(ValueError, match="same groups"):
        paired_bootstrap(
            count_by_group(truth, first, groups),
            count_by_group(truth, second, groups // 2),
            np.random.default_rng(0),
        )


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_more_windows_of_the_same_videos_prove_nothing_more(seed: int, copies: int) -> None:
    """Each window several times over: the same bounds, where drawing windows would narrow them."""
    truth, first, second, groups = two_models((0.85, 0.8), seed)

    def bounds(times: int) -> Difference:
        rows = np.tile(np.arange(200), times)
        return paired_bootstrap(
            count_by_group(truth[rows], first[rows], groups[rows]),
            count_by_group(truth[rows], second[rows], groups[rows]),
            np.random.default_rng(0),
            draws=200,
        )

    once, often = bounds(1), bounds(copies)
    assert often.groups == once.groups == 40
    assert often.mean == pytest.approx(once.mean)
    assert often.lower == pytest.approx(once.lower)

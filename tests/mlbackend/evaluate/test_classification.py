"""Figures against scikit-learn, cells nobody was asked about, and what is undefined."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from mlbackend.evaluate.classification import count, count_by_group, macro_f1, report


def answers(seed: int, n: int = 60, classes: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Random truth (n, classes) of 0 and 1 and answers that are right three times in four."""
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, classes)) < rng.uniform(0.1, 0.6, classes)).astype(np.int8)
    return truth, np.where(rng.random(truth.shape) < 0.75, truth, 1 - truth).astype(bool)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_scikit_learn(seed: int) -> None:
    truth, predicted = answers(seed)
    got = report(truth, predicted)
    for average, ours in (("micro", got.micro), ("macro", got.macro)):
        theirs = precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
        assert (ours.precision, ours.recall, ours.f1) == pytest.approx(theirs[:3])
    theirs = precision_recall_fscore_support(truth, predicted, zero_division=0)
    assert (
        pytest.approx(np.array(theirs[:3]))
        == np.array([[r.precision, r.recall, r.f1] for r in got.per_class]).T
    )
    assert list(got.support) == theirs[3].tolist()
    assert got.accuracy == pytest.approx(accuracy_score(truth, predicted))
    assert got.n == 60


def test_cells_that_were_not_asked_count_nowhere() -> None:
    truth, predicted = answers(1)
    masked = truth.copy()
    masked[:20, 0] = -1
    got = report(masked, predicted)
    theirs = precision_recall_fscore_support(truth[20:, 0], predicted[20:, 0], average="binary")
    first = got.per_class[0]
    assert (first.precision, first.recall, first.f1) == pytest.approx(theirs[:3])
    assert got.per_class[1:] == report(truth, predicted).per_class[1:]


def test_a_row_that_was_not_asked_does_not_count() -> None:
    truth = np.array([[1, 0], [-1, -1], [0, 1]], dtype=np.int8)
    predicted = np.array([[1, 0], [1, 1], [1, 1]], dtype=bool)
    got = report(truth, predicted)
    assert (got.n, got.accuracy) == (2, 0.5)


def test_macro_leaves_out_classes_without_positives() -> None:
    truth = np.array([[1, 0], [1, 0], [0, 0]], dtype=np.int8)
    predicted = np.array([[1, 0], [1, 1], [0, 0]], dtype=bool)
    got = report(truth, predicted)
    assert (got.macro.f1, got.per_class[1].f1, got.support[1]) == (1.0, 0.0, 0)


def test_nothing_to_measure_is_zero() -> None:
    got = report(np.zeros((0, 3), dtype=np.int8), np.zeros((0, 3), dtype=bool))
    assert (got.n, got.accuracy, got.macro.f1, got.micro.f1) == (0, 0.0, 0.0, 0.0)


def test_counts_by_group_add_up() -> None:
    truth, predicted = answers(3)
    groups = np.random.default_rng(0).integers(0, 7, len(truth))
    by_group, whole = count_by_group(truth, predicted, groups), count(truth, predicted)
    assert by_group.true_positive.shape == (7, 5)
    for field in ("true_positive", "false_positive", "false_negative"):
        assert np.array_equal(getattr(by_group, field).sum(axis=0), getattr(whole, field))
    assert macro_f1(whole) == pytest.approx(report(truth, predicted).macro.f1)


@pytest.mark.parametrize(
    ("truth", "predicted", "message"),
    [
        (np.zeros((2, 2), int), np.zeros((3, 2), bool), "one shape"),
        (np.zeros((2, 2), int), np.zeros((2, 2)), "yes or no"),
        (np.full((2, 2), 7), np.zeros((2, 2), bool), "1, 0 and -1"),
    ],
)
def test_it_refuses_what_is_not_an_answer(
    truth: np.ndarray, predicted: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        report(truth, predicted)

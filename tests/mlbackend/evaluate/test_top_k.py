"""Figures of whole clips: golden results of mmaction2, and loops on small inputs full of ties."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from mlbackend.evaluate import top_k


def test_every_golden_case(shared_data):
    cases = json.loads((shared_data / "golden/classification.json").read_text())["cases"]
    for case in cases:
        scores, labels = np.array(case["scores"], float), np.array(case["labels"])
        expected = case["expected"]
        if labels.ndim == 1:
            matrix = top_k.confusion_matrix(labels, top_k.best_class(scores), scores.shape[1])
            ours = top_k.top_k_accuracy(scores, labels, expected["topk"])
            assert ours == pytest.approx(expected["top_k_accuracy"], abs=1e-9)
            mean = top_k.mean_class_accuracy(matrix)
            assert mean == pytest.approx(expected["mean_class_accuracy"], abs=1e-9)
            assert top_k.seen(matrix).tolist() == expected["confusion_matrix"]
        else:
            for name in ("mean_average_precision", "mmit_mean_average_precision"):
                ours = getattr(top_k, name)(scores, labels)
                assert ours == pytest.approx(expected[name], abs=1e-9), case["id"]
    assert len(cases) == 5


SCORES = arrays(np.float64, (5, 4), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]))


@given(SCORES, arrays(np.int64, (5,), elements=st.integers(0, 3)))
@settings(max_examples=60, deadline=None)
def test_top_k_is_the_last_k_of_a_stable_ascending_sort(scores, labels):
    for k in (1, 2, 4, 9):
        best = np.argsort(scores, axis=1, kind="stable")[:, -k:]
        expected = np.mean([label in row for label, row in zip(labels, best, strict=True)])
        assert top_k.top_k_accuracy(scores, labels, (k,)) == [expected]


@given(SCORES, arrays(np.int64, (5, 4), elements=st.integers(0, 1)))
@settings(max_examples=60, deadline=None)
def test_average_precision_agrees_with_scikit_learn(scores, truth):
    ours = top_k.average_precisions(scores, truth)
    for column in range(4):
        if truth[:, column].any():
            expected = average_precision_score(truth[:, column], scores[:, column])
            assert ours[column] == pytest.approx(expected, abs=1e-12)
        else:
            assert np.isnan(ours[column])


def test_a_class_only_answered_pulls_the_mean_down():
    matrix = top_k.confusion_matrix(np.array([0, 0]), np.array([0, 2]), 4)
    assert top_k.seen(matrix).tolist() == [[1, 1], [0, 0]]
    assert top_k.mean_class_accuracy(matrix) == 0.25


def test_unusable_input_is_refused():
    with pytest.raises(ValueError, match="at least one clip"):
        top_k.top_k_accuracy(np.zeros((0, 3)), np.zeros(0, np.int64))
    with pytest.raises(ValueError, match="class 0 to 2"):
        top_k.top_k_accuracy(np.zeros((1, 3)), np.array([3]))

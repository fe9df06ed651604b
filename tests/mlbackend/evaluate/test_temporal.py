"""ActivityNet's and THUMOS14's arrays against plain loops, over small worlds full of ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.activitynet import temporal_map
from mlbackend.evaluate.activitynet_classification import video_classes
from mlbackend.evaluate.activitynet_files import Segments
from mlbackend.evaluate.activitynet_proposals import recall_curve
from mlbackend.evaluate.thumos14 import kit_map, recall_at, without_repeats
from tests.mlbackend.evaluate import temporal_by_loop as loop

CLASSES = 2
THRESHOLDS = np.array([0.25, 0.5, 0.75, 1.0])
# Few values: segments coincide, have no length, and end before they start.
times = st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 8.0])
scores = st.sampled_from([0.1, 0.2, 0.3])


def segments(size, videos):
    row = st.tuples(st.integers(0, videos - 1), st.integers(0, CLASSES - 1), times, times, scores)
    return st.lists(row, max_size=size)


def truths(size):
    """Every video from 0 on and every class has a segment, as the reader sees to it."""
    each = [(v, c, 0.0, 4.0, 1.0) for v, c in ((0, 0), (1, 1), (2, 0))]
    return segments(size, 3).flatmap(lambda rows: st.permutations(each + rows))


def arrays(rows):
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    ids = table[:, :2].astype(np.int64)
    return Segments(ids[:, 0], ids[:, 1], table[:, 2:4], table[:, 4])


@settings(max_examples=60, deadline=None)
@given(truths(8), segments(25, 4))
def test_detection_agrees_with_a_loop(truth, found):
    ours = temporal_map(arrays(truth), arrays(found), CLASSES, THRESHOLDS)
    expected = loop.detection(truth, found, CLASSES, THRESHOLDS)
    assert ours.ap == pytest.approx(np.array(list(expected.values())), abs=1e-12)
    assert ours.average == pytest.approx(np.mean(list(expected.values())), abs=1e-12)
    assert (ours.truths, ours.predictions) == (len(truth), len(found))


@settings(max_examples=60, deadline=None)
@given(truths(8), segments(25, 4), st.sampled_from([0.5, 1.0, 3.0, 100.0]))
def test_proposals_agree_with_a_loop(truth, found, per_video):
    if not {row[0] for row in found} & {row[0] for row in truth}:
        with pytest.raises(InvalidInput, match="No video of the truth has a proposal"):
            recall_curve(arrays(truth), arrays(found), per_video, THRESHOLDS)
        return
    expected = loop.proposals(truth, found, per_video, THRESHOLDS)
    ours = recall_curve(arrays(truth), arrays(found), per_video, THRESHOLDS)
    assert ours.recall == pytest.approx(np.array(expected[0]), abs=1e-12)
    assert ours.per_video == pytest.approx(np.array(expected[1]), abs=1e-12, nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(truths(8), segments(25, 4), st.integers(1, 4))
def test_classification_agrees_with_a_loop(truth, found, top_k):
    ours = video_classes(arrays(truth), arrays(found), CLASSES, top_k)
    ap, hit, average_hit = loop.classification(truth, found, CLASSES, top_k)
    assert ours.ap == pytest.approx(np.array(list(ap.values())), abs=1e-12)
    assert ours.hit_at_k == pytest.approx(hit, abs=1e-12)
    assert ours.average_hit_at_k == pytest.approx(average_hit, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(truths(8), segments(4, 4), segments(25, 4))
def test_the_kit_agrees_with_a_loop(truth, ambiguous, found):
    ours = kit_map(arrays(truth), arrays(ambiguous), arrays(found), CLASSES, THRESHOLDS[:3])
    expected = loop.kit(truth, ambiguous, found, CLASSES, THRESHOLDS[:3])
    assert ours.ap == pytest.approx(np.array(list(expected.values())), abs=1e-12)


def test_a_prediction_falls_back_on_the_next_best():
    truth = arrays([(0, 0, 0, 10, 1), (0, 0, 1, 11, 1)])
    found = arrays([(0, 0, 0, 10, 0.9), (0, 0, 0, 10.4, 0.8)])
    assert temporal_map(truth, found, 1, np.array([0.8])).ap.tolist() == [[1.0]]


def test_without_predictions_detection_is_zero():
    truth = arrays([(0, 0, 0, 10, 1)])
    assert temporal_map(truth, arrays([]), 1).mean_ap.tolist() == [0.0] * 10


def test_the_ninth_threshold_lets_nine_tenths_pass():
    truth, found = arrays([(0, 0, 0, 10, 1)]), arrays([(0, 0, 0, 9, 1)])
    assert temporal_map(truth, found, 1).mean_ap.tolist() == [1.0] * 9 + [0.0]


def test_short_and_repeated_truth_is_dropped():
    rows = [
        (0, 0, 1.0, 2.0, 1),
        (0, 0, 1.0005, 2.0005, 1),  # the first once more
        (0, 0, 1.0015, 2.0015, 1),  # near the second, which is dropped, but not the first
        (0, 1, 1.0, 2.0, 1),  # another class
        (1, 0, 5.0, 5.0005, 1),  # too short
    ]
    assert without_repeats(arrays(rows)).span_s[:, 0].tolist() == [1.0, 1.0015, 1.0]


def test_recall_counts_as_many_predictions_as_there_are_segments():
    truth = arrays([(0, 0, 0, 10, 1), (0, 0, 20, 30, 1), (1, 1, 0, 10, 1)])
    found = arrays(
        [
            (0, 0, 50, 60, 0.9),
            (0, 0, 0, 10, 0.8),
            (0, 0, 20, 30, 0.7),
            (1, 0, 0, 10, 0.9),
        ]
    )
    recall = recall_at(truth, found, 2, np.array([1, 5]), np.array([0.5]))
    assert recall.tolist() == [[0.25, 0.5]]  # class 0: 1 of 2, then 2 of 2; class 1: none

"""Curves keep their look when they are thinned."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbackend.evaluate.average_precision import envelope_area, precision_recall
from mlbackend.measure import figures


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_short_curves_keep_their_envelope(hits, more):
    positives = sum(hits) + more
    precision, recall = precision_recall(np.array(hits, dtype=bool), positives)
    drawn = figures.curve("a", np.array(hits, dtype=bool), positives)
    kept = np.array(drawn["precision"][1:]), np.array(drawn["recall"][1:])
    assert np.isclose(envelope_area(*kept), envelope_area(precision, recall))


def test_long_curves_have_at_most_200_points_and_nearly_the_same_envelope():
    rng = np.random.default_rng(0)
    hits = rng.random(20_000) < np.linspace(1, 0.1, 20_000)
    precision, recall = precision_recall(hits, int(hits.sum()) + 500)
    drawn = figures.drawn("a", precision, recall)
    assert len(drawn["recall"]) == len(drawn["precision"]) == 200
    assert drawn["recall"][-1] == recall[-1] and drawn["recall"][0] == 0.0
    kept = np.array(drawn["precision"][1:]), np.array(drawn["recall"][1:])
    assert abs(envelope_area(*kept) - envelope_area(precision, recall)) < 0.006


def test_a_class_without_detections_has_an_empty_curve():
    assert figures.curve("a", np.zeros(0, bool), 3) == {
        "label": "a", "recall": [], "precision": [],
    }  # fmt: skip

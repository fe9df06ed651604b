"""Average precision against hand-made numbers and against plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbackend.evaluate.average_precision import (
    eleven_points,
    envelope_area,
    falling_envelope,
    hundred_one_points,
    precision_recall,
    trapezoid_area,
)

AREAS = (envelope_area, trapezoid_area, eleven_points, hundred_one_points)


def area(function, hits, positives):
    return float(function(*precision_recall(np.array(hits, dtype=bool), positives)))


def by_loop(name, hits, positives):
    """The same four figures, one detection after the other."""
    points, found = [], 0
    for n, hit in enumerate(hits, start=1):
        found += hit
        points.append((found / n, found / positives))
    if name == "trapezoid_area":
        total, before = 0.0, (1.0, 0.0)
        for point in points:
            total += (point[1] - before[1]) * (point[0] + before[0]) / 2
            before = point
        return total
    if name == "envelope_area":
        total, before = 0.0, 0.0
        for i, (_, recall) in enumerate(points):
            total += (recall - before) * max(p for p, _ in points[i:])
            before = recall
        return total
    marks = [i * 0.1 for i in range(11)] if name == "eleven_points" else np.linspace(0, 1, 101)
    return sum(max((p for p, r in points if r >= t), default=0.0) for t in marks) / len(marks)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (envelope_area, 0.5 * 1 + 0.5 * 2 / 3),
        (trapezoid_area, 0.5 * 1 + 0.5 * (0.5 + 2 / 3) / 2),
        (eleven_points, (6 * 1 + 5 * 2 / 3) / 11),
        (hundred_one_points, (51 * 1 + 50 * 2 / 3) / 101),
    ],
)
def test_a_hit_a_miss_and_a_hit_of_two(function, expected):
    assert area(function, [1, 0, 1], 2) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("function", AREAS)
def test_no_detection_is_zero(function):
    assert area(function, [], 3) == 0.0


def test_three_of_ten_do_not_reach_the_fourth_point():
    assert area(eleven_points, [1, 1, 1], 10) == pytest.approx(3 / 11)


def test_a_class_without_positives_has_no_figure():
    with pytest.raises(ValueError, match="without positives"):
        precision_recall(np.array([True]), 0)


def test_the_envelope_never_rises():
    assert falling_envelope(np.array([0.5, 1.0, 0.25, 0.5])).tolist() == [1.0, 1.0, 0.5, 0.5]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), max_size=40), st.integers(0, 5))
def test_areas_are_what_a_loop_finds(hits, missed):
    positives = max(1, sum(hits) + missed)
    for function in AREAS:
        expected = by_loop(function.__name__, hits, positives)
        assert area(function, hits, positives) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=4))
def test_leading_axes_are_rows_of_their_own(rows):
    precision, recall = precision_recall(np.array(rows), 9)
    for function in AREAS:
        each = [area(function, row, 9) for row in rows]
        assert function(precision, recall) == pytest.approx(each, abs=1e-12)

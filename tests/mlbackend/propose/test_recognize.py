"""Probabilities to spans: steady ones, in frames that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.domain.timebase import Timebase
from mlbackend.propose.recognize import (
    Recognized,
    SpanRules,
    centered,
    hysteresis,
    per_frame,
    recognize,
    smooth,
)

TIMEBASE = Timebase((1, 10), np.arange(100), 100)
WINDOWS = np.array([[start, start + 12] for start in range(0, 85, 4)])


def test_a_stretch_of_sure_windows_is_one_span() -> None:
    middle = WINDOWS.mean(axis=1)
    p = np.where((middle > 30) & (middle < 60), 0.9, 0.05)[:, None]
    (found,) = recognize(p, WINDOWS, [7], TIMEBASE)
    assert found.label_id == 7
    assert abs(found.start_frame - 30) <= 4 and abs(found.end_frame - 60) <= 4
    assert 0.7 < found.score <= 0.9


def test_two_actions_may_overlap() -> None:
    p = np.full((len(WINDOWS), 2), 0.8)
    found = recognize(p, WINDOWS, [3, 5], TIMEBASE)
    assert found == [
        Recognized(3, 0, 96, pytest.approx(0.8)),
        Recognized(5, 0, 96, pytest.approx(0.8)),
    ]


def test_nothing_sure_is_nothing_proposed() -> None:
    assert recognize(np.full((len(WINDOWS), 1), 0.45), WINDOWS, [3], TIMEBASE) == []
    assert recognize(np.zeros((0, 1)), np.zeros((0, 2), np.int64), [3], TIMEBASE) == []


def test_a_flash_is_dropped() -> None:
    short = np.array([[10, 13]])
    assert recognize(np.array([[0.9]]), short, [3], TIMEBASE) == []
    assert (
        len(recognize(np.array([[0.9]]), short, [3], TIMEBASE, rules=SpanRules(min_length_s=0.2)))
        == 1
    )


def test_hysteresis_begins_high_ends_low_and_closes_pauses() -> None:
    curve = np.array([0.4, 0.6, 0.4, 0.3, 0.4, 0.45, 0.2, 0.2, 0.2, 0.2, 0.7, 0.3, 0.6])
    times = np.arange(len(curve)) / 10
    assert hysteresis(curve, 0.5, 0.35, times, 0.0) == [(0, 3), (10, 11), (12, 13)]
    assert hysteresis(curve, 0.5, 0.35, times, 0.25) == [(0, 3), (10, 13)]


def test_frames_between_windows_take_from_both() -> None:
    p = per_frame(np.array([[0.0], [1.0]]), np.array([[0, 10], [5, 15]]), 0, 15)[:, 0]
    assert p[0] == 0.0 and p[14] == 1.0
    assert (np.diff(p) >= 0).all() and 0.4 < p[7] < 0.6


def test_smoothing_is_by_time() -> None:
    times = np.array([0.0, 0.1, 0.2, 1.0])
    out = smooth(np.array([0.0, 3.0, 0.0, 8.0]), times, 0.1)
    np.testing.assert_allclose(out, [1.5, 1.0, 1.5, 8.0])


def test_a_classes_own_threshold_becomes_one_half() -> None:
    p = np.array([[0.3, 0.7], [0.6, 0.2]])
    moved = centered(p, np.array([0.3, 0.7]))
    np.testing.assert_allclose(moved[0], 0.5)
    assert moved[1, 0] > 0.5 > moved[1, 1]


def test_each_class_begins_at_its_own_threshold_and_keeps_its_probability() -> None:
    """Two at once: the same probability is a yes for the rare class and a no for the common."""
    p = np.full((len(WINDOWS), 2), 0.4)
    found = recognize(p, WINDOWS, [3, 5], TIMEBASE, np.array([0.3, 0.6]))
    assert found == [Recognized(3, 0, 96, pytest.approx(0.4))]
    both = recognize(p, WINDOWS, [3, 5], TIMEBASE, np.array([0.3, 0.35]))
    assert [each.label_id for each in both] == [3, 5]

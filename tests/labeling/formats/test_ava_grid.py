from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.timebase import Timebase
from labeling.formats.ava_grid import Grid


def at_10_fps(frames, first=0):
    return Timebase((1, 10), np.arange(first, first + frames), first + frames)


def test_seconds_begin_at_the_start_second():
    grid = Grid(at_10_fps(25), Fraction(900))
    assert list(grid.timestamps()) == [(Decimal(900), 0), (Decimal(901), 10), (Decimal(902), 20)]


def test_a_start_between_seconds_shifts_the_frames():
    grid = Grid(at_10_fps(25), Fraction("0.5"))
    assert list(grid.timestamps()) == [(Decimal(1), 5), (Decimal(2), 15)]


def test_time_counts_from_the_first_frame_whatever_its_tick():
    assert list(Grid(at_10_fps(11, first=137), Fraction(0)).timestamps()) == [
        (Decimal(0), 0), (Decimal(1), 10),
    ]  # fmt: skip


def test_frames_come_from_recorded_times_and_not_from_the_rate():
    timebase = Timebase((1, 10), [0, 1, 2, 3, 14, 19, 21, 30], 31)
    found = dict(Grid(timebase, Fraction(0)).timestamps())
    assert {int(second): frame for second, frame in found.items()} == {0: 0, 1: 4, 2: 5, 3: 7}


def test_other_rates_have_microseconds():
    stamps = [str(s) for s, _ in Grid(at_10_fps(10), Fraction(0), Fraction(3)).timestamps()]
    assert stamps == ["0", "0.333333", "0.666667"]


@pytest.mark.parametrize(
    ("stamp", "inside"), [("899.99", False), ("900", True), ("902.4", True), ("902.5", False)]
)
def test_only_times_of_the_video_are_inside(stamp, inside):
    assert Grid(at_10_fps(25), Fraction(900)).holds(Decimal(stamp)) is inside


@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=50, unique=True).map(sorted),
    st.fractions(min_value=0, max_value=10**9, max_denominator=1001),
    st.sampled_from([(1, 1000), (1, 90000), (1001, 30000)]),
)
def test_the_nearest_frame_is_the_nearest(ticks, time_s, time_base):
    timebase = Timebase(time_base, ticks, ticks[-1] + 1)
    found = Grid(timebase, Fraction(0)).nearest(time_s)
    wanted = time_s / timebase.second + ticks[0]
    distances = [abs(tick - wanted) for tick in ticks]
    assert found == distances.index(min(distances))


@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=50, unique=True).map(sorted),
    st.sampled_from(
        [Fraction(0), Fraction(900), Fraction("0.5"), Fraction("12.345"), Fraction(7, 3)]
    ),
    st.sampled_from([Fraction(1), Fraction(3), Fraction(1, 4), Fraction("29.97"), Fraction(5, 2)]),
    st.sampled_from([(1, 1000), (1001, 30000), (1, 25)]),
)
def test_timestamps_are_the_multiples_of_the_rate_inside(ticks, start_s, rate_hz, time_base):
    timebase = Timebase(time_base, ticks, ticks[-1] + 1)
    grid = Grid(timebase, start_s, rate_hz)
    expected, step = [], int(start_s * rate_hz) - 1
    while (time_s := step / rate_hz - start_s) < grid.duration_s:
        if time_s >= 0:
            expected.append((round(float(step / rate_hz), 6), grid.nearest(time_s)))
        step += 1
    found = [(round(float(stamp), 6), frame) for stamp, frame in grid.timestamps()]
    assert found == expected

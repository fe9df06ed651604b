"""The frame at a time: the same by quick numbers as by exact ones, also at a frame's very begin."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.timebase import Timebase


def exactly(timebase: Timebase, time_s: float) -> int:
    """What `frame_at` is, by fractions alone."""
    tick = Fraction(time_s).limit_denominator(10**9) / timebase.second + int(timebase.ticks[0])
    index = int(np.searchsorted(timebase.ticks, float(tick), side="right")) - 1
    return min(max(index, 0), timebase.frame_count - 1)


@pytest.mark.parametrize("base", [(1, 10), (1, 90000), (1001, 30000), (1, 1_000_000), (1, 12800)])
@given(
    gaps=st.lists(st.integers(1, 5000), min_size=1, max_size=30),
    first=st.integers(0, 10**7),
    place=st.integers(0, 29),
    off=st.sampled_from([0.0, 1e-12, -1e-12, 1e-9, -1e-9, 1e-6, -1e-6, 1e-3, -0.4]),
)
def test_it_is_what_fractions_say(base, gaps, first, place, off):
    ticks = first + np.concatenate([[0], np.cumsum(gaps)])
    timebase = Timebase(base, ticks[:-1], int(ticks[-1]))
    time_s = timebase.time_s(min(place, timebase.frame_count - 1)) + off
    assert timebase.frame_at(time_s) == exactly(timebase, time_s)


@given(time_s=st.floats(-10.0, 1e5))
def test_it_is_so_anywhere(time_s):
    timebase = Timebase((1, 90000), np.arange(0, 3003 * 200, 3003), 3003 * 200)
    assert timebase.frame_at(time_s) == exactly(timebase, time_s)

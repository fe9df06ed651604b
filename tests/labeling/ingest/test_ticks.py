import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.ingest.ticks import presentation_ticks


@pytest.mark.parametrize(
    ("pts", "ticks", "repaired"),
    [
        ([0, 1, 2], [0, 1, 2], 0),
        ([33, 67, 100], [33, 67, 100], 0),
        # AVI with B-frames: shown in this order, but stamped in another.
        ([1, 2, 4, 3, 5], [1, 2, 3, 4, 5], 2),
        ([0, None, 20, None], [0, 10, 20, 30], 2),
        ([None, None], [0, 10], 2),
        ([0, 0, 0], [0, 1, 2], 2),
        ([5, 5, 6, 20], [5, 6, 7, 20], 2),
        ([-2, -1, 0], [-2, -1, 0], 0),
        ([7], [7], 0),
    ],
)
def test_times_become_strictly_increasing(pts, ticks, repaired):
    found, changed = presentation_ticks(pts, nominal=10)
    assert found.tolist() == ticks
    assert changed == repaired


@given(st.lists(st.none() | st.integers(-(2**40), 2**40), min_size=1), st.integers(1, 5000))
def test_any_times_increase_and_sound_ones_stay(pts, nominal):
    found, changed = presentation_ticks(pts, nominal)
    assert found.size == len(pts)
    assert (np.diff(found) > 0).all()
    sound = None not in pts and all(a < b for a, b in zip(pts, pts[1:], strict=False))
    assert (changed == 0) == sound

"""Windows are equal in time, whatever the frame rate."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.box import Box
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.data.windows import STEP_S, WINDOW_S, grid_frames, tube_windows


def _tube(start: int, end: int) -> Tube:
    box = Box(0, 0, 10, 20)
    frames = sorted({start, end - 1})
    return Tube("t", 1, tuple(Keyframe(frame, box) for frame in frames))


@given(
    gaps=st.lists(st.integers(10, 200), min_size=2, max_size=120),
    cut=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_windows_lie_in_the_tube_and_cover_it(gaps: list[int], cut: tuple[float, float]) -> None:
    ticks = np.concatenate([[0], np.cumsum(gaps)])
    timebase = Timebase((1, 1000), ticks, int(ticks[-1]) + 40)
    first, last = sorted(int(c * (timebase.frame_count - 1)) for c in cut)
    tube = _tube(first, last + 1)
    windows = tube_windows(tube, timebase)
    assert (windows[:, 0] >= tube.start_frame).all() and (windows[:, 1] <= tube.end_frame).all()
    assert (windows[:, 1] > windows[:, 0]).all()
    assert windows[0, 0] == tube.start_frame and windows[-1, 1] == tube.end_frame
    covered = np.zeros(timebase.frame_count, bool)
    for start, end in windows:
        covered[start:end] = True
    assert covered[tube.start_frame : tube.end_frame].all()


def test_a_window_lasts_as_long_at_any_frame_rate() -> None:
    for fps in (10, 25, 30, 60):
        timebase = Timebase((1, fps), np.arange(10 * fps), 10 * fps)
        windows = tube_windows(_tube(0, 10 * fps), timebase)
        lasts = (windows[:, 1] - windows[:, 0]) / fps
        np.testing.assert_allclose(lasts, WINDOW_S, atol=1.5 / fps)
        assert len(windows) in (23, 24)


def test_the_grid_keeps_its_step() -> None:
    timebase = Timebase((1, 25), np.arange(250), 250)
    steps = np.diff(grid_frames(timebase)) / 25
    np.testing.assert_allclose(steps.mean(), STEP_S, atol=0.002)
    slow = Timebase((1, 5), np.arange(50), 50)
    assert grid_frames(slow).tolist() == list(range(50))

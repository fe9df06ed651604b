"""Detection frames: steady in time, the same in a chunk as in the whole."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.domain.timebase import Timebase
from mlbackend.propose.sampling import chunks, detection_frames


@pytest.mark.parametrize(("fps", "rate_hz", "every"), [(25, 5.0, 5), (30, 10.0, 3), (60, 6.0, 10)])
def test_every_kth_frame_and_both_ends(fps: int, rate_hz: float, every: int) -> None:
    timebase = Timebase((1, fps), np.arange(4 * fps), 4 * fps)
    frames = detection_frames(timebase, rate_hz)
    assert frames.tolist() == [*range(0, 4 * fps, every), 4 * fps - 1]


def test_a_slow_video_is_looked_at_whole() -> None:
    assert detection_frames(Timebase((1, 3), np.arange(30), 30), 10.0).tolist() == list(range(30))


def test_time_decides_where_frames_come_unevenly() -> None:
    ticks = np.concatenate([np.arange(0, 1000, 20), np.arange(1000, 3000, 200)])
    frames = detection_frames(Timebase((1, 1000), ticks, 3000), 5.0)
    assert ticks[frames].tolist() == [*range(0, 3000, 200)]


def test_chunks_are_a_partition_by_time() -> None:
    timebase = Timebase((1, 10), np.arange(95), 95)
    frames = detection_frames(timebase, 5.0)
    parts = chunks(frames, timebase, 3.0)
    assert np.concatenate(parts).tolist() == frames.tolist()
    assert [int(part[0]) for part in parts] == [0, 30, 60, 90]

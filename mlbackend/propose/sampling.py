"""Which frames a detector looks at: a steady rate in time, the first and the last always."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase


def detection_frames(timebase: Timebase, rate_hz: float) -> NDArray[np.int64]:
    """Return the frames to detect on, (N,) increasing.

    They are the frames shown at multiples of 1 / `rate_hz` seconds: at a frame rate below the
    rate, every frame. They follow from the whole video, so that a chunk of it sees the same ones.
    """
    times = np.arange(0.0, timebase.duration_s, 1.0 / rate_hz)
    ticks = timebase.ticks[0] + np.round(times / float(timebase.second))
    frames = np.searchsorted(timebase.ticks, ticks, side="right") - 1
    ends = [0, timebase.frame_count - 1]
    return np.unique(np.clip(np.append(frames, ends), 0, ends[1])).astype(np.int64)


def chunks(frames: NDArray[np.int64], timebase: Timebase, seconds: float) -> list[NDArray]:
    """Cut detection frames into stretches of about `seconds` of video."""
    times = np.array([timebase.time_s(int(frame)) for frame in frames])
    number = (times // seconds).astype(np.int64)
    return [frames[number == n] for n in np.unique(number)]

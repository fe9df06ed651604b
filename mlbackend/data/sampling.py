"""Which frames a net sees: published samplers by index, and this project's by recorded time.

All answers are 0-based frame indices, int64.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from mlbackend.nets.action_net import ClipInput

Frames = NDArray[np.int64]


def clip_frames(
    timebase: Timebase,
    start_frame: int,
    end_frame: int,
    clip_input: ClipInput,
    first: int,
    last: int,
) -> Frames:
    """Return the (T,) frames of the clip that stands for a window.

    Moments lie `step_s` apart, the one after their middle in the middle of the frame that is
    shown halfway through the window: steps of whole frames then never fall on the border of two
    frames, however the ticks are rounded. With `segments` they are the middles of T equal parts
    of the window's time. What lies outside first..last repeats the first or last.

    Args:
        start_frame, end_frame: the window [start_frame, end_frame).
        first, last: the first and the last frame that may be used (both included): those of
            the tube, of the shot, or of the video.

    Raises:
        InvalidInput: an empty window, or last before first.
    """
    if end_frame <= start_frame or last < first:
        raise InvalidInput(
            f"A clip needs frames: the window is {start_frame} to {end_frame} (excluded), and "
            f"frames {first} to {last} may be used."
        )
    if clip_input.segments:
        moments = _segment_middles(timebase, start_frame, end_frame, clip_input.frames)
    else:
        offsets = np.arange(clip_input.frames) - clip_input.frames // 2
        middle = (timebase.tick(start_frame) + timebase.tick(end_frame)) / 2
        center = _shown(timebase, np.array([middle]))[0]
        moments = _steps(timebase, np.array([center]), offsets, clip_input.step_s)[0]
    return np.clip(moments, first, last)


def tsn_test(frame_count: int, segments: int, length: int = 1) -> Frames:
    """TSN's test sampler: (segments,) middles of equal parts; repeats if there are few frames.

    Source: Wang et al. (2016), as in tsn-pytorch.
    """
    tick = (frame_count - length + 1) / segments
    return (tick / 2 + tick * np.arange(segments)).astype(np.int64)


def tsn_validation(frame_count: int, segments: int, length: int = 1) -> Frames:
    """tsn-pytorch's sampler in training's validation: all zeros if there are too few frames."""
    if frame_count > segments + length - 1:
        return tsn_test(frame_count, segments, length)
    return np.zeros(segments, dtype=np.int64)


def mmaction2_2d_test(frame_count: int, clips: int) -> Frames:
    """mmaction2's test sampler of 2D nets: one frame from the middle of each of (clips,) parts."""
    interval = frame_count / clips
    return (np.arange(clips) * interval + interval / 2).astype(np.int64)


def mmaction2_3d_test(frame_count: int, length: int, interval: int, clips: int) -> Frames:
    """mmaction2's test sampler of 3D nets: (clips, length), spread from end to end.

    A video shorter than a clip is begun again.
    """
    room = max(frame_count - ((length - 1) * interval + 1), 0)
    if clips > 1:
        starts = np.round(np.arange(clips) * (room / (clips - 1)))
    else:
        starts = np.array([room // 2])
    frames = starts[:, None] + np.arange(length) * interval
    return np.mod(frames.astype(np.int64), frame_count)


def slowfast_ava(center: int, length: int, rate: int, frame_count: int) -> Frames:
    """SlowFast's frames around an AVA keyframe: (length,), clamped to the video."""
    half = length * rate // 2
    return np.clip(np.arange(center - half, center + half, rate), 0, frame_count - 1)


def mmaction2_ava(center: int, length: int, interval: int, frame_count: int) -> Frames:
    """mmaction2's frames around an AVA keyframe: (length,), clamped to the video."""
    start = center - length // 2 * interval
    return np.clip(start + np.arange(length) * interval, 0, frame_count - 1)


def _steps(timebase: Timebase, centers: Frames, offsets: Frames, step_s: float) -> Frames:
    """The frames `offsets` steps away from the middles of frames: (centers, offsets)."""
    middles = np.array([(timebase.tick(int(c)) + timebase.tick(int(c) + 1)) / 2 for c in centers])
    return _shown(timebase, middles[:, None] + offsets * (step_s / float(timebase.second)))


def _segment_middles(timebase: Timebase, start_frame: int, end_frame: int, parts: int) -> Frames:
    """The frames at the middles of equal parts of time, exact: in whole numbers."""
    start, end = timebase.tick(start_frame), timebase.tick(end_frame)
    whole = 2 * parts
    wanted = start * whole + (2 * np.arange(parts) + 1) * (end - start)
    return np.searchsorted(timebase.ticks * whole, wanted, side="right").astype(np.int64) - 1


def _shown(timebase: Timebase, ticks: NDArray[np.float64]) -> Frames:
    """The frames shown at these ticks; before the first and after the last one they repeat."""
    frames = np.searchsorted(timebase.ticks, ticks, side="right") - 1
    return np.clip(frames, 0, timebase.frame_count - 1).astype(np.int64)

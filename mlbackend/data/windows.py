"""Where along a tube a classifier looks: windows of equal time on one grid for the whole video."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube

WINDOW_S = 1.2
HOP_S = 0.4
# Frames compared by the flow are this far apart, whatever the frame rate.
STEP_S = 0.1


def tube_windows(tube: Tube, timebase: Timebase) -> NDArray[np.int64]:
    """Return the windows (W, 2) of a tube as [start_frame, end_frame), in order.

    Windows are `WINDOW_S` long and begin every `HOP_S` on the video's own grid; the first and
    the last are moved to the tube's ends. A tube shorter than a window is one window.
    """
    start_s = timebase.time_s(tube.start_frame)
    end_s = timebase.time_s(tube.end_frame)
    if end_s - start_s <= WINDOW_S:
        return np.array([[tube.start_frame, tube.end_frame]], dtype=np.int64)
    first = int(np.ceil(start_s / HOP_S))
    starts = [start_s]
    starts += [k * HOP_S for k in range(first, int(end_s / HOP_S) + 1)]
    starts = [s for s in starts if s + WINDOW_S <= end_s - 0.25 * HOP_S] + [end_s - WINDOW_S]
    found = [_frames(tube, timebase, s) for s in starts]
    return np.array(sorted(set(found)), dtype=np.int64)


def looked_at(windows: NDArray[np.int64], timebase: Timebase, every: int) -> NDArray[np.int64]:
    """Return the places, increasing, of a tube's windows that are described themselves.

    They are those that begin at each `every`-th place of the video's grid, so that tubes seen at
    a time share their moments, and the tube's first and last.
    """
    starts = [timebase.time_s(int(start)) for start in windows[:, 0]]
    numbers = np.ceil(np.array(starts) / HOP_S - 1e-6).astype(np.int64)
    places = np.flatnonzero(numbers % every == 0)
    return np.unique(np.concatenate([[0], places, [len(windows) - 1]])).astype(np.int64)


def grid_frames(timebase: Timebase) -> NDArray[np.int64]:
    """Return the frames shown at every `STEP_S` of the video, each once: (G,) increasing."""
    times = np.arange(0.0, timebase.duration_s, STEP_S)
    ticks = timebase.ticks[0] + times / float(timebase.second)
    frames = np.searchsorted(timebase.ticks, np.round(ticks), side="right") - 1
    return np.unique(np.clip(frames, 0, timebase.frame_count - 1)).astype(np.int64)


def _frames(tube: Tube, timebase: Timebase, start_s: float) -> tuple[int, int]:
    """The frames a window of time begins and ends with, inside the tube."""
    start = max(tube.start_frame, timebase.frame_at(start_s + 1e-6))
    end = timebase.frame_at(start_s + WINDOW_S - 1e-6) + 1
    return start, max(start + 1, min(end, tube.end_frame))

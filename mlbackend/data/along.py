"""HOG/HOF along tubes: describes the windows of all tubes while a video's frames pass by."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Described, Range, Ranges
from mlbackend.data.tube_body import TubeBody
from mlbackend.data.windows import grid_frames
from mlbackend.nets.hog_hof import Moment, moment, window_vector

# Frames are made this high at most: the flow needs no more, and costs by the pixel.
FLOW_HEIGHT_PX = 288


class AlongTubes:
    """Describes windows of tubes in one pass: see `descriptor.Reading`.

    A window is finished at its last pair of frames; moments that no later window needs are let go.

    Args:
        timebase: of the video.
        tubes: all tubes. ranges: place of a tube -> the [start_frame, end_frame) wanted of it.
    """

    def __init__(self, timebase: Timebase, tubes: Sequence[Tube], ranges: Ranges) -> None:
        self._steps = _Steps(timebase, tubes, ranges)
        self.frames = self._steps.frames
        self._flow = _Flow()
        self._moments: dict[tuple[int, int], Moment] = {}
        self._users: dict[tuple[int, int], int] = {}
        self._ending: dict[tuple[int, int], list[Range]] = {}
        for index, windows in ranges.items():
            for window in windows:
                starts = self._steps.within(window)
                self._ending.setdefault((index, int(starts[-1])), []).append(window)
                for start in starts:
                    key = index, int(start)
                    self._users[key] = self._users.get(key, 0) + 1

    def take(self, frame: int, picture: NDArray[np.uint8]) -> list[Described]:
        found = []
        for key, moment_ in self._flow.step(frame, picture, self._steps):
            self._moments[key] = moment_
            for window in self._ending.pop(key, []):
                found.append(Described(key[0], window, self._vector(key[0], window)))
        return found

    def finish(self) -> list[Described]:
        return []

    def _vector(self, index: int, window: Range) -> NDArray[np.float32]:
        keys = [(index, int(start)) for start in self._steps.within(window)]
        vector = window_vector([self._moments[key] for key in keys])
        for key in keys:
            self._users[key] -= 1
            if not self._users[key]:
                del self._moments[key]
        return vector


class _Steps:
    """Which pairs of frames are compared, and which tubes are looked at in each.

    A range that holds no pair of the grid (a tube of one frame) is given the nearest one.
    """

    def __init__(self, timebase: Timebase, tubes: Sequence[Tube], ranges: Ranges) -> None:
        grid = grid_frames(timebase)
        self.starts = grid[:-1] if len(grid) > 1 else grid
        self.next = {int(a): int(b) for a, b in zip(grid, grid[1:], strict=False)}
        self._timebase = timebase
        self.bodies = {index: TubeBody(tubes[index], timebase) for index in ranges}
        self.tubes_at: dict[int, list[int]] = {}
        for index, windows in ranges.items():
            for start in sorted({int(s) for w in windows for s in self.within(w)}):
                self.tubes_at.setdefault(start, []).append(index)
        ends = {self.next.get(start, start) for start in self.tubes_at}
        self.frames = sorted(set(self.tubes_at) | ends)

    def within(self, window: tuple[int, int]) -> NDArray[np.int64]:
        """The grid frames of a range at which a pair begins."""
        first, last = np.searchsorted(self.starts, window)
        if last > first:
            return self.starts[first:last]
        nearest = min(max(int(first) - 1, 0), len(self.starts) - 1)
        return self.starts[nearest : nearest + 1]

    def seconds(self, start: int) -> float:
        """Time between the frames of the pair that begins here."""
        end = self.next.get(start)
        return self._timebase.time_s(end) - self._timebase.time_s(start) if end else 1.0


class _Flow:
    """Keeps the frame before and describes the tubes of each finished pair."""

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._before: tuple[int, NDArray[np.uint8]] | None = None

    def step(
        self, frame: int, picture: NDArray[np.uint8], steps: _Steps
    ) -> list[tuple[tuple[int, int], Moment]]:
        gray, scale = _small_gray(picture)
        before, self._before = self._before, (frame, gray)
        found = []
        if before is not None and steps.next.get(before[0]) == frame:
            found = self._pair(*before, gray, scale, steps)
        if frame in steps.tubes_at and frame not in steps.next:
            found += self._pair(frame, gray, gray, scale, steps)
        return found

    def _pair(
        self,
        start: int,
        first: NDArray[np.uint8],
        second: NDArray[np.uint8],
        scale: float,
        steps: _Steps,
    ) -> list[tuple[tuple[int, int], Moment]]:
        indices = steps.tubes_at.get(start, [])
        if not indices:
            return []
        flow = self._dis.calc(first, second, None)
        flow -= np.median(flow[::4, ::4].reshape(-1, 2), axis=0)
        seconds = steps.seconds(start)
        found = []
        for index in indices:
            body = steps.bodies[index]
            box, reach = body.at(start)
            described = moment(
                first, flow, box * scale, reach * scale, body.height * scale, seconds
            )
            found.append(((index, start), described))
        return found


def _small_gray(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, FLOW_HEIGHT_PX / gray.shape[0])
    if scale < 1.0:
        size = (max(16, round(gray.shape[1] * scale)), round(gray.shape[0] * scale))
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return gray, scale

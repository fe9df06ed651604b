"""A tube as the crops see it: its box, reach and standing height on any frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube

# The crop's size follows the tube's largest box within this many seconds.
REACH_S = 0.6
STANDING_PERCENTILE = 80.0


class TubeBody:
    """A tube's box (px), reach and standing height, also where it is hidden or not there.

    Before its first and after its last keyframe the tube is where it was last.
    """

    def __init__(self, tube: Tube, timebase: Timebase) -> None:
        self._frames = np.array([k.frame for k in tube.keyframes])
        self._corners = np.array([k.box.as_list() for k in tube.keyframes])
        span = np.arange(tube.start_frame, tube.end_frame)
        boxes = np.stack([np.interp(span, self._frames, side) for side in self._corners.T], axis=1)
        size = boxes[:, 2:] - boxes[:, :2]
        self.height = float(np.percentile(size.max(axis=1), STANDING_PERCENTILE))
        width = max(1, round(REACH_S * float(timebase.fps)))
        larger = size.max(axis=1).astype(np.float32)[:, None]
        self._reach = cv2.dilate(larger, np.ones((2 * width + 1, 1), np.uint8))[:, 0]
        self._start = tube.start_frame

    def at(self, frame: int) -> tuple[NDArray[np.float64], float]:
        """Return the box (4,) and the reach: the tube's larger side around that time, px."""
        box = np.array([np.interp(frame, self._frames, side) for side in self._corners.T])
        place = min(max(frame - self._start, 0), len(self._reach) - 1)
        return box, float(self._reach[place])

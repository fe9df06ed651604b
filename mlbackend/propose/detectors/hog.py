"""OpenCV's HOG people detector: its weights are inside the library, so it works anywhere.

It only knows upright, whole people, in a 64 x 128 window in which the body is about 96 px tall.
Small people need an enlarged frame; its boxes carry the window's margin; and now and then it
answers with a window several times too large around somebody. Those three limits are handled
here; the fourth, people who bend, sit or lie, cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.propose.detectors.base import Detections, Frame, detections

TARGET_HEIGHT_PX = 720
# Between sizes: twice as coarse as the library's own choice costs half and, with groups of two
# windows allowed instead of three, finds as many people on real footage.
SIZE_STEP, GROUP_THRESHOLD = 1.1, 1
MAX_SCALE = 2.5
# The window's margin around the body, a share of the window on each side.
SHRINK_X, SHRINK_TOP, SHRINK_BOTTOM = 0.20, 0.12, 0.13
# A window is false when it holds a surer one that is this many times smaller.
SWALLOW_RATIO = 1.8
SWALLOW_COVER = 0.75


class HogDetector:
    """The library's default people detector over an enlarged frame."""

    categories: tuple[str, ...] = ("person",)

    def __init__(self, *, floor: float = 0.0) -> None:
        """Windows with a margin (distance to the separating plane) under `floor` are dropped."""
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(cv2.HOGDescriptor.getDefaultPeopleDetector())
        self._floor = floor

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`."""
        return [self._detect_one(frame) for frame in frames_bgr]

    def close(self) -> None:
        """See `Detector.close`; there is nothing to let go of."""

    def windows(
        self,
        frame: Frame,
        scale: float,
        *,
        step: float = SIZE_STEP,
        group: int = GROUP_THRESHOLD,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the raw windows (N, 4) in frame pixels and their margins (N,).

        Args:
            scale: the frame is enlarged by this first.
            step: factor from one window size to the next.
            group: more than this many alike windows make one; 0 leaves all.
        """
        size = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
        enlarged = cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR)
        found, margins = self._hog.detectMultiScale(
            enlarged,
            hitThreshold=0,
            winStride=(8, 8),
            padding=(8, 8),
            scale=step,
            groupThreshold=group,
        )
        boxes = np.asarray(found, dtype=np.float64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        return boxes / scale, np.asarray(margins, dtype=np.float64).reshape(-1)

    def _detect_one(self, frame: Frame) -> Detections:
        boxes, margins = self.windows(frame, frame_scale(frame.shape[0]))
        keep = (margins >= self._floor) & ~swallowing(boxes, margins)
        return detections(shrink(boxes[keep]), confidence(margins[keep]), frame.shape)


def frame_scale(height_px: int) -> float:
    """Return by how much to enlarge a frame so that 45-px people fill the window."""
    return min(MAX_SCALE, TARGET_HEIGHT_PX / height_px)


def shrink(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the window's margin off (N, 4) boxes."""
    width = boxes[:, 2] - boxes[:, 0]
    height = boxes[:, 3] - boxes[:, 1]
    return np.column_stack(
        [
            boxes[:, 0] + SHRINK_X * width,
            boxes[:, 1] + SHRINK_TOP * height,
            boxes[:, 2] - SHRINK_X * width,
            boxes[:, 3] - SHRINK_BOTTOM * height,
        ]
    )


def swallowing(boxes: NDArray[np.float64], margins: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which windows hold a surer, much smaller one: (N,) bool."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    holds = shared >= SWALLOW_COVER * area[None, :]
    larger = area[:, None] > SWALLOW_RATIO * area[None, :]
    surer = margins[None, :] > margins[:, None]
    return np.any(holds & larger & surer, axis=1)


def confidence(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map margins to 0..1: 0.27 at the plane, one half at 0.5, 0.95 at 2."""
    return 1.0 / (1.0 + np.exp(-2.0 * (margins - 0.5)))

"""What every detector gives back, and the box arithmetic they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]


class Detections(NamedTuple):
    """People found in one frame.

    boxes: (N, 4) float32, x1 y1 x2 y2 in pixels of the frame. scores: (N,) float32 in 0..1.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]


class Detector(Protocol):
    """Finds people in frames; may hold a net, so close it when done."""

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """Return one `Detections` per frame, best score first. Frames are (H, W, 3) BGR."""
        ...

    def close(self) -> None:
        """Let go of the net, and of a child process if there is one."""
        ...


class DetectorFailed(Exception):
    """A detector cannot be loaded or died; the message says what to do."""


def detections(
    boxes: NDArray[np.floating], scores: NDArray[np.floating], shape: tuple[int, ...]
) -> Detections:
    """Clip boxes to the frame, drop empty ones, and sort by falling score.

    Args:
        boxes: (N, 4) in pixels. scores: (N,). shape: (H, W, …) of the frame.
    """
    boxes = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    scores = np.asarray(scores, dtype=np.float32).reshape(-1)
    height, width = shape[:2]
    limit = np.array([width, height, width, height], dtype=np.float32)
    boxes = np.clip(boxes, 0.0, limit)
    keep = (boxes[:, 2] - boxes[:, 0] >= 1.0) & (boxes[:, 3] - boxes[:, 1] >= 1.0)
    boxes, scores = boxes[keep], scores[keep]
    order = np.argsort(-scores, kind="stable")
    return Detections(boxes[order], scores[order])


def suppress(
    boxes: NDArray[np.floating], scores: NDArray[np.floating], iou: float
) -> NDArray[np.intp]:
    """Return the indices greedy non-maximum suppression keeps, best first."""
    if len(boxes) == 0:
        return np.zeros(0, dtype=np.intp)
    sides = boxes.astype(np.float64)
    rectangles = np.column_stack([sides[:, :2], sides[:, 2:] - sides[:, :2]])
    kept = cv2.dnn.NMSBoxes(rectangles.tolist(), scores.astype(float).tolist(), 0.0, iou)
    return np.asarray(kept, dtype=np.intp).reshape(-1)

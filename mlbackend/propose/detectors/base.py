"""What every detector gives back, and the box arithmetic they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]


class Detections(NamedTuple):
    """Objects found in one frame.

    boxes: (N, 4) float32, x1 y1 x2 y2 in pixels of the frame. scores: (N,) float32 in 0..1.
    classes: (N,) int64, places in the detector's `categories`.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]

    def of(self, category: int) -> Detections:
        """Return what was found of one category."""
        mine = self.classes == category
        return Detections(self.boxes[mine], self.scores[mine], self.classes[mine])


class Detector(Protocol):
    """Finds objects in frames; may hold a net, so close it when done.

    categories: the names of what it finds, in the order its `Detections.classes` count in.
    """

    @property
    def categories(self) -> tuple[str, ...]:
        """See above."""
        ...

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """Return one `Detections` per frame, best score first. Frames are (H, W, 3) BGR."""
        ...

    def close(self) -> None:
        """Let go of the net, and of a child process if there is one."""
        ...


class DetectorFailed(Exception):
    """A detector cannot be loaded or died; the message says what to do."""


def detections(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    shape: tuple[int, ...],
    classes: NDArray[np.integer] | None = None,
) -> Detections:
    """Clip boxes to the frame, drop empty ones, and sort by falling score.

    Args:
        boxes: (N, 4) in pixels. scores: (N,). shape: (H, W, …) of the frame.
        classes: (N,) places in the detector's categories; without it all are the first.
    """
    boxes = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    scores = np.asarray(scores, dtype=np.float32).reshape(-1)
    if classes is None:
        classes = np.zeros(len(scores), dtype=np.int64)
    classes = np.asarray(classes, dtype=np.int64).reshape(-1)
    height, width = shape[:2]
    limit = np.array([width, height, width, height], dtype=np.float32)
    boxes = np.clip(boxes, 0.0, limit)
    keep = (boxes[:, 2] - boxes[:, 0] >= 1.0) & (boxes[:, 3] - boxes[:, 1] >= 1.0)
    keep &= np.isfinite(scores)
    boxes, scores, classes = boxes[keep], scores[keep], classes[keep]
    order = np.argsort(-scores, kind="stable")
    return Detections(boxes[order], scores[order], classes[order])


def suppress(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    iou: float,
    classes: NDArray[np.integer] | None = None,
) -> NDArray[np.intp]:
    """Return the indices greedy non-maximum suppression keeps, best first.

    Args:
        classes: (N,); boxes of different classes never suppress each other.
    """
    if len(boxes) == 0:
        return np.zeros(0, dtype=np.intp)
    sides = boxes.astype(np.float64)
    if classes is not None:
        # Each class in a place of its own, where no box of another can overlap.
        sides = sides + (classes * (sides.max() - sides.min() + 1.0))[:, None]
    rectangles = np.column_stack([sides[:, :2], sides[:, 2:] - sides[:, :2]])
    import cv2  # slow to load, and this file is read by the web server

    kept = cv2.dnn.NMSBoxes(rectangles.tolist(), scores.astype(float).tolist(), 0.0, iou)
    return np.asarray(kept, dtype=np.intp).reshape(-1)

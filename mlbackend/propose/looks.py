"""What a person looks like from one frame to the next: colors of upper and lower body."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

BINS = (8, 4)
LENGTH = 2 * BINS[0] * BINS[1]


def looks(frame_bgr: NDArray[np.uint8], boxes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return (N, LENGTH) hue-saturation histograms, rows of length 1.

    Only the middle of a box is read: its sides are background.
    """
    found = np.zeros((len(boxes), LENGTH), dtype=np.float32)
    if len(boxes) == 0:
        return found
    for row, (x1, y1, x2, y2) in enumerate(boxes):
        width, height = x2 - x1, y2 - y1
        left, right = _pixels(x1 + 0.25 * width, x2 - 0.25 * width, frame_bgr.shape[1])
        cuts = [y1 + share * height for share in (0.15, 0.5, 0.9)]
        halves = []
        for top, bottom in zip(cuts, cuts[1:], strict=False):
            upper, lower = _pixels(top, bottom, frame_bgr.shape[0])
            halves.append(_histogram(frame_bgr[upper:lower, left:right]))
        joined = np.sqrt(np.concatenate(halves))
        found[row] = joined / (np.linalg.norm(joined) + 1e-12)
    return found


def _pixels(low: float, high: float, size: int) -> tuple[int, int]:
    first = min(max(0, int(low)), size - 1)
    return first, min(size, max(first + 1, int(high)))


def _histogram(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Color where there is any, brightness where there is none."""
    hsv = cv2.cvtColor(patch, cv2.COLOR_BGR2HSV).reshape(-1, 3).astype(np.int64)
    colorful = hsv[:, 1] > 60
    band = np.where(colorful, hsv[:, 0] * BINS[0] // 180, hsv[:, 2] * BINS[0] // 256)
    level = np.where(colorful, 2 + (hsv[:, 2] > 110), hsv[:, 2] > 110)
    counts = np.bincount(band * BINS[1] + level, minlength=BINS[0] * BINS[1])
    return (counts / max(1, counts.sum())).astype(np.float32)

"""Carries a box from one picture to the next by the motion of the points inside it.

A grid of points is followed there and back again; those that do not come back to where they
started are wrong and left out. What the others moved by is the box's motion, and how far they
moved apart is its change of size.

Source: median flow with forward-backward error (Kalal, Mikolajczyk and Matas, ICPR 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Gray = NDArray[np.uint8]

GRID = 12
# Points near a box's sides lie on what is behind a person.
INNER = (0.15, 0.08)
MIN_POINTS = 12
# A box changes its size by at most this factor from one frame to the next.
MOST_GROWTH = 1.06
_WINDOW = {"winSize": (15, 15), "maxLevel": 3}


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a box went: (4,) px, and how far points missed on the way back.

    error: median forward-backward error as a share of the box's shorter side, 0 is perfect.
    kept: the share of points that could be followed, 0..1.
    """

    box: Floats
    error: float
    kept: float


def moved(before: Gray, after: Gray, box: Floats) -> Moved | None:
    """Follow a box (4,) px from one gray picture (H, W) to another; None where nothing holds."""
    points = _grid(box, before.shape)
    if len(points) < MIN_POINTS:
        return None
    rows, columns = _about(box, before.shape)
    corner = np.array([columns.start, rows.start], dtype=np.float32)
    before, after, points = before[rows, columns], after[rows, columns], points - corner
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, **_WINDOW)
    back, came_back, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **_WINDOW)
    missed = np.linalg.norm(back - points, axis=1)
    good = (found.ravel() == 1) & (came_back.ravel() == 1)
    if good.sum() < MIN_POINTS:
        return None
    side = float(min(box[2] - box[0], box[3] - box[1]))
    middle = float(np.median(missed[good]))
    # The better half, and none that is off by more than a tenth of the box.
    kept = good & (missed <= max(middle, 0.5)) & (missed <= 0.1 * side)
    if kept.sum() < MIN_POINTS // 2:
        return None
    start, end = points[kept].astype(np.float64), there[kept].astype(np.float64)
    shift = np.median(end - start, axis=0)
    grown = _growth(start, end)
    center, size = (box[:2] + box[2:]) / 2 + shift, (box[2:] - box[:2]) * grown
    went = np.concatenate([center - size / 2, center + size / 2])
    return Moved(went, middle / max(side, 1.0), float(good.mean()))


def _about(box: Floats, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of the picture about a box: points do not go further in one frame."""
    margin = 0.5 * float((box[2:] - box[:2]).max()) + 16
    low = np.maximum(box[:2] - margin, 0).astype(int)
    high = np.minimum(box[2:] + margin, np.array(shape[1::-1])).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _grid(box: Floats, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Points inside the box and the picture: (N, 2) float32, x and y."""
    (x1, y1), (x2, y2) = box[:2], box[2:]
    inset_x, inset_y = INNER[0] * (x2 - x1), INNER[1] * (y2 - y1)
    x = np.linspace(x1 + inset_x, x2 - inset_x, GRID)
    y = np.linspace(y1 + inset_y, y2 - inset_y, GRID)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    inside = (points >= 1).all(axis=1) & (points < np.array(shape[1::-1]) - 2).all(axis=1)
    return points[inside].astype(np.float32)


def _growth(start: Floats, end: Floats) -> float:
    """The median factor by which pairs of points moved apart."""
    order = np.argsort((start * 7919.0).sum(axis=1) % 104729.0)
    one, other = order, np.roll(order, len(order) // 2)
    apart = np.linalg.norm(start[one] - start[other], axis=1)
    now = np.linalg.norm(end[one] - end[other], axis=1)
    far = apart > 2.0
    if far.sum() < 4:
        return 1.0
    return float(np.clip(np.median(now[far] / apart[far]), 1 / MOST_GROWTH, MOST_GROWTH))

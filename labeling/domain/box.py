"""Axis-aligned boxes in pixels of the display-oriented source, origin top left."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from labeling.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Box:
    """Corners `(x1, y1, x2, y2)` in pixels, `x2 > x1` and `y2 > y1`, all finite.

    A box may reach outside the picture: exporters clip, the editor shows it.

    Raises:
        InvalidInput: a corner is not finite, or the box has no area.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in (self.x1, self.y1, self.x2, self.y2)):
            raise InvalidInput(f"A box has a corner that is not a number: {self.as_list()}.")
        if self.x2 <= self.x1 or self.y2 <= self.y1:
            raise InvalidInput(
                f"A box needs x2 > x1 and y2 > y1, got {self.as_list()}; swap or move its corners."
            )

    @classmethod
    def of(cls, values: Iterable[float]) -> "Box":
        """Make a box from four numbers; raises InvalidInput if there are not four."""
        corners = [float(value) for value in values]
        if len(corners) != 4:
            raise InvalidInput(f"A box needs four numbers x1, y1, x2, y2, got {len(corners)}.")
        return cls(*corners)

    def as_list(self) -> list[float]:
        return [self.x1, self.y1, self.x2, self.y2]

    def blend(self, other: "Box", weight: float) -> "Box":
        """Linear mix: `weight` 0 gives this box, 1 gives `other`."""
        mix = [a + (b - a) * weight for a, b in zip(self.as_list(), other.as_list(), strict=True)]
        return Box(*mix)

    def clipped(self, width: float, height: float) -> "Box | None":
        """The part inside a picture of `width` × `height` px, None if nothing is left."""
        x1, y1 = max(self.x1, 0.0), max(self.y1, 0.0)
        x2, y2 = min(self.x2, float(width)), min(self.y2, float(height))
        return Box(x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0..1, without the +1 of integer pixel conventions."""
    return float(iou_matrix(np.array([a.as_list()]), np.array([b.as_list()]))[0, 0])


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pairwise IoU.

    Args:
        a: (N, 4) corners in px.
        b: (M, 4) corners in px.

    Returns:
        (N, M) float64 in 0..1; a pair without area counts as 0.
    """
    a = np.asarray(a, dtype=np.float64).reshape(-1, 4)
    b = np.asarray(b, dtype=np.float64).reshape(-1, 4)
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])  # (N, M, 2)
    overlap = np.clip(bottom_right - top_left, 0.0, None).prod(axis=2)  # (N, M)
    union = _area(a)[:, None] + _area(b)[None, :] - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def _area(boxes: np.ndarray) -> np.ndarray:
    return np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None).prod(axis=1)

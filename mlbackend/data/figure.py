"""Draws a body: shaded limbs, clothes, hair and shoes, with the exact mask of what was drawn."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.data.body import INDEX

_SHIFT = 4
_SCALE = 1 << _SHIFT
_ROUND = 7  # points on each half circle of a limb's ends
_MARGIN_PX = 3

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Clothes:
    """BGR colors of a person."""

    shirt: Color
    trousers: Color
    skin: Color
    hair: Color
    shoes: Color
    long_sleeves: bool


# (from, to, radius at from, radius at to, color field), radii in body heights.
_LIMBS = (
    ("hip_l", "knee_l", 0.058, 0.043, "trousers"),
    ("hip_r", "knee_r", 0.058, 0.043, "trousers"),
    ("knee_l", "ankle_l", 0.041, 0.028, "trousers"),
    ("knee_r", "ankle_r", 0.041, 0.028, "trousers"),
    ("ankle_l", "toe_l", 0.027, 0.02, "shoes"),
    ("ankle_r", "toe_r", 0.027, 0.02, "shoes"),
    ("hip_l", "hip_r", 0.062, 0.062, "trousers"),
    ("pelvis", "chest", 0.078, 0.088, "shirt"),
    ("shoulder_l", "shoulder_r", 0.046, 0.046, "shirt"),
    ("shoulder_l", "elbow_l", 0.04, 0.031, "shirt"),
    ("shoulder_r", "elbow_r", 0.04, 0.031, "shirt"),
    ("elbow_l", "hand_l", 0.029, 0.024, "sleeve"),
    ("elbow_r", "hand_r", 0.029, 0.024, "sleeve"),
    ("chest", "chin", 0.035, 0.035, "skin"),
    ("chin", "crown", 0.05, 0.056, "skin"),
    ("crown", "crown", 0.062, 0.062, "hair"),
)
_FROM = np.array([INDEX[limb[0]] for limb in _LIMBS])
_TO = np.array([INDEX[limb[1]] for limb in _LIMBS])
_R0 = np.array([limb[2] for limb in _LIMBS])
_R1 = np.array([limb[3] for limb in _LIMBS])
# Drawn late whatever their depth: the head is in front of the neck, the hair on the head.
_LATE = np.array([0.0] * 13 + [0.05, 0.3, 0.31])


def draw_figure(
    frame: NDArray[np.uint8],
    points: NDArray[np.float64],
    depth: NDArray[np.float64],
    height_px: float,
    clothes: Clothes,
    mask: NDArray[np.uint8],
) -> tuple[int, int, int, int] | None:
    """Draw a body into a frame and its shape into a mask.

    Args:
        frame: (H, W, 3) BGR, changed in place.
        points: (18, 2) joints in pixels, y down. depth: (18,), larger is nearer.
        height_px: the standing height. clothes: its colors.
        mask: (H, W), changed in place: 255 where the body covers the pixel.

    Returns:
        The window (x1, y1, x2, y2) drawn in, or None when it lies outside the frame.
    """
    window = _window(points, height_px, frame.shape)
    if window is None:
        return None
    x1, y1, x2, y2 = window
    view, shape = frame[y1:y2, x1:x2], mask[y1:y2, x1:x2]
    local = points - (x1, y1)
    near = (depth[_FROM] + depth[_TO]) / 2 + _LATE
    outer = _capsules(local[_FROM], local[_TO], _R0 * height_px, _R1 * height_px)
    # Light comes from the upper left: a narrower, brighter limb shifted that way.
    glow = _capsules(
        local[_FROM] - 0.012 * height_px,
        local[_TO] - 0.012 * height_px,
        0.55 * _R0 * height_px,
        0.55 * _R1 * height_px,
    )
    for index in np.argsort(near, kind="stable"):
        color = _color(clothes, _LIMBS[index][4])
        shade = 0.78 + 0.5 * float(np.clip(depth[_FROM[index]], -0.15, 0.15))
        _fill(view, outer[index], _toned(color, shade))
        _fill(view, glow[index], _toned(color, shade + 0.22))
        cv2.fillConvexPoly(shape, outer[index], 255, cv2.LINE_8, _SHIFT)
    return window


def _window(
    points: NDArray[np.float64], height_px: float, shape: tuple[int, ...]
) -> tuple[int, int, int, int] | None:
    pad = 0.07 * height_px + _MARGIN_PX
    low = np.floor(points.min(axis=0) - pad).astype(int)
    high = np.ceil(points.max(axis=0) + pad).astype(int)
    x1, y1 = max(0, low[0]), max(0, low[1])
    x2, y2 = min(shape[1], high[0]), min(shape[0], high[1])
    return (int(x1), int(y1), int(x2), int(y2)) if x2 > x1 and y2 > y1 else None


def _capsules(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    start_radius: NDArray[np.float64],
    end_radius: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Outlines (S, 2 * _ROUND, 2) of tapered limbs with round ends, in 1/16 px."""
    along = np.arctan2(end[:, 1] - start[:, 1], end[:, 0] - start[:, 0])
    half = np.linspace(-np.pi / 2, np.pi / 2, _ROUND)
    ahead = along[:, None] + half[None, :]
    circle = np.stack([np.cos(ahead), np.sin(ahead)], axis=-1)
    tip = end[:, None, :] + circle * end_radius[:, None, None]
    tail = start[:, None, :] - circle * start_radius[:, None, None]
    return np.round(np.concatenate([tip, tail], axis=1) * _SCALE).astype(np.int32)


def _fill(view: NDArray[np.uint8], outline: NDArray[np.int32], color: Color) -> None:
    cv2.fillConvexPoly(view, outline, color, cv2.LINE_AA, _SHIFT)


def _color(clothes: Clothes, part: str) -> Color:
    if part == "sleeve":
        return clothes.shirt if clothes.long_sleeves else clothes.skin
    color: Color = getattr(clothes, part)
    return color


def _toned(color: Color, factor: float) -> Color:
    blue, green, red = (min(255.0, channel * factor) for channel in color)
    return blue, green, red

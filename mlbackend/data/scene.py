"""Backgrounds for synthetic clips: textured walls and ground, a moving camera, posts."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

CAMERAS = ("still", "pan", "shake")
MARGIN_PX = 48
# Size in px and strength of the patches a background is mottled with.
GRAIN = ((64, 10.0), (16, 3.5), (4, 2.5))


def background(width: int, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a textured picture with `MARGIN_PX` to spare on every side."""
    full = (height + 2 * MARGIN_PX, width + 2 * MARGIN_PX)
    horizon = int(full[0] * rng.uniform(0.45, 0.58))
    wall = rng.uniform(125, 165, 3)
    ground = rng.uniform(115, 150, 3)
    image = np.empty((*full, 3), np.float32)
    image[:horizon], image[horizon:] = wall, ground
    for _ in range(14):
        _panel(image, horizon, rng)
    _seams(image, horizon, rng)
    grain = sum(_noise(full, cell, rng) * weight for cell, weight in GRAIN)
    image += np.asarray(grain, np.float32)[:, :, None]
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)
    return np.clip(soft, 0, 255).astype(np.uint8)


def camera_offset(kind: str, t_s: float, phase: float) -> tuple[float, float]:
    """Return where the camera looks, in pixels from the middle, at a moment."""
    if kind == "pan":
        return 0.8 * MARGIN_PX * float(np.sin(2 * np.pi * (t_s / 9.0 + phase))), 0.0
    if kind == "shake":
        x = 4.0 * np.sin(2 * np.pi * (0.9 * t_s + phase)) + 2.0 * np.sin(9.7 * t_s)
        y = 3.0 * np.sin(2 * np.pi * (0.7 * t_s + phase)) + 1.5 * np.sin(12.1 * t_s)
        return float(x), float(y)
    return 0.0, 0.0


def view(
    image: NDArray[np.uint8], width: int, height: int, offset: tuple[float, float]
) -> NDArray[np.uint8]:
    """Return the (height, width, 3) part of the background the camera sees, sub-pixel exact."""
    shift = np.array([[1, 0, -MARGIN_PX - offset[0]], [0, 1, -MARGIN_PX - offset[1]]], float)
    if offset == (0.0, 0.0):
        return image[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width].copy()
    return cv2.warpAffine(image, shift, (width, height), borderMode=cv2.BORDER_REFLECT)


def draw_post(
    frame: NDArray[np.uint8], x: float, half_px: float, foot_y: float, shade: float
) -> tuple[int, int, int, int]:
    """Draw a post standing on `foot_y` and return the pixels (x1, y1, x2, y2) it covers."""
    x1, x2 = int(round(x - half_px)), int(round(x + half_px))
    y2 = int(round(foot_y))
    x1, x2 = max(0, x1), min(frame.shape[1], x2)
    if x2 <= x1:
        return 0, 0, 0, 0
    across = np.linspace(-1.0, 1.0, x2 - x1)
    tone = shade * (0.75 + 0.35 * np.cos(1.3 * (across + 0.35)))
    frame[:y2, x1:x2] = np.clip(tone, 0, 255).astype(np.uint8)[None, :, None]
    return x1, 0, x2, y2


def grain(width: int, height: int, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return sensor noise larger than a frame, to be cut at a new place for each frame."""
    return rng.normal(0.0, 3.0, (height + 32, width + 32, 1)).astype(np.int16)


def _panel(image: NDArray[np.float32], horizon: int, rng: np.random.Generator) -> None:
    """A darker or lighter rectangle on the wall: a door, a window, a sign."""
    width = int(rng.uniform(20, 90))
    height = int(rng.uniform(0.2, 0.8) * horizon)
    x = int(rng.uniform(0, image.shape[1] - width))
    y = int(rng.uniform(0, max(1, horizon - height)))
    tone = rng.uniform(-22, 22) + rng.uniform(-6, 6, 3)
    image[y : y + height, x : x + width] += tone


def _seams(image: NDArray[np.float32], horizon: int, rng: np.random.Generator) -> None:
    """Lines of paving that run together at the horizon."""
    middle = image.shape[1] / 2
    for x in np.linspace(-1.5, 2.5, 17) * image.shape[1]:
        start = (int(middle + 0.25 * (x - middle)), horizon)
        cv2.line(image, start, (int(x), image.shape[0]), image[-1, 0].tolist(), 1, cv2.LINE_AA)
    for share in np.linspace(0.05, 1.0, 7) ** 1.6:
        y = int(horizon + share * (image.shape[0] - horizon - 1))
        image[y : y + 1] -= rng.uniform(8, 16)


def _noise(size: tuple[int, int], cell: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise of unit size with features about `cell` pixels wide."""
    coarse = rng.normal(0.0, 1.0, (size[0] // cell + 2, size[1] // cell + 2)).astype(np.float32)
    return cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)

"""Random changes to clips that keep boxes right: moved, scaled, mirrored, tinted, shifted in time.

One `Jitter` is drawn for a whole clip, all its moments and streams, and the same affine map that
moves the pixels moves the boxes. Only what a camera could also have given is drawn: no rotation,
no mirroring where left and right matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.nets.action_net import Stream

SCALE = 0.15
MOVE = 0.08
BRIGHTNESS = 0.25
CONTRAST = 0.25
SATURATION = 0.3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Jitter:
    """One clip's changes; the defaults change nothing.

    Attributes:
        mirror: left and right change places.
        zoom: what was 1 px wide becomes `zoom` px wide, about the middle.
        move_x, move_y: then everything moves by this share of the width and the height.
        shift: share of the stored moments to spare that lie before the clip, 0..1.
        brightness, contrast, saturation: factors.
    """

    mirror: bool = False
    zoom: float = 1.0
    move_x: float = 0.0
    move_y: float = 0.0
    shift: float = 0.5
    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0


STILL = Jitter()


def draw(rng: np.random.Generator, strength: float, may_mirror: bool) -> Jitter:
    """Draw a clip's changes; every draw takes the same numbers from `rng`, used or not."""
    u = rng.random(8)
    signed = strength * (2.0 * u - 1.0)
    return Jitter(
        mirror=bool(may_mirror and strength > 0 and u[0] < 0.5),
        zoom=float(np.exp(SCALE * signed[1])),
        move_x=float(MOVE * signed[2]),
        move_y=float(MOVE * signed[3]),
        shift=float(np.clip(0.5 + 0.5 * signed[4], 0.0, 1.0)),
        brightness=float(np.exp(BRIGHTNESS * signed[5])),
        contrast=float(np.exp(CONTRAST * signed[6])),
        saturation=float(max(0.0, 1.0 + SATURATION * signed[7])),
    )


def affine(jitter: Jitter, shape: tuple[int, int], size: tuple[int, int]) -> Floats:
    """The map from stored pixels to the clip's pixels.

    Args:
        shape: (H, W) of the stored picture. size: (H, W) of the clip.

    Returns:
        (2, 3): (x, y, 1) of a point to its (x, y), pixel edges at whole numbers: the middle of the
        stored picture goes to the middle of the clip when nothing is changed, at the same scale.
    """
    sx, sy = (-jitter.zoom if jitter.mirror else jitter.zoom), jitter.zoom
    to_x = size[1] / 2 + jitter.move_x * size[1]
    to_y = size[0] / 2 + jitter.move_y * size[0]
    return np.array([[sx, 0.0, to_x - sx * shape[1] / 2], [0.0, sy, to_y - sy * shape[0] / 2]])


def moved(boxes: NDArray[np.floating], matrix: Floats, size: tuple[int, int]) -> Floats:
    """Boxes (K, 4) under the map, in order again and cut at the clip's edges (H, W).

    A box that leaves the clip keeps a pixel at its edge, so that it can still be pooled.
    """
    x = boxes[:, [0, 2]] * matrix[0, 0] + matrix[0, 2]
    y = boxes[:, [1, 3]] * matrix[1, 1] + matrix[1, 2]
    x1, x2 = np.clip([x.min(axis=1), x.max(axis=1)], 0.0, size[1])
    y1, y2 = np.clip([y.min(axis=1), y.max(axis=1)], 0.0, size[0])
    x1, y1 = np.minimum(x1, size[1] - 1.0), np.minimum(y1, size[0] - 1.0)
    return np.stack([x1, y1, np.maximum(x2, x1 + 1.0), np.maximum(y2, y1 + 1.0)], axis=1)


def warped(
    frames: NDArray[np.uint8], matrix: Floats, size: tuple[int, int], stream: Stream
) -> NDArray[np.uint8]:
    """Frames (T, H, W, C) under the map: (T, *size, C) uint8.

    Beyond the edges a picture goes on with its edge's color and flow is none. Mirrored flow points
    the other way; zoomed flow is longer.
    """
    flow = stream is Stream.FLOW
    centered = matrix.copy()
    # OpenCV's coordinates are those of pixel middles.
    centered[0, 2] += 0.5 * matrix[0, 0] - 0.5
    centered[1, 2] += 0.5 * matrix[1, 1] - 0.5
    border = cv2.BORDER_CONSTANT if flow else cv2.BORDER_REPLICATE
    out = np.empty((len(frames), *size, frames.shape[3]), dtype=np.uint8)
    for t, frame in enumerate(frames):
        for first in range(0, frame.shape[2], 4):
            part = np.ascontiguousarray(frame[:, :, first : first + 4])
            fill = (128,) * 4 if flow else (0,) * 4
            done = cv2.warpAffine(
                part, centered, (size[1], size[0]), flags=cv2.INTER_LINEAR,
                borderMode=border, borderValue=fill,
            )  # fmt: skip
            out[t, :, :, first : first + 4] = done.reshape(*size, -1)
    return _flow_turned(out, matrix) if flow else out


def _flow_turned(flow: NDArray[np.uint8], matrix: Floats) -> NDArray[np.uint8]:
    """Flow is kept as 128 + steps of its limit; x and y alternate in the channels."""
    if matrix[0, 0] == 1.0 and matrix[1, 1] == 1.0:
        return flow
    factors = np.resize([matrix[0, 0], matrix[1, 1]], flow.shape[3]).astype(np.float32)
    turned = (flow.astype(np.float32) - 128.0) * factors + 128.0
    return np.clip(np.rint(turned), 1, 255).astype(np.uint8)


def tinted(frames: NDArray[np.uint8], jitter: Jitter) -> NDArray[np.uint8]:
    """Color frames (…, 3) with other brightness, contrast and saturation, alike in all moments."""
    if (jitter.brightness, jitter.contrast, jitter.saturation) == (1.0, 1.0, 1.0):
        return frames
    x = frames.astype(np.float32)
    gray = x.mean(axis=-1, keepdims=True)
    x = gray + (x - gray) * jitter.saturation
    middle = float(gray.mean())
    x = (middle + (x - middle) * jitter.contrast) * jitter.brightness
    return np.clip(np.rint(x), 0, 255).astype(np.uint8)


def begin(stored: int, wanted: int, shift: float) -> int:
    """The first of `wanted` moments among the `stored` ones."""
    return int(round(shift * max(0, stored - wanted)))

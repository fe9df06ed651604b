"""From decoded pictures to what a net's clip is made of: crops, optical flow, tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

    from mlbackend.nets.action_net import ClipInput

# Flow is computed on pictures of this height at most; it costs by the pixel.
FLOW_HEIGHT_PX = 256
# Side of a tube's square crop in units of its reach: the body and what is around it.
CONTEXT = 1.5
# From this scale on shrinking averages pixels; below, sampling between four of them is enough.
_SHRINK = 1.5


def tube_region(box: NDArray[np.float64], reach: float) -> NDArray[np.float64]:
    """Return the square (x1, y1, x2, y2) px to crop around a box: (4,) float64.

    `reach` is the tube's larger side around that time, so that the square keeps its size while
    the body bends.
    """
    center = (box[:2] + box[2:]) / 2
    half = max(CONTEXT * reach / 2, 1.0)
    return np.concatenate([center - half, center + half])


def crop(picture: NDArray, region: NDArray[np.float64], width: int, height: int) -> NDArray:
    """Cut a region out of a picture (H, W, C) and scale it to (height, width, C).

    Outside the picture its border is repeated.
    """
    scale = (region[2:] - region[:2]) / (width, height)
    if scale.max() >= _SHRINK:
        return _shrunk(picture, region, width, height)
    source = np.array(
        [
            [scale[0], 0.0, region[0] + scale[0] / 2 - 0.5],
            [0.0, scale[1], region[1] + scale[1] / 2 - 0.5],
        ]
    )
    return cv2.warpAffine(
        picture,
        source,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def fitted(picture: NDArray, short_side: int) -> tuple[NDArray, float]:
    """Scale a whole picture (H, W, C) to a short side; return it and the scale."""
    height, width = picture.shape[:2]
    scale = short_side / min(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return picture, 1.0
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, size, interpolation=way), scale


class Flow:
    """Dense optical flow between two pictures, by OpenCV's DIS (preset fast).

    Published flow nets were trained on TV-L1, which the OpenCV build used here does not have. DIS
    is smoother at the borders of moving parts and misses slow, fine motion, so that published
    weights answer less surely on it; nets trained here see the same flow later.
    """

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def between(self, first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (h, w, 2) displacements x, y, in px of these gray pictures."""
        return np.asarray(self._dis.calc(first, second, None), dtype=np.float32)


def small_gray(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """Return a BGR picture as gray, at most `FLOW_HEIGHT_PX` high, and the scale applied."""
    scale = min(1.0, FLOW_HEIGHT_PX / picture.shape[0])
    if scale < 1.0:
        # DIS needs a few pixels in each direction.
        size = (max(16, round(picture.shape[1] * scale)), round(picture.shape[0] * scale))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), scale


def batch_tensor(clips: Sequence[NDArray], wanted: ClipInput, device: str) -> torch.Tensor:
    """Return clips as a net's input: (N, C, T, H, W) float32, scaled as `wanted` says.

    Args:
        clips: N of (T, H, W, C): uint8 or int16 for color and its differences (BGR), float16 for
            flow in px a step.
    """
    import torch

    from mlbackend.nets.action_net import Stream

    stacked = np.stack(clips)
    if wanted.stream is not Stream.FLOW and not wanted.bgr:
        stacked = _turned(stacked)
    pixels = torch.from_numpy(stacked).to(device).float()
    if wanted.stream is Stream.FLOW:
        pixels.clamp_(-wanted.flow_limit, wanted.flow_limit)
    # (x * scale - mean) / std in place, channels innermost: the way fast nets read them.
    std, mean = np.array(wanted.std), np.array(wanted.mean)
    for values, apply in ((wanted.scale / std, pixels.mul_), (-mean / std, pixels.add_)):
        apply(_each(values, pixels.shape[-1], device))
    return pixels.permute(0, 4, 1, 2, 3)


def _turned(pixels: NDArray) -> NDArray:
    """(..., W, stack * 3) BGR to RGB, or the other way."""
    rows = pixels.reshape(-1, pixels.shape[-2] * (pixels.shape[-1] // 3), 3)
    kind = pixels.dtype
    rows = rows.view(np.uint16) if kind == np.int16 else rows
    return cv2.cvtColor(rows, cv2.COLOR_BGR2RGB).view(kind).reshape(pixels.shape)


def _each(values: NDArray[np.float64], channels: int, device: str) -> torch.Tensor | float:
    """A value for each channel, repeated over a stack of frames; one number where all agree."""
    import torch

    if (values == values[0]).all():
        return float(values[0])
    return torch.tensor(np.resize(values, channels), dtype=torch.float32, device=device)


def _shrunk(picture: NDArray, region: NDArray[np.float64], width: int, height: int) -> NDArray:
    """Average over the source's pixels; the region is moved to whole pixels, far below one here."""
    x1, y1 = np.floor(region[:2] + 0.5).astype(int)
    x2, y2 = np.maximum(np.floor(region[2:] + 0.5).astype(int), (x1 + 1, y1 + 1))
    rows, columns = picture.shape[:2]
    if x1 >= 0 and y1 >= 0 and x2 <= columns and y2 <= rows:
        cut = picture[y1:y2, x1:x2]
    else:
        inside = picture[
            min(max(y1, 0), rows - 1) : max(min(y2, rows), 1),
            min(max(x1, 0), columns - 1) : max(min(x2, columns), 1),
        ]
        top, left = min(max(-y1, 0), y2 - y1 - 1), min(max(-x1, 0), x2 - x1 - 1)
        below = y2 - y1 - top - inside.shape[0]
        right = x2 - x1 - left - inside.shape[1]
        cut = cv2.copyMakeBorder(inside, top, below, left, right, cv2.BORDER_REPLICATE)
    return cv2.resize(cut, (width, height), interpolation=cv2.INTER_AREA)

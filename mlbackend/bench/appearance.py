"""What a detector's body sees of an actor: its feature map of the crop, pooled.

For the quantized Faster R-CNN of the data sets (TorchScript), whose body is one map of 112 channels
at a sixteenth of the picture. It knows the things of COCO and no action.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Tube
from labeling.media import read_frames
from mlbackend.bench import along_svm
from mlbackend.bench.clips import LabeledClip
from mlbackend.bench.jhmdb import clip_timebase
from mlbackend.data.windows import tube_windows

SIDE = 224
# How much of the surroundings a crop has: hands and what they hold lie beyond the box.
WIDER = 1.4
# Of OpenCV's BGR, 0 to 255: what detectron2's nets subtract.
MEAN = np.array([103.53, 116.28, 123.675], dtype=np.float32)

Picture = NDArray[np.uint8]


class Appearance:
    """The body of a detector.

    Raises:
        InvalidInput: the file is no such detector.
    """

    def __init__(self, path: Path) -> None:
        import torch
        import torchvision  # noqa: F401  (registers what the file calls)

        torch.backends.quantized.engine = "qnnpack"
        try:
            self._body = torch.jit.load(str(path), map_location="cpu").eval().model.model.backbone
        except (RuntimeError, ValueError, AttributeError) as error:
            raise InvalidInput(f"{path} is no TorchScript detector with a body: {error}") from error

    def of(self, picture: Picture, box: Sequence[float]) -> NDArray[np.float32]:
        """(336,) mean and highest of each channel on the actor, mean on the whole picture."""
        actor = self._map(_crop(picture, box))
        around = self._map(picture)
        return np.concatenate([actor.mean(axis=1), actor.max(axis=1), around.mean(axis=1)])

    def _map(self, picture: Picture) -> NDArray[np.float32]:
        """(channels, places) of a picture brought to SIDE x SIDE."""
        import cv2
        import torch

        small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) - MEAN
        with torch.inference_mode():
            found: Any = self._body(torch.from_numpy(small.transpose(2, 0, 1)[None].copy()))
        return np.asarray(found[0].flatten(1).numpy(), dtype=np.float32)


def appearance_rows(clip: LabeledClip, way: str, net: Appearance) -> NDArray[np.float32]:
    """(W, 336), or (1, 336) for "whole": the middle frame of each row of `along_svm`'s."""
    timebase = clip_timebase(clip.path)
    tube = along_svm.clip_tube(clip, timebase)
    ranges = [(int(a), int(b)) for a, b in tube_windows(tube, timebase)]
    if way == "whole":
        ranges = [(tube.start_frame, tube.end_frame)]
    middles = [(start + end - 1) // 2 for start, end in ranges]
    frames = sorted(set(middles))
    pictures = dict(read_frames(clip.path, timebase, frames, pixel_format="bgr24"))
    return np.stack([net.of(pictures[frame], _box(tube, frame)) for frame in middles])


def _box(tube: Tube, frame: int) -> Sequence[float]:
    inside = min(max(frame, tube.start_frame), tube.end_frame - 1)
    box = tube.box_at(inside)
    assert box is not None  # a keyframe on every frame
    return box.as_list()


def _crop(picture: Picture, box: Sequence[float]) -> Picture:
    """The box, wider on all sides, as far as there is a picture."""
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box
    dx, dy = (WIDER - 1) / 2 * (x2 - x1), (WIDER - 1) / 2 * (y2 - y1)
    left, right = int(max(0, x1 - dx)), int(min(width, x2 + dx))
    top, bottom = int(max(0, y1 - dy)), int(min(height, y2 + dy))
    if right - left < 2 or bottom - top < 2:
        return picture
    return picture[top:bottom, left:right]

"""The pictures of a training, decoded once: lossless files in the training's folder."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.media import read_frames
from mlbackend.train.detector.frames import TrueFrame

Picture = NDArray[np.uint8]


class Video(Protocol):
    """What is needed of a video to read its frames."""

    @property
    def id(self) -> str: ...
    @property
    def source_path(self) -> Path: ...
    @property
    def timebase(self) -> Timebase: ...
    @property
    def rotation(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures by video and frame, as (H, W, 3) BGR.

    longest_px: larger ones are stored smaller; the nets make them smaller still.
    """

    folder: Path
    longest_px: int

    def fill(
        self,
        videos: Iterable[Video],
        wanted: Sequence[TrueFrame],
        report: Callable[[float], None],
    ) -> None:
        """Decode what is not there yet; `report` is told the share that is done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        done = 0
        for video in videos:
            mine = [each.frame for each in wanted if each.video_id == video.id]
            lacking = [frame for frame in mine if not self._path(video.id, frame).exists()]
            done += len(mine) - len(lacking)
            for frame, picture in read_frames(
                video.source_path,
                video.timebase,
                lacking,
                rotation=video.rotation,
                pixel_format="bgr24",
            ):
                self._write(self._path(video.id, frame), picture)
                done += 1
                report(done / max(1, len(wanted)))

    def read(self, wanted: TrueFrame) -> tuple[Picture, NDArray[np.float64]]:
        """Return a frame's picture, and its boxes in pixels of that picture.

        Raises:
            InvalidInput: the picture has gone or is damaged.
        """
        path = self._path(wanted.video_id, wanted.frame)
        stored = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if stored is None:
            path.unlink(missing_ok=True)
            raise InvalidInput(f"{path.name} of the training has gone or is damaged; run it again.")
        picture = np.asarray(stored, dtype=np.uint8)
        return picture, wanted.boxes * self._scale_of(path)

    def _write(self, path: Path, picture: Picture) -> None:
        scale = min(1.0, self.longest_px / max(picture.shape[:2]))
        if scale < 1.0:
            size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
            resized = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            picture = np.asarray(resized, dtype=np.uint8)
        draft = path.with_name(f".{uuid.uuid4().hex}.png")
        cv2.imwrite(str(draft), picture)
        draft.with_suffix(".scale").write_text(repr(scale))
        os.replace(draft.with_suffix(".scale"), path.with_suffix(".scale"))
        os.replace(draft, path)

    def _scale_of(self, path: Path) -> float:
        return float(path.with_suffix(".scale").read_text())

    def _path(self, video_id: str, frame: int) -> Path:
        return self.folder / f"{video_id}-{frame:08d}.png"


def as_input(
    picture: Picture, boxes: NDArray[np.float64], labels: NDArray[np.int64], *, flip: bool
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return what torchvision's nets are trained with.

    Args:
        picture: (H, W, 3) BGR. boxes: (N, 4) px. labels: (N,) from 1.
        flip: mirror left and right, boxes too.

    Returns:
        (3, H, W) float32 RGB in 0..1, and {boxes (N, 4) float32, labels (N,) int64}. Boxes are
        clipped to the picture; what is left with less than a pixel is dropped.
    """
    height, width = picture.shape[:2]
    inside = np.clip(boxes, 0.0, [width, height, width, height])
    kept = ((inside[:, 2:] - inside[:, :2]) >= 1.0).all(axis=1)
    inside, labels = inside[kept], labels[kept]
    if flip:
        picture, inside = picture[:, ::-1], mirrored(inside, width)
    rgb = np.ascontiguousarray(picture[:, :, ::-1].transpose(2, 0, 1))
    return torch.from_numpy(rgb).float() / 255.0, {
        "boxes": torch.from_numpy(inside).float().reshape(-1, 4),
        "labels": torch.from_numpy(labels),
    }


def mirrored(boxes: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return (N, 4) boxes as they lie in the mirrored picture."""
    return np.column_stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]])

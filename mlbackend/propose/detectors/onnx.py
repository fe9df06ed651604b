"""YOLOX nets from ONNX files, run by onnxruntime.

Source: Ge et al., "YOLOX" (2021): anchor-free cells at strides 8, 16 and 32 (and 64), each with
a box, a score that something is there, and one for each category.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.nets.memory import is_out_of_memory
from mlbackend.propose.detectors.base import (
    Detections,
    DetectorFailed,
    Frame,
    detections,
    suppress,
)
from mlbackend.propose.detectors.batches import Batches
from mlbackend.propose.detectors.coco import COCO_80

STRIDES = ((8, 16, 32), (8, 16, 32, 64))
PAD_VALUE = 114
NMS_IOU = 0.45
# For files that take any size: the side most of the family was trained at.
FREE_SIDE_PX = 640
GPU_BATCH = 8
_BOX_AND_SCORE = 5

Floats = NDArray[np.float32]


class YoloxDetector:
    """A YOLOX net: letterboxed BGR 0..255 in, grid-relative boxes out."""

    def __init__(
        self,
        path: Path,
        *,
        threads: int,
        floor: float = 0.1,
        categories: tuple[str, ...] | None = None,
    ) -> None:
        """Load the file and look at what it gives for an empty picture.

        Args:
            categories: what its outputs are called; COCO's 80 without it.

        Raises:
            DetectorFailed: it is not a YOLOX net with these categories.
        """
        import onnxruntime

        self.categories = categories or COCO_80
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        here = onnxruntime.get_available_providers()
        wanted = [p for p in ("CUDAExecutionProvider", "CPUExecutionProvider") if p in here]
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
        except Exception as error:  # onnxruntime has no public base class of its errors
            raise DetectorFailed(f"{path.name} cannot be read as ONNX: {error}") from error
        self._path, self._floor = path, floor
        self._input = self._session.get_inputs()[0]
        self._size = input_size(path, self._input.shape)
        free = not isinstance(self._input.shape[0], int)
        on_gpu = "CUDAExecutionProvider" in self._session.get_providers()
        self.batches = Batches(GPU_BATCH if free and on_gpu else 1)
        self._grid, self._stride, self._decoded = self._tried()

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`.

        Raises:
            DetectorFailed: the net fails, or not even one frame fits into memory.
        """
        return self.batches.run(frames_bgr, self._detect_batch)

    def close(self) -> None:
        """See `Detector.close`."""
        del self._session

    def _detect_batch(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        fitted = [letterbox(frame, self._size) for frame in frames_bgr]
        outputs = self._run(np.stack([image for image, _ in fitted]))
        return [
            self._objects(output, ratio, frame.shape)
            for output, (_, ratio), frame in zip(outputs, fitted, frames_bgr, strict=True)
        ]

    def _run(self, images: Floats) -> Floats:
        try:
            return np.asarray(self._session.run(None, {self._input.name: images})[0])
        except Exception as error:
            if is_out_of_memory(error):
                raise
            raise DetectorFailed(f"{self._path.name} cannot be run: {error}") from error

    def _objects(self, output: Floats, ratio: float, shape: tuple[int, ...]) -> Detections:
        each = output[:, 4:5] * output[:, _BOX_AND_SCORE:]
        rows, classes = np.nonzero(each >= self._floor)
        scores, output = each[rows, classes], output[rows]
        if self._decoded:
            middle, half = output[:, :2], output[:, 2:4] / 2
        else:
            middle = (output[:, :2] + self._grid[rows]) * self._stride[rows]
            half = np.exp(output[:, 2:4]) * self._stride[rows] / 2
        boxes = np.hstack([middle - half, middle + half]) / ratio
        kept = suppress(boxes, scores, NMS_IOU, classes)
        return detections(boxes[kept], scores[kept], shape, classes[kept])

    def _tried(self) -> tuple[Floats, Floats, bool]:
        """Run once on an empty picture: the cells of its output rows, and how boxes are told."""
        output = self._run(np.full((1, 3, *self._size), PAD_VALUE, dtype=np.float32))
        columns = _BOX_AND_SCORE + len(self.categories)
        for strides in STRIDES:
            cells, stride = grid(self._size, strides)
            if output.shape == (1, len(cells), columns):
                return cells, stride, is_decoded(output[0], cells, stride)
        rows = " or ".join(str(len(grid(self._size, strides)[0])) for strides in STRIDES)
        raise DetectorFailed(
            f"{self._path.name} gives an output of shape {tuple(output.shape)}; a YOLOX net of "
            f"{len(self.categories)} categories gives 1 x {rows} x {columns} for this size"
        )


def letterbox(frame: Frame, size: tuple[int, int]) -> tuple[Floats, float]:
    """Fit a frame top left into (H, W) and return it as (3, H, W) float32 with its scale."""
    height, width = size
    ratio = min(height / frame.shape[0], width / frame.shape[1])
    fitted = cv2.resize(
        frame,
        (max(1, int(frame.shape[1] * ratio)), max(1, int(frame.shape[0] * ratio))),
        interpolation=cv2.INTER_LINEAR,
    )
    canvas = np.full((height, width, 3), PAD_VALUE, dtype=np.uint8)
    canvas[: fitted.shape[0], : fitted.shape[1]] = fitted
    return np.ascontiguousarray(canvas.transpose(2, 0, 1), dtype=np.float32), ratio


def input_size(path: Path, shape: Sequence[object]) -> tuple[int, int]:
    """Return (H, W) of the pictures a file takes; a side it leaves open gets `FREE_SIDE_PX`.

    Raises:
        DetectorFailed: it takes no pictures of three colors, or sides no cell fits into.
    """
    sides = [side if isinstance(side, int) else FREE_SIDE_PX for side in shape[2:]]
    if len(shape) != 4 or (isinstance(shape[1], int) and shape[1] != 3):
        raise DetectorFailed(
            f"{path.name} takes an input of shape {list(shape)}; a YOLOX net takes 1 x 3 x H x W"
        )
    if any(side < 32 or side % 32 for side in sides):
        raise DetectorFailed(
            f"{path.name} takes pictures of {sides[1]} x {sides[0]} px; a YOLOX net's sides are "
            "multiples of 32"
        )
    return sides[0], sides[1]


def grid(size: tuple[int, int], strides: Sequence[int]) -> tuple[Floats, Floats]:
    """Return the cell of each output row (N, 2) as x, y, and its stride (N, 1)."""
    cells, steps = [], []
    for stride in strides:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:rows, :columns]
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        steps.append(np.full((rows * columns, 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


def is_decoded(output: Floats, cells: Floats, stride: Floats) -> bool:
    """Return whether centers are pixels already, as some exports have them.

    Then they lie near their cells; else they are small, and lie there once the cell is added.
    """
    middles = (cells + 0.5) * stride
    as_pixels = np.abs(output[:, :2] - middles).mean()
    as_offsets = np.abs((output[:, :2] + cells) * stride - middles).mean()
    return bool(as_pixels < as_offsets)

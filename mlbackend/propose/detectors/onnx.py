"""YOLOX nets from ONNX files, run by onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.propose.detectors.base import (
    Detections,
    DetectorFailed,
    Frame,
    detections,
    suppress,
)
from mlbackend.propose.detectors.coco import COCO_80

STRIDES = (8, 16, 32)
PAD_VALUE = 114
NMS_IOU = 0.45


class YoloxDetector:
    """A YOLOX net: letterboxed BGR 0..255 in, grid-relative boxes out."""

    def __init__(self, path: Path, *, threads: int, floor: float = 0.1) -> None:
        """Load the file.

        Raises:
            DetectorFailed: it is not a YOLOX net with one fixed-size image input.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public base class of its errors
            raise DetectorFailed(f"{path.name} cannot be read as ONNX: {error}") from error
        self._input = self._session.get_inputs()[0]
        self._size = _input_size(path, self._input.shape)
        self._grid, self._stride = _grid(self._size)
        self._floor = floor

    @property
    def categories(self) -> tuple[str, ...]:
        """See `Detector.categories`."""
        return COCO_80

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`."""
        return [self._detect_one(frame) for frame in frames_bgr]

    def close(self) -> None:
        """See `Detector.close`."""
        del self._session

    def _detect_one(self, frame: Frame) -> Detections:
        image, ratio = letterbox(frame, self._size)
        output = self._session.run(None, {self._input.name: image[None]})[0][0]
        each = output[:, 4:5] * output[:, 5:]
        rows, classes = np.nonzero(each >= self._floor)
        scores, output = each[rows, classes], output[rows]
        grid, stride = self._grid[rows], self._stride[rows]
        middle = (output[:, :2] + grid) * stride
        half = np.exp(output[:, 2:4]) * stride / 2
        boxes = np.hstack([middle - half, middle + half]) / ratio
        kept = suppress(boxes, scores, NMS_IOU, classes)
        return detections(boxes[kept], scores[kept], frame.shape, classes[kept])


def letterbox(frame: Frame, size: tuple[int, int]) -> tuple[NDArray[np.float32], float]:
    """Fit a frame top left into (H, W) and return it as (3, H, W) float32 with its scale."""
    height, width = size
    ratio = min(height / frame.shape[0], width / frame.shape[1])
    fitted = cv2.resize(
        frame,
        (int(frame.shape[1] * ratio), int(frame.shape[0] * ratio)),
        interpolation=cv2.INTER_LINEAR,
    )
    canvas = np.full((height, width, 3), PAD_VALUE, dtype=np.uint8)
    canvas[: fitted.shape[0], : fitted.shape[1]] = fitted
    return np.ascontiguousarray(canvas.transpose(2, 0, 1), dtype=np.float32), ratio


def _input_size(path: Path, shape: list[object]) -> tuple[int, int]:
    if len(shape) != 4 or not all(isinstance(side, int) for side in shape[2:]):
        raise DetectorFailed(
            f"{path.name} takes an input of shape {shape}; a YOLOX net takes 1 x 3 x H x W"
        )
    return int(str(shape[2])), int(str(shape[3]))


def _grid(size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the cell of each output row (N, 2) as x, y, and its stride (N, 1)."""
    cells, strides = [], []
    for stride in STRIDES:
        rows, columns = size[0] // stride, size[1] // stride
        y, x = np.mgrid[:rows, :columns]
        cells.append(np.stack([x, y], axis=-1).reshape(-1, 2))
        strides.append(np.full((rows * columns, 1), stride))
    return (
        np.concatenate(cells).astype(np.float32),
        np.concatenate(strides).astype(np.float32),
    )

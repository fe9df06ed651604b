"""Tells whether an ONNX file is a YOLOX detector, by what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.zoo.state import bad_file, first_bytes

SUFFIX = ".onnx"
STRIDES = (8, 16, 32)
_GRAY = 114.0
_BOX_AND_OBJECTNESS = 5
_SENTENCE = "Only detectors of the YOLOX family are run from ONNX files."


@dataclass(frozen=True, slots=True)
class OnnxDetector:
    """Input height and width in px, and how many classes it tells apart."""

    height: int
    width: int
    classes: int


def read_onnx(path: Path) -> OnnxDetector:
    """Look at a file's inputs and outputs and let it answer one gray picture.

    Raises:
        InvalidInput: it is no ONNX file, or no YOLOX net as its authors export it.
    """
    first_bytes(path)
    session = _session(path)
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or len(outputs) != 1:
        raise _no_detector(path, f"it has {len(inputs)} inputs and {len(outputs)} outputs")
    shape = inputs[0].shape
    sides = shape[2:]
    if (
        len(shape) != 4
        or shape[1] != 3
        or not all(isinstance(side, int) and side > 0 and side % STRIDES[-1] == 0 for side in sides)
    ):
        raise _no_detector(
            path, f"its input is {shape}, not 1 x 3 x H x W with sides that {STRIDES[-1]} divides"
        )
    height, width = sides
    answer = _answer(path, session, inputs[0].name, height, width)
    cells = sum((height // stride) * (width // stride) for stride in STRIDES)
    if answer.ndim != 3 or answer.shape[1] != cells or answer.shape[2] <= _BOX_AND_OBJECTNESS:
        raise _no_detector(
            path,
            f"for {width} x {height} px it answers {answer.shape}, not 1 x {cells} x (5 + classes)",
        )
    _check_values(path, answer[0], max(height, width))
    return OnnxDetector(height, width, answer.shape[2] - _BOX_AND_OBJECTNESS)


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no public base class of its errors
        raise bad_file(
            path, f"cannot be read as ONNX ({_short(error, path)}). Copy or export it again."
        ) from error


def _answer(path: Path, session: Any, name: str, height: int, width: int) -> np.ndarray:
    gray = np.full((1, 3, height, width), _GRAY, dtype=np.float32)
    try:
        return np.asarray(session.run(None, {name: gray})[0])
    except Exception as error:
        raise _no_detector(
            path, f"it cannot be run on a picture ({_short(error, path)})"
        ) from error


def _check_values(path: Path, rows: np.ndarray, side: int) -> None:
    if not np.isfinite(rows).all():
        raise _no_detector(path, "it answers with what is no number")
    scores = rows[:, 4:]
    if scores.min() < -1e-3 or scores.max() > 1 + 1e-3:
        raise _no_detector(path, "its scores are not between 0 and 1")
    if np.abs(rows[:, :2]).max() > side / 2:
        raise bad_file(
            path,
            "was exported with boxes in pixels. Export it again without --decode_in_inference.",
            code="no_detector",
        )


def _no_detector(path: Path, why: str) -> InvalidInput:
    return bad_file(path, f"is no YOLOX detector: {why}. {_SENTENCE}", code="no_detector")


def _short(error: Exception, path: Path) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].replace(str(path), "the file")[:200]

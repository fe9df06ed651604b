"""Tells whether an ONNX file is a YOLOX detector, by what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.propose.detectors.base import DetectorFailed
from mlbackend.propose.detectors.onnx import PAD_VALUE, STRIDES, grid, input_size
from mlbackend.zoo.state import bad_file, first_bytes

SUFFIX = ".onnx"
_BOX_AND_OBJECTNESS = 5
_SLACK = 1e-3
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
    try:
        height, width = input_size(path, inputs[0].shape)
    except DetectorFailed as failed:
        raise _no_detector(path, str(failed).removeprefix(f"{path.name} ")) from failed
    answer = _answer(path, session, inputs[0].name, height, width)
    cells = [len(grid((height, width), strides)[0]) for strides in STRIDES]
    if answer.ndim != 3 or answer.shape[1] not in cells or answer.shape[2] <= _BOX_AND_OBJECTNESS:
        rows = " or ".join(map(str, cells))
        raise _no_detector(
            path,
            f"for {width} x {height} px it answers {answer.shape}, not 1 x {rows} x (5 + classes)",
        )
    _check_values(path, answer[0])
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
    gray = np.full((1, 3, height, width), PAD_VALUE, dtype=np.float32)
    try:
        return np.asarray(session.run(None, {name: gray})[0])
    except Exception as error:
        raise _no_detector(
            path, f"it cannot be run on a picture ({_short(error, path)})"
        ) from error


def _check_values(path: Path, rows: np.ndarray) -> None:
    if not np.isfinite(rows).all():
        raise _no_detector(path, "it answers with what is no number")
    scores = rows[:, 4:]
    if scores.min() < -_SLACK or scores.max() > 1 + _SLACK:
        raise _no_detector(path, "its scores are not between 0 and 1")


def _no_detector(path: Path, why: str) -> InvalidInput:
    return bad_file(
        path, f"is no YOLOX detector: {why.rstrip('.')}. {_SENTENCE}", code="no_detector"
    )


def _short(error: Exception, path: Path) -> str:
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].replace(str(path), "the file")[:200]

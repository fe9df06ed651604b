"""The three detectors against boxes recorded from the same files on real frames."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mlbackend.propose.detectors.base import Detections
from mlbackend.propose.detectors.hog import HogDetector
from mlbackend.propose.detectors.onnx import YoloxDetector
from mlbackend.propose.detectors.torchscript import TorchScriptDetector

FLOOR = 0.3


def _frame(path: Path, index: int) -> np.ndarray:
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == index:
                return frame.to_ndarray(format="bgr24")
    raise AssertionError(f"{path} has no frame {index}")


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[tuple[dict[str, Any], np.ndarray]]:
    golden = json.loads((shared_data / "golden/person_detectors.json").read_text())
    found = []
    for case in golden["cases"]:
        path = shared_data / "clips" / case["clip"]
        if path.exists():
            frame = _frame(path, case["frame"])
            assert hashlib.sha256(frame.tobytes()).hexdigest() == case["frame_sha256"]
            found.append((case, frame))
    assert len(found) >= 5
    return found


@pytest.fixture(scope="module")
def d2go(shared_data: Path) -> Iterator[TorchScriptDetector]:
    path = shared_data / "weights/d2go_fasterrcnn_android.pt"
    detector = TorchScriptDetector(path, threads=2, floor=FLOOR)
    yield detector
    detector.close()


def _assert_agrees(
    found: Detections, expected: list[dict[str, Any]], frame: np.ndarray, px: float, score: float
) -> None:
    """Each box on either side has its partner, except those at the score floor.

    The recorded boxes may reach a pixel out of the frame; a detector's never do.
    """
    height, width = frame.shape[:2]
    limit = [width, height, width, height]
    left = list(range(len(found.boxes)))
    for want in expected:
        gaps = [np.abs(found.boxes[i] - np.clip(want["box"], 0, limit)).max() for i in left]
        best = int(np.argmin(gaps)) if gaps else -1
        if best < 0 or gaps[best] > px:
            assert want["score"] < FLOOR + score, f"{want} was not found"
            continue
        assert abs(found.scores[left[best]] - want["score"]) <= score
        left.pop(best)
    assert all(found.scores[i] < FLOOR + score for i in left)


def test_d2go(d2go: TorchScriptDetector, cases: list) -> None:
    for case, frame in cases:
        _assert_agrees(d2go.detect([frame])[0].of(1), case["d2go"], frame, 4.0, 0.05)


def test_d2go_survives_the_death_of_its_child(d2go: TorchScriptDetector, cases: list) -> None:
    case, frame = cases[0]
    assert d2go._child is not None
    d2go._child.kill()
    _assert_agrees(d2go.detect([frame])[0].of(1), case["d2go"], frame, 4.0, 0.05)


def test_yolox(shared_data: Path, cases: list) -> None:
    path = shared_data / "weights/yolox_nano_kazuhito.onnx"
    detector = YoloxDetector(path, threads=2, floor=FLOOR)
    found = detector.detect([frame for _, frame in cases])
    for (case, frame), result in zip(cases, found, strict=True):
        _assert_agrees(result.of(0), case["yolox_nano"], frame, 0.5, 0.01)


def test_hog_windows(cases: list) -> None:
    detector = HogDetector()
    for case, frame in cases:
        boxes, margins = detector.windows(frame, 2.0, step=1.05, group=2)
        expected = np.array([row["box"] for row in case["hog"]]).reshape(-1, 4)
        order = np.argsort(-margins, kind="stable")
        np.testing.assert_allclose(boxes[order], expected, atol=0.01)
        np.testing.assert_allclose(margins[order], [row["score"] for row in case["hog"]], atol=1e-3)

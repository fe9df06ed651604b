"""A small real video of moving boxes, taken in like any other, and a detector that finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from mlbackend.propose import detect
from mlbackend.propose.detect import DETECTORS, Option
from mlbackend.propose.detectors.base import Detections, detections
from mlbackend.propose.host import ready_detector

FPS, SECONDS = 10, 9
SIZE = (160, 240)
MOVES = [(10.0, 20.0, 1.5), (190.0, 95.0, -1.2)]


class BoxDetector:
    """Finds bright boxes on dark ground, counting the frames it was shown."""

    categories = ("person",)

    def __init__(self) -> None:
        self.frames = 0

    def detect(self, frames_bgr: Sequence[np.ndarray]) -> list[Detections]:
        self.frames += len(frames_bgr)
        return [self._one(frame) for frame in frames_bgr]

    def close(self) -> None:
        pass

    def _one(self, frame: np.ndarray) -> Detections:
        mask = (frame.max(axis=2) > 110).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        rows = stats[1:][stats[1:, 4] > 60].astype(float)
        boxes = np.column_stack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        return detections(boxes, np.full(len(boxes), 0.8), frame.shape)


def box_at(move: tuple[float, float, float], frame: int) -> tuple[int, int, int, int]:
    """Where a box is: it starts at x, y, moves by v px a frame and bobs up and down."""
    x, y, speed = move
    left, top = int(x + speed * frame), int(y + 10 * np.sin(2 * np.pi * frame / 30))
    return left, top, left + 24, top + 50


def draw_boxes(path: Path, moves: Sequence[tuple[float, float, float]]) -> None:
    """Write a clip of boxes that move as `box_at` says."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "16"})
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuv420p"
        for frame in range(FPS * SECONDS):
            picture = np.full((*SIZE, 3), 30, np.uint8)
            for move in moves:
                x1, y1, x2, y2 = box_at(move, frame)
                picture[y1:y2, x1:x2] = (200, 220, 210)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


@dataclass
class Yard:
    """A project with one video of two moving boxes, and the detector."""

    project: Any
    video: Any
    labels: dict[str, int]
    detector: BoxDetector


@pytest.fixture
def yard(
    project: Any,
    labels: dict[str, int],
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    from labeling.ingest.services import video_ingest

    settings.HOME_DIRS = {
        **settings.HOME_DIRS,
        "features": tmp_path / "f",
        "models": tmp_path / "m",
    }
    detector = BoxDetector()
    option = Option("Bright boxes", "", 10.0, "fast", lambda path, host: detector)
    monkeypatch.setitem(DETECTORS, "boxes", option)
    assert detect.DETECTORS["boxes"] is option
    ready_detector.cache_clear()
    project.settings = {"detector": "boxes"}
    project.save()
    path = tmp_path / "boxes.mp4"
    draw_boxes(path, MOVES)
    yield Yard(project, video_ingest(project=project, path=path).video, labels, detector)
    ready_detector.cache_clear()

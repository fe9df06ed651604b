"""TorchScript detectors, run in a child process that may die without harm."""

from __future__ import annotations

import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlbackend.propose.detectors.base import Detections, DetectorFailed, Frame, detections
from mlbackend.propose.detectors.coco import COCO_91

START_TIMEOUT_S = 120.0
FRAME_TIMEOUT_S = 60.0
_CHILD = Path(__file__).with_name("torchscript_child.py")


class TorchScriptDetector:
    """The parent's side: sends frames to the child, starts it anew once if it dies."""

    categories: tuple[str, ...] = COCO_91

    def __init__(self, path: Path, *, threads: int, floor: float = 0.1) -> None:
        """Start the child and wait until its net is loaded.

        Raises:
            DetectorFailed: the file cannot be loaded.
        """
        self._path, self._threads = path, threads
        self._floor = floor
        self._child: subprocess.Popen[bytes] | None = None
        self._start()

    def detect(self, frames_bgr: Sequence[Frame]) -> list[Detections]:
        """See `Detector.detect`.

        Raises:
            DetectorFailed: the child died on the same frame twice.
        """
        return [self._detect_one(frame) for frame in frames_bgr]

    def close(self) -> None:
        """See `Detector.close`."""
        if self._child is None:
            return
        child, self._child = self._child, None
        child.kill()
        child.communicate()

    def __del__(self) -> None:
        self.close()

    def _detect_one(self, frame: Frame) -> Detections:
        try:
            rows = self._ask(frame)
        except DetectorFailed:
            self.close()
            self._start()
            rows = self._ask(frame)
        rows = rows[rows[:, 4] >= self._floor]
        return detections(rows[:, :4], rows[:, 4], frame.shape, rows[:, 5].astype(np.int64))

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [
                sys.executable,
                str(_CHILD),
                str(self._path),
                str(self._threads),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._read(4, START_TIMEOUT_S)
        except DetectorFailed as error:
            self.close()
            raise DetectorFailed(f"{self._path.name} cannot be run as TorchScript") from error

    def _ask(self, frame: Frame) -> np.ndarray:
        child = self._child
        if child is None or child.stdin is None:
            raise DetectorFailed(f"{self._path.name}: the detector is closed")
        frame = np.ascontiguousarray(frame, dtype=np.uint8)
        try:
            child.stdin.write(struct.pack("<II", *frame.shape[:2]) + frame.tobytes())
            child.stdin.flush()
        except OSError as error:
            raise DetectorFailed(f"{self._path.name}: the detector's process died") from error
        (count,) = struct.unpack("<I", self._read(4, FRAME_TIMEOUT_S))
        return np.frombuffer(self._read(count * 24, FRAME_TIMEOUT_S), "<f4").reshape(-1, 6)

    def _read(self, size: int, timeout_s: float) -> bytes:
        """Read exactly `size` bytes; a watchdog kills a child that hangs."""
        child = self._child
        if child is None or child.stdout is None:
            raise DetectorFailed(f"{self._path.name}: the detector is closed")
        watchdog = threading.Timer(timeout_s, child.kill)
        watchdog.start()
        try:
            data = child.stdout.read(size)
        finally:
            watchdog.cancel()
        if len(data) < size:
            raise DetectorFailed(f"{self._path.name}: the detector's process died")
        return data

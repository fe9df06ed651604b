"""Detections on disk, a file a chunk: what was found once is not looked for again."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mlbackend.propose.link import Observed

# Raised when a detector, its thresholds or the appearance change: older files are passed over.
VERSION = 2


class DetectionStore:
    """The detections of one video by one detector at one rate."""

    def __init__(
        self, folder: Path, video_sha256: str, detector: str, rate_hz: float | str
    ) -> None:
        key = hashlib.sha256(f"{VERSION}/{video_sha256}/{detector}/{rate_hz}".encode())
        self._folder = folder / "detections" / key.hexdigest()

    def has(self, chunk: int) -> bool:
        """Return whether the chunk is there."""
        return self._path(chunk).exists()

    def write(self, chunk: int, found: list[Observed], categories: Sequence[str]) -> None:
        """Keep a chunk, whole or not at all.

        Args:
            categories: the detector's names, which the boxes' categories count in.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(chunk)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        try:
            with draft.open("wb") as file:
                np.savez_compressed(
                    file,
                    frames=np.array([seen.frame for seen in found], dtype=np.int64),
                    times_s=np.array([seen.time_s for seen in found]),
                    counts=np.array([len(seen.boxes) for seen in found], dtype=np.int64),
                    boxes=np.concatenate([seen.boxes for seen in found]).astype(np.float64),
                    scores=np.concatenate([seen.scores for seen in found]).astype(np.float64),
                    looks=np.concatenate([seen.looks for seen in found]).astype(np.float32),
                    categories=np.concatenate([seen.categories for seen in found]).astype(np.int16),
                    names=np.array(list(categories), dtype=np.str_),
                )
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def read(self, chunk: int) -> list[Observed]:
        """Return a chunk's detections, frames in order.

        Raises:
            OSError: the chunk is not there. ValueError: its file is damaged.
        """
        with np.load(self._path(chunk), allow_pickle=False) as stored:
            cuts = np.cumsum(stored["counts"])[:-1]
            return [
                Observed(int(frame), float(time_s), boxes, scores, looks, categories)
                for frame, time_s, boxes, scores, looks, categories in zip(
                    stored["frames"],
                    stored["times_s"],
                    np.split(stored["boxes"], cuts),
                    np.split(stored["scores"], cuts),
                    np.split(stored["looks"].astype(np.float64), cuts),
                    np.split(stored["categories"].astype(np.int64), cuts),
                    strict=True,
                )
            ]

    def categories(self, chunk: int = 0) -> tuple[str, ...]:
        """Return the names a chunk's categories count in; raises as `read` does."""
        with np.load(self._path(chunk), allow_pickle=False) as stored:
            return tuple(str(name) for name in stored["names"])

    def forget(self, chunk: int) -> None:
        """Drop a chunk, so that it is looked for again."""
        self._path(chunk).unlink(missing_ok=True)

    def _path(self, chunk: int) -> Path:
        return self._folder / f"{chunk:05d}.npz"

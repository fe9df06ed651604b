"""Features of tubes, kept on disk so that a retrain decodes no video again.

What is kept is found by its content: the video's hash, the tube's geometry and the descriptor's
version. A corrected tube has another geometry and is computed anew; the rest is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.data.along import describe
from mlbackend.data.windows import HOP_S, STEP_S, WINDOW_S, tube_windows
from mlbackend.nets import hog_hof

__all__ = ["LENGTH", "Clip", "FeatureCache", "Window", "tube_features", "tube_windows"]

LENGTH = hog_hof.LENGTH
DESCRIPTOR = f"{hog_hof.VERSION}/{WINDOW_S}/{HOP_S}/{STEP_S}"
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Clip:
    """A video to read: its file, content hash, turn and presentation times."""

    path: Path
    sha256: str
    rotation: int
    timebase: Timebase


class Window(NamedTuple):
    """A stretch of a tube: `tube` is its place in the list, frames are half-open."""

    tube: int
    start_frame: int
    end_frame: int


class FeatureCache:
    """The folder the features of tubes are kept in, one small file a tube."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, clip: Clip, tube: Tube) -> dict[tuple[int, int], NDArray[np.float32]]:
        """Return what is kept of a tube: window -> (LENGTH,). A damaged file counts as none."""
        try:
            with np.load(self._path(clip, tube), allow_pickle=False) as stored:
                windows, vectors = stored["windows"], stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}
        if vectors.shape != (len(windows), LENGTH):
            return {}
        return {(int(a), int(b)): row for (a, b), row in zip(windows, vectors, strict=True)}

    def write(
        self, clip: Clip, tube: Tube, vectors: dict[tuple[int, int], NDArray[np.float32]]
    ) -> None:
        """Keep a tube's vectors, whole or not at all."""
        path = self._path(clip, tube)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        order = sorted(vectors)
        try:
            with draft.open("wb") as file:
                np.savez_compressed(
                    file,
                    windows=np.array(order, dtype=np.int64).reshape(-1, 2),
                    vectors=np.stack([vectors[window] for window in order]),
                )
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, clip: Clip, tube: Tube) -> Path:
        key = tube_key(clip, tube)
        return self._folder / "tubes" / key[:2] / f"{key}.npz"


def tube_key(clip: Clip, tube: Tube) -> str:
    """Return the hash that stands for a tube's geometry in a video under this descriptor."""
    shape = [[k.frame, k.box.as_list(), k.outside] for k in tube.keyframes]
    return hashlib.sha256(json.dumps([DESCRIPTOR, clip.sha256, shape]).encode()).hexdigest()


def tube_features(
    clip: Clip,
    tubes: Sequence[Tube],
    windows: Sequence[Window],
    cache: FeatureCache,
    *,
    decode: bool = True,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the (N, LENGTH) float32 features of N windows, row by row.

    The video is decoded at most once, from front to back, and only if a window is not kept yet.

    Args:
        tubes: the tubes the windows are on.
        windows: as many as wanted, in any order.
        decode: if False, rows that are not kept are nan and nothing is decoded.
        progress: told the share of the decoding done; may raise to cancel.
    """
    kept = [cache.read(clip, tube) for tube in tubes]
    missing = [w for w in windows if (w.start_frame, w.end_frame) not in kept[w.tube]]
    if missing and decode:
        _complete(clip, tubes, missing, kept, cache, progress)
    empty = np.full(LENGTH, np.nan, dtype=np.float32)
    rows = [kept[w.tube].get((w.start_frame, w.end_frame), empty) for w in windows]
    return np.stack(rows) if rows else np.zeros((0, LENGTH), dtype=np.float32)


def _complete(
    clip: Clip,
    tubes: Sequence[Tube],
    missing: Sequence[Window],
    kept: list[dict[tuple[int, int], NDArray[np.float32]]],
    cache: FeatureCache,
    progress: Progress | None,
) -> None:
    """Compute what is missing and keep it."""
    wanted: dict[int, set[tuple[int, int]]] = {}
    for window in missing:
        wanted.setdefault(window.tube, set()).add((window.start_frame, window.end_frame))
    ranges = {index: sorted(frames) for index, frames in wanted.items()}
    found = describe(clip.path, clip.rotation, clip.timebase, tubes, ranges, progress)
    for index, vectors in found.items():
        kept[index] |= vectors
        cache.write(clip, tubes[index], kept[index])

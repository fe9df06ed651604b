"""Vectors of tubes on disk, so that a retrain decodes no video again.

What is kept is found by its content: the video's hash, the tube's geometry and the descriptor's
key. A corrected tube has another geometry and is computed anew; the rest is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Clip, Descriptor, Range


class FeatureCache:
    """The folder the features of tubes are kept in, one small file a tube and descriptor."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(
        self, clip: Clip, tube: Tube, descriptor: Descriptor
    ) -> dict[Range, NDArray[np.float32]]:
        """Return what is kept of a tube: range -> (D,). A damaged file counts as none."""
        try:
            with np.load(self._path(clip, tube, descriptor), allow_pickle=False) as stored:
                windows, vectors = stored["windows"], stored["vectors"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}
        if vectors.shape != (len(windows), descriptor.length):
            return {}
        return {(int(a), int(b)): row for (a, b), row in zip(windows, vectors, strict=True)}

    def write(
        self,
        clip: Clip,
        tube: Tube,
        descriptor: Descriptor,
        vectors: dict[Range, NDArray[np.float32]],
    ) -> None:
        """Keep a tube's vectors, whole or not at all."""
        path = self._path(clip, tube, descriptor)
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

    def _path(self, clip: Clip, tube: Tube, descriptor: Descriptor) -> Path:
        key = tube_key(clip, tube, descriptor)
        return self._folder / "tubes" / key[:2] / f"{key}.npz"


def tube_key(clip: Clip, tube: Tube, descriptor: Descriptor) -> str:
    """Return the hash that stands for a tube's geometry in a video under a descriptor."""
    shape = [[k.frame, k.box.as_list(), k.outside] for k in tube.keyframes]
    return hashlib.sha256(json.dumps([descriptor.key, clip.sha256, shape]).encode()).hexdigest()

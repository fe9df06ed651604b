"""Clips on disk as bytes, so that no epoch and no later round decodes a video again.

A file holds one clip: a little more than the net sees of it, in space and in time, so that it can
be moved about. Color is kept as JPEG of high quality, a tenth of its size and far below what the
video's own compression took away; flow and differences of color as deflated bytes around 128.
"""

from __future__ import annotations

import os
import uuid
import zlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from mlbackend.nets.action_net import ClipInput, Stream

JPEG_QUALITY = 95
MIDDLE = 128


@dataclass(frozen=True, slots=True)
class StoredClip:
    """The streams of a clip as they lie on disk; moments are decoded when asked for.

    Attributes:
        source_shape: (H, W) of the video's picture.
    """

    inputs: tuple[ClipInput, ...]
    shapes: tuple[tuple[int, ...], ...]
    parts: tuple[tuple[bytes, ...], ...]
    source_shape: tuple[int, int]

    def frames(self, stream: int, moments: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(T, H, W, C) uint8 of these moments of a stream."""
        wanted, shape = self.inputs[stream], self.shapes[stream]
        return np.stack([_read(self.parts[stream][int(m)], shape[1:], wanted) for m in moments])


def signed_scale(wanted: ClipInput) -> float:
    """What one step from 128 means: px of flow, or levels of color."""
    return wanted.flow_limit / 127 if wanted.stream is Stream.FLOW else 2.0


def as_bytes(pixels: NDArray, wanted: ClipInput) -> NDArray[np.uint8]:
    """Pixels of a stream as they are kept: color as it is, signed values around 128."""
    if wanted.stream is Stream.RGB:
        return pixels.astype(np.uint8, copy=False)
    steps = np.rint(pixels.astype(np.float32) / signed_scale(wanted)) + MIDDLE
    return np.clip(steps, 1, 255).astype(np.uint8)


def as_pixels(kept: NDArray[np.uint8], wanted: ClipInput) -> NDArray:
    """The other way: what `as_bytes` was given, up to rounding."""
    if wanted.stream is Stream.RGB:
        return kept
    return (kept.astype(np.float32) - MIDDLE) * np.float32(signed_scale(wanted))


def write_clip(
    path: Path,
    streams: tuple[NDArray, ...],
    inputs: tuple[ClipInput, ...],
    source_shape: tuple[int, int],
) -> None:
    """Keep a clip, whole or not at all.

    Args:
        streams: (T, H, W, C) of each input: uint8 color (BGR), int16 differences, float16 flow.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray] = {"source_shape": np.array(source_shape)}
    for i, (pixels, wanted) in enumerate(zip(streams, inputs, strict=True)):
        parts = [_written(frame, wanted) for frame in as_bytes(pixels, wanted)]
        arrays[f"shape{i}"] = np.array(pixels.shape)
        arrays[f"ends{i}"] = np.cumsum([len(part) for part in parts])
        arrays[f"bytes{i}"] = np.frombuffer(b"".join(parts), dtype=np.uint8)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            np.savez(file, **arrays)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def read_clip(path: Path, inputs: tuple[ClipInput, ...]) -> StoredClip:
    """Read a clip written by `write_clip`.

    Raises:
        OSError: it is gone or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            shapes, parts = [], []
            for i in range(len(inputs)):
                ends, data = stored[f"ends{i}"], stored[f"bytes{i}"].tobytes()
                starts = np.concatenate([[0], ends[:-1]])
                shapes.append(tuple(int(n) for n in stored[f"shape{i}"]))
                parts.append(tuple(data[a:b] for a, b in zip(starts, ends, strict=True)))
            height, width = (int(n) for n in stored["source_shape"])
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise OSError(f"the clip {path.name} is damaged: {error}") from error
    return StoredClip(inputs, tuple(shapes), tuple(parts), (height, width))


def _written(frame: NDArray[np.uint8], wanted: ClipInput) -> bytes:
    if wanted.stream is Stream.RGB and frame.shape[2] == 3:
        _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return data.tobytes()
    return zlib.compress(np.ascontiguousarray(frame).tobytes(), 1)


def _read(data: bytes, shape: tuple[int, ...], wanted: ClipInput) -> NDArray[np.uint8]:
    if wanted.stream is Stream.RGB and shape[2] == 3:
        picture = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise OSError("a clip's picture is damaged")
        return picture
    return np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(shape)

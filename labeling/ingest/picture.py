"""Single pictures of a video as JPEG: the thumbnail, and an exact frame."""

import os
import uuid
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.media import read_frames

THUMBNAIL_SIDE_PX = 320
# libav's scale: 2 is best, 31 is worst.
_QUALITY = 3
_LAMBDA_PER_QUALITY = 118


def jpeg(picture: np.ndarray, long_side_px: int | None = None) -> bytes:
    """Encode a picture as JPEG.

    Args:
        picture: (H, W, 3) uint8, RGB.
        long_side_px: scale down to this, if it is larger.
    """
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    width, height = _fitted(frame.width, frame.height, long_side_px)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1, 25)
    encoder.qmin = encoder.qmax = _QUALITY
    encoder.global_quality = _QUALITY * _LAMBDA_PER_QUALITY
    frame = frame.reformat(width, height, "yuvj420p")
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)


def _fitted(width: int, height: int, long_side_px: int | None) -> tuple[int, int]:
    scale = min(1.0, long_side_px / max(width, height)) if long_side_px else 1.0
    return max(round(width * scale), 1), max(round(height * scale), 1)


def frame_jpeg(source: Path, timebase: Timebase, frame: int, rotation: int) -> bytes:
    """The exact frame, display-oriented, at full size.

    Raises:
        InvalidInput: there is no such frame.
    """
    for _, picture in read_frames(source, timebase, [frame], rotation=rotation):
        return jpeg(picture)
    raise InvalidInput(f"Frame {frame} could not be read.")


def thumbnail_write(source: Path, target: Path, timebase: Timebase, rotation: int) -> None:
    """Write the thumbnail, whole or not at all: a frame a tenth in, past most black beginnings."""
    frame = timebase.frame_count // 10
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        for _, picture in read_frames(source, timebase, [frame], rotation=rotation):
            draft.write_bytes(jpeg(picture, THUMBNAIL_SIDE_PX))
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)

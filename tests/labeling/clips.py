"""Small clips made with PyAV; each frame carries its number as eight black or white bars."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT = 128, 64
BARS = 8


def picture(index: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """(H, W, 3) uint8: bar k is white where bit k of the frame's number is set."""
    image = np.zeros((height, width, 3), np.uint8)
    for bit in range(BARS):
        if index >> bit & 1:
            image[:, bit * width // BARS : (bit + 1) * width // BARS] = 255
    return image


def number(image: np.ndarray) -> int:
    """The frame's number, read from its picture."""
    height, width = image.shape[:2]
    centers = [(2 * bit + 1) * width // (2 * BARS) for bit in range(BARS)]
    return sum(1 << bit for bit, x in enumerate(centers) if image[height // 2, x].mean() > 127)


def clip(
    path: Path,
    ticks: Sequence[int] = range(30),
    time_base: Fraction = Fraction(1, 10),
    size: tuple[int, int] = (WIDTH, HEIGHT),
    codec: str = "libx264",
    **options: str,
) -> Path:
    """Write a clip whose frames are shown at these ticks."""
    with av.open(str(path), "w") as writer:
        stream = writer.add_stream(codec, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        if codec == "mpeg4":
            stream.codec_context.framerate = 1 / time_base
        for index, tick in enumerate(ticks):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), format="rgb24")
            frame.pts, frame.time_base = tick, time_base
            writer.mux(stream.encode(frame))
        writer.mux(stream.encode(None))
    return path


def sound(path: Path) -> Path:
    """Write a file with sound alone."""
    with av.open(str(path), "w") as writer:
        stream = writer.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts = 44100, 0
        writer.mux(stream.encode(frame))
        writer.mux(stream.encode(None))
    return path


def changing_size(path: Path) -> Path:
    """Write a raw H.264 stream of two clips of different size, one after the other."""
    parts = [
        clip(path.with_name(f"part{width}.h264"), range(10), size=(width, 64), bf="0").read_bytes()
        for width in (128, 192)
    ]
    path.write_bytes(b"".join(parts))
    return path

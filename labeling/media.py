"""Exact frames of a video file, by index, as a person sees them. PyAV and numpy only.

A frame's index is its rank in the order the decoder hands frames out. That order is right even
where timestamps are not: AVI files with B-frames carry shuffled ones. Frames that an edit list
hides are never handed out.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

import av
import av.error
import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase

FORMATS = (
    "mov", "matroska", "webm", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "ogg", "asf", "gif",
    "ivf", "mxf", "nut", "dv", "h264", "hevc", "m4v",
)  # fmt: skip
# Only here does a timestamp found after a seek name the frame for certain.
_SEEKABLE = ("mov", "matroska", "webm")
# H.264 and HEVC hold back at most 16 pictures, so a keyframe that is decoded this many frames
# ahead is shown before the wanted frame, whatever leading pictures come with it.
_REORDER_FRAMES = 16
# Decoding on from the last frame is cheaper than a seek that lands a GOP or two ahead.
_GAP_WORTH_A_SEEK = 96

PixelFormat = Literal["rgb24", "bgr24"]


def open_video(path: Path | str) -> av.container.InputContainer:
    """Open a local file as one of FORMATS; nothing else is tried and no other file is followed.

    Raises:
        av.error.FFmpegError: the file is none of them.
        OSError: the file cannot be read.
    """
    # The prefix keeps a name such as "concat:a|b" a name.
    return av.open(
        f"file:{Path(path).absolute()}",
        options={"protocol_whitelist": "file", "format_whitelist": ",".join(FORMATS)},
        metadata_errors="replace",
    )


def main_stream(container: av.container.InputContainer) -> av.VideoStream | None:
    """The video stream to label: the first that is not a cover picture; None if there is none."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def decoded(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    on_damage: Callable[[str], None] | None = None,
) -> Iterator[av.VideoFrame]:
    """All frames from the current position, in presentation order.

    A packet that cannot be decoded is passed over and told to `on_damage`; a file that breaks off
    ends there.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError as error:
            _tell(on_damage, error)
            packet = None
        if packet is None:
            yield from _flushed(stream, on_damage)
            return
        try:
            frames = packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            _tell(on_damage, error)
            continue
        yield from frames


def _flushed(
    stream: av.VideoStream, on_damage: Callable[[str], None] | None
) -> Iterable[av.VideoFrame]:
    """What the decoder still holds when the file ended early; nothing after a regular end."""
    try:
        return stream.codec_context.decode(None)
    except av.error.EOFError:
        return ()
    except av.error.FFmpegError as error:
        _tell(on_damage, error)
        return ()


def _tell(on_damage: Callable[[str], None] | None, error: av.error.FFmpegError) -> None:
    if on_damage is not None:
        on_damage(error.strerror or str(error))


def upright(picture: np.ndarray, rotation: int) -> np.ndarray:
    """Turn a decoded picture as its file asks.

    Args:
        picture: (H, W, C).
        rotation: degrees counterclockwise, a multiple of 90, as `VideoFrame.rotation` gives it.

    Returns:
        (H, W, C) or (W, H, C), contiguous.
    """
    return np.ascontiguousarray(np.rot90(picture, (rotation // 90) % 4))


def read_frames(
    path: Path | str,
    timebase: Timebase,
    frames: Iterable[int] | None = None,
    *,
    rotation: int = 0,
    pixel_format: PixelFormat = "rgb24",
) -> Iterator[tuple[int, np.ndarray]]:
    """Decode exact frames.

    Args:
        path: the source file.
        timebase: its recorded presentation times.
        frames: indices wanted, such as a range; None for all. They come in increasing order,
            each once.
        rotation: `Video.rotation`, applied.
        pixel_format: order of the channels.

    Yields:
        (frame, picture): picture is (H, W, 3) uint8, display-oriented.

    Raises:
        InvalidInput: an index is outside the video, or the file no longer has that frame.
    """
    wanted = range(timebase.frame_count) if frames is None else sorted(set(frames))
    if not wanted:
        return
    if wanted[0] < 0 or wanted[-1] >= timebase.frame_count:
        raise InvalidInput(
            f"Frames {wanted[0]} to {wanted[-1]} were asked for; the video has frames 0 to "
            f"{timebase.frame_count - 1}."
        )
    done = -1
    for run in _runs(wanted):
        for index, frame in _run(path, timebase, run):
            done = index
            yield index, upright(frame.to_ndarray(format=pixel_format), rotation)
    if done != wanted[-1]:
        raise InvalidInput(
            f"{Path(path).name} ended after frame {done}; frame {wanted[-1]} was recorded when "
            "it came in. The file has changed on disk: bring it in again."
        )


def _runs(wanted: Iterable[int]) -> Iterator[list[int]]:
    """Groups of indices that are read in one go."""
    run: list[int] = []
    for index in wanted:
        if run and index - run[-1] > _GAP_WORTH_A_SEEK:
            yield run
            run = []
        run.append(index)
    yield run


def _run(
    path: Path | str, timebase: Timebase, wanted: list[int]
) -> Iterator[tuple[int, av.VideoFrame]]:
    """The wanted frames, by a seek where that is exact; what it leaves out, from the start."""
    left = 0
    for source in (_sought, _from_start):
        for index, frame in source(path, timebase, wanted[left]):
            if index == wanted[left]:
                yield index, frame
                left += 1
                if left == len(wanted):
                    return


def _from_start(
    path: Path | str, timebase: Timebase, first: int
) -> Iterator[tuple[int, av.VideoFrame]]:
    with open_video(path) as container:
        stream = main_stream(container)
        if stream is not None:
            yield from enumerate(decoded(container, stream))


def _sought(
    path: Path | str, timebase: Timebase, first: int
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Frames from the keyframe before `first`; none where a seek cannot be trusted."""
    if first <= _GAP_WORTH_A_SEEK:
        return
    with open_video(path) as container:
        stream = main_stream(container)
        if stream is None or not _seeks_exactly(container, stream, timebase):
            return
        # Some decoders learn from the first packet how the rest was encoded: x264 before build
        # 151 wrote 4:4:4 in a way of its own and says so only there.
        next(decoded(container, stream), None)
        start = int(timebase.ticks[first - _REORDER_FRAMES])
        container.seek(start, stream=stream, backward=True)
        yield from _by_tick(decoded(container, stream), timebase, first)


def _seeks_exactly(
    container: av.container.InputContainer, stream: av.VideoStream, timebase: Timebase
) -> bool:
    names = container.format.name.split(",")
    same_ticks = stream.time_base.as_integer_ratio() == timebase.time_base
    return same_ticks and any(name in _SEEKABLE for name in names)


def _by_tick(
    frames: Iterator[av.VideoFrame], timebase: Timebase, first: int
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Index by recorded time.

    Ends where a time was never recorded or is not the next one (damage, shuffled times), where a
    picture is damaged (its references lie before the keyframe), or where the first is already
    past what is wanted: then only counting from the start is sure.
    """
    expected: int | None = None
    for frame in frames:
        index = int(np.searchsorted(timebase.ticks, frame.pts or 0))
        known = index < timebase.frame_count and int(timebase.ticks[index]) == frame.pts
        if not known or frame.is_corrupt or index != (index if expected is None else expected):
            return
        if expected is None and index >= first:
            return
        expected = index + 1
        yield index, frame

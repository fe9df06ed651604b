"""Is this file a video that can be labeled, and when is each of its frames shown?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import av.error

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.ingest.sniff import check_content
from labeling.ingest.ticks import presentation_ticks
from labeling.media import decoded, main_stream, open_video

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may be.

    Args:
        picture_pixels: width × height of a frame.
        frames: number of frames.
        total_pixels: width × height × frames: bounds the time a worker spends on it.
    """

    picture_pixels: int = 8192 * 4320
    frames: int = 1_000_000
    total_pixels: int = 4_000_000_000_000


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about a video by decoding every frame once.

    Args:
        format: libavformat's name of the container.
        codec: name of the decoder.
        width, height: of the display-oriented picture, in px.
        rotation: degrees counterclockwise by which a decoded picture is turned: 0, 90, 180, 270.
        timebase: presentation time of every frame.
        warnings: sentences about what is odd but usable.
    """

    format: str
    codec: str
    width: int
    height: int
    rotation: int
    timebase: Timebase
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Seen:
    """What decoding gathers."""

    size: tuple[int, int] = (0, 0)
    rotation: int = 0
    pts: list[int | None] = field(default_factory=list)
    last_duration: int = 0
    broken_frames: int = 0
    damage: list[str] = field(default_factory=list)


def probe(path: Path, name: str, limits: Limits, on_progress: Progress | None = None) -> Probe:
    """Decode the whole file once.

    Args:
        path: the file on disk.
        name: what its owner calls it, for messages.
        limits: what is refused as too large.
        on_progress: told a fraction 0..1 now and then; it may raise to stop.

    Raises:
        InvalidInput: not a playable video; the message names the file, the reason and what to do.
    """
    check_content(path, name)
    try:
        container = open_video(path)
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise InvalidInput(
            f"{name} is not a video that can be read: {_reason(error)}. Give an MP4, MOV, MKV, "
            "WebM or AVI file, copied in full.",
            code="not_a_video",
        ) from error
    with container:
        stream = _stream(container, name)
        _check_size(stream.width, stream.height, name, limits)
        seen = _decode(container, stream, name, limits, on_progress)
        return _result(container, stream, seen, name)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _stream(container: av.container.InputContainer, name: str) -> av.VideoStream:
    stream = main_stream(container)
    if stream is not None:
        return stream
    if container.streams.audio:
        raise InvalidInput(
            f"{name} has sound but no picture. Give a file with a video stream.", code="audio_only"
        )
    raise InvalidInput(f"{name} has no video stream. Give a video file.", code="no_video")


def _check_size(width: int, height: int, name: str, limits: Limits) -> None:
    if width * height > limits.picture_pixels:
        raise InvalidInput(
            f"{name} has pictures of {width}×{height} px, more than the "
            f"{limits.picture_pixels:,} px allowed. Scale it down first.",
            code="too_large",
        )


def _decode(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    name: str,
    limits: Limits,
    on_progress: Progress | None,
) -> _Seen:
    seen = _Seen()
    for frame in decoded(container, stream, seen.damage.append):
        size = (frame.width, frame.height)
        if not seen.pts:
            seen.size = size
            seen.rotation = round(frame.rotation / 90) * 90 % 360
            _check_size(*size, name, limits)
        if size != seen.size:
            raise InvalidInput(
                f"{name} changes its picture size from {seen.size[0]}×{seen.size[1]} to "
                f"{size[0]}×{size[1]} at frame {len(seen.pts)}; boxes need one size. Cut the file "
                "there, or convert it to one size first.",
                code="size_changes",
            )
        seen.pts.append(frame.pts)
        seen.last_duration = frame.duration or 0
        seen.broken_frames += frame.is_corrupt
        _check_length(seen, name, limits)
        if on_progress is not None and len(seen.pts) % 50 == 0:
            on_progress(_fraction(stream, frame, len(seen.pts)))
    if not seen.pts:
        why = f" ({seen.damage[0]})" if seen.damage else ""
        raise InvalidInput(
            f"{name} has a video stream but not one picture could be decoded{why}. The file is "
            "damaged or cut off: copy it again in full.",
            code="no_frames",
        )
    return seen


def _check_length(seen: _Seen, name: str, limits: Limits) -> None:
    frames = len(seen.pts)
    if frames > limits.frames or frames * seen.size[0] * seen.size[1] > limits.total_pixels:
        raise InvalidInput(
            f"{name} is too long: after {frames:,} frames of {seen.size[0]}×{seen.size[1]} px the "
            f"limit of {limits.frames:,} frames or {limits.total_pixels:,} px is passed. Cut it "
            "into parts, or scale it down.",
            code="too_large",
        )


def _fraction(stream: av.VideoStream, frame: av.VideoFrame, count: int) -> float:
    if stream.frames:
        return min(count / stream.frames, 1.0)
    if stream.duration and frame.pts is not None:
        return min(max((frame.pts - (stream.start_time or 0)) / stream.duration, 0.0), 1.0)
    return 0.0


def _result(
    container: av.container.InputContainer, stream: av.VideoStream, seen: _Seen, name: str
) -> Probe:
    rate = stream.average_rate or stream.guessed_rate
    nominal = max(round(Fraction(1) / rate / stream.time_base), 1) if rate else 1
    ticks, repaired = presentation_ticks(seen.pts, nominal)
    steps = sorted(ticks[1:] - ticks[:-1])
    last = seen.last_duration or (int(steps[len(steps) // 2]) if steps else nominal)
    timebase = Timebase(
        stream.time_base.as_integer_ratio(), ticks, int(ticks[-1]) + max(int(last), 1)
    )
    width, height = seen.size if seen.rotation % 180 == 0 else seen.size[::-1]
    return Probe(
        container.format.name,
        stream.codec_context.name,
        width,
        height,
        seen.rotation,
        timebase,
        tuple(_warnings(container, stream, seen, repaired)),
    )


def _warnings(
    container: av.container.InputContainer, stream: av.VideoStream, seen: _Seen, repaired: int
) -> list[str]:
    warnings = []
    count = len(seen.pts)
    missing = stream.frames - count
    if seen.damage:
        warnings.append(
            f"{len(seen.damage)} damaged place(s) were passed over ({seen.damage[0]}); "
            f"{count} frames could be decoded and are kept."
        )
    elif missing > 0 and missing > _hidden(container):
        warnings.append(
            f"The file promises {stream.frames} frames; {count} are there. It may be cut off."
        )
    if seen.broken_frames:
        warnings.append(f"{seen.broken_frames} frame(s) are damaged pictures.")
    if repaired:
        warnings.append(
            f"{repaired} frame(s) had no usable time of their own; times were put in the order in "
            "which the frames are shown."
        )
    ratio = stream.sample_aspect_ratio
    if ratio and ratio not in (0, 1):
        warnings.append(
            f"Pixels are not square ({ratio.numerator}:{ratio.denominator}); pictures are shown "
            "and labeled as they are stored."
        )
    return warnings


def _hidden(container: av.container.InputContainer) -> int:
    """How many pictures an edit list hides."""
    with open_video(container.name.removeprefix("file:")) as again:
        stream = main_stream(again)
        return sum(packet.is_discard for packet in again.demux(stream))

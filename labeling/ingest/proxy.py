"""The copy of a video that the browser plays and seeks in, frame for frame the source."""

import os
import uuid
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import av.filter

from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.media import decoded, main_stream, open_video

LONG_SIDE_PX = 1280
GOP_FRAMES = 12
# A step back costs at most one short GOP; without B-frames and scene-cut keyframes every seek
# lands where the table of times says; a closed GOP decodes by itself.
_ENCODER = {
    "preset": "veryfast",
    "crf": "23",
    "g": str(GOP_FRAMES),
    "keyint_min": str(GOP_FRAMES),
    "bf": "0",
    "sc_threshold": "0",
    "flags": "+cgop",
}
_TRANSPOSE = {
    0: (),
    90: (("transpose", "cclock"),),
    180: (("hflip", None), ("vflip", None)),
    270: (("transpose", "clock"),),
}
# H.273 code points as libav numbers them, and the scale filter's names for them.
_MATRIX = {1: "bt709", 4: "fcc", 5: "bt601", 6: "smpte170m", 7: "smpte240m", 9: "bt2020"}
_FULL_RANGE = 2

Progress = Callable[[float], None]


def proxy_size(width: int, height: int) -> tuple[int, int]:
    """Even size of the proxy for a display-oriented picture, long side at most LONG_SIDE_PX."""
    scale = min(1.0, LONG_SIDE_PX / max(width, height))
    return (max(int(width * scale) // 2 * 2, 2), max(int(height * scale) // 2 * 2, 2))


def proxy_write(
    source: Path,
    target: Path,
    timebase: Timebase,
    rotation: int,
    on_progress: Progress | None = None,
) -> None:
    """Write the proxy of `source` as MP4 at `target`, whole or not at all.

    One H.264 frame per source frame at the same time, counted from the first frame: a browser
    counts from there, and cannot reach the end of a file that begins later.

    Raises:
        InvalidInput: the source decodes to other frames than were recorded.
    """
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        _encode(source, draft, timebase, rotation, on_progress)
        proxy_check(draft, timebase)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def proxy_check(path: Path, timebase: Timebase) -> None:
    """Raises InvalidInput unless the proxy has exactly the recorded frames, times and GOPs."""
    with open_video(path) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        second = timebase.second / stream.time_base
    first = int(timebase.ticks[0])
    wanted = [(int(tick) - first) * second for tick in timebase.ticks]
    if [packet.pts for packet in packets] != wanted:
        raise InvalidInput(
            f"The proxy has {len(packets)} frames at other times than the {len(wanted)} recorded "
            "ones; the source changed while it was read. Bring it in again.",
            code="proxy_differs",
        )
    if not all(packet.is_keyframe for packet in packets[::GOP_FRAMES]):
        raise InvalidInput("The proxy lacks a keyframe every 12 frames.", code="proxy_differs")


def _encode(
    source: Path, draft: Path, timebase: Timebase, rotation: int, on_progress: Progress | None
) -> None:
    ticks = [*(timebase.ticks - timebase.ticks[0]).tolist()]
    ends = [*ticks[1:], timebase.end_tick - int(timebase.ticks[0])]
    with (
        open_video(source) as reader,
        av.open(str(draft), "w", format="mp4", options={"movflags": "+faststart"}) as writer,
    ):
        stream = main_stream(reader)
        if stream is None:
            raise InvalidInput(f"{source.name} has no video stream.", code="no_video")
        encoder: _Encoder | None = None
        count = 0
        for frame in decoded(reader, stream):
            if count == len(ticks):
                raise _other_count(len(ticks), "more")
            if encoder is None:
                encoder = _Encoder(writer, frame, stream, timebase.second, rotation)
            encoder.write(frame, ticks[count], ends)
            count += 1
            if on_progress is not None and count % 25 == 0:
                on_progress(count / len(ticks))
        if encoder is None or count < len(ticks):
            raise _other_count(len(ticks), str(count))
        encoder.finish(ends)


def _other_count(wanted: int, got: str) -> InvalidInput:
    return InvalidInput(
        f"The file was recorded with {wanted} frames and now gives {got}. It changed while it was "
        "read: bring it in again.",
        code="proxy_differs",
    )


class _Encoder:
    """Turns, scales and encodes one frame after the other."""

    def __init__(
        self,
        writer: av.container.OutputContainer,
        first: av.VideoFrame,
        source: av.VideoStream,
        second: Fraction,
        rotation: int,
    ) -> None:
        upright = (first.width, first.height) if rotation % 180 == 0 else (
            first.height, first.width,
        )  # fmt: skip
        self.width, self.height = proxy_size(*upright)
        self.graph = _graph(source, rotation, self._scale(first))
        self.writer = writer
        self.stream = writer.add_stream("libx264", options=dict(_ENCODER))
        self.stream.width, self.stream.height = self.width, self.height
        self.stream.pix_fmt = "yuv420p"
        self.stream.time_base = self.stream.codec_context.time_base = second
        self.second = second
        self.written = 0
        self._carry_colors(first)

    def _scale(self, first: av.VideoFrame) -> str:
        """Arguments of the scale filter; a graph does not learn the colors' meaning by itself."""
        arguments = f"{self.width}:{self.height}:flags=bicubic:out_range=tv"
        if int(first.color_range) == _FULL_RANGE:
            arguments += ":in_range=pc"
        matrix = _MATRIX.get(int(first.colorspace))
        if matrix:
            arguments += f":in_color_matrix={matrix}:out_color_matrix={matrix}"
        return arguments

    def _carry_colors(self, first: av.VideoFrame) -> None:
        """Say how colors are meant, or players guess by the size of the smaller picture."""
        if int(first.colorspace) in _MATRIX:
            context = self.stream.codec_context
            context.colorspace = first.colorspace
            context.color_primaries = first.color_primaries
            context.color_trc = first.color_trc

    def write(self, frame: av.VideoFrame, tick: int, ends: list[int]) -> None:
        self.graph.push(frame)
        made = self.graph.pull()
        made.pts, made.time_base = tick, self.second
        made.pict_type = av.video.frame.PictureType.NONE
        self._mux(self.stream.encode(made), ends)

    def finish(self, ends: list[int]) -> None:
        self._mux(self.stream.encode(None), ends)

    def _mux(self, packets: list[av.Packet], ends: list[int]) -> None:
        for packet in packets:
            # Without B-frames packets leave in the order of the frames.
            packet.duration = ends[self.written] - packet.pts
            self.written += 1
            self.writer.mux(packet)


def _graph(source: av.VideoStream, rotation: int, scale: str) -> av.filter.Graph:
    graph = av.filter.Graph()
    chain = [graph.add_buffer(template=source)]
    steps = (
        *_TRANSPOSE[rotation],
        ("scale", scale),
        ("format", "yuv420p"),
        ("setsar", "1"),
        ("buffersink", None),
    )
    for name, arguments in steps:
        node = graph.add(name, arguments) if arguments else graph.add(name)
        chain[-1].link_to(node)
        chain.append(node)
    graph.configure()
    return graph

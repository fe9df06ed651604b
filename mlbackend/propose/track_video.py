"""Carries a drawn box through a video: exact frames, both ways, bounded in memory and time.

Forward, one picture is held at a time. Backward, frames are decoded in stretches from the nearest
one to the farthest, each stretch once, and a stretch is only as long as fits `HELD_BYTES`.
Pictures larger than `LONGEST_SIDE` are looked at smaller: points and detectors need no more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import Box
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe
from labeling.media import read_frames
from mlbackend.propose.thin import MIN_IOU, smoothed, thin
from mlbackend.propose.track import Followed, Look, Picture, Stop, Tracker

Floats = NDArray[np.float64]
Pictures = Iterator[tuple[int, Picture]]

LONGEST_SIDE = 960
HELD_BYTES = 48 * 2**20
SMOOTHING_S = 0.08
DECIMALS = 2


class Source(Protocol):
    """What is needed of a video; `labeling.api.VideoValue` is one."""

    source_path: object
    timebase: Timebase
    rotation: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class End:
    """Where a box was carried to in one direction, and why no further."""

    frame: int
    stop: Stop


@dataclass(frozen=True, slots=True)
class Carried:
    """Few keyframes, the drawn one among them unchanged, and both ends (None: not asked for)."""

    keyframes: tuple[Keyframe, ...]
    forward: End | None
    back: End | None


@dataclass(frozen=True, slots=True)
class Way:
    """How far to go from the drawn frame, in frames: `first` <= drawn <= `last`, and how long."""

    first: int
    last: int
    limit_s: float = 20.0


def carry(
    video: Source, frame: int, box: Box, way: Way, look: Callable[[], Look | None]
) -> Generator[float, None, Carried]:
    """Carry a box forward to `way.last` and back to `way.first`; yields the share done, 0..1.

    Args:
        look: makes a detector for each direction, or gives None where there is none.

    Raises:
        InvalidInput: a frame is not in the file any more.
    """
    scale = min(1.0, LONGEST_SIDE / max(video.width, video.height))
    start = np.array(box.as_list()) * scale
    total, done = max(1, way.last - way.first), 0
    until = time.monotonic()
    ends: list[tuple[Followed, bool]] = []
    ((_, drawn),) = _shown(video, [frame], scale)
    ways = [f for f in (True, False) if frame != (way.last if f else way.first)]
    for forward in ways:
        there = way.last if forward else way.first
        # A way leaves to the next what it did not need of its own share.
        until = max(until, time.monotonic()) + way.limit_s / len(ways)
        pictures = (
            _forward(video, frame, there, scale)
            if forward
            else _backward(video, frame, there, scale)
        )
        tracker = Tracker(look())
        tracker.start(frame, drawn, start)
        followed = Followed()
        for share in _follow(tracker, pictures, followed, until):
            yield (done + share) / total
        at_video_end = there in (0, video.timebase.frame_count - 1)
        if followed.stop is Stop.END and not at_video_end:
            followed.stop = Stop.LIMIT
        done += abs(there - frame)
        ends.append((followed, forward))
    return _carried(video, frame, box, ends, scale)


def _follow(
    tracker: Tracker, pictures: Pictures, result: Followed, until: float
) -> Iterator[float]:
    """Fill `result` step by step; yields how many frames were passed."""
    sure = 0
    for number, (at, picture) in enumerate(pictures, start=1):
        step = tracker.step(at, picture)
        if isinstance(step, Stop) or time.monotonic() > until:
            result.stop = step if isinstance(step, Stop) else Stop.TIME
            break
        result.frames.append(at)
        result.boxes.append(step[0])
        sure = number if step[1] else sure
        yield float(number)
    del result.frames[sure:], result.boxes[sure:]


def _carried(
    video: Source, frame: int, box: Box, ends: list[tuple[Followed, bool]], scale: float
) -> Carried:
    found = {frame: np.array(box.as_list())}
    reached: dict[bool, End] = {}
    for followed, forward in ends:
        found |= {
            at: there / scale for at, there in zip(followed.frames, followed.boxes, strict=True)
        }
        last = followed.frames[-1] if followed.frames else frame
        reached[forward] = End(last, followed.stop)
    frames = np.array(sorted(found), dtype=np.int64)
    keyframes = thinned(video.timebase, frames, np.array([found[int(f)] for f in frames]), frame)
    return Carried(keyframes, reached.get(True), reached.get(False))


def thinned(
    timebase: Timebase, frames: NDArray[np.int64], boxes: Floats, drawn: int, iou: float = MIN_IOU
) -> tuple[Keyframe, ...]:
    """Smooth and thin a carried box; the drawn keyframe stays as it was drawn.

    Args:
        frames: (N,) in a row. boxes: (N, 4) px.
    """
    times = np.array([timebase.time_s(int(frame)) for frame in frames])
    smooth = smoothed(times, boxes, SMOOTHING_S)
    place = int(np.searchsorted(frames, drawn))
    smooth[place] = boxes[place]
    before = thin(frames[: place + 1], smooth[: place + 1], iou)
    after = thin(frames[place:], smooth[place:], iou) + place
    kept = sorted({*before.tolist(), *after.tolist()})
    return tuple(Keyframe(int(frames[n]), Box.of(np.round(smooth[n], DECIMALS))) for n in kept)


def _forward(video: Source, frame: int, last: int, scale: float) -> Pictures:
    return _shown(video, range(frame + 1, last + 1), scale)


def _backward(video: Source, frame: int, first: int, scale: float) -> Pictures:
    """Frames before `frame`, the nearest first."""
    size = int(video.width * scale) * int(video.height * scale) * 3
    count = int(np.clip(HELD_BYTES // max(size, 1), 8, 96))
    for end in range(frame, first, -count):
        yield from reversed(list(_shown(video, range(max(first, end - count), end), scale)))


def _shown(video: Source, frames: range | list[int], scale: float) -> Pictures:
    pictures = read_frames(
        video.source_path, video.timebase, frames, rotation=video.rotation, pixel_format="bgr24"
    )
    for at, picture in pictures:
        if scale < 1.0:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield at, picture

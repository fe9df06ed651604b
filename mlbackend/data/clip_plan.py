"""Which frames the clips of a net's windows are made of, and what is cut out of each frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Range, Ranges
from mlbackend.data.sampling import clip_frames
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View

# In place of a tube: the whole picture.
WHOLE = -1
# Flow and differences are of frames this far apart, as in the 25 frames a second of the sets
# that published nets were trained on; at another rate of the nearest, and flow is scaled.
PAIR_S = 0.04


class Cell(NamedTuple):
    """A crop of a frame, or of the flow that begins there, of a tube or the whole picture."""

    flow: bool
    size: int
    subject: int
    frame: int


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """A clip to be shown to the net.

    Attributes:
        subject: place of the tube, or `WHOLE`.
        targets: the (tube, range) it is for: one, or all tubes at that moment.
        frames: (T, stack) for each stream.
        first, last: the first and the last frame that must be decoded for it.
    """

    subject: int
    targets: tuple[tuple[int, Range], ...]
    frames: tuple[NDArray[np.int64], ...]
    first: int
    last: int


class Pairs:
    """Which frame each frame is compared with, and how far apart they are."""

    def __init__(self, timebase: Timebase) -> None:
        self._times = (timebase.ticks - timebase.ticks[0]) * float(timebase.second)

    def start(self, frame: int) -> int:
        """The frame a pair begins at: this one, or the one before where the video ends."""
        return max(min(frame, len(self._times) - 2), 0)

    def end(self, frame: int) -> int:
        """The frame about `PAIR_S` after this one, the next at least; itself in a still."""
        count = len(self._times)
        if frame + 1 >= count:
            return frame
        place = int(np.searchsorted(self._times, self._times[frame] + PAIR_S))
        before = max(place - 1, frame + 1)
        after = min(max(place, frame + 1), count - 1)
        gap = np.abs(self._times[[before, after]] - self._times[frame] - PAIR_S)
        return before if gap[0] <= gap[1] else after

    def seconds(self, frame: int) -> float:
        """Between the two frames of the pair that begins here; 0 in a still."""
        return float(self._times[self.end(frame)] - self._times[frame])


def planned(
    spec: NetSpec, timebase: Timebase, tubes: Sequence[Tube], ranges: Ranges, pairs: Pairs
) -> list[PlannedClip]:
    """Return the clips for all wanted ranges, in order of their first frame."""
    if spec.view is View.PICTURE:
        clips = _of_pictures(spec, timebase, ranges, pairs)
    else:
        clips = [
            _clip(spec, timebase, pairs, index, tubes[index], window, ((index, window),))
            for index, windows in ranges.items()
            for window in windows
        ]
    return sorted(clips, key=lambda clip: (clip.first, clip.last, clip.targets))


def cells(clip: PlannedClip, inputs: Sequence[ClipInput], pairs: Pairs) -> list[Cell]:
    """Return all that must be cut out of frames for a clip, each once."""
    found = {
        Cell(wanted.stream is Stream.FLOW, wanted.size, clip.subject, int(frame))
        for wanted, frames in zip(inputs, clip.frames, strict=True)
        for frame in np.unique(_with_ends(frames, wanted, pairs))
    }
    return sorted(found)


def _of_pictures(
    spec: NetSpec, timebase: Timebase, ranges: Ranges, pairs: Pairs
) -> list[PlannedClip]:
    """One clip a moment, shared by all tubes whose window is there."""
    moments: dict[Range, list[tuple[int, Range]]] = {}
    for index, windows in ranges.items():
        for window in windows:
            moments.setdefault(window, []).append((index, window))
    return [
        _clip(spec, timebase, pairs, WHOLE, None, window, tuple(sorted(targets)))
        for window, targets in moments.items()
    ]


def _clip(
    spec: NetSpec,
    timebase: Timebase,
    pairs: Pairs,
    subject: int,
    tube: Tube | None,
    window: Range,
    targets: tuple[tuple[int, Range], ...],
) -> PlannedClip:
    first, last = (
        (0, timebase.frame_count - 1) if tube is None else (tube.start_frame, tube.end_frame - 1)
    )
    streams, needed = [], []
    for wanted in spec.inputs:
        sampled = np.asarray(clip_frames(timebase, *window, wanted, first, last))
        frames = _stacked(sampled, wanted, pairs)
        streams.append(frames)
        needed.append(_with_ends(frames, wanted, pairs, decoded=True).ravel())
    every = np.concatenate(needed)
    return PlannedClip(subject, targets, tuple(streams), int(every.min()), int(every.max()))


def _stacked(sampled: NDArray[np.int64], wanted: ClipInput, pairs: Pairs) -> NDArray[np.int64]:
    """(T,) moments to (T, stack): each with the frames that follow it."""
    frames = sampled.reshape(len(sampled), -1)
    while frames.shape[1] < wanted.stack:
        following = np.array([pairs.end(int(frame)) for frame in frames[:, -1]])
        frames = np.concatenate([frames, following[:, None]], axis=1)
    if wanted.stream is Stream.RGB:
        return frames
    return np.vectorize(pairs.start, otypes=[np.int64])(frames)


def _with_ends(
    frames: NDArray[np.int64], wanted: ClipInput, pairs: Pairs, decoded: bool = False
) -> NDArray[np.int64]:
    """The frames, and for differences, or where what is decoded is asked, those compared with."""
    if wanted.stream is Stream.RGB or (wanted.stream is Stream.FLOW and not decoded):
        return frames
    ends = np.vectorize(pairs.end, otypes=[np.int64])(frames)
    return np.concatenate([frames, ends], axis=1)

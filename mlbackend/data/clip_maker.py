"""Makes a net's clips of the frames that pass by.

A crop is made once for all clips of a tube that overlap, kept as bytes, and let go with the last
clip that needs it: what is held at a time is about one clip a tube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.domain.tube import Tube
from mlbackend.data.clip_plan import Cell, Pairs, PlannedClip, cells, planned
from mlbackend.data.cutter import Cutter
from mlbackend.data.descriptor import Clip, Range, Ranges
from mlbackend.data.tube_body import TubeBody
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View


@dataclass(frozen=True, slots=True)
class MadeClip:
    """A clip ready for the net.

    Attributes:
        targets: the (place of the tube, range) it is for; several where whole pictures are seen.
        streams: (T, H, W, C) for each input of the net: BGR uint8, differences int16, or flow
            float16 in px of the crop; `pixels.batch_tensor` makes a net's input of them.
        rois: (len(targets), 4) float64 boxes at the middles of the ranges, in px of the scaled
            picture; None for nets that see crops.
    """

    targets: tuple[tuple[int, Range], ...]
    streams: tuple[NDArray, ...]
    rois: NDArray[np.float64] | None


class ClipMaker:
    """Makes the clips of wanted ranges of tubes while a video's frames pass by.

    Attributes:
        frames: those it must be shown, increasing.
    """

    def __init__(self, spec: NetSpec, clip: Clip, tubes: Sequence[Tube], ranges: Ranges) -> None:
        self._spec = spec
        self._pairs = Pairs(clip.timebase)
        self._coming = planned(spec, clip.timebase, tubes, ranges, self._pairs)[::-1]
        self._bodies = {index: TubeBody(tubes[index], clip.timebase) for index in ranges}
        self._cutter = Cutter(self._bodies, self._pairs)
        self._users: dict[Cell, int] = {}
        self._ending: dict[int, list[PlannedClip]] = {}
        self.frames = self._all_frames()

    def take(self, frame: int, picture: NDArray[np.uint8]) -> list[MadeClip]:
        """See a frame, (H, W, 3) BGR; return the clips it completes."""
        while self._coming and self._coming[-1].first <= frame:
            self._begin(self._coming.pop())
        self._cutter.see(frame, picture)
        return [self._made(clip, picture.shape) for clip in self._ending.pop(frame, [])]

    def _all_frames(self) -> list[int]:
        wanted: set[int] = set()
        for clip in self._coming:
            for cell in cells(clip, self._spec.inputs, self._pairs):
                wanted.add(cell.frame)
                if cell.flow:
                    wanted.add(self._pairs.end(cell.frame))
        return sorted(wanted)

    def _begin(self, clip: PlannedClip) -> None:
        for cell in cells(clip, self._spec.inputs, self._pairs):
            if cell not in self._users:
                self._cutter.want(cell)
            self._users[cell] = self._users.get(cell, 0) + 1
        self._ending.setdefault(clip.last, []).append(clip)

    def _made(self, clip: PlannedClip, shape: tuple[int, ...]) -> MadeClip:
        rois = self._rois(clip, shape) if self._spec.view is View.PICTURE else None
        streams = tuple(self._pixels(clip, place) for place in range(len(self._spec.inputs)))
        for cell in cells(clip, self._spec.inputs, self._pairs):
            self._users[cell] -= 1
            if not self._users[cell]:
                del self._users[cell]
                del self._cutter.made[cell]
        return MadeClip(clip.targets, streams, rois)

    def _pixels(self, clip: PlannedClip, place: int) -> NDArray:
        """(T, H, W, stack * C) of one stream of a clip."""
        wanted = self._spec.inputs[place]
        moments = []
        for stack in clip.frames[place]:
            parts = [self._cell(wanted, clip.subject, int(frame)) for frame in stack]
            moments.append(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2))
        return np.stack(moments)

    def _cell(self, wanted: ClipInput, subject: int, frame: int) -> NDArray:
        flow = wanted.stream is Stream.FLOW
        pixels = self._cutter.made[Cell(flow, wanted.size, subject, frame)]
        if wanted.stream is not Stream.RGB_DIFFERENCE:
            return pixels
        after = self._cutter.made[Cell(False, wanted.size, subject, self._pairs.end(frame))]
        return after.astype(np.int16) - pixels

    def _rois(self, clip: PlannedClip, shape: tuple[int, ...]) -> NDArray[np.float64]:
        height, width = shape[:2]
        scale = self._spec.inputs[0].size / min(height, width)
        middles = [(tube, (a + b - 1) // 2) for tube, (a, b) in clip.targets]
        boxes = [self._bodies[tube].at(frame)[0] for tube, frame in middles]
        return np.array([_within(box, width, height) * scale for box in boxes])


def _within(box: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    """The part of a box inside the picture; at least a pixel wide and high."""
    low = np.clip(box[:2], 0, [width - 1, height - 1])
    high = np.clip(box[2:], low + 1, [width, height])
    return np.concatenate([low, high])

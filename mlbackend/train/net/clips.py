"""Makes the clips of windows of tubes, and hands them out changed.

What is cut, and where, is decided by `mlbackend.data`, as for proposals: a stored clip is the same
cut, `MARGIN` wider and `SPARE` moments longer on each side, so an unchanged one is what the net
will be shown later.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import Box
from labeling.domain.tube import Tube
from mlbackend.data.clip_maker import ClipMaker
from mlbackend.data.descriptor import Clip, Described, Range, Ranges
from mlbackend.data.net_descriptor import VERSION, sampling
from mlbackend.data.pixels import CONTEXT, batch_tensor
from mlbackend.data.shared_decode import read_together
from mlbackend.data.tube_body import TubeBody
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View
from mlbackend.train.net.augment import Jitter, affine, begin, moved, tinted, warped
from mlbackend.train.net.batches import ReadClip
from mlbackend.train.net.samples import Unit
from mlbackend.train.net.stored import as_pixels, read_clip, write_clip

# A crop is kept this much wider than the net sees it, and a clip this many moments longer on
# each side. Of a clip in segments this many frames of each are kept instead.
MARGIN = 1.15
SPARE = 4
PER_SEGMENT = 3
# Raised when what is kept of a clip changes.
STORE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Sample:
    """A window to train on: the file of its clip, and for whole pictures its box in source px."""

    path: Path
    box: tuple[float, float, float, float] | None = None


class ClipStore:
    """The folder that clips are kept in, found by what is cut out of which video."""

    def __init__(self, folder: Path, spec: NetSpec) -> None:
        self.spec, self.wide = spec, widened(spec)
        self._folder = folder / "clips"

    def sample(self, clip: Clip, tube: Tube, window: Range) -> Sample:
        """Where the clip of a window is kept, whether it is there or not."""
        shape = [[k.frame, k.box.as_list()] for k in tube.keyframes]
        picture = self.spec.view is View.PICTURE
        what = [
            *(sampling(self.wide), VERSION, STORE_VERSION, CONTEXT, clip.sha256, list(window)),
            None if picture else shape,
        ]
        key = hashlib.sha256(json.dumps(what).encode()).hexdigest()
        path = self._folder / key[:2] / f"{key}.npz"
        if not picture:
            return Sample(path)
        box, _ = TubeBody(tube, clip.timebase).at((window[0] + window[1] - 1) // 2)
        return Sample(path, tuple(float(side) for side in box))  # type: ignore[arg-type]

    def make(
        self,
        clip: Clip,
        tubes: Sequence[Tube],
        ranges: Ranges,
        progress: Callable[[float], None] | None = None,
    ) -> int:
        """Make what is missing of these windows, the video decoded once; returns how many."""
        missing: Ranges = {}
        count = 0
        for index, windows in ranges.items():
            lacking = [w for w in windows if not self._touch(self.sample(clip, tubes[index], w))]
            if lacking:
                missing[index] = lacking
                count += len(lacking)
        if missing:
            reading = _Keeper(self, clip, tubes, missing)
            read_together(clip, [reading], lambda place, found: None, progress)
        return count

    def prune(self, keep_bytes: int) -> None:
        """Remove the clips that were not used for longest until the rest fits."""
        files = [(f.stat().st_mtime, f.stat().st_size, f) for f in self._folder.glob("*/*.npz")]
        total = sum(size for _, size, _ in files)
        for _, size, file in sorted(files, key=lambda row: row[0]):
            if total <= keep_bytes:
                return
            file.unlink(missing_ok=True)
            total -= size

    def _touch(self, sample: Sample) -> bool:
        """Whether the clip is there; used now, it is not the next to be removed."""
        try:
            os.utime(sample.path)
        except OSError:
            return False
        return True


class _Keeper:
    """See `descriptor.Reading`: cuts clips as for a net, and keeps them instead of showing them."""

    def __init__(self, store: ClipStore, clip: Clip, tubes: Sequence[Tube], ranges: Ranges) -> None:
        self._store, self._clip, self._tubes = store, clip, tubes
        cut = tubes if store.spec.view is View.PICTURE else [_wider(tube) for tube in tubes]
        self._maker = ClipMaker(store.wide, clip, cut, ranges)
        self.frames = self._maker.frames

    def take(self, frame: int, picture: NDArray[np.uint8]) -> list[Described]:
        for made in self._maker.take(frame, picture):
            samples = [self._store.sample(self._clip, self._tubes[t], w) for t, w in made.targets]
            for path in {sample.path for sample in samples}:
                write_clip(path, made.streams, self._store.spec.inputs, picture.shape[:2])
        return []

    def finish(self) -> list[Described]:
        return []


class FileClips:
    """See `batches.ClipSource`: the clips of N samples, from their files."""

    def __init__(self, spec: NetSpec, samples: Sequence[Sample]) -> None:
        self._spec, self._wide, self._samples = spec, widened(spec), samples

    def read(self, unit: Unit, jitter: Jitter) -> ReadClip:
        stored = read_clip(self._samples[unit[0]].path, self._wide.inputs)
        boxes = [self._samples[place].box for place in unit]
        whole = self._spec.view is View.PICTURE
        streams, moved_boxes = [], None
        for i, wanted in enumerate(self._spec.inputs):
            moments = _moments(wanted, stored.shapes[i][0], jitter.shift)
            frames = stored.frames(i, moments)
            shape = frames.shape[1:3]
            size = shape if whole else (wanted.size, wanted.size)
            matrix = affine(jitter, shape, size)
            frames = warped(frames, matrix, size, wanted.stream)
            if wanted.stream is Stream.RGB and wanted.stack == 1:
                frames = tinted(frames, jitter)
            streams.append(batch_tensor([as_pixels(frames, wanted)], wanted, "cpu")[0])
            if whole and moved_boxes is None:
                scale = min(shape) / min(stored.source_shape)
                moved_boxes = moved(np.array(boxes, dtype=np.float64) * scale, matrix, size)
        return ReadClip(tuple(streams), moved_boxes)


def widened(spec: NetSpec) -> NetSpec:
    """The architecture as if it saw all that is kept of a clip."""
    inputs = tuple(_widened(each, spec.view) for each in spec.inputs)
    return replace(spec, inputs=inputs)


def numbered(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """(N,) the number of each sample's clip: the same for those that share a file."""
    numbers: dict[Path, int] = {}
    found = [numbers.setdefault(sample.path, len(numbers)) for sample in samples]
    return np.array(found, dtype=np.int64)


def samples_as_text(samples: Iterable[Sample]) -> str:
    """Samples as JSON, for another process."""
    return json.dumps([[str(sample.path), sample.box] for sample in samples])


def samples_of(text: str) -> list[Sample]:
    """The other way."""
    return [Sample(Path(path), box and tuple(box)) for path, box in json.loads(text)]


def _widened(wanted: ClipInput, view: View) -> ClipInput:
    size = round(wanted.size * MARGIN) if view is View.TUBE else wanted.size
    frames = wanted.frames * PER_SEGMENT if wanted.segments else wanted.frames + 2 * SPARE
    return replace(wanted, size=size, frames=frames)


def _moments(wanted: ClipInput, stored: int, shift: float) -> NDArray[np.int64]:
    """Which of the stored moments are shown."""
    if wanted.segments:
        within = begin(PER_SEGMENT, 1, shift)
        return np.arange(wanted.frames) * PER_SEGMENT + within
    return begin(stored, wanted.frames, shift) + np.arange(wanted.frames)


def _wider(tube: Tube) -> Tube:
    """The tube with boxes `MARGIN` larger, about their middles."""
    keyframes = []
    for keyframe in tube.keyframes:
        x1, y1, x2, y2 = keyframe.box.as_list()
        dx, dy = (MARGIN - 1) / 2 * (x2 - x1), (MARGIN - 1) / 2 * (y2 - y1)
        keyframes.append(replace(keyframe, box=Box(x1 - dx, y1 - dy, x2 + dx, y2 + dy)))
    return replace(tube, keyframes=tuple(keyframes))

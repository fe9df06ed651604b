"""Features of windows of tubes: read where they are kept, computed and kept where not.

All descriptors answer for the same windows (`windows.tube_windows`), so that truth, models and
the queue stay comparable. A costly one looks at every few windows of a tube only, and a window
between two of these gets what lies between their vectors: which ones are looked at follows from
the tube alone, so a row never depends on what else is asked.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Clip, Described, Descriptor, Progress, Range, Vectors
from mlbackend.data.feature_cache import FeatureCache
from mlbackend.data.shared_decode import read_together
from mlbackend.data.windows import looked_at, tube_windows

__all__ = [
    "Clip",
    "FeatureCache",
    "Wanted",
    "Window",
    "keep_features",
    "tube_features",
    "tube_windows",
]


class Window(NamedTuple):
    """A stretch of a tube: `tube` is its place in the list, frames are half-open."""

    tube: int
    start_frame: int
    end_frame: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Windows to be described by one descriptor."""

    descriptor: Descriptor
    tubes: Sequence[Tube]
    windows: Sequence[Window]


def tube_features(
    clip: Clip,
    tubes: Sequence[Tube],
    windows: Sequence[Window],
    cache: FeatureCache,
    descriptor: Descriptor,
    *,
    decode: bool = True,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Return the (N, D) float32 features of N windows, row by row.

    The video is decoded at most once, from front to back, and only if something is not kept yet.

    Args:
        tubes: the tubes the windows are on.
        windows: as many as wanted, in any order.
        decode: if False, rows that are not kept are nan and nothing is decoded.
        progress: told the share of the decoding done; may raise to cancel.
    """
    part = _Part(clip, Wanted(descriptor, tubes, windows), cache)
    if decode:
        _describe(clip, [part], progress)
    return part.rows()


def keep_features(
    clip: Clip,
    wanted: Sequence[Wanted],
    cache: FeatureCache,
    progress: Progress | None = None,
) -> int:
    """Compute what the cache lacks for several descriptors, the video being decoded once for all.

    Returns how many vectors that were.

    A tube's vectors are written as soon as all wanted of it are there: what a crash interrupts is
    not computed again for the tubes that had passed.
    """
    return _describe(clip, [_Part(clip, one, cache) for one in wanted], progress)


def _describe(clip: Clip, every: Sequence[_Part], progress: Progress | None) -> int:
    """Compute what these parts lack, in one pass over the video."""
    parts = [part for part in every if part.missing]
    if not parts:
        return 0
    readings = [
        part.wanted.descriptor.reading(clip, part.wanted.tubes, part.missing) for part in parts
    ]
    try:
        read_together(clip, readings, lambda place, found: parts[place].take(found), progress)
    finally:
        # Also what a cancelled pass has found so far is worth keeping.
        for part in parts:
            part.write_all()
    return sum(len(ranges) for part in parts for ranges in part.missing.values())


class _Line:
    """The windows of a tube that are looked at, and what lies between them."""

    def __init__(self, tube: Tube, timebase: Timebase, every: int) -> None:
        found = tube_windows(tube, timebase)
        windows = [(int(a), int(b)) for a, b in found]
        self._place = {window: place for place, window in enumerate(windows)}
        self._anchor_places = looked_at(found, timebase, every).tolist()
        self._anchors = [windows[place] for place in self._anchor_places]
        self._timebase = timebase

    def needs(self, window: Range) -> tuple[Range, ...]:
        """The windows that must be described so that this one has a row: itself or two others."""
        place = self._place.get(window)
        if place is None:
            return (window,)
        after = bisect_left(self._anchor_places, place)
        if self._anchor_places[after] == place:
            return (window,)
        return self._anchors[after - 1], self._anchors[after]

    def row(
        self,
        window: Range,
        kept: dict[Range, NDArray[np.float32]],
        empty: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        ends = self.needs(window)
        if not all(end in kept for end in ends):
            return empty
        if len(ends) == 1:
            return kept[window]
        first, last = (self._middle(end) for end in ends)
        share = (self._middle(window) - first) / (last - first) if last > first else 0.5
        mixed = (1 - share) * kept[ends[0]] + share * kept[ends[1]]
        return np.asarray(mixed, dtype=np.float32)

    def _middle(self, window: Range) -> float:
        """Twice the middle of a window, in seconds."""
        return self._timebase.time_s(window[0]) + self._timebase.time_s(window[1] - 1)


class _Part:
    """What one descriptor lacks of a video, and what came in of it."""

    def __init__(self, clip: Clip, wanted: Wanted, cache: FeatureCache) -> None:
        self.wanted, self._clip, self._cache = wanted, clip, cache
        descriptor, tubes = wanted.descriptor, wanted.tubes
        self._lines = {
            i: _Line(tubes[i], clip.timebase, descriptor.every) for i in _places(wanted.windows)
        }
        needed: dict[int, set[Range]] = {}
        for window in wanted.windows:
            ends = self._lines[window.tube].needs((window.start_frame, window.end_frame))
            needed.setdefault(window.tube, set()).update(ends)
        self._kept: Vectors = {i: cache.read(clip, tubes[i], descriptor) for i in needed}
        self._new: dict[int, int] = {}
        self.missing = {
            i: sorted(lacking)
            for i, ranges in needed.items()
            if (lacking := ranges - set(self._kept[i]))
        }

    def rows(self) -> NDArray[np.float32]:
        """(N, D) a row for each of the windows; nan where it is not known."""
        length = self.wanted.descriptor.length
        empty = np.full(length, np.nan, dtype=np.float32)
        rows = [
            self._lines[w.tube].row((w.start_frame, w.end_frame), self._kept[w.tube], empty)
            for w in self.wanted.windows
        ]
        return np.stack(rows) if rows else np.zeros((0, length), dtype=np.float32)

    def take(self, found: Iterable[Described]) -> None:
        for tube, window, vector in found:
            self._kept[tube][window] = vector
            self._new[tube] = self._new.get(tube, 0) + 1
            if self._new[tube] == len(self.missing[tube]):
                self._write(tube)

    def write_all(self) -> None:
        for tube in list(self._new):
            self._write(tube)

    def _write(self, tube: int) -> None:
        del self._new[tube]
        self._cache.write(
            self._clip, self.wanted.tubes[tube], self.wanted.descriptor, self._kept[tube]
        )


def _places(windows: Iterable[Window]) -> list[int]:
    return sorted({window.tube for window in windows})

"""Features of thousands of tubes in few files, so that ranking does not open thousands.

The feature cache keeps a small compressed file a tube: right for work that looks at one video, slow
for work that looks at all. Here the same vectors lie one behind another in parts that are mapped
into memory. A part is written once and never changed: vectors first, then the index that makes it
count. What no part has is read from the cache and becomes the next part. Losing this folder loses
nothing.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Clip, Descriptor
from mlbackend.data.feature_cache import FeatureCache, tube_key
from mlbackend.data.features import Window, tube_features, tube_windows

Ints = NDArray[np.int64]
# More parts than this, or more rows than these times what is wanted, are put together.
MOST_PARTS, MOST_WASTE = 8, 2.0
# Tubes read from the cache before they are written as a part: about 200 MB of HOG/HOF.
PART_TUBES = 4000


class Wanted(NamedTuple):
    """A tube whose features are wanted."""

    clip: Clip
    tube: Tube


class Place(NamedTuple):
    """Where a tube's rows lie: in vectors[first : first + count], of these windows (count, 2)."""

    vectors: NDArray[np.float32]
    first: int
    count: int
    windows: Ints

    @property
    def rows(self) -> NDArray[np.float32]:
        """(count, D)."""
        return self.vectors[self.first : self.first + self.count]


@dataclass(frozen=True, eq=False)
class _Part:
    """One part on disk: rows of the tubes of `counts`, in their order."""

    path: Path
    counts: dict[str, int]
    windows: Ints
    vectors: NDArray[np.float32]

    def places(self) -> Iterator[tuple[str, Place]]:
        first = 0
        for key, count in self.counts.items():
            yield key, Place(self.vectors, first, count, self.windows[first : first + count])
            first += count


class PackedFeatures:
    """The packed features of one project by one descriptor."""

    def __init__(self, folder: Path, project_id: int, descriptor: Descriptor) -> None:
        name = hashlib.sha256(f"{project_id}/{descriptor.key}".encode()).hexdigest()[:24]
        self._folder = folder / "packed" / name
        self._cache = FeatureCache(folder)
        self._descriptor = descriptor

    def find(self, wanted: Sequence[Wanted]) -> list[Place | None]:
        """Where the rows of each tube lie, in order; None where none were ever computed."""
        keys = [tube_key(one.clip, one.tube, self._descriptor) for one in wanted]
        parts = self._parts()
        places = {key: place for part in parts for key, place in part.places()}
        missing = {key: one for key, one in zip(keys, wanted, strict=True) if key not in places}
        added = self._pack(missing)
        places |= {key: place for part in added for key, place in part.places()}
        self._tidy([*parts, *added], places, keys)
        return [places.get(key) for key in keys]

    def _parts(self) -> list[_Part]:
        """The parts that can be read, in the order of their names."""
        found = (self._open(path) for path in sorted(self._folder.glob("*.index.npz")))
        return [part for part in found if part is not None]

    def _open(self, path: Path) -> _Part | None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                keys, counts, windows = stored["keys"], stored["counts"], stored["windows"]
            vectors = np.load(_vectors_of(path), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError):
            return None  # put together with others a moment ago, or damaged
        if vectors.shape != (int(counts.sum()), self._descriptor.length):
            return None
        names = [key.decode() for key in keys.tolist()]
        return _Part(path, dict(zip(names, counts.tolist(), strict=True)), windows, vectors)

    def _pack(self, missing: dict[str, Wanted]) -> list[_Part]:
        """Read what the cache has of these tubes and write it as parts."""
        parts, waiting = [], {}
        for key, one in missing.items():
            rows = self._cached(one)
            if rows is not None:
                waiting[key] = rows
            if len(waiting) == PART_TUBES:
                parts.append(self._write(waiting))
                waiting = {}
        if waiting:
            parts.append(self._write(waiting))
        return [part for part in parts if part is not None]

    def _cached(self, one: Wanted) -> tuple[Ints, NDArray[np.float32]] | None:
        """Windows (W, 2) and vectors (W, D) the cache has of a tube."""
        kept = self._cache.read(one.clip, one.tube, self._descriptor)
        if not kept:
            return None
        windows = tube_windows(one.tube, one.clip.timebase)
        if self._descriptor.every == 1:
            there = [(a, b) for a, b in windows.tolist() if (a, b) in kept]
            rows = [kept[window] for window in there]
            return (np.array(there), np.stack(rows)) if there else None
        asked = [Window(0, a, b) for a, b in windows.tolist()]
        found = tube_features(
            one.clip, [one.tube], asked, self._cache, self._descriptor, decode=False
        )
        known = ~np.isnan(found).any(axis=1)
        return (windows[known], found[known]) if known.any() else None

    def _write(self, tubes: dict[str, tuple[Ints, NDArray[np.float32]]]) -> _Part | None:
        counts = {key: len(windows) for key, (windows, _) in tubes.items()}
        windows = np.concatenate([windows for windows, _ in tubes.values()])
        return self._written(counts, windows, [vectors for _, vectors in tubes.values()])

    def _written(
        self, counts: dict[str, int], windows: Ints, blocks: Iterable[NDArray[np.float32]]
    ) -> _Part | None:
        """Write a part, its vectors block by block, and open it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        index = self._folder / f"{uuid.uuid4().hex}.index.npz"
        shape = (len(windows), self._descriptor.length)
        vectors = np.lib.format.open_memmap(
            _vectors_of(index), mode="w+", dtype=np.float32, shape=shape
        )
        first = 0
        for block in blocks:
            vectors[first : first + len(block)] = block
            first += len(block)
        vectors.flush()
        draft = index.with_name(f".{index.name}")
        with draft.open("wb") as file:
            np.savez(
                file,
                keys=np.array([key.encode() for key in counts]),
                counts=np.array(list(counts.values()), dtype=np.int64),
                windows=windows,
            )
        os.replace(draft, index)
        return self._open(index)

    def _tidy(self, parts: list[_Part], places: dict[str, Place], keys: list[str]) -> None:
        """Put the parts together where they have become many, or mostly of tubes that are gone."""
        live = {key: places[key] for key in keys if key in places}
        rows = sum(len(part.windows) for part in parts)
        wanted = sum(place.count for place in live.values())
        if len(parts) <= MOST_PARTS and rows <= MOST_WASTE * max(wanted, 1000):
            return
        if live:
            counts = {key: place.count for key, place in live.items()}
            windows = np.concatenate([place.windows for place in live.values()])
            self._written(counts, windows, (place.rows for place in live.values()))
        for part in parts:
            part.path.unlink(missing_ok=True)
            _vectors_of(part.path).unlink(missing_ok=True)


def _vectors_of(index: Path) -> Path:
    return index.with_name(index.name.replace(".index.npz", ".vectors.npy"))

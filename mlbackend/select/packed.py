"""Features of thousands of tubes in few files, so that ranking does not open thousands.

The feature cache keeps a small compressed file a tube: right for work that looks at one video, slow
for work that looks at all. Here the same vectors lie one behind another in parts that are mapped
into memory. A part is written once and never changed: vectors first, then the index that makes it
count. What no part has is read from the cache and becomes the next part. Losing this folder loses
nothing.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Clip, Descriptor
from mlbackend.data.feature_cache import FeatureCache, tube_key
from mlbackend.data.features import Window, tube_features, tube_windows

log = logging.getLogger(__name__)

Ints = NDArray[np.int64]
# Windows (W, 2) and vectors (W, D) of a tube.
Rows = tuple[Ints, NDArray[np.float32]]
# More parts than this, or more rows than these times what is wanted, are put together.
MOST_PARTS, MOST_WASTE, LEAST_ROWS = 8, 2.0, 1000
# What another descriptor's parts must not have been written to for before they are dropped.
OLD_S = 24 * 3600.0
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
    """Rows of the tubes of `counts`, in their order; path is None where they are not kept."""

    path: Path | None
    counts: dict[str, int]
    windows: Ints
    vectors: NDArray[np.float32]

    def places(self) -> Iterator[tuple[str, Place]]:
        first = 0
        for key, count in self.counts.items():
            yield key, Place(self.vectors, first, count, self.windows[first : first + count])
            first += count


class PackedFeatures:
    """The packed features of one set of tubes by one descriptor.

    Args:
        folder: the feature cache's.
        name: of the set. Asking for other tubes under it lets those go that were asked for before.
    """

    def __init__(self, folder: Path, name: str, descriptor: Descriptor) -> None:
        key = hashlib.sha256(descriptor.key.encode()).hexdigest()[:24]
        self._folder = folder / "packed" / name / key
        self._cache = FeatureCache(folder)
        self._descriptor = descriptor

    @property
    def width(self) -> int:
        """D, of the vectors."""
        return self._descriptor.length

    def find(self, wanted: Sequence[Wanted]) -> list[Place | None]:
        """Where the rows of each tube lie, in order; None where none were ever computed."""
        keys = [tube_key(one.clip, one.tube, self._descriptor) for one in wanted]
        parts = self._parts()
        places = {key: place for part in parts for key, place in part.places()}
        missing = {key: one for key, one in zip(keys, wanted, strict=True) if key not in places}
        added = self._pack(missing)
        if added:
            self._forget_others()
        places |= {key: place for part in added for key, place in part.places()}
        self._tidy([*parts, *added], {key: places[key] for key in keys if key in places})
        return [places.get(key) for key in keys]

    def _parts(self) -> list[_Part]:
        """The parts that can be read, in the order of their names."""
        found = (self._open(path) for path in sorted(self._folder.glob("[!.]*.index.npz")))
        return [part for part in found if part is not None]

    def _open(self, path: Path) -> _Part | None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                keys, counts, windows = stored["keys"], stored["counts"], stored["windows"]
            vectors = np.load(_vectors_of(path), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return None  # put together with others a moment ago, or damaged
        if vectors.shape != (int(counts.sum()), self.width) or len(windows) != len(vectors):
            return None
        names = [key.decode() for key in keys.tolist()]
        return _Part(path, dict(zip(names, counts.tolist(), strict=True)), windows, vectors)

    def _pack(self, missing: dict[str, Wanted]) -> list[_Part]:
        """Read what the cache has of these tubes and write it as parts."""
        parts: list[_Part] = []
        read: dict[str, Rows] = {}
        for key, one in missing.items():
            rows = self._cached(one)
            if rows is not None:
                read[key] = rows
            if len(read) == PART_TUBES:
                parts.append(self._kept(read))
                read = {}
        return [*parts, self._kept(read)] if read else parts

    def _cached(self, one: Wanted) -> Rows | None:
        """Windows (W, 2) and vectors (W, D) the cache has of a tube."""
        kept = self._cache.read(one.clip, one.tube, self._descriptor)
        if not kept:
            return None
        if self._descriptor.every == 1:
            # What is kept of a tube is its windows: they need not be worked out again.
            windows = np.array(sorted(kept))
            found = np.stack([kept[window] for window in sorted(kept)])
        else:
            windows = tube_windows(one.tube, one.clip.timebase)
            asked = [Window(0, a, b) for a, b in windows.tolist()]
            found = tube_features(
                one.clip, [one.tube], asked, self._cache, self._descriptor, decode=False
            )
        # A vector that is no number, or was not computed, says nothing and spoils every mean.
        known = np.isfinite(found).all(axis=1)
        return (windows[known], found[known]) if known.any() else None

    def _kept(self, read: dict[str, Rows]) -> _Part:
        """These tubes as a part on disk; where that fails, in memory."""
        counts = {key: len(windows) for key, (windows, _) in read.items()}
        windows = np.concatenate([windows for windows, _ in read.values()])
        blocks = [vectors for _, vectors in read.values()]
        part = self._written(counts, windows, blocks)
        return part or _Part(None, counts, windows, np.concatenate(blocks))

    def _written(
        self, counts: dict[str, int], windows: Ints, blocks: Iterable[NDArray[np.float32]]
    ) -> _Part | None:
        """Write a part, its vectors block by block, and open it; None if the disk refuses."""
        index = self._folder / f"{uuid.uuid4().hex}.index.npz"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write_vectors(_vectors_of(index), len(windows), blocks)
            draft = index.with_name(f".{index.name}")
            with draft.open("wb") as file:
                np.savez(
                    file,
                    keys=np.array([key.encode() for key in counts]),
                    counts=np.array(list(counts.values()), dtype=np.int64),
                    windows=windows,
                )
            os.replace(draft, index)
        except OSError as error:
            log.warning("features cannot be packed in %s: %s", self._folder, error)
            return None
        return self._open(index)

    def _write_vectors(self, path: Path, rows: int, blocks: Iterable[NDArray[np.float32]]) -> None:
        """A plain file, not a map of one: a full disk must be an error, not a signal."""
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, self.width)}
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for block in blocks:
                file.write(np.ascontiguousarray(block, dtype="<f4").tobytes())

    def _tidy(self, parts: list[_Part], live: dict[str, Place]) -> None:
        """Put the parts together where they have become many, or mostly of tubes that are gone."""
        rows = sum(len(part.windows) for part in parts)
        wanted = sum(place.count for place in live.values())
        if len(parts) <= MOST_PARTS and rows <= MOST_WASTE * max(wanted, LEAST_ROWS):
            return
        if live:
            counts = {key: place.count for key, place in live.items()}
            windows = np.concatenate([place.windows for place in live.values()])
            if self._written(counts, windows, (place.rows for place in live.values())) is None:
                return
        for part in parts:
            if part.path is not None:
                part.path.unlink(missing_ok=True)
                _vectors_of(part.path).unlink(missing_ok=True)

    def _forget_others(self) -> None:
        """Drop what was packed for descriptors that are not in use any more."""
        for other in self._folder.parent.glob("*"):
            if other != self._folder and time.time() - other.stat().st_mtime > OLD_S:
                shutil.rmtree(other, ignore_errors=True)


def _vectors_of(index: Path) -> Path:
    return index.with_name(index.name.replace(".index.npz", ".vectors.npy"))

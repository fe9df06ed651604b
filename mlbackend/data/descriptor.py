"""What turns windows of tubes into vectors: HOG/HOF, or the embedding of a net."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube

Progress = Callable[[float], None]
# The [start_frame, end_frame) of a stretch of a tube.
Range = tuple[int, int]
# Place of a tube in a list -> the ranges wanted of it, or the vector of each.
Ranges = dict[int, list[Range]]
Vectors = dict[int, dict[Range, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Clip:
    """A video to read: its file, content hash, turn and presentation times."""

    path: Path
    sha256: str
    rotation: int
    timebase: Timebase


class Described(NamedTuple):
    """The (length,) float32 vector of one range of the tube at place `tube`."""

    tube: int
    range: Range
    vector: NDArray[np.float32]


class Reading(Protocol):
    """A descriptor's part in one pass over a video; several may share the pass.

    Attributes:
        frames: the frames it wants to see, increasing, each once.
    """

    frames: Sequence[int]

    def take(self, frame: int, picture: NDArray[np.uint8]) -> Iterable[Described]:
        """See a wanted frame, (H, W, 3) uint8 BGR; return what is described by now."""
        ...

    def finish(self) -> Iterable[Described]:
        """Return what is left after the last frame."""
        ...


class Descriptor(Protocol):
    """One way to describe a window of a tube.

    Attributes:
        key: everything its vectors depend on, as text: name, version, hash of the weights,
            sampling. Vectors are kept on disk under it, and a model says which key it reads.
        length: D, the width of its vectors.
        every: it looks at every so many windows of a tube; those between are interpolated.
    """

    key: str
    length: int
    every: int

    def reading(self, clip: Clip, tubes: Sequence[Tube], ranges: Ranges) -> Reading:
        """Return what describes these ranges while the video's frames pass by."""
        ...

    def mirrored(self, vectors: NDArray[Any]) -> NDArray[Any] | None:
        """(N, length) as the mirrored picture would have given them; None if that is unknown."""
        ...

"""What turns windows of tubes into vectors: HOG/HOF, or the embedding of a net."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube

Progress = Callable[[float], None]
# Place of a tube in a list -> the [start_frame, end_frame) wanted of it, or the vector of each.
Ranges = dict[int, list[tuple[int, int]]]
Vectors = dict[int, dict[tuple[int, int], NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Clip:
    """A video to read: its file, content hash, turn and presentation times."""

    path: Path
    sha256: str
    rotation: int
    timebase: Timebase


class Descriptor(Protocol):
    """One way to describe a window of a tube.

    Attributes:
        key: everything its vectors depend on, as text: name, version, hash of the weights,
            sampling. Vectors are kept on disk under it, and a model says which key it reads.
        length: D, the width of its vectors.
    """

    key: str
    length: int

    def describe(
        self,
        clip: Clip,
        tubes: Sequence[Tube],
        ranges: Ranges,
        progress: Progress | None = None,
    ) -> Vectors:
        """Return the (length,) float32 vector of each wanted window; the video is read once."""
        ...

    def mirrored(self, vectors: NDArray[Any]) -> NDArray[Any] | None:
        """(N, length) as the mirrored picture would have given them; None if that is unknown."""
        ...

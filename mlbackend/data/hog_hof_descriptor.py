"""HOG/HOF as a descriptor: needs no weights and runs anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from labeling.domain.tube import Tube
from mlbackend.data.along import AlongTubes
from mlbackend.data.descriptor import Clip, Ranges, Reading
from mlbackend.data.windows import HOP_S, STEP_S, WINDOW_S
from mlbackend.nets import hog_hof


class HogHof:
    """See `mlbackend.nets.hog_hof`. The key is that of all models made before there were nets."""

    key = f"{hog_hof.VERSION}/{WINDOW_S}/{HOP_S}/{STEP_S}"
    length = hog_hof.LENGTH
    every = 1

    def reading(self, clip: Clip, tubes: Sequence[Tube], ranges: Ranges) -> Reading:
        return AlongTubes(clip.timebase, tubes, ranges)

    def mirrored(self, vectors: NDArray[Any]) -> NDArray[Any]:
        return hog_hof.mirrored(vectors)


HOG_HOF = HogHof()

"""One pass over a video for all that look at it: each frame is decoded once and shown to all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from labeling.media import read_frames
from mlbackend.data.descriptor import Clip, Described, Progress, Reading

TELL_EVERY = 10
Frame = tuple[int, NDArray[np.uint8]]


def read_together(
    clip: Clip,
    readings: Sequence[Reading],
    keep: Callable[[int, Iterable[Described]], None],
    progress: Progress | None = None,
    *,
    around: Callable[[Iterator[Frame]], Iterator[Frame]] = iter,
) -> None:
    """Decode the frames that any of the readings wants, from front to back, each once.

    No frame is held here: what a reading needs of a frame later it keeps itself, in its own size.

    Args:
        keep: told the place of a reading and what it has described.
        progress: told the share done; may raise to cancel.
        around: passes the decoded frames on; a benchmark looks at its watch there.
    """
    wanted = [set(reading.frames) for reading in readings]
    frames = sorted(set().union(*wanted))
    pictures = read_frames(
        clip.path, clip.timebase, frames, rotation=clip.rotation, pixel_format="bgr24"
    )
    for done, (frame, picture) in enumerate(around(pictures)):
        for place, reading in enumerate(readings):
            if frame in wanted[place]:
                keep(place, reading.take(frame, picture))
        if progress is not None and done % TELL_EVERY == 0:
            progress(done / len(frames))
    for place, reading in enumerate(readings):
        keep(place, reading.finish())

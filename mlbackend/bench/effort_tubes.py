"""The true tubes that are replayed: J-HMDB's actors, and UCF101-24's where the clip is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.formats import ucf101_24_mat
from mlbackend.bench.jhmdb import actor_clips, clip_timebase

UCF_TRUTH = Path("ucf101_24", "finalAnnots.mat")
UCF_CLIPS = (Path("clips", "ucf101_subset"), Path("clips", "known_action"))


@dataclass(frozen=True, eq=False)
class TrueTube:
    """A person's true boxes on frames in a row.

    set: the data set's name. start: 0-based. boxes: (F, 4) px. It has what carrying a box needs
    to know of a video: `source_path`, `timebase`, `rotation`, `width`, `height`.
    """

    set: str
    source_path: Path
    timebase: Timebase
    start: int
    boxes: NDArray[np.float64]
    width: int = 320
    height: int = 240
    rotation: int = 0


def jhmdb_tubes(data: Path, count: int | None = None) -> list[TrueTube]:
    """J-HMDB's actors, `count` of them evenly chosen.

    Raises:
        InvalidInput: the folder holds no clips with boxes.
    """
    clips = actor_clips(data)
    if count is not None and count < len(clips):
        clips = [clips[n] for n in np.linspace(0, len(clips) - 1, count).astype(int)]
    return [
        TrueTube("J-HMDB", clip.path, clip_timebase(clip.path), clip.start, clip.boxes)
        for clip in clips
    ]


def ucf_tubes(data: Path) -> list[TrueTube]:
    """UCF101-24's tubes on the clips of the folder; none where there are none."""
    if not (data / UCF_TRUTH).is_file():
        return []
    truth = ucf101_24_mat.load(data / UCF_TRUTH, UCF_TRUTH.name)
    known = {Path(name).name: entry for name, entry in truth.items()}
    found = []
    for path in sorted(path for folder in UCF_CLIPS for path in (data / folder).glob("*.avi")):
        entry = known.get(path.stem.removeprefix("ucf101_"))
        for tube in entry["annotations"] if entry else ():
            boxes = np.array(tube["boxes"], dtype=np.float64)
            boxes[:, 2:] += boxes[:, :2]
            times = clip_timebase(path)
            boxes = boxes[: times.frame_count - int(tube["sf"])]
            found.append(TrueTube("UCF101-24", path, times, int(tube["sf"]), boxes))
    return found

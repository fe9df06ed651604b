"""Boxes without person ids become tubes, where a linker is there: a hook, filled from outside.

Linking needs what the learning side knows; labeling does not import it. annotator/pipeline.py
hangs the project's linker in here.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import Coordinates, FileBox, FileTube, FileVideo

# (times in s, (N, 4) boxes in px and (N,) scores of each) → per person, (time, box) as places in
# what was given. Every box belongs to one person.
Linker = Callable[
    [Sequence[float], Sequence[np.ndarray], Sequence[np.ndarray]], list[list[tuple[int, int]]]
]
linker: Linker | None = None


def linked(video: FileVideo, size: tuple[int, int]) -> FileVideo:
    """The video with its boxes without person id as tubes of the persons they show.

    Args:
        size: width and height in px.

    Raises:
        InvalidInput: there is no linker here.
    """
    if linker is None:
        raise InvalidInput("Boxes cannot be linked here: no linker is installed.")
    boxes = [box for tube in video.tubes if tube.number is None for box in tube.boxes]
    scores = {id(box): tube.score for tube in video.tubes for box in tube.boxes}
    by_time: dict[object, list[FileBox]] = {}
    for box in sorted(boxes, key=lambda box: (box.at, box.box)):
        by_time.setdefault(box.at, []).append(box)
    groups = list(by_time.values())
    scale = np.array(size * 2 if video.coordinates is Coordinates.FRACTIONS else (1, 1, 1, 1))
    tracks = linker(
        [float(group[0].at) for group in groups],
        [np.array([box.box for box in group], dtype=np.float64) * scale for group in groups],
        [np.array([_sure(scores[id(box)]) for box in group]) for group in groups],
    )
    found = (tuple(groups[time][place] for time, place in track) for track in tracks)
    made = [FileTube(track, row=track[0].row) for track in found]
    return replace(video, tubes=(*(t for t in video.tubes if t.number is not None), *made))


def _sure(score: float | None) -> float:
    return 1.0 if score is None else score

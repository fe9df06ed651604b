"""Links boxes that lie a second apart, as annotation files have them, into persons.

The detector's linker expects several looks a second and drops what is short or unsure. Here every
box was written down by somebody: none is dropped, and none is made up. A second is long, and films
cut between two boxes more often than people walk out of their own: so a box goes on only where it
overlaps the last one well, from one step to the next, without guessing where a velocity led.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mlbackend.propose.link import Floats, LinkRules, Observed, link

# Person ids of AVA link neighboring timestamps; a step that is missing ends a person.
_BRIDGED_STEPS = 1.0
RULES = LinkRules(
    sure_score=0.0,
    start_score=0.0,
    min_iou=0.5,
    enlarged=0.0,
    min_enlarged_iou=0.5,
    max_blind_s=0.0,
    min_length_s=0.0,
    min_boxes=1,
    min_score=0.0,
    relink=None,
)


def link_sparse(
    times_s: Sequence[float], boxes: Sequence[Floats], scores: Sequence[Floats]
) -> list[list[tuple[int, int]]]:
    """Group boxes by person.

    Args:
        times_s: in order, seconds.
        boxes: (N, 4) px of each time.
        scores: (N,) of each time, 0..1.

    Returns:
        For each person (place in `times_s`, place among its boxes), in order of time; every box
        is in one of them.
    """
    if not times_s:
        return []
    # The shortest step is the file's rhythm: others are gaps.
    step_s = float(np.diff(np.asarray(times_s)).min()) if len(times_s) > 1 else 1.0
    rules = replace(RULES, max_gap_s=_BRIDGED_STEPS * step_s)
    nobody = [np.empty((len(found), 0)) for found in boxes]
    seen = [
        Observed(place, time_s, found, score, looks)
        for place, (time_s, found, score, looks) in enumerate(
            zip(times_s, boxes, scores, nobody, strict=True)
        )
    ]
    return [_places(track.frames, track.boxes, boxes) for track in link(seen, rules)]


def _places(
    frames: Sequence[int], tracked: Sequence[Floats], boxes: Sequence[Floats]
) -> list[tuple[int, int]]:
    """Which of the boxes of its time each box of a track is."""
    return [
        (frame, int(np.flatnonzero((boxes[frame] == box).all(axis=1))[0]))
        for frame, box in zip(frames, tracked, strict=True)
    ]

"""The linker to beat: a box goes to the track it overlaps most, frame by frame, and nothing else.

IOU tracker (Bochinski et al. 2017): each track, longest first, takes the best free box of the
next frame where the IoU is enough, and ends where it is not; tracks without a sure box, or too
short, are dropped. No motion, no looks, no gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from labeling.domain.box import iou_matrix
from mlbackend.propose.link import LinkRules, Observed, Track

_ANY = LinkRules()


@dataclass(frozen=True, slots=True)
class GreedyRules:
    """The IOU tracker's four thresholds, under its paper's names; t_min in boxes."""

    sigma_l: float
    sigma_h: float
    sigma_iou: float
    t_min: int


GRID = tuple(
    GreedyRules(low, high, iou, shortest)
    for low, high, iou, shortest in product(
        (0.1, 0.3, 0.45), (0.5,), (0.2, 0.3, 0.4, 0.5), (2, 3, 5)
    )
)


def greedy_link(observations: Sequence[Observed], rules: GreedyRules) -> list[Track]:
    """Link the boxes of a whole video, frames in order."""
    live: list[Track] = []
    ended: list[Track] = []
    for seen in observations:
        free = [i for i, score in enumerate(seen.scores) if score >= rules.sigma_l]
        still: list[Track] = []
        for track in sorted(live, key=lambda one: -len(one.frames)):
            overlap = iou_matrix(track.boxes[-1][None], seen.boxes[free])[0]
            if len(overlap) and overlap.max() >= rules.sigma_iou:
                track.take(seen, free.pop(int(np.argmax(overlap))), _ANY)
                still.append(track)
            else:
                ended.append(track)
        for index in free:
            still.append(Track())
            still[-1].take(seen, index, _ANY)
        live = still
    return [
        track
        for track in ended + live
        if len(track.frames) >= rules.t_min and max(track.scores) >= rules.sigma_h
    ]

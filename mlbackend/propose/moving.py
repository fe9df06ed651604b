"""Looks more often where people move fast: also between two frames whose boxes differ much.

A person who is followed from frame to frame needs no more looks; one whose box has nearly left
its last place does, and so does one who came or went. That is known only once both frames have
been looked at, and depends on nothing else, so chunks and workers agree on it. Measured against
fixed rates in docs/benchmarks.md; the motion of pixels was tried too and gained nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.domain.box import iou_matrix
from mlbackend.propose.detectors.base import Detections

# The share of a detector's rate that is looked at in any case, and how much oftener at most.
STEADY_SHARE = 0.8
MOST_TIMES = 2.5
# The overlap below which a box has moved, and how sure a box must be.
STAYED_IOU = 0.4
SURE_SCORE = 0.4
PERSON = "person"

Picture = tuple[int, np.ndarray]


@dataclass(slots=True)
class Stretch:
    """A frame that is looked at, and those after it that may be: (frame, picture) each."""

    first: Picture
    between: list[Picture]


def stretches(
    pictures: Iterator[Picture], looked_at: Sequence[int], at_a_time: int
) -> Iterator[list[Stretch]]:
    """Group pictures by the frame to look at that they follow, some groups at a time.

    Args:
        pictures: in order; the first is one to look at.
        looked_at: the frames to look at in any case.
    """
    wanted = set(looked_at)
    group: list[Stretch] = []
    for picture in pictures:
        if picture[0] not in wanted:
            group[-1].between.append(picture)
            continue
        if len(group) >= at_a_time:
            yield group
            group = []
        group.append(Stretch(picture, []))
    if group:
        yield group


def moved(before: Detections, after: Detections, categories: Sequence[str]) -> bool:
    """Return whether a sure box of one frame has no box near it in the other.

    Only people count, where the detector knows people: what else it sees comes and goes by chance.
    """
    watched = [categories.index(PERSON)] if PERSON in categories else range(len(categories))
    for category in watched:
        a, b = (_sure(found.of(category)) for found in (before, after))
        if len(a) + len(b) == 0:
            continue
        if len(a) == 0 or len(b) == 0:
            return True
        overlap = iou_matrix(a, b)
        if min(overlap.max(axis=1).min(), overlap.max(axis=0).min()) < STAYED_IOU:
            return True
    return False


def _sure(found: Detections) -> np.ndarray:
    return found.boxes[found.scores >= SURE_SCORE].astype(np.float64)

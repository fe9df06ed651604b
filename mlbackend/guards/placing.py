"""Where in a video a tube can be put so that nobody is in it: NumPy alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import Box
from labeling.domain.tube import Keyframe, Tube

Floats = NDArray[np.float64]

# Places drawn at most at each pace: first near the height at which the tube walks, where a glance
# does not give it away, then anywhere.
TRIES = 200
NEAR_HEIGHTS = 0.5
# The moved boxes keep so much of their size between them and any other.
MARGIN = 0.25
# How far it moves, of how far the tube that lends it its boxes does: less where there is no room.
PACES = (1.0, 0.5, 0.2)
FEW_FRAMES = 25


def empty_place(
    tube: Tube, others: Iterable[Tube], width: int, height: int, rng: np.random.Generator
) -> tuple[Keyframe, ...] | None:
    """The tube's keyframes moved, all by the same, to where they touch no tube at any frame.

    Where one that crosses the picture leaves no room, it goes a part of the way only.

    Args:
        tube: lends its size, its times and its way of moving.
        others: all tubes that may be there, this one among them, rejected ones too.
        width, height: of the picture in px; the moved boxes lie inside.

    Returns:
        None where no such place was found.
    """
    frames, boxes = tube.dense()
    if len(frames) == 0:
        return None
    inside = boxes.clip(0, [width, height, width, height])
    if not np.allclose(inside, boxes):
        return None  # it reaches beyond the picture: cut, it would not move as it did
    others = list(others)
    # Most places are given up by a few frames; only what passes those is looked at on all.
    few = slice(None, None, max(1, len(frames) // FEW_FRAMES))
    taken_few, taken = _boxes_at(frames[few], others), _boxes_at(frames, others)
    for is_near, pace in product((True, False), PACES):
        slow = _slowed(tube, boxes, pace)
        slow_boxes = slow.dense()[1]
        for shift in _shifts(slow_boxes, width, height, rng, is_near=is_near):
            moved = slow_boxes + np.tile(shift, 2)
            if not _touches(moved[few], taken_few) and not _touches(moved, taken):
                return tuple(_moved(keyframe, shift) for keyframe in slow.keyframes)
    return None


def _slowed(tube: Tube, boxes: Floats, pace: float) -> Tube:
    """The tube going only a part of its way, about the middle of it; its boxes keep their sizes."""
    middle = (boxes[:, :2] + boxes[:, 2:]).mean(axis=0) / 2

    def nearer(keyframe: Keyframe) -> Keyframe:
        box = np.array(keyframe.box.as_list())
        shift = (1.0 - pace) * (middle - (box[:2] + box[2:]) / 2)
        return _moved(keyframe, shift)

    return tube.with_keyframes(nearer(keyframe) for keyframe in tube.keyframes)


def _shifts(
    boxes: Floats, width: int, height: int, rng: np.random.Generator, *, is_near: bool
) -> Floats:
    """(TRIES, 2) shifts in px that keep all boxes in the picture, near ones at about its height."""
    low = -boxes[:, :2].min(axis=0)
    high = np.array([width, height]) - boxes[:, 2:].max(axis=0)
    if is_near:
        near = NEAR_HEIGHTS * float((boxes[:, 3] - boxes[:, 1]).mean())
        low[1], high[1] = max(low[1], -near), min(high[1], near)
    return np.round(rng.uniform(low, high, size=(TRIES, 2)), 1)


def _boxes_at(frames: NDArray[np.int64], tubes: Iterable[Tube]) -> tuple[NDArray[np.intp], Floats]:
    """Boxes (N, 4) of the tubes on these frames, and which of the frames each is on (N,)."""
    places, found = [np.empty(0, dtype=np.intp)], [np.empty((0, 4))]
    for tube in tubes:
        own, boxes = tube.dense()
        _, at, mine = np.intersect1d(frames, own, assume_unique=True, return_indices=True)
        places.append(at)
        found.append(boxes[mine])
    return np.concatenate(places), np.concatenate(found)


def _touches(moved: Floats, taken: tuple[NDArray[np.intp], Floats]) -> bool:
    """Whether some moved box, with its margin, meets one that is there on the same frame."""
    places, boxes = taken
    size = moved[:, 2:] - moved[:, :2]
    grown = np.concatenate([moved[:, :2] - MARGIN * size, moved[:, 2:] + MARGIN * size], axis=1)
    mine = grown[places]
    apart = (mine[:, 2:] <= boxes[:, :2]) | (boxes[:, 2:] <= mine[:, :2])
    return bool((~apart.any(axis=1)).any())


def _moved(keyframe: Keyframe, shift: Floats) -> Keyframe:
    dx, dy = (float(part) for part in shift)
    box = keyframe.box
    return replace(keyframe, box=Box(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy))

"""Action tubes of one class from boxes that have a score of that class on every frame.

The best path through the frames, one box each, by dynamic programming: it maximizes the sum of the
scores and of `overlap_weight` times the IoU of neighbors (Gkioxari & Malik 2015; Saha et al. 2016).
Its boxes are taken out and the next best is sought. Where in time the action is on a path is a
second, two-state path: action or not, a price `alpha` for each change (Saha et al. 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import iou_matrix

Floats = NDArray[np.float64]
# The published code averages a tube's best scores, so that a long tail does not sink it.
BEST_OF_TUBE = 20


@dataclass(frozen=True, slots=True)
class ActionTube:
    """A path: places (frame's place, box's place in it) in order, and the score of each, (N,)."""

    places: tuple[tuple[int, int], ...]
    scores: Floats

    @property
    def score(self) -> float:
        """Mean of its `BEST_OF_TUBE` highest scores."""
        return float(np.sort(self.scores)[-BEST_OF_TUBE:].mean())


def action_tubes(
    boxes: Sequence[Floats],
    scores: Sequence[Floats],
    *,
    overlap_weight: float = 1.0,
    most: int = 40,
) -> list[ActionTube]:
    """Return up to `most` tubes, best path value first; no box is in two of them.

    Args:
        boxes: (N, 4) px of each frame, frames in order. scores: (N,) of the class, of each frame.

    A frame without a box left ends paths: before and after it they are others.

    Raises:
        ValueError: there are not as many scores as boxes.
    """
    if [len(one) for one in boxes] != [len(one) for one in scores]:
        raise ValueError("every box needs a score of the class, on every frame")
    overlaps = [overlap_weight * iou_matrix(a, b) for a, b in zip(boxes, boxes[1:], strict=False)]
    free = [np.arange(len(one)) for one in boxes]
    waiting = [(*_best(run, scores, overlaps, free), run) for run in _runs(free, 0, len(free))]
    found: list[ActionTube] = []
    while waiting and len(found) < most:
        at = max(range(len(waiting)), key=lambda n: waiting[n][0])
        _, path, (first, end) = waiting.pop(at)
        places = tuple(zip(range(first, end), path, strict=True))
        found.append(ActionTube(places, np.array([scores[t][i] for t, i in places])))
        for frame, box in places:
            free[frame] = free[frame][free[frame] != box]
        waiting += [(*_best(run, scores, overlaps, free), run) for run in _runs(free, first, end)]
    return found


def trimmed(scores: Floats, alpha: float = 3.0) -> list[tuple[int, int]]:
    """Return the stretches [start, end) of a tube on which its action is on.

    Args:
        scores: (N,) of the class in 0..1; its absence counts one less the score.
        alpha: what a change costs: the higher, the fewer and longer the stretches.
    """
    count = len(scores)
    if count == 0:
        return []
    gain = np.stack([1.0 - scores, scores])
    value, came = gain[:, 0].copy(), np.zeros((2, count), dtype=np.int64)
    for step in range(1, count):
        change = value[None, :] - alpha * (1.0 - np.eye(2))
        came[:, step] = change.argmax(axis=1)
        value = gain[:, step] + change.max(axis=1)
    states = np.empty(count, dtype=np.int64)
    states[-1] = int(value.argmax())
    for step in range(count - 1, 0, -1):
        states[step - 1] = came[states[step], step]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], states, [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _runs(free: Sequence[NDArray[np.int64]], first: int, end: int) -> list[tuple[int, int]]:
    """The stretches of [first, end) in which every frame has a free box."""
    have = np.array([len(free[frame]) > 0 for frame in range(first, end)], dtype=np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], have, [0]])))
    return [(first + int(a), first + int(b)) for a, b in edges.reshape(-1, 2)]


def _best(
    run: tuple[int, int],
    scores: Sequence[Floats],
    overlaps: Sequence[Floats],
    free: Sequence[NDArray[np.int64]],
) -> tuple[float, list[int]]:
    """The value of the best path of a stretch, and its box on each frame."""
    first, end = run
    value = scores[first][free[first]]
    came: list[NDArray[np.int64]] = []
    for frame in range(first + 1, end):
        step = value[:, None] + overlaps[frame - 1][np.ix_(free[frame - 1], free[frame])]
        came.append(step.argmax(axis=0))
        value = step.max(axis=0) + scores[frame][free[frame]]
    at = int(value.argmax())
    path = [at]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return float(value[at]), [int(free[first + n][i]) for n, i in enumerate(reversed(path))]

"""Action tubes against trying every path, and their trimming against trying every labeling."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from labeling.domain.box import iou_matrix
from mlbackend.propose.action_tubes import action_tubes, trimmed


def _random(seed: int, frames: int = 5) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    boxes, scores = [], []
    for _ in range(frames):
        corner = rng.uniform(0, 30, (rng.integers(1, 4), 2))
        boxes.append(np.hstack([corner, corner + rng.uniform(20, 60, corner.shape)]))
        scores.append(rng.uniform(0, 1, len(corner)))
    return boxes, scores


def _value(path: tuple[int, ...], boxes: list, scores: list, weight: float) -> float:
    links = [
        iou_matrix(a[i][None], b[j][None])[0, 0]
        for a, b, i, j in zip(boxes, boxes[1:], path, path[1:], strict=False)
    ]
    return float(sum(s[i] for s, i in zip(scores, path, strict=True)) + weight * sum(links))


@pytest.mark.parametrize("seed", range(12))
def test_the_first_tube_is_the_best_of_all_paths(seed: int) -> None:
    boxes, scores = _random(seed)
    weight = (0.0, 0.5, 1.0, 3.0)[seed % 4]
    tube = action_tubes(boxes, scores, overlap_weight=weight)[0]
    every = product(*(range(len(one)) for one in boxes))
    best = max(_value(path, boxes, scores, weight) for path in every)
    assert [frame for frame, _ in tube.places] == list(range(5))
    path = tuple(box for _, box in tube.places)
    assert _value(path, boxes, scores, weight) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_every_box_is_in_one_tube(seed: int) -> None:
    boxes, scores = _random(seed, frames=8)
    found = action_tubes(boxes, scores, most=1000)
    places = sorted(place for tube in found for place in tube.places)
    assert places == [(t, i) for t, one in enumerate(boxes) for i in range(len(one))]
    for tube in found:
        assert (np.diff([frame for frame, _ in tube.places]) == 1).all()
    assert len(action_tubes(boxes, scores, most=1)) == 1


def test_two_people_apart_are_two_tubes_and_an_empty_frame_ends_both() -> None:
    left, right = np.array([0.0, 0, 10, 10]), np.array([50.0, 0, 60, 10])
    boxes = [np.array([left, right]), np.array([right, left]), np.empty((0, 4)), left[None]]
    scores = [np.array([0.9, 0.5]), np.array([0.5, 0.9]), np.empty(0), np.array([0.3])]
    found = action_tubes(boxes, scores)
    assert [tube.places for tube in found] == [((0, 0), (1, 1)), ((0, 1), (1, 0)), ((3, 0),)]
    assert [round(tube.score, 6) for tube in found] == [0.9, 0.5, 0.3]
    with pytest.raises(ValueError, match="score of the class"):
        action_tubes(boxes, scores[:-1] + [np.empty(0)])


@pytest.mark.parametrize("seed", range(8))
def test_trimming_is_the_best_of_all_labelings(seed: int) -> None:
    scores = np.random.default_rng(seed).uniform(0, 1, 9)
    alpha = (0.0, 0.3, 1.0, 3.0)[seed % 4]

    def value(states: tuple[int, ...]) -> float:
        gain = sum(s if on else 1 - s for s, on in zip(scores, states, strict=True))
        return float(gain - alpha * sum(a != b for a, b in zip(states, states[1:], strict=False)))

    found = np.zeros(9, dtype=int)
    for start, end in trimmed(scores, alpha):
        found[start:end] = 1
    best = max(value(states) for states in product((0, 1), repeat=9))
    assert value(tuple(found)) == pytest.approx(best, abs=1e-12)


def test_an_action_in_the_middle_is_cut_out_and_a_flicker_is_not() -> None:
    scores = np.full(60, 0.1)
    scores[20:40] = 0.9
    scores[30] = 0.2
    assert trimmed(scores, 3.0) == [(20, 40)]
    assert trimmed(np.where(np.arange(60) == 5, 0.9, 0.1), 3.0) == []
    assert trimmed(np.empty(0)) == []

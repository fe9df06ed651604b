"""The simulated annotator on tubes whose cost can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube
from mlbackend.bench.effort_ways import carried_costs, proposal_costs
from mlbackend.bench.simulated import Work, corrected, drawn, fewest, quality

BOX = np.array([0.0, 0.0, 20.0, 40.0])


def line(count: int, per_frame: float = 4.0) -> np.ndarray:
    return BOX + per_frame * np.arange(count)[:, None] * np.array([1, 0, 1, 0])


def bend(count: int) -> np.ndarray:
    """Right, and from the middle on left again."""
    x = 4.0 * np.minimum(np.arange(count), count - 1 - np.arange(count))
    return BOX + x[:, None] * np.array([1, 0, 1, 0])


def tube(name: str, start: int, boxes: np.ndarray, frames: list[int]) -> Tube:
    keyframes = tuple(Keyframe(start + f, Box.of(boxes[f])) for f in frames)
    return Tube(name, 1, keyframes, State.PROPOSED, score=0.8, run_id="run")


def test_drawing_needs_a_box_at_each_end_and_each_bend():
    assert drawn(line(30)).operations == fewest(line(30)) == 2
    assert drawn(bend(31)).operations == fewest(bend(31)) == 3
    assert drawn(line(1)).operations == fewest(line(1)) == 1


def test_greedy_drawing_never_beats_the_bound():
    rng = np.random.default_rng(5)
    for _ in range(20):
        boxes = BOX + np.cumsum(rng.normal(0, 3, (25, 1)), axis=0)
        assert fewest(boxes) <= drawn(boxes).operations
        assert quality(drawn(boxes), boxes).min() >= 0.7


def test_correcting_ends_and_leaves_every_frame_good_enough():
    rng = np.random.default_rng(6)
    for _ in range(20):
        truth = BOX + np.cumsum(rng.normal(0, 2, (30, 1)), axis=0)
        frames = tuple(sorted(rng.choice(30, 5, replace=False).tolist()))
        wrong = truth[list(frames)] + rng.normal(0, 12, (5, 1))
        done = corrected(Work(frames, wrong), truth)
        assert quality(done, truth).min() >= 0.7
        assert done.operations <= 30


@pytest.mark.parametrize(
    ("frames", "shift", "cost"),
    [([0, 30], 0.0, 1), ([0, 30], 2.0, 1), ([0, 15], 0.0, 1), ([0, 30], 5.0, 2)],
    ids=["right: accepted", "near enough: accepted", "too short: one box", "all wrong: two boxes"],
)
def test_a_proposal_costs_what_is_wrong_with_it(frames, shift, cost):
    truth = line(31)
    assert proposal_costs([tube("a", 7, truth + shift, frames)], 7, truth, 9)[0] == cost


def test_pieces_are_merged_and_needless_ones_deleted():
    truth = line(40)
    left, right = tube("l", 0, truth, [0, 19]), tube("r", 0, truth, [20, 39])
    again = tube("x", 0, truth, [2, 17])
    assert proposal_costs([left, right], 0, truth, 9)[0] == 1
    assert proposal_costs([left, right, again], 0, truth, 9)[0] == 2
    # Drawing is never given up: delete what is there, then draw.
    assert proposal_costs([left, right, again], 0, truth, 0)[0] == 1 + 1


def test_ends_that_are_too_long_are_trimmed():
    whole = line(50)
    found = tube("a", 0, whole, [0, 49])
    assert proposal_costs([found], 10, whole[10:30], 9)[0] == 2
    assert proposal_costs([found], 0, whole[:30], 9)[0] == 1


def test_other_people_are_counted_apart():
    truth = line(30)
    far = tube("b", 0, truth + 500, [0, 29])
    assert proposal_costs([far], 0, truth, 2) == (2, 0, 1)


def test_a_carried_box_costs_drawing_the_key_and_corrections():
    truth = bend(41)

    def perfect(at, box, low, high):
        return [Keyframe(f, Box.of(truth[f])) for f in range(low, high + 1)]

    def stuck(at, box, low, high):
        return [Keyframe(at, Box.of(truth[at]))]

    assert carried_costs(perfect, truth, 9, key=1)[0] == 2
    assert carried_costs(perfect, truth, 9, key=0)[0] == 1
    # What carries nothing costs what was spent on it, and no more.
    assert carried_costs(stuck, truth, 3, key=1)[0] <= 3 + 2
    assert carried_costs(stuck, truth, 3, key=0)[0] <= 3 + 1

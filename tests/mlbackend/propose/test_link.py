"""Linking on synthetic truth with a detector's faults: missed, trembling, unsure, false boxes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.box import iou_matrix
from mlbackend.data.demo import random_spec
from mlbackend.data.synthetic import Act, ClipSpec, ClipTruth, PersonSpec, PostSpec, clip_truth
from mlbackend.propose.link import LinkRules, Observed, Track, link
from tests.mlbackend.propose.identity import idf1


def _observed(frame: int, boxes: list, scores: list, fps: float = 25.0) -> Observed:
    found = np.array(boxes, dtype=float).reshape(-1, 4)
    return Observed(
        frame, frame / fps, found, np.array(scores, dtype=float), np.zeros((len(found), 0))
    )


def _detected(truth: ClipTruth, seed: int, every: int = 5) -> list[Observed]:
    """What a fair detector would say: 12 % missed, boxes tremble, a false one now and then."""
    rng = np.random.default_rng(seed)
    found = []
    for frame in range(0, truth.spec.frame_count, every):
        boxes, scores = [], []
        for person in truth.people:
            if not person.visible[frame] or rng.random() < 0.12:
                continue
            box = person.boxes[frame]
            size = np.tile(box[2:] - box[:2], 2)
            boxes.append(box + rng.normal(0, 0.04, 4) * size)
            scores.append(0.3 if person.occluded[frame] else rng.uniform(0.5, 0.9))
        if rng.random() < 0.25:
            x, y = rng.uniform(0, 400), rng.uniform(0, 200)
            boxes.append([x, y, x + 50, y + 120])
            scores.append(rng.uniform(0.3, 0.6))
        found.append(_observed(frame, boxes, scores))
    return found


def _greedy(observations: list[Observed], min_iou: float = 0.3) -> list[Track]:
    """The linker to beat: each track takes the best overlapping sure box of the next frame."""
    rules = LinkRules()
    live: list[Track] = []
    ended: list[Track] = []
    for seen in observations:
        free = [i for i, score in enumerate(seen.scores) if score >= rules.sure_score]
        still = []
        for track in live:
            overlap = iou_matrix(track.boxes[-1][None], seen.boxes[free])[0] if free else []
            if len(overlap) and overlap.max() >= min_iou:
                track.take(seen, free.pop(int(np.argmax(overlap))), rules)
                still.append(track)
            else:
                ended.append(track)
        for index in free:
            still.append(Track())
            still[-1].take(seen, index, rules)
        live = still
    return [t for t in ended + live if len(t.frames) >= rules.min_boxes]


@pytest.fixture(scope="module")
def truths() -> list[ClipTruth]:
    walkers = tuple(
        PersonSpec(
            acts=(Act(0.0, (action,)),), x=x, foot_y=foot_y, height_px=110.0, direction=direction
        )
        for action, x, foot_y, direction in (
            ("walk", 0.2, 0.8, 1),
            ("walk", 0.8, 0.84, -1),
            ("run", 0.4, 0.95, 1),
        )
    )
    crossing = ClipSpec("cross", 9, walkers, duration_s=6.0, posts=(PostSpec(0.5, half_px=14.0),))
    mixed = random_spec("mixed", 12, people=3, duration_s=6.0)
    return [clip_truth(crossing), clip_truth(mixed)]


def test_better_than_greedy_overlap(truths: list[ClipTruth]) -> None:
    ours, greedy = [], []
    for truth in truths:
        for seed in range(3):
            seen = _detected(truth, seed)
            ours.append(idf1(truth.people, link(seen)))
            greedy.append(idf1(truth.people, _greedy(seen)))
    assert np.mean(ours) > 0.65
    assert np.mean(ours) > np.mean(greedy) + 0.15


def _straight(frames: range, speed: float = 2.0) -> dict[int, list[float]]:
    return {f: [f * speed, 50.0, f * speed + 40, 150.0] for f in frames}


def test_a_gap_is_bridged_up_to_the_stated_time() -> None:
    boxes = _straight(range(0, 130, 5))
    for missing_s, tubes in ((1.0, 1), (1.6, 2)):
        gap = range(40, 40 + int(missing_s * 25))
        seen = [
            _observed(f, [] if f in gap else [box], [] if f in gap else [0.8])
            for f, box in boxes.items()
        ]
        assert len(link(seen)) == tubes


def test_an_unsure_box_goes_on_with_a_track_but_begins_none() -> None:
    boxes = _straight(range(0, 60, 5))
    unsure = [_observed(f, [box], [0.2]) for f, box in boxes.items()]
    assert link(unsure) == []
    begun = [_observed(f, [box], [0.9 if f < 40 else 0.2]) for f, box in boxes.items()]
    (track,) = link(begun)
    assert track.frames == list(boxes)


def test_short_and_unsure_tubes_are_dropped() -> None:
    boxes = _straight(range(0, 50, 5))
    blink = [_observed(f, [b] if f < 10 else [], [0.9] if f < 10 else []) for f, b in boxes.items()]
    assert link(blink) == []
    doubtful = [_observed(f, [box], [0.46]) for f, box in boxes.items()]
    assert len(link(doubtful)) == 1
    assert link(doubtful, LinkRules(min_score=0.5)) == []


def test_a_runner_is_followed_without_overlap() -> None:
    """At five frames a second a runner of 40 px moves on by a whole width each time."""
    seen = [_observed(f, [[f * 9, 50, f * 9 + 40, 150]], [0.8]) for f in range(0, 50, 5)]
    (track,) = link(seen)
    assert len(track.frames) == 10


def test_looks_decide_where_two_meet() -> None:
    """Two people stop next to each other and walk back: only color tells who is who."""
    red, blue = np.eye(2)
    seen = []
    for frame in range(0, 105, 5):
        near = 50 - abs(frame - 50)
        left, right = 1.2 * near, 140 - 1.2 * near
        boxes = np.array([[left, 50, left + 40, 150], [right, 50, right + 40, 150]], float)
        order = [0, 1] if frame % 2 else [1, 0]
        looks = np.array([red, blue])[order]
        seen.append(Observed(frame, frame / 25, boxes[order], np.full(2, 0.8), looks))
    tracks = link(seen)
    assert len(tracks) == 2
    assert tracks[0].boxes[-1][0] == pytest.approx(0.0) and len(tracks[0].frames) == 21


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_box_is_in_two_tubes_and_time_goes_forward(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = []
    for frame in range(0, 60, 3):
        corner = rng.uniform(0, 100, (rng.integers(0, 6), 2))
        boxes = np.hstack([corner, corner + rng.uniform(10, 80, corner.shape)])
        seen.append(_observed(frame, boxes.tolist(), rng.uniform(0, 1, len(boxes)).tolist()))
    tracks = link(seen)
    taken = [(f, tuple(box)) for t in tracks for f, box in zip(t.frames, t.boxes, strict=True)]
    assert len(taken) == len(set(taken))
    for track in tracks:
        assert (np.diff(track.frames) > 0).all()
        assert len(track.frames) == len(track.boxes) == len(track.scores)
    again = link(seen)
    assert [t.frames for t in again] == [t.frames for t in tracks]

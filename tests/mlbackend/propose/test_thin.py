"""Thinning keeps its promise on every frame; smoothing keeps straight motion as it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labeling.domain.box import Box, iou
from labeling.domain.tube import Keyframe, Tube
from mlbackend.propose.thin import dense, line_iou, pair_iou, smoothed, thin

sides = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 60), st.just(4)),
    elements=st.floats(0, 300, allow_nan=False, width=32),
)


@st.composite
def tracks(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    raw = draw(sides)
    boxes = np.hstack([raw[:, :2], raw[:, :2] + 5 + raw[:, 2:] / 3])
    gaps = draw(st.lists(st.integers(1, 4), min_size=len(raw), max_size=len(raw)))
    return np.cumsum(gaps).astype(np.int64), boxes


@given(track=tracks(), min_iou=st.floats(0.3, 0.98))
def test_every_frame_stays_within_the_iou(track: tuple, min_iou: float) -> None:
    frames, boxes = track
    kept = thin(frames, boxes, min_iou)
    assert kept[0] == 0 and kept[-1] == len(frames) - 1
    assert (np.diff(kept) > 0).all()
    assert line_iou(frames, boxes, kept).min() >= min_iou


@given(track=tracks())
def test_the_tube_a_person_sees_stays_within_the_iou(track: tuple) -> None:
    frames, boxes = dense(*track)
    kept = thin(frames, boxes, 0.85)
    tube = Tube("t", 1, tuple(Keyframe(int(frames[k]), Box.of(boxes[k])) for k in kept))
    shown_frames, shown = tube.dense()
    np.testing.assert_array_equal(shown_frames, frames)
    assert pair_iou(boxes, shown).min() >= 0.85 - 1e-9


def test_straight_motion_needs_two_keyframes() -> None:
    frames = np.arange(100, dtype=np.int64)
    boxes = np.array([10.0, 20.0, 60.0, 140.0]) + frames[:, None] * [1.5, 0.2, 1.6, 0.3]
    assert thin(frames, boxes).tolist() == [0, 99]


def test_a_turn_gets_a_keyframe() -> None:
    frames = np.arange(81, dtype=np.int64)
    x = np.abs(frames - 40.0) * 3
    boxes = np.column_stack([x, x * 0, x + 40, x * 0 + 100])
    assert thin(frames, boxes).tolist() == [0, 40, 80]


def test_trembling_costs_few_keyframes_once_smoothed() -> None:
    rng = np.random.default_rng(3)
    times = np.arange(60) / 5.0
    true = np.column_stack([20 * times, 0 * times, 20 * times + 50, 0 * times + 120])
    seen = true + rng.normal(0, 3.0, true.shape)
    frames = np.arange(60, dtype=np.int64) * 5
    smooth = smoothed(times, seen)
    assert pair_iou(smooth, true).mean() > pair_iou(seen, true).mean() + 0.02
    assert len(thin(frames, smooth)) < 0.5 * len(thin(frames, seen))


def test_smoothing_leaves_straight_motion_alone_also_at_the_ends() -> None:
    times = np.array([0.0, 0.2, 0.3, 0.9, 1.0, 1.4])
    boxes = np.array([5.0, 5.0, 45.0, 105.0]) + times[:, None] * [30.0, -4.0, 34.0, 2.0]
    np.testing.assert_allclose(smoothed(times, boxes), boxes, atol=1e-9)


def test_pair_iou_is_the_domains_iou() -> None:
    rng = np.random.default_rng(0)
    a = np.hstack([rng.uniform(0, 50, (20, 2)), rng.uniform(51, 99, (20, 2))])
    b = np.hstack([rng.uniform(0, 50, (20, 2)), rng.uniform(51, 99, (20, 2))])
    expected = [iou(Box.of(p), Box.of(q)) for p, q in zip(a, b, strict=True)]
    np.testing.assert_allclose(pair_iou(a, b), expected, atol=1e-12)


def test_nothing_cannot_be_thinned() -> None:
    with pytest.raises(ValueError, match="needs boxes"):
        thin(np.zeros(0, np.int64), np.zeros((0, 4)))

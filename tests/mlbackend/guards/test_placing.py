"""A planted tube touches nobody at any frame, lies in the picture and keeps its size."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.box import Box, iou
from labeling.domain.tube import Keyframe, Tube
from mlbackend.guards.placing import empty_place

WIDTH, HEIGHT = 320, 240


def tube(name, first, last, start, end):
    keyframes = (Keyframe(start, Box(*first)), Keyframe(end, Box(*last)))
    return Tube(name, 1, keyframes)


@st.composite
def tubes(draw):
    def box():
        x, y = draw(st.integers(0, WIDTH - 40)), draw(st.integers(0, HEIGHT - 60))
        return x, y, x + draw(st.integers(8, 40)), y + draw(st.integers(8, 60))

    start = draw(st.integers(0, 30))
    return tube(draw(st.uuids()).hex, box(), box(), start, start + draw(st.integers(1, 30)))


@settings(max_examples=150)
@given(st.lists(tubes(), min_size=1, max_size=6), st.integers(0, 1000))
def test_nobody_is_where_it_is_put(found, seed):
    lender = found[0]
    keyframes = empty_place(lender, found, WIDTH, HEIGHT, np.random.default_rng(seed))
    if keyframes is None:
        return
    moved = Tube("moved", 1, keyframes)
    frames, boxes = moved.dense()
    assert boxes.min() >= -1e-6
    assert (boxes[:, 2] <= WIDTH + 1e-6).all() and (boxes[:, 3] <= HEIGHT + 1e-6).all()
    assert np.allclose(
        boxes[:, 2:] - boxes[:, :2], lender.dense()[1][:, 2:] - lender.dense()[1][:, :2]
    )
    for other in found:
        for frame in frames.tolist():
            there = other.box_at(frame)
            assert there is None or iou(moved.box_at(frame), there) == 0.0


def test_the_same_seed_gives_the_same_place():
    one = tube("a", (10, 10, 50, 90), (30, 10, 70, 90), 0, 20)
    places = {empty_place(one, [one], WIDTH, HEIGHT, np.random.default_rng(7)) for _ in range(2)}
    assert len(places) == 1 and None not in places


def test_a_full_picture_has_no_place():
    full = tube("full", (0, 0, WIDTH, HEIGHT), (0, 0, WIDTH, HEIGHT), 0, 20)
    one = tube("a", (10, 10, 50, 90), (30, 10, 70, 90), 0, 20)
    assert empty_place(one, [one, full], WIDTH, HEIGHT, np.random.default_rng(0)) is None
    assert empty_place(full, [], WIDTH, HEIGHT, np.random.default_rng(0)) is not None


def test_what_reaches_beyond_the_picture_is_not_lent():
    cut = tube("cut", (-5, 10, 50, 90), (30, 10, 70, 90), 0, 20)
    assert empty_place(cut, [cut], WIDTH, HEIGHT, np.random.default_rng(0)) is None

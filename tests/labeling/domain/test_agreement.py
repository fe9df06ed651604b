"""Agreement against scikit-learn, textbook tables, plain loops, and what must hold of any."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from labeling.domain.agreement import (
    DenseTube,
    cohen_kappa,
    contingency,
    fleiss_kappa,
    pooled_fleiss_kappa,
    pooled_kappa,
    table_iou,
    tube_iou,
    tube_iou_matrix,
)
from labeling.domain.box import Box, iou
from labeling.domain.tube import Keyframe, Tube

# A busy machine is no failure.
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip
# Fleiss 1971, table 1: 30 patients, 6 psychiatrists, 5 diagnoses; published kappa 0.430.
FLEISS_1971 = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0],
    [2, 0, 4, 0, 0], [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6],
    [1, 0, 0, 5, 0], [1, 1, 0, 4, 0], [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1],
    [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0], [0, 2, 0, 4, 0], [1, 0, 2, 0, 3],
    [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0], [1, 0, 0, 4, 1],
    [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip

ratings = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)
side = st.integers(0, 60).map(float)
extent = st.integers(1, 60).map(float)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), side, side, extent, extent)


@st.composite
def tubes(draw):
    frames = sorted(draw(st.lists(st.integers(0, 20), min_size=1, max_size=4, unique=True)))
    return Tube("t", 1, tuple(Keyframe(f, draw(boxes), False, draw(st.booleans())) for f in frames))


def still(start, end, box=(0, 0, 10, 10)):
    return DenseTube(start, np.tile(np.array(box, dtype=float), (end - start, 1)))


def test_psychiatrists_of_fleiss_agree_as_published():
    assert fleiss_kappa(np.array(FLEISS_1971)) == pytest.approx(0.430, abs=5e-4)


def test_cohens_kappa_by_hand():
    # Both yes 20, both no 15, 5 and 10 apart: observed 0.7, expected 0.5.
    assert cohen_kappa(np.array([[15, 10], [5, 20]])) == pytest.approx(0.4)


def test_a_unit_with_one_rating_says_nothing():
    full = np.array([[2, 0], [1, 1], [0, 3]])
    assert fleiss_kappa(np.vstack([full, [1, 0], [0, 0]])) == fleiss_kappa(full)
    # By hand: (1 + 0 + 1) / 3 observed; 3/7 and 4/7 of the ratings.
    chance = (3 / 7) ** 2 + (4 / 7) ** 2
    assert fleiss_kappa(full) == pytest.approx((2 / 3 - chance) / (1 - chance))


def test_pooling_averages_what_is_observed_and_expected():
    tables = np.array([[[15, 10], [5, 20]], [[40, 0], [10, 50]], [[0, 0], [0, 0]]])
    # Second table: observed 0.9, expected 0.5 * 0.4 + 0.5 * 0.6; the third was never rated.
    assert pooled_kappa(tables) == pytest.approx((0.8 - 0.5) / (1 - 0.5))


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7, 0], [0, 0]], [[0, 0], [0, 7]]])
def test_what_chance_explains_alone_has_no_kappa(table):
    assert cohen_kappa(np.array(table)) is None


def test_nobody_rated_twice_has_no_kappa():
    assert fleiss_kappa(np.array([[1, 0], [0, 1]])) is None
    assert pooled_fleiss_kappa([]) is None


@QUICK
@given(ratings)
def test_cohens_kappa_is_scikit_learns(pairs):
    first, second = np.array(pairs).T
    table = contingency(first[:, None], second[:, None], np.ones((len(pairs), 1), bool))[0]
    assume(len(set(first) | set(second)) == 2)
    expected = cohen_kappa_score(first, second, labels=[False, True])
    assert cohen_kappa(table) == pytest.approx(expected, abs=1e-12)


@QUICK
@given(ratings)
def test_kappa_does_not_ask_who_is_first(pairs):
    first, second = np.array(pairs).T
    rated = np.ones((len(pairs), 1), bool)
    one = cohen_kappa(contingency(first[:, None], second[:, None], rated)[0])
    other = cohen_kappa(contingency(second[:, None], first[:, None], rated)[0])
    assert one == other or one == pytest.approx(other)


@QUICK
@given(st.lists(st.booleans(), min_size=2, max_size=40), st.integers(2, 5))
def test_who_says_the_same_agrees_wholly(said, raters):
    assume(len(set(said)) == 2)
    yes = np.array(said)[:, None]
    assert cohen_kappa(contingency(yes, yes, np.ones_like(yes))[0]) == pytest.approx(1)
    counts = np.hstack([yes, ~yes]) * raters
    assert fleiss_kappa(counts) == pytest.approx(1)


@QUICK
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=20),
    st.randoms(),
)
def test_fleiss_asks_neither_for_order_nor_for_how_units_are_counted(rows, random):  # fmt: skip
    counts = np.array(rows)
    distinct, times = np.unique(counts, axis=0, return_counts=True)
    turned = counts[random.sample(range(len(counts)), len(counts))][:, [2, 0, 1]]
    found = fleiss_kappa(counts)
    for same in (fleiss_kappa(distinct, times), fleiss_kappa(turned)):
        assert (found is None) == (same is None)
        assert found is None or same == pytest.approx(found)


def test_units_that_one_did_not_look_at_do_not_count():
    first, second = np.array([[True], [True], [False]]), np.array([[True], [False], [False]])
    rated = np.array([[True], [False], [True]])
    assert contingency(first, second, rated).tolist() == [[[1, 0], [0, 1]]]


def test_iou_in_time_by_hand():
    assert table_iou(np.array([[50, 10], [20, 30]])) == pytest.approx(0.5)
    assert table_iou(np.array([[50, 0], [0, 0]])) is None


def test_tube_iou_by_hand():
    # Ten frames against ten, five shared: same box 1/3, half as wide 5 * 50 of 2 * 500 + ...
    assert tube_iou(still(0, 10), still(5, 15)) == pytest.approx(5 / 15)
    assert tube_iou(still(0, 10), still(5, 15, (0, 0, 5, 10))) == pytest.approx(250 / 1250)
    assert tube_iou(still(0, 10), still(10, 20)) == 0
    assert tube_iou(still(0, 10), still(0, 10, (20, 0, 30, 10))) == 0


def test_frames_nobody_looked_at_are_cut_out():
    seen = np.zeros(20, bool)
    seen[:10] = True
    assert tube_iou(still(0, 10), still(0, 20).within(seen)) == pytest.approx(1)


@QUICK
@given(tubes(), tubes())
def test_tube_iou_is_the_sum_over_frames(a, b):
    overlap = union = 0.0
    for frame in range(21):
        one, other = a.box_at(frame), b.box_at(frame)
        areas = [(x.x2 - x.x1) * (x.y2 - x.y1) for x in (one, other) if x]
        both = iou(one, other) * sum(areas) / (1 + iou(one, other)) if one and other else 0.0
        overlap, union = overlap + both, union + sum(areas) - both
    expected = overlap / union if union else 0.0
    dense_a, dense_b = DenseTube.of(a), DenseTube.of(b)
    assert tube_iou(dense_a, dense_b) == pytest.approx(expected, abs=1e-9)
    assert tube_iou(dense_a, dense_b) == tube_iou(dense_b, dense_a)
    assert math.isclose(tube_iou_matrix([dense_a], [dense_b])[0, 0], expected, abs_tol=1e-9)


@QUICK
@given(tubes())
def test_a_tube_is_itself(tube):
    dense = DenseTube.of(tube)
    assume(dense.visible(0, 21).any())
    assert tube_iou(dense, dense) == pytest.approx(1)


def test_nothing_against_something_is_an_empty_matrix():
    assert tube_iou_matrix([], [still(0, 3)]).shape == (0, 1)

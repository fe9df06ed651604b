"""The arrays of AVA's frame-mAP against plain loops, over small worlds full of ties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import ava_pairs
from mlbackend.evaluate.ava import frame_map
from mlbackend.evaluate.ava_boxes import Boxes
from mlbackend.evaluate.ava_pairs import intersection_over_union
from mlbackend.evaluate.ava_rules import RULES
from tests.mlbackend.evaluate.ava_by_loop import InsideOut, by_loop

CLASSES = {1: "bend", 3: "crouch", 12: "stand"}
IMAGES = [(video, second) for video in ("a", "b") for second in (902, 903)]

# Few values, so that boxes, scores and images coincide; some boxes are flat or inside out.
coordinates = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5])
scores = st.sampled_from([0.1, 0.5, 0.9])


def rows(size, score):
    row = st.tuples(
        st.sampled_from(IMAGES), st.tuples(*[coordinates] * 4), st.sampled_from([1, 3, 7]), score
    ).map(lambda parts: (*parts[0], *parts[1], *parts[2:]))
    return st.lists(row, max_size=size)


def upright(row):
    x, y, x2, y2 = row[2:6]
    return (*row[:2], min(x, x2), min(y, y2), max(x, x2), max(y, y2), *row[6:])


def boxes(table):
    full = [row for row in table if len(row) > 2]
    values = np.array([row[2:] for row in full], dtype=np.float64).reshape(-1, 6)
    image = np.array([IMAGES.index(row[:2]) for row in full], dtype=np.int64)
    seen = np.array([IMAGES.index(row[:2]) for row in table if len(row) == 2], dtype=np.int64)
    return Boxes(image, values[:, 4].astype(np.int64), values[:, :4], values[:, 5], seen)


def assert_agrees(truth, found, evaluator, excluded=()):
    numbers = np.array([IMAGES.index(image) for image in excluded], dtype=np.int64)

    def ours():
        return frame_map(boxes(truth), boxes(found), CLASSES, RULES[evaluator], numbers)

    try:
        mean, ap, ignored = by_loop(truth, found, CLASSES, evaluator, excluded)
    except (InsideOut, LookupError):
        with pytest.raises(InvalidInput):
            ours()
        return
    result = ours()
    assert result.mean_ap == pytest.approx(mean, abs=1e-12, nan_ok=True)
    assert list(result.ap) == list(CLASSES.values())
    for label, name in CLASSES.items():
        assert result.ap[name] == pytest.approx(ap[label], abs=1e-12, nan_ok=True)
    assert result.ignored_images == ignored


@pytest.mark.parametrize("evaluator", RULES)
@settings(max_examples=60, deadline=None)
@given(
    truth=rows(10, st.sampled_from([0.0, 1.0])),
    found=rows(20, scores),
    excluded=st.sets(st.sampled_from(IMAGES), max_size=2),
    straight=st.booleans(),
)
def test_agrees_with_a_loop(evaluator, truth, found, excluded, straight):
    if straight:  # else nearly every example ends with a box that is inside out
        truth, found = [upright(row) for row in truth], [upright(row) for row in found]
    assert_agrees(truth, found, evaluator, excluded)


@pytest.mark.parametrize("evaluator", ["activitynet-2020", "activitynet-2019"])
@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(40, 130), st.sampled_from([2, 5, 10**6]))
def test_of_more_than_fifty_rows_those_of_the_heap_stay(evaluator, random, size, levels):
    def row(score):
        x, y = random.randrange(5) / 10, random.randrange(5) / 10
        label = random.choice([1, 3, 7])
        return ("a", 902, x, y, x + 0.3, y + 0.3, label, score)

    truth = [row(0.0) for _ in range(8)]
    found = [row(random.randrange(levels) / levels) for _ in range(size)]
    assert_agrees(truth, found, evaluator)


@settings(max_examples=40, deadline=None)
@given(truth=rows(6, st.just(1.0)), found=rows(6, scores), looked=st.sets(st.sampled_from(IMAGES)))
def test_an_image_without_boxes_is_known(truth, found, looked):
    assert_agrees([upright(row) for row in truth] + sorted(looked), found, "activitynet-2020")


@pytest.mark.parametrize("portion", [1, 2, 7])
def test_portions_of_pairs_change_nothing(portion, monkeypatch):
    random = np.random.default_rng(4)

    def some(n):
        low = random.random((n, 2)) * 0.5
        label, image = random.choice([1, 3], n), random.integers(0, 4, n)
        return Boxes(image, label, np.hstack([low, low + 0.4]), random.random(n))

    truth, found = some(60), some(300)
    whole = frame_map(truth, found, CLASSES)
    monkeypatch.setattr(ava_pairs, "PAIRS", portion)
    again = frame_map(truth, found, CLASSES)
    assert again.mean_ap == whole.mean_ap
    np.testing.assert_equal(again.ap, whole.ap)


def test_scores_may_be_below_zero_and_above_one():
    box = (0.1, 0.1, 0.5, 0.5)
    away = (0.6, 0.6, 0.9, 0.9)
    truth = [("a", 902, *box, 1, 0.0), ("b", 902, *box, 1, 0.0)]
    found = [
        ("a", 902, *box, 1, -3.0),
        ("a", 902, *away, 1, 7.5),
        ("b", 902, *box, 1, 2.0),
    ]
    assert frame_map(boxes(truth), boxes(found), CLASSES).mean_ap == pytest.approx(2 / 3)


def test_without_truth_nothing_is_defined():
    result = frame_map(boxes([]), boxes([("a", 902, 0.0, 0.0, 1.0, 1.0, 1, 0.5)]), CLASSES)
    assert math.isnan(result.mean_ap)
    assert all(math.isnan(value) for value in result.ap.values())


def test_iou_of_two_boxes_without_area_is_undefined():
    flat = np.array([[0.1, 0.1, 0.1, 0.4]])
    assert np.isnan(intersection_over_union(flat, flat)).all()


def test_columns_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="belong together"):
        Boxes(np.zeros(2, int), np.zeros(1, int), np.zeros((2, 4)), np.zeros(2))

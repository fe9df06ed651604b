"""The parts of the loop: order, schedule, average, loss, parameters, the head as a line."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import Stream
from mlbackend.train.net.augment import STILL, Jitter, affine, begin, draw, moved, tinted, warped
from mlbackend.train.net.ema import Ema
from mlbackend.train.net.loss import masked_bce
from mlbackend.train.net.params import train_params
from mlbackend.train.net.samples import Samples, balanced_order, kept_apart
from mlbackend.train.net.schedule import rate
from mlbackend.train.net.stages import begin_at_shares, linear_head
from tests.mlbackend.train.net import tiny


def test_rare_classes_come_as_often_as_common_ones() -> None:
    truth = np.zeros((100, 3), dtype=np.int8)
    truth[:80, 0] = 1
    truth[80:84, 1] = 1
    order = balanced_order(truth, np.random.default_rng(0))
    drawn = truth[order]
    assert len(order) == 100
    assert drawn[:, 0].sum() in (33, 34) and drawn[:, 1].sum() in (32, 33, 34)
    often = np.bincount(order, minlength=100)
    assert set(often[:80]) == {0, 1} and set(often[80:84]) <= {8, 9}


def test_each_class_gives_its_share_to_be_kept_apart() -> None:
    tubes = np.repeat(np.arange(40), 3)
    truth = np.zeros((120, 2), dtype=np.int8)
    truth[:90, 0] = 1
    truth[90:, 1] = 1
    apart = kept_apart(truth, tubes, seed=1)
    assert len(np.unique(tubes[apart & (truth[:, 0] == 1)])) == 6
    assert len(np.unique(tubes[apart & (truth[:, 1] == 1)])) == 2
    assert all(len(set(apart[tubes == tube])) == 1 for tube in range(40))
    assert not kept_apart(truth[:27], tubes[:27], seed=1).any()


def test_windows_that_share_a_picture_are_shown_together() -> None:
    truth = np.array([[1, 0], [0, 0], [-1, 1], [0, 1]], dtype=np.int8)
    shared = Samples(truth, np.arange(4), np.array([0, 1, 0, 0], bool), np.array([7, 7, 7, 9]))
    assert shared.units(apart=False) == [(0, 2), (3,)]
    assert shared.units(apart=True) == [(1,)]
    assert shared.unit_truth([(0, 2), (3,)]).tolist() == [[1, 1], [0, 1]]


def test_the_rate_rises_then_falls() -> None:
    rates = [rate(step, 100, 0.1) for step in range(100)]
    assert rates[0] == pytest.approx(1 / 11) and max(rates) == rates[10] == 1.0
    assert rates[:11] == sorted(rates[:11]) and rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(0.5) and 0 < rates[99] < 0.001
    assert rate(0, 1, 0.1) == 1.0


def test_the_average_begins_quickly_and_copies_counters() -> None:
    net = tiny.seeded(2)
    ema = Ema(net, 0.99)
    with torch.no_grad():
        net.head.bias.fill_(1.0)
        net.norm.num_batches_tracked.fill_(7)
    before = ema.state["head.bias"].clone()
    ema.update(net)
    torch.testing.assert_close(ema.state["head.bias"], 0.1 * before + 0.9)
    assert ema.state["norm.num_batches_tracked"].item() == 7
    for _ in range(200):
        ema.update(net)
    torch.testing.assert_close(ema.state["head.bias"], torch.ones(2))


def test_what_was_not_asked_does_not_count() -> None:
    logits = torch.tensor([[2.0, -30.0], [0.0, 1.0]], requires_grad=True)
    truth = torch.tensor([[1, -1], [0, 1]])
    loss = masked_bce(logits, truth, 3)
    expected = (np.log1p(np.exp(-2)) + np.log(2) + np.log1p(np.exp(-1))) / 3
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    loss.backward()
    assert logits.grad[0, 1].item() == 0.0


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"epoch": 3}, "knows no parameter 'epoch'"),
        ({"epochs": 0}, "between 1 and 1000"),
        ({"epochs": 1.5}, "whole number"),
        ({"lr": "fast"}, "lr is a number"),
        ({"freeze_norms": 1}, "true or false"),
        ({"start": "zoo"}, "auto, champion, installed, scratch"),
        ([1], "names with values"),
    ],
)
def test_a_wrong_wish_is_named(wishes: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        train_params("full", wishes)  # type: ignore[arg-type]


def test_wishes_and_defaults() -> None:
    assert train_params("finetune").stages == 2
    scratch = train_params("full", {"start": "scratch", "epochs": 3.0})
    assert (scratch.epochs, scratch.body_lr, scratch.freeze_norms) == (3, 1.0, False)


def test_the_head_is_a_line_and_begins_at_the_shares() -> None:
    net = tiny.seeded(3)
    weights, bias = linear_head(net)
    embedding = torch.randn(4, 6)
    with torch.no_grad():
        expected = net.classify(embedding)
    np.testing.assert_allclose(embedding.numpy() @ weights.T + bias, expected, atol=1e-5)
    assert begin_at_shares(net, tiny.spec(), np.array([0.5, 0.1, 0.0]))
    likely = torch.sigmoid(net.head.bias.detach()).numpy()
    np.testing.assert_allclose(likely, [0.5, 0.1, 0.01], atol=1e-6)


jitters = st.builds(
    Jitter,
    mirror=st.booleans(),
    zoom=st.floats(0.7, 1.4),
    move_x=st.floats(-0.15, 0.15),
    move_y=st.floats(-0.15, 0.15),
)


@given(
    jitter=jitters,
    corner=st.tuples(st.integers(15, 30), st.integers(15, 25)),
    side=st.tuples(st.integers(8, 20), st.integers(8, 14)),
    size=st.sampled_from([(48, 60), (48, 48)]),
)
def test_boxes_go_where_the_pixels_go(
    jitter: Jitter, corner: tuple[int, int], side: tuple[int, int], size: tuple[int, int]
) -> None:
    """A white rectangle in a black picture: it moves as its box does."""
    shape = (54, 66)
    picture = np.zeros((1, *shape, 3), dtype=np.uint8)
    (x, y), (w, h) = corner, side
    picture[0, y : y + h, x : x + w] = 255
    matrix = affine(jitter, shape, size)
    (box,) = moved(np.array([[x, y, x + w, y + h]], dtype=float), matrix, size)
    shown = warped(picture, matrix, size, Stream.RGB)[0, :, :, 0].astype(float) / 255
    inside = (shown > 0.02).any()
    if inside and box[0] > 1.0 and box[2] < size[1] - 1 and box[1] > 1.0 and box[3] < size[0] - 1:
        ys, xs = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
        middle = (shown * xs).sum() / shown.sum(), (shown * ys).sum() / shown.sum()
        assert middle == pytest.approx(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), abs=0.35)
        area = (box[2] - box[0]) * (box[3] - box[1])
        assert shown.sum() == pytest.approx(area, rel=0.12)
    assert 0 <= box[0] < box[2] <= size[1] and 0 <= box[1] < box[3] <= size[0]


def test_nothing_changes_where_nothing_is_drawn() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (3, 20, 24, 3), dtype=np.uint8)
    assert draw(np.random.default_rng(1), 0.0, True) == STILL
    same = warped(frames, affine(STILL, (20, 24), (20, 24)), (20, 24), Stream.RGB)
    np.testing.assert_array_equal(same, frames)
    middle = warped(frames, affine(STILL, (20, 24), (16, 16)), (16, 16), Stream.RGB)
    np.testing.assert_array_equal(middle, frames[:, 2:18, 4:20])
    np.testing.assert_array_equal(tinted(frames, STILL), frames)
    assert [begin(8, 4, shift) for shift in (0.0, 0.5, 1.0)] == [0, 2, 4]


def test_mirrored_flow_points_the_other_way() -> None:
    flow = np.full((2, 16, 16, 2), 128, dtype=np.uint8)
    flow[:, :8, :8] = (148, 138)
    turned = warped(flow, affine(Jitter(mirror=True), (16, 16), (16, 16)), (16, 16), Stream.FLOW)
    assert turned[0, 2, 13].tolist() == [108, 138] and turned[0, 2, 2].tolist() == [128, 128]


def test_where_left_and_right_matter_nothing_is_mirrored() -> None:
    drawn = [draw(np.random.default_rng(i), 1.0, may) for may in (True, False) for i in range(50)]
    assert 10 < sum(j.mirror for j in drawn[:50]) < 40
    assert not any(j.mirror for j in drawn[50:])
    assert all(a.zoom == b.zoom for a, b in zip(drawn[:50], drawn[50:], strict=True))

"""Nets made fast give the numbers they gave, and batches that do not fit are halved."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mlbackend.nets import deterministic, inference
from mlbackend.nets.fast_modules import Pointwise, SeparablePool, fold_norms
from mlbackend.nets.i3d import MaxPool3dSame
from mlbackend.nets.registry import NETS, build
from tests.mlbackend.nets import small


@pytest.mark.parametrize(
    "name",
    [
        "i3d",
        "i3d_two_stream",
        "i3d_roi",
        "i3d_r50",
        "slowfast_roi",
        "tsn_top_k",
        "r2plus1d_18",
        "s3d",
    ]
    + ["mvit_v2_s", "swin3d_t"],
)
def test_every_net(name: str) -> None:
    net = small.build(name)
    deterministic.fill(net, NETS[name].stages[0])
    streams, rois = small.clips(name, count=2)
    with torch.inference_mode():
        expected = net.classify(net.embed(streams, rois))
    scale = float(expected.abs().max())
    for precision, allowed in (("float32", 1e-5), ("bfloat16", 0.03)):
        fast = inference.prepare(net, "cpu", precision)
        found = fast.classify(fast.embed(streams, rois))
        assert found.dtype == torch.float32
        torch.testing.assert_close(found / scale, expected / scale, atol=allowed, rtol=0)
    # The net itself is as it was.
    with torch.inference_mode():
        assert torch.equal(net.classify(net.embed(streams, rois)), expected)


def test_i3d_at_full_size() -> None:
    net = build("i3d", 400)
    deterministic.fill(net, "logits.")
    clip = deterministic.clip((1, 3, 16, 224, 224))
    with torch.inference_mode():
        expected = net(clip)[0, :, 0]
    for precision, allowed in (("float32", 1e-4), ("bfloat16", 0.05)):
        found = inference.prepare(net, "cpu", precision)(clip)[0]
        assert float((found - expected).abs().max()) < allowed
        assert found.topk(5).indices.tolist() == expected.topk(5).indices.tolist()


def test_nothing_slow_is_left() -> None:
    net = build("i3d", 8)
    fast = inference.prepare(net, "cpu", "float32").net
    kinds = [type(module) for module in fast.modules()]
    assert nn.BatchNorm3d not in kinds and MaxPool3dSame not in kinds
    # 57 convolutions, of which all but the stem and 19 of 3x3x3 are 1x1x1; and the head.
    assert kinds.count(Pointwise) == 38 and kinds.count(nn.Conv3d) == 20
    assert fold_norms(build("i3d", 8)) == 57
    assert fold_norms(build("tsn", 8)) == fold_norms(build("i3d_r50", 8)) == 53


@pytest.mark.parametrize(
    "kernel,stride,padding",
    [
        ((3, 3, 3), (1, 1, 1), None),
        ((3, 3, 3), (2, 2, 2), None),
        ((2, 2, 2), (2, 2, 2), None),
        ((1, 3, 3), (1, 2, 2), None),
        ((1, 3, 3), (2, 2, 2), (0, 1, 1)),
        ((2, 1, 1), (2, 1, 1), (0, 0, 0)),
        ((3, 3, 3), (2, 2, 2), (1, 1, 1)),
    ],
)
def test_separable_pool(kernel: tuple, stride: tuple, padding: tuple | None) -> None:
    for size in [(8, 7, 6), (5, 8, 9), (1, 4, 3)]:
        x = torch.rand(2, 4, *size)
        if padding is None:
            expected = MaxPool3dSame(kernel, stride)(x)
        elif size[0] + 2 * padding[0] < kernel[0]:
            continue
        else:
            expected = nn.MaxPool3d(kernel, stride, padding)(x)
        assert torch.equal(SeparablePool(kernel, stride, padding)(x), expected)


def test_unknown_precision() -> None:
    with pytest.raises(ValueError, match="not int8"):
        inference.prepare(build("tsn", 3), "cpu", "int8")


def test_batches_are_halved_where_memory_does_not_suffice() -> None:
    sizes, told = [], []

    def work(chosen: torch.Tensor) -> torch.Tensor:
        if len(chosen) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        sizes.append(len(chosen))
        return chosen * 2

    items = torch.arange(20)
    assert torch.equal(inference.in_batches(work, items, 8, told.append), items * 2)
    assert told == [4, 2] and sizes == [2] * 10


def test_other_errors_and_single_items_are_not_tried_again() -> None:
    def fails(error: Exception):
        calls = []

        def work(chosen):
            calls.append(len(chosen))
            raise error

        with pytest.raises(type(error)):
            inference.in_batches(work, list(range(4)), 4)
        return calls

    assert fails(RuntimeError("shapes do not fit")) == [4]
    assert fails(torch.OutOfMemoryError("CUDA out of memory")) == [4, 2, 1]
    assert fails(RuntimeError("DefaultCPUAllocator: can't allocate memory")) == [4, 2, 1]
    assert fails(MemoryError()) == [4, 2, 1]

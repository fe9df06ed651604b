"""I3D against the published port's numbers, in float64 there and float32 here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch

from labeling.domain.errors import InvalidInput
from mlbackend.nets import deterministic, state
from mlbackend.nets.i3d import I3D, MaxPool3dSame, TwoStreamI3D, same_padding

HEAD = ("logits.",)


@pytest.fixture(scope="module")
def golden(shared_data: Path) -> dict[str, Any]:
    return json.loads((shared_data / "golden/i3d_rgb_deterministic_weights.json").read_text())


@pytest.fixture(scope="module")
def net() -> I3D:
    net = I3D().eval()
    deterministic.fill(net, HEAD)
    return net


def _clip(case: dict[str, Any], shared_data: Path) -> torch.Tensor:
    if case["id"].startswith("syn"):
        clip = deterministic.clip(case["input_shape"], 0 if "16" in case["id"] else 1)
    else:
        path = shared_data / "clips/known_action/deepmind_v_CricketShot_g04_c01_rgb.gif"
        with av.open(str(path)) as container:
            frames = [f.to_ndarray(format="rgb24") for f in container.decode(video=0)]
        pixels = torch.from_numpy(np.stack(frames)).float()
        clip = (pixels * (2 / 255) - 1).permute(3, 0, 1, 2)[None].contiguous()
    assert float(clip.double().sum()) == pytest.approx(case["input_sum"], rel=1e-5)
    return clip


def test_names_and_count(net: I3D, golden: dict[str, Any]) -> None:
    own = net.state_dict()
    assert len(own) == golden["state_dict_keys"] == 344
    assert sum(p.numel() for p in net.parameters()) == golden["n_params"] == 12_697_264
    for name, expected in golden["param_checksums"].items():
        assert list(own[name].shape) == expected["shape"]
        assert hashlib.sha256(own[name].numpy().tobytes()).hexdigest() == expected["sha256"]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["syn16", "syn19", "cricket"])
def test_every_endpoint(net: I3D, golden: dict[str, Any], shared_data: Path, place: int) -> None:
    case = golden["cases"][place]
    clip = _clip(case, shared_data)
    with torch.inference_mode():
        for name, output in net.walk(clip):
            expected = case["endpoints"][name]
            assert list(output.shape) == expected["shape"]
            assert float(output.mean()) == pytest.approx(expected["mean"], abs=1e-4)
            assert float(output.std(correction=0)) == pytest.approx(expected["std"], abs=1e-4)
            assert float(output.max()) == pytest.approx(expected["max"], abs=1e-3)
        pooled = torch.nn.functional.avg_pool3d(output, (2, 7, 7), 1)
        logits = net.logits(pooled).mean(dim=(3, 4))
        embedded = net.classify(pooled.mean(dim=(2, 3, 4)))
    assert list(logits.shape) == case["logits_shape"][:3]
    wanted = torch.tensor(case["logits_mean_over_time_space"])
    torch.testing.assert_close(logits.mean(dim=2)[0], wanted, atol=1e-4, rtol=0)
    torch.testing.assert_close(embedded[0], wanted, atol=1e-4, rtol=0)
    first = torch.tensor(case["logits_first_position"])
    torch.testing.assert_close(logits[0, : len(first), 0], first, atol=1e-4, rtol=0)
    assert logits.mean(dim=2)[0].topk(5).indices.tolist() == [t["index"] for t in case["top5"]]


def test_embed_and_classify_are_the_whole_net(net: I3D) -> None:
    clip = deterministic.clip((2, 3, 17, 64, 48))
    with torch.inference_mode():
        logits = net(clip)
        spatial = net(clip, spatial=True)
        embedding = net.embed([clip])
        torch.testing.assert_close(net.classify(embedding), logits.mean(dim=2))
    assert logits.shape == (2, 400, 2) and embedding.shape == (2, net.embedding_width)
    assert spatial.shape == (2, 400, 2, 1, 1)


def test_pictures_larger_than_224_px_give_places() -> None:
    net = I3D(5).eval()
    with torch.inference_mode():
        spatial = net(torch.zeros(1, 3, 9, 224, 288), spatial=True)
        logits = net(torch.zeros(1, 3, 9, 224, 288))
    assert spatial.shape == (1, 5, 1, 1, 3)
    torch.testing.assert_close(logits, spatial.mean(dim=(3, 4)))


def test_two_streams_add_their_logits() -> None:
    net = TwoStreamI3D(7).eval()
    rgb, flow = deterministic.clip((1, 3, 9, 32, 32)), deterministic.clip((1, 2, 9, 32, 32))
    with torch.inference_mode():
        embedding = net.embed([rgb, flow])
        expected = net.rgb(rgb).mean(2) + net.flow(flow).mean(2)
        torch.testing.assert_close(net.classify(embedding), expected)
        torch.testing.assert_close(net(rgb, flow), expected)
    assert embedding.shape == (1, net.embedding_width)


def test_padding_puts_the_odd_one_behind() -> None:
    assert same_padding((16, 224, 19), (7, 7, 7), (2, 2, 2)) == ((2, 2, 3), (3, 3, 3))
    assert same_padding((16, 7, 5), (2, 3, 3), (2, 2, 1)) == ((0, 1, 1), (0, 1, 1))


@pytest.mark.parametrize(
    "kernel,stride",
    [
        ((3, 3, 3), (2, 2, 2)),
        ((2, 2, 2), (2, 2, 2)),
        ((1, 3, 3), (1, 2, 2)),
        ((3, 3, 3), (1, 1, 1)),
    ],
)
def test_pool_equals_padding_with_zeros(kernel: tuple, stride: tuple) -> None:
    for size in [(4, 6, 7), (5, 7, 8), (1, 2, 3)]:
        x = torch.rand(2, 3, *size)
        (t0, y0, x0), (t1, y1, x1) = same_padding(size, kernel, stride)
        padded = torch.nn.functional.pad(x, (x0, x1, y0, y1, t0, t1))
        expected = torch.nn.functional.max_pool3d(padded, kernel, stride)
        assert torch.equal(MaxPool3dSame(kernel, stride)(x), expected)


def test_old_files_lack_only_counters(net: I3D) -> None:
    old = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    fresh = I3D().eval()
    state.load(fresh, old)
    assert torch.equal(fresh.Mixed_5c.b2b.bn.running_var, net.Mixed_5c.b2b.bn.running_var)
    del old["Mixed_4f.b1b.conv3d.weight"]
    old["logits.conv3d.bias"] = torch.zeros(157)
    old["fc.weight"] = torch.zeros(1)
    with pytest.raises(InvalidInput, match="1 missing .*1 not known .*1 of another shape") as bad:
        state.load(fresh, old)
    assert bad.value.detail["misshaped"] == (("logits.conv3d.bias", (157,), (400,)),)


def test_what_does_not_fit_is_said(net: I3D) -> None:
    with pytest.raises(InvalidInput, match="at least 9 frames, got 8"):
        net(torch.zeros(1, 3, 8, 32, 32))
    with pytest.raises(InvalidInput, match=r"expects clips \(N, 3"):
        net(torch.zeros(1, 2, 9, 32, 32))
    with pytest.raises(InvalidInput, match="no endpoint Mixed_6a"):
        net.extract(torch.zeros(1, 3, 9, 32, 32), "Mixed_6a")

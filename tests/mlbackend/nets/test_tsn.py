"""TSN against a plain one: one picture at a time, scores joined by hand."""

from __future__ import annotations

import pytest
import torch
from torchvision.models import resnet50

from mlbackend.nets import deterministic
from mlbackend.nets.registry import NETS, build
from mlbackend.nets.state import load, renamed
from mlbackend.nets.tsn import Consensus, consensus

CLASSES = 6


def _plain(net: torch.nn.Module, clip: torch.Tensor, kind: str, k: int) -> list[list[float]]:
    """Logits by loops over clips, segments and classes, the body called picture by picture."""
    rows = []
    for one in clip:
        scores = []
        for moment in range(one.shape[1]):
            feature = net.backbone(one[:, moment][None])[0]
            scores.append(
                [float(w @ feature + b) for w, b in zip(*net.fc.parameters(), strict=True)]
            )
        row = []
        for column in zip(*scores, strict=True):
            best = sorted(column, reverse=True)
            kept = {"average": best, "max": best[:1], "top_k": best[:k]}[kind]
            row.append(sum(kept) / len(kept))
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", ["tsn", "tsn_max", "tsn_top_k", "tsn_flow", "tsn_rgb_difference"])
def test_equals_the_plain_one(name: str) -> None:
    spec = NETS[name]
    net = build(name, CLASSES)
    deterministic.fill(net, "fc.")
    clip = deterministic.clip((2, spec.inputs[0].channels, spec.inputs[0].frames, 32, 32))
    with torch.inference_mode():
        found = net(clip)
        expected = torch.tensor(_plain(net, clip, net.kind.value, net.k))
    scale = float(expected.abs().max())
    torch.testing.assert_close(found / scale, expected / scale, atol=1e-5, rtol=0)
    assert len({round(v, 3) for v in (found / scale).flatten().tolist()}) > 4


def test_channels() -> None:
    assert [NETS[n].inputs[0].channels for n in ("tsn", "tsn_flow", "tsn_rgb_difference")] == [
        3, 10, 15,
    ]  # fmt: skip


def test_consensus() -> None:
    scores = torch.tensor([[[1.0, 5.0], [2.0, -1.0], [6.0, 0.0], [3.0, 4.0]]])
    assert consensus(scores, Consensus.AVERAGE, 3).tolist() == [[3.0, 2.0]]
    assert consensus(scores, Consensus.MAX, 3).tolist() == [[6.0, 5.0]]
    assert consensus(scores, Consensus.TOP_K, 3)[0].tolist() == pytest.approx([11 / 3, 3.0])
    assert consensus(scores, Consensus.TOP_K, 9).tolist() == [[3.0, 2.0]]


def test_the_body_is_torchvisions() -> None:
    body = {k: v for k, v in resnet50().state_dict().items() if not k.startswith("fc.")}
    net = build("tsn", CLASSES)
    net.backbone.load_state_dict(body)
    assert torch.equal(net.backbone.layer4[2].bn3.weight, body["layer4.2.bn3.weight"])


def test_mmaction2s_names_load() -> None:
    net = build("tsn", CLASSES)
    theirs = {}
    for name, tensor in net.state_dict().items():
        name = name.replace("downsample.0.", "downsample.conv.")
        name = name.replace("downsample.1.", "downsample.bn.")
        for number in "123":
            name = name.replace(f".bn{number}.", f".conv{number}.bn.")
            if f".conv{number}.bn." not in name:
                name = name.replace(f".conv{number}.", f".conv{number}.conv.")
        theirs[name.replace("fc.", "cls_head.fc_cls.") if name.startswith("fc.") else name] = tensor
    assert "backbone.layer1.0.conv2.bn.running_var" in theirs
    assert "backbone.conv1.conv.weight" in theirs and "cls_head.fc_cls.bias" in theirs
    assert renamed(theirs, NETS["tsn"].renames).keys() == net.state_dict().keys()
    load(build("tsn", CLASSES), theirs, NETS["tsn"].renames)

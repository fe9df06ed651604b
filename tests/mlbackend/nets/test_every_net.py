"""What holds for every net of the registry."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional
from torchvision.models import get_model_weights
from torchvision.ops import StochasticDepth

from labeling.domain.errors import InvalidInput, NotFound
from mlbackend.nets import registry, state
from mlbackend.nets.registry import NETS
from tests.mlbackend.nets import small

# Published numbers of parameters with 400 classes: torchvision's tables are asked below.
PUBLISHED = {
    "i3d": 12_697_264,
    "i3d_r50": 28_043_472,
    "i3d_r50_8x8": 28_043_472,
    "tsn": 24_327_632,
    "slowfast_r50": 34_565_560,
}
STEPS = 12
FITTED = 0.2


def test_names() -> None:
    assert {"i3d", "i3d_flow", "i3d_two_stream", "tsn", "i3d_roi", "slowfast_roi"} <= set(NETS)
    with pytest.raises(NotFound, match="no net called i4d; there are i3d,"):
        registry.build("i4d", 400)


@pytest.mark.parametrize("name", NETS)
def test_size_and_stages(name: str) -> None:
    spec = NETS[name]
    with torch.device("meta"):
        net = spec.build(400)
    names = [key for key, _ in net.named_parameters()]
    for stage in spec.stages:
        assert any(key.startswith(stage) for key in names), stage
    assert not [key for key in names if not key.startswith(_flat(spec.stages))]
    count = sum(p.numel() for p in net.parameters())
    if name in NETS and spec.title.endswith("(torchvision)"):
        PUBLISHED[name] = get_model_weights(name).DEFAULT.meta["num_params"]
    assert count == PUBLISHED.get(name, count)
    # The whole head is linear on the embedding.
    head = [p for key, p in net.named_parameters() if key.startswith(spec.stages[0])]
    assert {p.ndim for p in head} <= {1, 2, 5}


@pytest.mark.parametrize("name", NETS)
def test_overfits_one_clip_by_seed_and_round_trips(name: str, tmp_path: Path) -> None:
    streams, rois = small.clips(name, count=2)
    first, losses = _train(name, streams, rois)
    assert losses[-1] <= FITTED * losses[0], losses
    path = tmp_path / "net.safetensors"
    save_file(first.state_dict(), path)
    torch.manual_seed(7)
    again = small.build(name)
    with torch.inference_mode():
        expected = first.classify(first.embed(streams, rois))
        assert not torch.equal(again.classify(again.embed(streams, rois)), expected)
        state.load(again, load_file(path))
        embedding = again.embed(streams, rois)
        assert embedding.shape == (2, again.embedding_width)
        assert torch.equal(again.classify(embedding), expected)


@pytest.mark.parametrize("name", ["i3d", "tsn", "slowfast_roi", "swin3d_t"])
def test_training_repeats_by_seed(name: str) -> None:
    streams, rois = small.clips(name, count=2)
    _, losses = _train(name, streams, rois, steps=2, forget=True)
    assert losses == _train(name, streams, rois, steps=2, forget=True)[1]
    assert losses != _train(name, streams, rois, steps=2, seed=1, forget=True)[1]


def test_nets_for_pictures_want_boxes() -> None:
    net = small.build("i3d_roi")
    with pytest.raises(InvalidInput, match="give it their boxes"):
        net.embed(small.clips("i3d_roi")[0])


def test_too_few_frames_are_refused() -> None:
    with pytest.raises(InvalidInput, match="S3D needs clips of at least 14 frames, got 13"):
        small.build("s3d").embed([torch.zeros(1, 3, 13, 32, 32)])
    with pytest.raises(InvalidInput, match="takes 8 segments, got 4"):
        small.build("tsn_max").embed([torch.zeros(1, 3, 4, 32, 32)])


def _flat(stages: tuple) -> tuple[str, ...]:
    return tuple(p for stage in stages for p in ([stage] if isinstance(stage, str) else stage))


def _train(name: str, streams: list, rois, steps: int = STEPS, seed: int = 0, forget: bool = False):
    """Train the whole net to tell two clips apart, until it does; dropout only to `forget`."""
    torch.manual_seed(seed)
    net = small.build(name).train()
    for module in net.modules():
        if isinstance(module, nn.Dropout | StochasticDepth) and not forget:
            module.p = 0.0
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-4)
    losses: list[float] = []
    while len(losses) < steps and (len(losses) < 2 or losses[-1] > FITTED * losses[0]):
        logits = net.classify(net.embed(streams, rois))
        loss = functional.cross_entropy(logits, torch.tensor([0, 2]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return net.eval(), losses

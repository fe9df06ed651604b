"""A clip that repeats one frame gives what the 2D net gives: the boring video's fixed point."""

from __future__ import annotations

import pytest
import torch
from torchvision import models

from labeling.domain.errors import InvalidInput
from mlbackend.nets import deterministic, inflate
from mlbackend.nets.i3d import I3D
from mlbackend.nets.i3d_resnet import I3DResNet50
from mlbackend.nets.slowfast import SlowFast


def _still(size: int, frames: int) -> tuple[torch.Tensor, torch.Tensor]:
    picture = deterministic.clip((1, 3, size, size))
    return picture, picture[:, :, None].repeat(1, 1, frames, 1, 1)


def test_resnet50() -> None:
    flat = models.resnet50().eval()
    deterministic.fill(flat)
    net = I3DResNet50(5).eval()
    assert inflate.inflate_resnet(net.backbone, flat.state_dict()) == []
    picture, clip = _still(32, 168)
    with torch.inference_mode():
        flat.fc = torch.nn.Identity()
        expected = flat(picture)[0]
        found = net.backbone(clip).mean(dim=(3, 4))[0]
    # The middle moment is out of reach of the clip's ends.
    middle = found[:, found.shape[1] // 2]
    scale = float(expected.abs().max())
    torch.testing.assert_close(middle / scale, expected / scale, atol=1e-5, rtol=0)
    assert not torch.allclose(found[:, 0] / scale, expected / scale, atol=1e-2)


def test_inception() -> None:
    flat = models.googlenet(weights=None, aux_logits=False, init_weights=False).eval()
    deterministic.fill(flat)
    net = I3D(5).eval()
    left = inflate.inflate_inception(net, flat.state_dict())
    assert left == ["logits.conv3d.weight", "logits.conv3d.bias"]
    # On 31 px both nets pad alike, on the way to a single place.
    picture, clip = _still(31, 136)
    with torch.inference_mode():
        flat.fc = torch.nn.Identity()
        expected = flat(picture)[0]
        found = net.extract(clip, "Mixed_5c")[0, :, :, 0, 0]
    middle = found[:, found.shape[1] // 2]
    torch.testing.assert_close(middle, expected, atol=1e-4, rtol=0)
    assert not torch.allclose(found[:, 0], expected, atol=1e-2)


def test_kernels_of_other_channels() -> None:
    flat = torch.randn(4, 3, 7, 7)
    full = inflate.kernel(flat, (4, 3, 5, 7, 7))
    torch.testing.assert_close(full.sum(dim=2), flat)
    assert torch.equal(full[:, :, 0], full[:, :, 4])
    flow = inflate.kernel(flat, (4, 2, 1, 7, 7))[:, :, 0]
    torch.testing.assert_close(flow.sum(dim=1), flat.sum(dim=1))
    more = inflate.kernel(flat, (4, 5, 1, 7, 7))[:, :, 0]
    assert torch.equal(more[:, :3], flat) and not more[:, 3:].any()
    with pytest.raises(InvalidInput, match="cannot be inflated"):
        inflate.kernel(flat, (4, 3, 5, 3, 3))


def test_slow_pathway_starts_without_the_fast_ones_channels() -> None:
    flat = models.resnet50()
    path = SlowFast().slow_path
    left = inflate.inflate_resnet(path, flat.state_dict())
    assert left and all("_lateral." in name for name in left)
    weight = path.layer1[0].conv1.conv.weight
    assert torch.equal(weight[:, :64, 0], flat.state_dict()["layer1.0.conv1.weight"])
    assert not weight[:, 64:].any()


def test_another_net_is_refused() -> None:
    state = models.resnet18().state_dict()
    with pytest.raises(InvalidInput, match="no layer1.0.conv3.weight|cannot be inflated"):
        inflate.inflate_resnet(I3DResNet50(5).backbone, state)

"""The RoI head against a plain RoIAlign by loops, and that one against recorded numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.ops import roi_align

from mlbackend.nets import deterministic
from mlbackend.nets.registry import NETS, build
from mlbackend.nets.roi_head import STRIDE_PX, pool_rois
from mlbackend.nets.state import load, renamed

ROIS = [
    [0, 0.0, 0.0, 319.0, 223.0],
    [0, 10.5, 20.25, 100.75, 180.5],
    [1, 250.0, 150.0, 330.0, 260.0],
    [1, 5.0, 5.0, 6.0, 6.0],
    [0, -20.0, -20.0, 40.0, 40.0],
]


def _bilinear(plane: np.ndarray, y: float, x: float) -> float:
    """The value between four places; 0 more than one place outside."""
    height, width = plane.shape
    if y < -1 or y > height or x < -1 or x > width:
        return 0.0
    y, x = max(y, 0.0), max(x, 0.0)
    top, left = min(int(y), height - 1), min(int(x), width - 1)
    down, right = min(top + 1, height - 1), min(left + 1, width - 1)
    dy = min(y - top, 1.0) if top < height - 1 else 0.0
    dx = min(x - left, 1.0) if left < width - 1 else 0.0
    upper = plane[top, left] * (1 - dx) + plane[top, right] * dx
    lower = plane[down, left] * (1 - dx) + plane[down, right] * dx
    return float(upper * (1 - dy) + lower * dy)


def plain_cells(feature: np.ndarray, roi: list[float], size: int) -> np.ndarray:
    """RoIAlign of one box, aligned, as many samples in a cell as it has places: (C, size, size)."""
    x1, y1, x2, y2 = (side / STRIDE_PX - 0.5 for side in roi[1:])
    cell_h, cell_w = (y2 - y1) / size, (x2 - x1) / size
    rows, columns = max(math.ceil(cell_h), 1), max(math.ceil(cell_w), 1)
    planes = feature[int(roi[0])]
    out = np.zeros((len(planes), size, size))
    for channel, plane in enumerate(planes):
        for i in range(size):
            for j in range(size):
                total = 0.0
                for r in range(rows):
                    for c in range(columns):
                        y = y1 + cell_h * (i + (r + 0.5) / rows)
                        x = x1 + cell_w * (j + (c + 0.5) / columns)
                        total += _bilinear(plane, y, x)
                out[channel, i, j] = total / (rows * columns)
    return out


@pytest.mark.parametrize("size", [7, 8])
def test_pooling_equals_the_plain_one(size: int) -> None:
    feature = torch.from_numpy(np.random.RandomState(11).standard_normal((2, 3, 14, 20))).float()
    found = pool_rois(feature, torch.tensor(ROIS), size)
    for row, roi in zip(found, ROIS, strict=True):
        cells = plain_cells(feature.double().numpy(), roi, size)
        np.testing.assert_allclose(row.numpy(), cells.max(axis=(1, 2)), atol=1e-5)


def test_the_plain_one_is_torchvisions(shared_data: Path) -> None:
    golden = json.loads((shared_data / "golden/torchvision_ops.json").read_text())
    feature = np.random.RandomState(11).standard_normal((2, 3, 14, 20)).astype(np.float32)
    expected = golden["roi_align"]["out7_aligned=True_sampling_ratio=0"]
    rois = golden["rois_b_x1y1x2y2"]
    assert rois == ROIS and golden["spatial_scale"] == 1 / STRIDE_PX
    for roi, total in zip(rois, expected["sum_per_roi"], strict=True):
        assert plain_cells(feature, roi, 7).sum() == pytest.approx(total, abs=1e-3)
    cells = plain_cells(feature, rois[1], 7)
    np.testing.assert_allclose(cells[0], expected["roi1_channel0"], atol=1e-5)


@pytest.mark.parametrize("name,size", [("i3d_roi", 7), ("slowfast_roi", 8)])
def test_whole_net(name: str, size: int) -> None:
    net = build(name, 5)
    deterministic.fill(net, "roi_head.")
    frames = 9 if name == "i3d_roi" else 8
    clip = deterministic.clip((2, 3, frames, 48, 80))
    rois = torch.tensor([[0, 3.0, 1.0, 60.0, 40.0], [1, 30.0, 8.0, 79.0, 47.0], [1, 0, 0, 80, 48]])
    with torch.inference_mode():
        found = net(clip, rois)
        feature = net.feature(clip)
        assert feature.shape == (2, net.embedding_width, 3, 5)
        pooled = np.stack(
            [
                plain_cells(feature[:, :64].numpy(), roi, size).max(axis=(1, 2))
                for roi in rois.tolist()
            ]
        )
        embedding = net.embed([clip], rois)
        head = net.roi_head.bbox_head.fc_cls
        plain = torch.tensor(
            [
                [float(w @ row + b) for w, b in zip(*head.parameters(), strict=True)]
                for row in embedding
            ]
        )
    scale = float(np.abs(pooled).max())
    np.testing.assert_allclose(embedding[:, :64] / scale, pooled / scale, atol=1e-5)
    torch.testing.assert_close(found, plain, atol=1e-4 * float(plain.abs().max()), rtol=0)
    assert found.shape == (3, 5)


def test_boxes_order_and_batch_do_not_matter() -> None:
    net = build("i3d_roi", 5)
    clip = deterministic.clip((2, 3, 9, 32, 48))
    rois = torch.tensor([[0, 3.0, 1.0, 40.0, 30.0], [1, 3.0, 1.0, 40.0, 30.0]])
    with torch.inference_mode():
        both = net.embed([clip], rois)
        torch.testing.assert_close(net.embed([clip], rois.flip(0)), both.flip(0))
        alone = rois[1:].clone()
        alone[:, 0] = 0
        torch.testing.assert_close(net.embed([clip[1:]], alone)[0], both[1])


def test_a_published_i3d_starts_it() -> None:
    i3d = build("i3d", 400)
    net = build("i3d_roi", 80)
    state = renamed(i3d.state_dict(), NETS["i3d_roi"].renames)
    own = net.state_dict()
    assert {k for k in own if k.startswith("backbone.")} <= set(state)
    net.load_state_dict({k: v for k, v in state.items() if k in own}, strict=False)
    assert torch.equal(net.backbone.Mixed_4f.b0.conv3d.weight, i3d.Mixed_4f.b0.conv3d.weight)


def test_samples_are_a_feature_apart() -> None:
    feature = torch.randn(1, 2, 8, 8)
    whole = torch.tensor([[0, 0.0, 0.0, 128.0, 128.0]])
    cells = roi_align(feature, whole, 8, 1 / STRIDE_PX, 0, True)
    torch.testing.assert_close(cells, feature)


def test_load_refuses_other_classes() -> None:
    with pytest.raises(Exception, match="of another shape"):
        load(build("i3d_roi", 80), build("i3d_roi", 81).state_dict())

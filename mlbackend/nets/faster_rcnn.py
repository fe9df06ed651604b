"""torchvision's Faster R-CNN, built empty and filled from a file.

Source: Ren et al., "Faster R-CNN" (2015), as torchvision.models.detection implements it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torchvision.models import detection

COCO_CATEGORIES = 91

BUILDERS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": detection.fasterrcnn_mobilenet_v3_large_320_fpn,
    "fasterrcnn_resnet50_fpn": detection.fasterrcnn_resnet50_fpn,
    "fasterrcnn_resnet50_fpn_v2": detection.fasterrcnn_resnet50_fpn_v2,
}


def build(
    name: str,
    *,
    score_floor: float,
    categories: int = COCO_CATEGORIES,
    sides_px: tuple[int, int] | None = None,
) -> nn.Module:
    """Return the named net without weights, in evaluation mode. Nothing is downloaded.

    Args:
        score_floor: boxes under it are dropped inside the net.
        categories: how many it tells apart, the background among them.
        sides_px: the short side pictures are brought to, and the longest a long side may be;
            the net's own without it.
    """
    sides = {"min_size": sides_px[0], "max_size": sides_px[1]} if sides_px else {}
    net = BUILDERS[name](
        weights=None,
        weights_backbone=None,
        num_classes=categories,
        box_score_thresh=score_floor,
        **sides,
    )
    if name == "fasterrcnn_resnet50_fpn":
        _divide_by_variance_alone(net)
    return net.eval()


def load(
    name: str,
    path: Path,
    *,
    score_floor: float,
    device: str,
    categories: int = COCO_CATEGORIES,
    sides_px: tuple[int, int] | None = None,
) -> nn.Module:
    """Return the named net with the weights of a file.

    Raises:
        RuntimeError: the file's keys or shapes are not this net's.
    """
    net = build(name, score_floor=score_floor, categories=categories, sides_px=sides_px)
    safe = path.suffix == ".safetensors"
    net.load_state_dict(
        load_file(path) if safe else torch.load(path, map_location="cpu", weights_only=True)
    )
    return net.to(device)


def _divide_by_variance_alone(net: nn.Module) -> None:
    """The published weights of v1 come from a normalization that added nothing to the variance."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps = 0.0

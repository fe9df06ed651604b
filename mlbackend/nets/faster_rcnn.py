"""torchvision's Faster R-CNN, built empty and filled from a file.

Source: Ren et al., "Faster R-CNN" (2015), as torchvision.models.detection implements it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torchvision.models import detection

COCO_CATEGORIES = 91

BUILDERS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": detection.fasterrcnn_mobilenet_v3_large_320_fpn,
    "fasterrcnn_resnet50_fpn_v2": detection.fasterrcnn_resnet50_fpn_v2,
}


def build(name: str, *, score_floor: float) -> nn.Module:
    """Return the named net without weights, in evaluation mode.

    Boxes under `score_floor` are dropped inside the net. Nothing is downloaded.
    """
    net = BUILDERS[name](
        weights=None,
        weights_backbone=None,
        num_classes=COCO_CATEGORIES,
        box_score_thresh=score_floor,
    )
    return net.eval()


def load(name: str, path: Path, *, score_floor: float, device: str) -> nn.Module:
    """Return the named net with the weights of a file.

    Raises:
        RuntimeError: the file's keys or shapes are not this net's.
    """
    net = build(name, score_floor=score_floor)
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return net.to(device)

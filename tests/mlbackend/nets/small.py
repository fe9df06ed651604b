"""Every net at the smallest size it takes, for tests that only need it to be itself."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torchvision.models.video import mvit

from mlbackend.nets import deterministic
from mlbackend.nets.action_net import View
from mlbackend.nets.registry import NETS

CLASSES = 3
# Frames and side of the picture, where 9 frames (I3D) or 4 and 32 px are not enough.
_SIZES = {
    "i3d_r50": (16, 32),
    "s3d": (14, 32),
    "mvit_v2_s": (4, 64),
    "slowfast_r50": (8, 32),
    "slowfast_roi": (8, 32),
}


def build(name: str) -> nn.Module:
    """The named net with 3 classes. MViT takes one size of picture only: here a small one."""
    if name != "mvit_v2_s":
        return NETS[name].build(CLASSES)
    whole = mvit._mvit
    try:
        mvit._mvit = partial(_small, whole)
        return NETS[name].build(CLASSES)
    finally:
        mvit._mvit = whole


def _small(whole, **options) -> nn.Module:
    frames, side = _SIZES["mvit_v2_s"]
    return whole(**{**options, "spatial_size": (side, side), "temporal_size": frames})


def clips(name: str, count: int = 1, seed: int = 0) -> tuple[list[Tensor], Tensor | None]:
    """(N, C, T, H, W) for each stream, and a roi for each clip where the net wants them."""
    spec = NETS[name]
    frames, side = _SIZES.get(name, (9 if name.startswith("i3d") else 4, 32))
    if any(clip.segments for clip in spec.inputs):
        frames = spec.inputs[0].frames
    streams = [
        deterministic.clip((count, clip.channels, frames, side, side), seed) for clip in spec.inputs
    ]
    if spec.view is View.TUBE:
        return streams, None
    rois = [[float(i), 2.0, 3.0, side - 4.0, side - 1.0] for i in range(count)]
    return streams, torch.tensor(rois)

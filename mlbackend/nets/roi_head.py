"""The AVA baseline: what each person does, read from features of the whole picture.

A clip around the keyframe goes through a video net; its features are averaged over time, cut out
at each person's box by RoIAlign, pooled to their largest value, and one linear layer gives a
logit per class, each for a sigmoid of its own.

Source: Gu et al., "AVA" (2018), with the simpler head of Feichtenhofer et al. (2019), section 5.
`slowfast_roi` is named and cut as mmaction2's `slowfast_kinetics400-pretrained-r50_*_ava*`, whose
files load as they are (81 outputs, the first unused; without context or temporal max pooling).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import ClipInput, NetSpec, View
from mlbackend.nets.i3d import I3D
from mlbackend.nets.slowfast import FAST_WIDTH, SLOW_WIDTH, SOURCE, SlowFast, clip_input, stages

# One feature for 16 px of the picture, in both nets.
STRIDE_PX = 16


def pool_rois(feature: Tensor, rois: Tensor, size: int) -> Tensor:
    """Return the largest value of each channel in each roi.

    Args:
        feature: (N, C, H, W), one place for `STRIDE_PX` pixels.
        rois: (K, 5) float: place in the batch, x1, y1, x2, y2 in pixels of the picture.
        size: cells along each side of a roi; each is the mean of samples a feature apart.

    Returns:
        (K, C).
    """
    # RoIAlign has no bf16 kernel for CPUs; its cost is nothing beside the net's.
    cells = roi_align(
        feature.float() if feature.dtype == torch.bfloat16 else feature,
        rois.to(torch.float32 if feature.dtype == torch.bfloat16 else feature.dtype),
        size,
        spatial_scale=1 / STRIDE_PX,
        sampling_ratio=0,
        aligned=True,
    )
    return cells.amax(dim=(2, 3)).to(feature.dtype)


class _BoxHead(nn.Module):
    def __init__(self, width: int, num_classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.fc_cls = nn.Linear(width, num_classes)
        nn.init.normal_(self.fc_cls.weight, std=0.01)
        nn.init.zeros_(self.fc_cls.bias)


class RoiHead(nn.Module):
    """RoIAlign, max pool, dropout, linear; named as mmaction2 names it."""

    def __init__(self, width: int, num_classes: int, size: int) -> None:
        super().__init__()
        self.bbox_head = _BoxHead(width, num_classes)
        self.size = size

    def pool(self, feature: Tensor, rois: Tensor | None) -> Tensor:
        """(N, C, H, W) and (K, 5) to (K, C).

        Raises:
            InvalidInput: no rois, which this net cannot do without.
        """
        if rois is None:
            raise InvalidInput(
                "This net reads people out of the whole picture: give it their boxes (rois)."
            )
        return pool_rois(feature, rois, self.size)

    def forward(self, embedding: Tensor) -> Tensor:
        """(K, C) to (K, classes) logits."""
        return self.bbox_head.fc_cls(self.bbox_head.dropout(embedding))


class _RoiNet(nn.Module, ABC):
    """What both nets share; `feature` is theirs."""

    embedding_width: int
    roi_head: RoiHead

    @abstractmethod
    def feature(self, clip: Tensor) -> Tensor:
        """(N, 3, T, H, W) to (N, C, H / 16, W / 16), averaged over time."""

    def forward(self, clip: Tensor, rois: Tensor) -> Tensor:
        """Return (K, classes) logits."""
        return self.classify(self.embed([clip], rois))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`; rois are needed."""
        return self.roi_head.pool(self.feature(streams[0]), rois)

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        return self.roi_head(embedding)


class I3DRoi(_RoiNet):
    """I3D up to Mixed_4f under the head, an `ActionNet`; rois of 7x7 cells."""

    embedding_width = 832

    def __init__(self, num_classes: int = 80) -> None:
        super().__init__()
        self.backbone = I3D(last="Mixed_4f")
        self.roi_head = RoiHead(self.embedding_width, num_classes, 7)

    def feature(self, clip: Tensor) -> Tensor:
        return self.backbone.extract(clip, "Mixed_4f").mean(dim=2)


class SlowFastRoi(_RoiNet):
    """SlowFast-R50 8x8 under the head, an `ActionNet`; rois of 8x8 cells, as published."""

    embedding_width = SLOW_WIDTH + FAST_WIDTH

    def __init__(self, num_classes: int = 80) -> None:
        super().__init__()
        self.backbone = SlowFast(strides=(1, 2, 2, 1))
        self.roi_head = RoiHead(self.embedding_width, num_classes, 8)

    def feature(self, clip: Tensor) -> Tensor:
        slow, fast = self.backbone(clip)
        return torch.cat([slow.mean(dim=2), fast.mean(dim=2)], dim=1)


_BLOCKS = tuple(
    f"backbone.{name}."
    for name in (
        "Mixed_4f", "Mixed_4e", "Mixed_4d", "Mixed_4c", "Mixed_4b", "Mixed_3c", "Mixed_3b",
        "Conv3d_2c_3x3", "Conv3d_2b_1x1", "Conv3d_1a_7x7",
    )
)  # fmt: skip

SPECS = (
    NetSpec(
        name="i3d_roi",
        title="AVA baseline: I3D features at each person's box",
        build=lambda classes: I3DRoi(classes).eval(),
        inputs=(ClipInput(frames=32, step_s=0.04, size=224, scale=2 / 255, mean=(1.0, 1.0, 1.0)),),
        view=View.PICTURE,
        multi_label=True,
        stages=("roi_head.", *_BLOCKS),
        gflops=195.2,
        source="Gu et al., AVA (2018)",
        # A net for whole clips starts this one: its body is ours, its head has no place here.
        renames=((r"^(Conv3d_|Mixed_)", r"backbone.\1"),),
    ),
    NetSpec(
        name="slowfast_roi",
        title="AVA baseline: SlowFast features at each person's box",
        build=lambda classes: SlowFastRoi(classes).eval(),
        inputs=(clip_input(256),),
        view=View.PICTURE,
        multi_label=True,
        stages=stages("roi_head."),
        gflops=339.1,
        source=SOURCE,
    ),
)

"""SlowFast-R50 8x8: a slow pathway of many channels, a fast one of few, joined on the way.

Source: Feichtenhofer et al., "SlowFast Networks for Video Recognition" (2019). Parameters are
named as in mmaction2, of whose files `slowfast_r50_8x8x1_256e_kinetics400_rgb` loads as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mlbackend.nets.action_net import ClipInput, NetSpec, View
from mlbackend.nets.i3d_resnet import IMAGENET_MEAN, IMAGENET_STD
from mlbackend.nets.resnet3d import EXPANSION, ResNet3d

# The fast pathway sees ALPHA times as many moments and has one channel for BETA of the slow one.
ALPHA = 4
BETA = 8
WIDTH = 64
SLOW_WIDTH = WIDTH * 32
FAST_WIDTH = SLOW_WIDTH // BETA
_FUSION_KERNEL_T = 7


class _Lateral(nn.Module):
    """Brings the fast pathway's features to the slow one's moments, at twice the channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(
            channels,
            2 * channels,
            (_FUSION_KERNEL_T, 1, 1),
            (ALPHA, 1, 1),
            (_FUSION_KERNEL_T // 2, 0, 0),
            bias=False,
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class _SlowPath(ResNet3d):
    """The slow pathway, which owns the connections from the fast one."""

    def __init__(self, strides: Sequence[int]) -> None:
        widths = [WIDTH, *(WIDTH * 2**n * EXPANSION for n in range(3))]
        super().__init__(
            stem_kernel_t=1,
            stem_stride_t=1,
            pool_stride_t=1,
            pool_after_first=False,
            inflated=((0,), (0,), (1,), (1,)),
            strides=strides,
            lateral=[2 * width // BETA for width in widths],
        )
        names = ("conv1_lateral", "layer1_lateral", "layer2_lateral", "layer3_lateral")
        for name, width in zip(names, widths, strict=True):
            self.add_module(name, _Lateral(width // BETA))

    def laterals(self) -> list[nn.Module]:
        """What joins each stage's input."""
        names = ("conv1_lateral", "layer1_lateral", "layer2_lateral", "layer3_lateral")
        return [self.get_submodule(name) for name in names]


class SlowFast(nn.Module):
    """Both pathways without a head.

    Args:
        strides: of the stages in space; AVA's nets keep 1 in the last, so that 16 px of the
            picture are one of the features.
    """

    def __init__(self, strides: Sequence[int] = (1, 2, 2, 2)) -> None:
        super().__init__()
        self.slow_path = _SlowPath(strides)
        self.fast_path = ResNet3d(
            width=WIDTH // BETA,
            stem_stride_t=1,
            pool_stride_t=1,
            pool_after_first=False,
            inflated=((1,), (1,), (1,), (1,)),
            strides=strides,
        )

    def forward(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        """(N, 3, T, H, W) to slow (N, 2048, T / 4, H', W') and fast (N, 256, T, H', W')."""
        slow = self.slow_path.maxpool(self.slow_path.conv1(clip[:, :, ::ALPHA]))
        fast = self.fast_path.maxpool(self.fast_path.conv1(clip))
        stages = zip(
            self.slow_path.laterals(),
            self.slow_path.stages(),
            self.fast_path.stages(),
            strict=True,
        )
        for lateral, slow_stage, fast_stage in stages:
            slow = slow_stage(torch.cat([slow, lateral(fast)], dim=1))
            fast = fast_stage(fast)
        return slow, fast


class _Head(nn.Module):
    """Dropout and one linear layer, named as mmaction2 names it."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.fc_cls = nn.Linear(SLOW_WIDTH + FAST_WIDTH, num_classes)

    def forward(self, embedding: Tensor) -> Tensor:
        return self.fc_cls(self.dropout(embedding))


class SlowFastNet(nn.Module):
    """SlowFast for whole clips, an `ActionNet`."""

    embedding_width = SLOW_WIDTH + FAST_WIDTH

    def __init__(self, num_classes: int = 400) -> None:
        super().__init__()
        self.backbone = SlowFast()
        self.cls_head = _Head(num_classes)

    def forward(self, clip: Tensor) -> Tensor:
        """(N, 3, T, H, W) to (N, classes) logits."""
        return self.classify(self.embed([clip]))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`: means over time and place, the fast pathway's first."""
        slow, fast = self.backbone(streams[0])
        return torch.cat([fast.mean(dim=(2, 3, 4)), slow.mean(dim=(2, 3, 4))], dim=1)

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        return self.cls_head(embedding)


def clip_input(size: int) -> ClipInput:
    """32 frames, every second at 30 a second."""
    return ClipInput(frames=32, step_s=2 / 30, size=size, mean=IMAGENET_MEAN, std=IMAGENET_STD)


def stages(head: str) -> tuple[str | tuple[str, ...], ...]:
    """See `NetSpec.stages`: both pathways go together."""
    both = ("backbone.slow_path", "backbone.fast_path")
    layers = tuple(tuple(f"{path}.layer{n}" for path in both) for n in (4, 3, 2, 1))
    return (head, *layers, tuple(f"{path}.conv1" for path in both))


SOURCE = "Feichtenhofer et al., SlowFast Networks for Video Recognition (2019)"

SPECS = (
    NetSpec(
        name="slowfast_r50",
        title="SlowFast (ResNet-50) 8x8",
        build=lambda classes: SlowFastNet(classes).eval(),
        inputs=(clip_input(224),),
        view=View.TUBE,
        multi_label=False,
        stages=stages("cls_head."),
        gflops=100.6,
        source=SOURCE,
    ),
)

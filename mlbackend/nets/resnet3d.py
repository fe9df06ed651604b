"""ResNet-50 in three dimensions, from which I3D-ResNet50 and SlowFast are made.

Parameters are named as in mmaction2, whose published files load as they are.
Source: Wang et al., "Non-local Neural Networks" (2018), section 4, for the inflation in time.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

BLOCKS = (3, 4, 6, 3)
EXPANSION = 4
Triple = tuple[int, int, int]


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, and ReLU where asked."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: Triple,
        stride: Triple = (1, 1, 1),
        *,
        relu: bool = True,
    ) -> None:
        super().__init__()
        padding = tuple(k // 2 for k in kernel)
        self.conv = nn.Conv3d(in_channels, out_channels, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm3d(out_channels)
        self.relu = nn.ReLU(inplace=True) if relu else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return x if self.relu is None else self.relu(x)


class Bottleneck(nn.Module):
    """1x1x1 or 3x1x1, then 1x3x3 with the stride, then 1x1x1; added to what came in."""

    def __init__(
        self, in_channels: int, width: int, stride: int, *, inflated: bool, projected: bool
    ) -> None:
        super().__init__()
        out = width * EXPANSION
        self.conv1 = ConvNorm(in_channels, width, (3, 1, 1) if inflated else (1, 1, 1))
        self.conv2 = ConvNorm(width, width, (1, 3, 3), (1, stride, stride))
        self.conv3 = ConvNorm(width, out, (1, 1, 1), relu=False)
        self.downsample: ConvNorm | None = None
        if projected:
            self.downsample = ConvNorm(in_channels, out, (1, 1, 1), (1, stride, stride), relu=False)

    def forward(self, x: Tensor) -> Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        return torch.relu(self.conv3(self.conv2(self.conv1(x))) + kept)


class ResNet3d(nn.Module):
    """Stem and four stages of bottlenecks.

    Args:
        width: channels of the stem; stage n ends with width * 4 * 2 ** n.
        stem_kernel_t, stem_stride_t, pool_stride_t: the stem and its pool in time.
        pool_after_first: halve time once more after the first stage.
        inflated: for each stage, which blocks see three moments; the pattern repeats.
        strides: of the stages in space.
        lateral: channels joined to each stage's input from elsewhere.
    """

    def __init__(
        self,
        *,
        width: int = 64,
        stem_kernel_t: int = 5,
        stem_stride_t: int = 2,
        pool_stride_t: int = 2,
        pool_after_first: bool = True,
        inflated: Sequence[Sequence[int]] = ((1,), (1, 0), (1, 0), (0, 1)),
        strides: Sequence[int] = (1, 2, 2, 2),
        lateral: Sequence[int] = (0, 0, 0, 0),
    ) -> None:
        super().__init__()
        self.conv1 = ConvNorm(3, width, (stem_kernel_t, 7, 7), (stem_stride_t, 2, 2))
        self.maxpool = nn.MaxPool3d((1, 3, 3), (pool_stride_t, 2, 2), (0, 1, 1))
        self.pool2 = nn.MaxPool3d((2, 1, 1), (2, 1, 1)) if pool_after_first else nn.Identity()
        came = width
        for place, count in enumerate(BLOCKS):
            pattern = [bool(inflated[place][i % len(inflated[place])]) for i in range(count)]
            blocks = _stage(came + lateral[place], width * 2**place, strides[place], pattern)
            self.add_module(f"layer{place + 1}", blocks)
            came = width * 2**place * EXPANSION

    def stages(self) -> list[nn.Module]:
        """The four stages, in order."""
        return [self.get_submodule(f"layer{n}") for n in (1, 2, 3, 4)]

    def forward(self, clip: Tensor) -> Tensor:
        """(N, 3, T, H, W) to (N, width * 32, T', H', W')."""
        x = self.maxpool(self.conv1(clip))
        first, *later = self.stages()
        x = self.pool2(first(x))
        for stage in later:
            x = stage(x)
        return x


def _stage(in_channels: int, width: int, stride: int, inflated: list[bool]) -> nn.Sequential:
    blocks = []
    for place, three in enumerate(inflated):
        blocks.append(
            Bottleneck(
                in_channels if place == 0 else width * EXPANSION,
                width,
                stride if place == 0 else 1,
                inflated=three,
                projected=place == 0,
            )
        )
    return nn.Sequential(*blocks)

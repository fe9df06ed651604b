"""Modules that compute what torch's do, faster, on clips whose channels lie innermost.

Measured on a CPU with torch 2.14: a 3x3x3 max pool of planes takes ten times what it takes with
channels innermost, and a 1x1x1 convolution there takes twice a matrix product.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from mlbackend.nets.i3d import MaxPool3dSame, Triple, same_padding

CHANNELS_LAST = torch.channels_last_3d


class Pointwise(nn.Module):
    """A 1x1x1 convolution as one product of matrices."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        self.weight = nn.Parameter(conv.weight.flatten(1).contiguous(), requires_grad=False)
        self.bias = conv.bias

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x.permute(0, 2, 3, 4, 1), self.weight, self.bias).permute(
            0, 4, 1, 2, 3
        )


class SeparablePool(nn.Module):
    """A max pool in space, then in time; `padding` None is TensorFlow's 'same'."""

    def __init__(self, kernel: Triple, stride: Triple, padding: Triple | None) -> None:
        super().__init__()
        self.kernel, self.stride, self.padding = kernel, stride, padding

    def forward(self, x: Tensor) -> Tensor:
        front = self.padding
        same = front is None
        if front is None:
            front = same_padding(x.shape[-3:], self.kernel, self.stride).front
        count, channels, moments, height, width = x.shape
        x = x.contiguous(memory_format=CHANNELS_LAST)
        planes = x.permute(0, 2, 1, 3, 4).reshape(count * moments, channels, height, width)
        if max(self.kernel[1:]) > 1:
            planes = functional.max_pool2d(
                planes, self.kernel[1:], self.stride[1:], front[1:], ceil_mode=same
            )
        pooled = planes.unflatten(0, (count, moments)).permute(0, 2, 1, 3, 4)
        if self.kernel[0] == 1 and self.stride[0] == 1:
            return pooled
        if (self.kernel[0], self.stride[0], front[0]) == (3, 1, 1):
            return _three_moments(pooled)
        return functional.max_pool3d(
            pooled, (self.kernel[0], 1, 1), (self.stride[0], 1, 1), (front[0], 0, 0), ceil_mode=same
        )


def _three_moments(x: Tensor) -> Tensor:
    """Each moment's largest of itself and its neighbors in time."""
    out = x.clone(memory_format=torch.preserve_format)
    torch.maximum(out[:, :, 1:], x[:, :, :-1], out=out[:, :, 1:])
    torch.maximum(out[:, :, :-1], x[:, :, 1:], out=out[:, :, :-1])
    return out


def fold_norms(net: nn.Module) -> int:
    """Work each batch norm into the convolution before it, in place; return how many.

    A norm belongs to the convolution that stands before it in a sequence, or has its name with
    `conv` or `conv3d` for `bn` (conv2 and bn2) in the same module.
    """
    folded = 0
    for parent in list(net.modules()):
        for conv_name, norm_name in list(_pairs(parent)):
            conv, norm = getattr(parent, conv_name), getattr(parent, norm_name)
            setattr(parent, conv_name, fuse_conv_bn_eval(conv, norm))
            setattr(parent, norm_name, nn.Identity())
            folded += 1
    return folded


def swap(net: nn.Module) -> None:
    """Replace pools and 1x1x1 convolutions by the modules of this file, in place."""
    for parent in list(net.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, MaxPool3dSame):
                setattr(parent, name, SeparablePool(child.kernel, child.stride, None))
            elif isinstance(child, nn.MaxPool3d) and not child.ceil_mode and child.dilation == 1:
                kernel, stride, padding = (
                    _triple(v) for v in (child.kernel_size, child.stride, child.padding)
                )
                setattr(parent, name, SeparablePool(kernel, stride, padding))
            elif isinstance(child, nn.Conv3d) and _is_pointwise(child):
                setattr(parent, name, Pointwise(child))


def _pairs(parent: nn.Module) -> Iterable[tuple[str, str]]:
    children = list(parent.named_children())
    if isinstance(parent, nn.Sequential):
        for (first, conv), (second, norm) in zip(children, children[1:], strict=False):
            if _fits(conv, norm):
                yield first, second
        return
    named = dict(children)
    for name, child in children:
        for stem in ("conv3d", "conv"):
            norm_name = name.replace(stem, "bn", 1)
            if name.startswith(stem) and _fits(child, named.get(norm_name)):
                yield name, norm_name
                break


def _fits(conv: nn.Module, norm: nn.Module | None) -> bool:
    plain = (nn.Conv2d, nn.BatchNorm2d), (nn.Conv3d, nn.BatchNorm3d)
    return any(isinstance(conv, c) and isinstance(norm, n) for c, n in plain) and (
        conv.out_channels == norm.num_features  # type: ignore[union-attr]
    )


def _is_pointwise(conv: nn.Conv3d) -> bool:
    ones = (1, 1, 1)
    return conv.kernel_size == ones and conv.stride == ones and conv.groups == 1


def _triple(value: int | tuple[int, ...]) -> Triple:
    if isinstance(value, int):
        return value, value, value
    first, second, third = value
    return first, second, third

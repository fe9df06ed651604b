"""Fills a net of three dimensions from one of two: kernels repeated in time and divided by it.

A clip that repeats one frame then gives what the frame gave (Carreira and Zisserman, 2017,
section 2.4.1), except near the clip's ends, where convolutions pad time with zeros.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from labeling.domain.errors import InvalidInput

# Names here -> names in torchvision's resnet50; applied in turn.
_RESNET = (
    (r"^(layer\d\.\d+)\.downsample\.conv\.", r"\1.downsample.0."),
    (r"^(layer\d\.\d+)\.downsample\.bn\.", r"\1.downsample.1."),
    (r"conv(\d)\.conv\.", r"conv\1."),
    (r"conv(\d)\.bn\.", r"bn\1."),
)
_BLOCKS = ("3b", "3c", "4b", "4c", "4d", "4e", "4f", "5b", "5c")
_STEM = {"Conv3d_1a_7x7": "conv1", "Conv3d_2b_1x1": "conv2", "Conv3d_2c_3x3": "conv3"}
_BRANCHES = {
    "b0": "branch1",
    "b1a": "branch2.0",
    "b1b": "branch2.1",
    "b2a": "branch3.0",
    "b2b": "branch3.1",
    "b3b": "branch4.1",
}


def kernel(weight: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return a 2D kernel (out, in, H, W) as one of `shape` (out, in', T, H, W).

    Repeated T times and divided by T. More input channels than the 2D net had get zeros; fewer,
    as for optical flow, get the mean of the old ones, times their number.

    Raises:
        InvalidInput: other places or outputs than the 2D kernel.
    """
    out, channels, moments, *places = shape
    if weight.ndim != 4 or weight.shape[0] != out or list(weight.shape[2:]) != places:
        raise InvalidInput(f"A kernel {tuple(weight.shape)} cannot be inflated to {shape}.")
    had = weight.shape[1]
    if channels > had:
        empty = weight.new_zeros((out, channels - had, *places))
        weight = torch.cat([weight, empty], dim=1)
    elif channels < had:
        weight = weight.mean(dim=1, keepdim=True).repeat(1, channels, 1, 1) * (had / channels)
    return weight[:, :, None].repeat(1, 1, moments, 1, 1) / moments


def inflate_resnet(backbone: nn.Module, state: Mapping[str, Tensor]) -> list[str]:
    """Fill a `ResNet3d` from torchvision's resnet50; see `_inflate`."""
    return _inflate(backbone, state, _resnet_name)


def inflate_inception(net: nn.Module, state: Mapping[str, Tensor]) -> list[str]:
    """Fill an `I3D` from torchvision's googlenet; see `_inflate`.

    torchvision pads its stem evenly and I3D as TensorFlow does: of a stride-2 convolution on an
    even picture the places differ by one pixel.
    """
    return _inflate(net, state, _inception_name)


def _inflate(
    net: nn.Module, state: Mapping[str, Tensor], source_name: Callable[[str], str | None]
) -> list[str]:
    """Fill what the 2D net has, in place, and return the names that were not filled.

    Raises:
        InvalidInput: the 2D net lacks what it should have, or has other shapes.
    """
    left = []
    for name, tensor in net.state_dict().items():
        source = source_name(name)
        if source is None:
            left.append(name)
        elif source not in state:
            if not name.endswith("num_batches_tracked"):
                raise InvalidInput(
                    f"The 2D weights have no {source}, which {name} would be inflated from."
                )
        elif tensor.ndim == 5:
            tensor.copy_(kernel(state[source], tuple(tensor.shape)))
        else:
            tensor.copy_(state[source])
    return left


def _resnet_name(name: str) -> str | None:
    if "_lateral." in name:
        return None
    for pattern, replacement in _RESNET:
        name = re.sub(pattern, replacement, name)
    return name


def _inception_name(name: str) -> str | None:
    block, _, rest = name.partition(".")
    rest = rest.replace("conv3d.", "conv.")
    if block in _STEM:
        return f"{_STEM[block]}.{rest}"
    short = block.removeprefix("Mixed_")
    if short not in _BLOCKS:
        return None
    # I3D counts the pools between its blocks, torchvision does not: 3b is inception3a.
    place = f"inception{short[0]}{chr(ord(short[1]) - 1)}"
    branch, _, leaf = rest.partition(".")
    return f"{place}.{_BRANCHES[branch]}.{leaf}"

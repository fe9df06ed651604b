"""Weights made from each parameter's name alone: what proves an architecture without a file.

Two implementations that give a tensor the same name and shape get the same weights, so that
their outputs can be compared number by number.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn


@torch.no_grad()
def fill(net: nn.Module, head: str | tuple[str, ...] = ()) -> None:
    """Replace every weight of the net, in place.

    With a = standard normal numbers drawn under the CRC-32 of the name: matrices and kernels
    a * sqrt(2 / fan_in), those of the head a * sqrt(1 / fan_in); scales of norms 1 + 0.1 a;
    variances 1 + 0.1 |a|; everything else 0.1 a. Counters are 0, other integers stay.

    Args:
        head: the beginnings of the names of the head's parameters.
    """
    for name, tensor in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        elif tensor.is_floating_point():
            gain = 1.0 if head and name.startswith(head) else 2.0
            tensor.copy_(_drawn(name, tensor, gain))


def clip(shape: Sequence[int], seed: int = 0) -> Tensor:
    """Return uniform numbers in [-1, 1], float32."""
    drawn = np.random.RandomState(seed).uniform(-1, 1, tuple(shape))
    return torch.from_numpy(drawn.astype(np.float32))


def _drawn(name: str, tensor: Tensor, gain: float) -> Tensor:
    random = np.random.RandomState(zlib.crc32(name.encode()))
    a = random.standard_normal(tensor.numel()).reshape(tuple(tensor.shape))
    kind = name.rsplit(".", 1)[-1]
    if kind == "running_var":
        a = 1 + 0.1 * np.abs(a)
    elif kind == "weight" and tensor.ndim == 1:
        a = 1 + 0.1 * a
    elif kind == "weight":
        a = a * np.sqrt(gain / np.prod(tensor.shape[1:]))
    else:
        a = 0.1 * a
    return torch.from_numpy(a.astype(np.float32))

"""Which parameters of a net train, how fast, and how its head becomes a linear model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mlbackend.nets.action_net import NetSpec
from mlbackend.train.net.params import TrainParams


def choose_trained(net: nn.Module, spec: NetSpec, params: TrainParams) -> int:
    """Let the first `params.stages` stages train (0: all) and nothing else.

    Returns:
        How many parameters train.
    """
    prefixes = spec.stages[: params.stages] if params.stages else None
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(prefixes is None or any(name.startswith(p) for p in prefixes))
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


def groups(net: nn.Module, spec: NetSpec, params: TrainParams) -> list[dict[str, Any]]:
    """Parameters for the optimizer: head and body at their rates, decay only on matrices."""
    found: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in net.named_parameters():
        if parameter.requires_grad:
            key = name.startswith(spec.stages[0]), parameter.ndim > 1
            found.setdefault(key, []).append(parameter)
    return [
        {
            "params": parameters,
            "peak": params.lr * (1.0 if head else params.body_lr),
            "lr": 0.0,
            "weight_decay": params.weight_decay if decays else 0.0,
        }
        for (head, decays), parameters in found.items()
    ]


def train_mode(net: nn.Module, spec: NetSpec, params: TrainParams) -> None:
    """Dropout on in what trains; batch norms as the parameters say, frozen ones always still."""
    net.train()
    for module in net.modules():
        if isinstance(module, _BatchNorm):
            own = [p.requires_grad for p in module.parameters(recurse=False)]
            if params.freeze_norms or (own and not any(own)):
                module.eval()


@torch.no_grad()
def begin_at_shares(net: nn.Module, spec: NetSpec, shares: NDArray[np.float64]) -> bool:
    """Give a fresh head no opinion but each class's share, so that rare classes begin rare.

    Args:
        shares: (C,) of the windows with yes, of those asked.

    Returns:
        Whether the head has a bias of one value a class that could be set.
    """
    odds = np.log(np.clip(shares, 0.01, 0.99) / (1 - np.clip(shares, 0.01, 0.99)))
    heads = [
        p for n, p in net.named_parameters() if n.startswith(spec.stages[0]) and n.endswith("bias")
    ]
    fitting = [p for p in heads if p.numel() == len(shares)]
    for bias in fitting:
        # A net of several streams adds up what their heads say.
        bias.copy_(torch.as_tensor(odds / len(fitting), dtype=bias.dtype).view_as(bias))
    return bool(fitting)


@torch.no_grad()
def linear_head(net: nn.Module) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The net's head as (C, D) weights and (C,) biases.

    Every head here is linear on the embedding, so what it gives for nothing is its bias and for
    the unit vectors its weights.
    """
    net.eval()
    width = int(net.embedding_width)  # type: ignore[arg-type]
    device = next(net.parameters()).device
    bias = net.classify(torch.zeros(1, width, device=device))[0]  # type: ignore[operator]
    weights = net.classify(torch.eye(width, device=device)) - bias  # type: ignore[operator]
    return weights.T.double().cpu().numpy(), bias.double().cpu().numpy()

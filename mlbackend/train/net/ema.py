"""Weights averaged over the steps of a training: steadier than those of the last step."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Ema:
    """An exponential moving average of a net's state.

    The share that stays grows with the steps done, (1 + n) / (10 + n) up to `decay`, so that a
    short training is not held to its random beginning. Whole numbers (counters) are copied.
    """

    def __init__(self, net: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.state: dict[str, Tensor] = {
            name: value.detach().clone() for name, value in net.state_dict().items()
        }

    @torch.no_grad()
    def update(self, net: nn.Module) -> None:
        """Take in the net as it is after a step."""
        stays = min(self.decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value.detach(), 1.0 - stays)
            else:
                self.state[name].copy_(value)

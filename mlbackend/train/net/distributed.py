"""Several processes, one training: each sees its share of every batch, gradients are added up.

The gradients of a step are added once, after all its accumulations, and with them goes one number
that says whether any process ran out of memory: so all of them halve together, where a sum inside
the backward pass would wait for ever for the process that fell out of it. Started by
``python -m torch.distributed.run``, which sets the addresses and ranks.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Process:
    """This process among all of a training."""

    rank: int = 0
    world: int = 1

    @property
    def is_first(self) -> bool:
        """The one that writes checkpoints and speaks."""
        return self.rank == 0

    def add(self, gradients: Sequence[Tensor], failed: bool, device: torch.device) -> bool:
        """Replace gradients by their sums over all processes; return whether any failed.

        If one failed the gradients are left as they are: the step is done again.
        """
        if self.world == 1:
            return failed
        flag = torch.tensor([1.0 if failed else 0.0], device=device)
        dist.all_reduce(flag)
        if flag.item() > 0:
            return True
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        dist.all_reduce(flat)
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        return False

    def stopped(self, stop: bool, device: torch.device) -> bool:
        """Whether any process wants to stop."""
        if self.world == 1:
            return stop
        flag = torch.tensor([1.0 if stop else 0.0], device=device)
        dist.all_reduce(flag)
        return bool(flag.item() > 0)

    def wait(self) -> None:
        """Go on when all have come here."""
        if self.world > 1:
            dist.barrier()


def join(backend: str | None = None) -> tuple[Process, torch.device]:
    """Join the training that ``torch.distributed.run`` started this process for."""
    cuda = torch.cuda.is_available() and backend != "gloo"
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
    dist.init_process_group(backend or ("nccl" if cuda else "gloo"))
    return Process(dist.get_rank(), dist.get_world_size()), device

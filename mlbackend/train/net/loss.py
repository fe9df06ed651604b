"""What a training makes small: binary cross-entropy over the cells somebody was asked about."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def masked_bce(logits: Tensor, truth: Tensor, cells: int) -> Tensor:
    """Sum of the cross-entropy of the asked cells, over `cells`.

    Args:
        logits: (N, C). truth: (N, C) of 1, 0 and -1 (not asked: left out).
        cells: how many asked cells the whole step has, over all its parts and processes, so that
            parts add up to the mean of the whole.
    """
    asked = truth >= 0
    each = functional.binary_cross_entropy_with_logits(
        logits.float(), truth.clamp(min=0).float(), reduction="none"
    )
    return torch.where(asked, each, 0.0).sum() / max(1, cells)

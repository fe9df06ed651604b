"""The learning rate over a training: a straight rise, then half a cosine down to nothing."""

import math


def rate(step: int, steps: int, warmup: float) -> float:
    """The share of the peak rate at a step.

    Args:
        step: 0-based. steps: of the whole training, at least 1.
        warmup: share of the steps that rise.

    Returns:
        0..1: above 0 at the first step, 1 when warm, near 0 at the last.
    """
    warm = int(warmup * steps)
    if step < warm:
        return (step + 1) / (warm + 1)
    return 0.5 * (1.0 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))

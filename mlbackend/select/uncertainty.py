"""How unsure a model is of each row: pure functions of predicted probabilities.

All take ``probabilities`` (N, C) float64 in [0, 1] and return (N,) float64, larger = less sure.
Margin, least confident and entropy suppose one class per row (rows add up to 1); mean binary
entropy supposes independent classes, as actions on a tube are.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Below this a probability contributes nothing to an entropy, and log(0) is not met.
_TINY = 1e-12


def margin(probabilities: Floats) -> Floats:
    """One minus the distance between the two likeliest classes; 1 = undecided. Needs C >= 2."""
    if probabilities.shape[1] < 2:
        raise ValueError(
            f"Margin compares two classes, got probabilities of shape {probabilities.shape}; "
            "use mean_binary_entropy for a single class."
        )
    top = np.partition(probabilities, -2, axis=1)[:, -2:]
    return 1.0 - (top[:, 1] - top[:, 0])


def least_confident(probabilities: Floats) -> Floats:
    """One minus the probability of the likeliest class."""
    return 1.0 - probabilities.max(axis=1)


def entropy(probabilities: Floats) -> Floats:
    """Shannon entropy in nats of each row taken as one distribution."""
    p = np.clip(probabilities, _TINY, 1.0)
    return -(p * np.log(p)).sum(axis=1)


def mean_binary_entropy(probabilities: Floats) -> Floats:
    """Mean over classes of the entropy, in bits, of "has it" against "has it not"."""
    p = np.clip(probabilities, _TINY, 1.0 - _TINY)
    bits = -(p * np.log2(p) + (1.0 - p) * np.log2(1.0 - p))
    return bits.mean(axis=1)

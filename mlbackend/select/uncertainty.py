"""How unsure a model is of each row: pure functions of predicted probabilities.

All take ``probabilities`` (N, C) float64 in [0, 1] and return (N,) float64, larger = less sure.
Margin, least confident and entropy are modAL's own and suppose one class per row (rows add up to
1); mean binary entropy supposes independent classes, as actions on a tube are, where modAL's
strategies for several labels measure the wrong thing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.select import modal_shim

Floats = NDArray[np.float64]

# Below this a probability contributes nothing to an entropy, and log(0) is not met.
_TINY = 1e-12
# How far from 1 the sum of a softmax may be.
_SUM = 1e-6


@dataclass(frozen=True, eq=False)
class _Answered:
    """Probabilities that were predicted already, in the shape modAL's measures ask for."""

    probabilities: Floats

    def predict_proba(self, _rows: Floats) -> Floats:
        return self.probabilities


def margin(probabilities: Floats) -> Floats:
    """One minus the distance between the two likeliest classes; 1 = undecided.

    Scheffer et al. 2001.

    Raises:
        InvalidInput: there is one class; modAL would call every row equally unsure.
    """
    if probabilities.shape[1] < 2:
        raise InvalidInput(
            f"Margin compares two classes and the model knows {probabilities.shape[1]}; "
            "use mean_binary_entropy_k_means, or review tubes of a second class first."
        )
    return 1.0 - modal_shim.classifier_margin(_Answered(probabilities), probabilities)


def least_confident(probabilities: Floats) -> Floats:
    """One minus the probability of the likeliest class (Culotta and McCallum 2005)."""
    return modal_shim.classifier_uncertainty(_Answered(probabilities), probabilities)


def entropy(probabilities: Floats) -> Floats:
    """Shannon entropy in nats of each row taken as one distribution (it is scaled to add up to 1).

    Settles, Active Learning Literature Survey, 2009, section 3.1, compares it with the two above.
    A row of zeros counts as sure.
    """
    found = modal_shim.classifier_entropy(
        _Answered(np.maximum(probabilities, _TINY)), probabilities
    )
    return np.where(probabilities.sum(axis=1) > _TINY, found, 0.0)


def mean_binary_entropy(probabilities: Floats) -> Floats:
    """Mean over classes of the entropy, in bits, of "has it" against "has it not"."""
    p = np.clip(probabilities, _TINY, 1.0 - _TINY)
    bits = -(p * np.log2(p) + (1.0 - p) * np.log2(1.0 - p))
    return bits.mean(axis=1)


def is_one_of(probabilities: Floats) -> bool:
    """Whether each row is one distribution over two or more classes, not one answer per class."""
    many = probabilities.shape[1] > 1
    return many and bool((np.abs(probabilities.sum(axis=1) - 1.0) < _SUM).all())


def entropy_as_labeled(probabilities: Floats) -> Floats:
    """`entropy` of one distribution, `mean_binary_entropy` of one answer per class."""
    return (entropy if is_one_of(probabilities) else mean_binary_entropy)(probabilities)

"""How alike two models answer: Cohen's kappa (Cohen 1960), class by class.

Agreement of successive models on windows that nobody labeled says when learning has settled
(Bloodgood and Vijay-Shanker 2009). It says nothing of how good they are: two models that are wrong
in the same way agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.domain import agreement


def cohen_kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Agreement beyond chance of two lists of answers (N,), at most 1.

    None where chance alone explains all: both always say yes, or both never do; or there are none.
    """
    table = agreement.contingency(first[:, None], second[:, None], np.ones((len(first), 1), bool))
    return agreement.cohen_kappa(table[0])


def kappas(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float | None, ...]:
    """Kappa of every class of answers (N, C); None of a class that neither ever sees.

    Such a class would agree for ever and only pull a mean up.

    Raises:
        ValueError: the shapes differ.
    """
    if first.shape != second.shape or first.ndim != 2:
        raise ValueError(f"Answers differ in shape: {first.shape} and {second.shape}.")
    return tuple(cohen_kappa(first[:, c], second[:, c]) for c in range(first.shape[1]))

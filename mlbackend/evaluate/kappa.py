"""How alike two models answer: Cohen's kappa (Cohen 1960), class by class and on average.

Agreement of successive models on windows that nobody labeled says when learning has settled
(Bloodgood and Vijay-Shanker 2009). It says nothing of how good they are: two models that are wrong
in the same way agree.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def cohen_kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Agreement beyond chance of two lists of answers (N,), at most 1.

    None where chance alone explains all: both always say yes, or both never do; or there are none.
    """
    if not len(first):
        return None
    observed = float(np.mean(first == second))
    yes_a, yes_b = float(np.mean(first)), float(np.mean(second))
    expected = yes_a * yes_b + (1 - yes_a) * (1 - yes_b)
    if expected >= 1.0:
        return None
    return (observed - expected) / (1 - expected)


def kappas(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> tuple[float | None, ...]:
    """Kappa of every class of answers (N, C).

    Raises:
        ValueError: the shapes differ.
    """
    if first.shape != second.shape or first.ndim != 2:
        raise ValueError(f"Answers differ in shape: {first.shape} and {second.shape}.")
    return tuple(cohen_kappa(first[:, c], second[:, c]) for c in range(first.shape[1]))


def mean_kappa(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float | None:
    """Mean over the classes where either ever answers; None without one.

    A class that neither ever sees would agree for ever and only pull the mean up.
    """
    known = [value for value in kappas(first, second) if value is not None]
    return float(np.mean(known)) if known else None

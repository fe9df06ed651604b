"""Is one model better than another on the same items? A paired bootstrap by video or tube."""

from dataclasses import dataclass

import numpy as np

from mlbackend.evaluate.classification import Counts, macro_f1

DRAWS = 2000


@dataclass(frozen=True)
class Difference:
    """Macro F1 of the candidate minus that of the champion.

    ``lower`` is the 5 % quantile of the bootstrap: with 95 % confidence the true difference is
    not below it.
    """

    mean: float
    lower: float
    groups: int


def paired_bootstrap(
    candidate: Counts, champion: Counts, rng: np.random.Generator, draws: int = DRAWS
) -> Difference:
    """Redraw whole groups with replacement and compare both models on every draw.

    Windows of one video resemble each other, so that groups, not windows, are drawn. Both models
    see the same draw. A class without positives in a draw leaves both means.

    Args:
        candidate, champion: counts (G, C) of the same G groups and C classes.
        rng: source of the draws.
        draws: how many.

    Raises:
        ValueError: the counts are not of one shape, or there is no group.
    """
    shape = candidate.true_positive.shape
    if shape != champion.true_positive.shape or len(shape) != 2 or shape[0] == 0:
        raise ValueError(
            "Both models must be counted on the same groups and classes, at least one group; got "
            f"{shape} and {champion.true_positive.shape}."
        )
    weights = rng.multinomial(shape[0], np.full(shape[0], 1.0 / shape[0]), size=draws)  # (B, G)
    gains = _drawn(candidate, weights) - _drawn(champion, weights)
    plain = np.ones((1, shape[0]), dtype=np.int64)
    observed = _drawn(candidate, plain) - _drawn(champion, plain)
    return Difference(float(observed[0]), float(np.quantile(gains, 0.05)), shape[0])


def _drawn(counts: Counts, weights: np.ndarray) -> np.ndarray:
    """Macro F1 of every draw: weights (B, G) over counts (G, C) to (B,)."""
    return macro_f1(
        Counts(
            weights @ counts.true_positive,
            weights @ counts.false_positive,
            weights @ counts.false_negative,
        )
    )

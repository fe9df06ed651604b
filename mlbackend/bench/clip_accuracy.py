"""How often clips are named right, how sure that is, and what guessing would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
LEVEL = 95.0


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares 0..1.

    Attributes:
        accuracy: of all clips. per_class: mean over the classes that were tested.
        low, high: 95 % interval of `accuracy`.
        chance: one of all classes, guessed. clips, sources: tested.
    """

    accuracy: float
    per_class: float
    low: float
    high: float
    chance: float
    clips: int
    sources: int

    def as_dict(self) -> dict[str, Any]:
        return {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(self).items()}


def accuracy(
    scores: NDArray[np.floating],
    labels: Sequence[int],
    sources: Sequence[str],
    seed: int = 0,
) -> Accuracy:
    """Measure tested clips.

    Args:
        scores: (N, C), the highest is the answer; of equals the first.
        labels: (N,) the truth, places in C. sources: (N,) what each clip was cut from.
        seed: of the draws of the interval.

    Raises:
        ValueError: there are no clips.
    """
    truth = np.asarray(labels)
    if not len(truth):
        raise ValueError("no clips were tested")
    right = scores.argmax(axis=1) == truth
    low, high = source_interval(right, sources, seed)
    return Accuracy(
        accuracy=float(right.mean()),
        per_class=float(np.mean([right[truth == c].mean() for c in np.unique(truth)])),
        low=low,
        high=high,
        chance=1.0 / scores.shape[1],
        clips=len(truth),
        sources=len(set(sources)),
    )


def source_interval(
    right: NDArray[np.bool_], sources: Sequence[str], seed: int = 0
) -> tuple[float, float]:
    """95 % interval of the share of right clips, by drawing whole sources with replacement.

    Clips of one source succeed and fail together; drawing clips would make it too narrow.
    """
    _, place = np.unique(np.asarray(sources), return_inverse=True)
    hits = np.bincount(place, weights=right)
    sizes = np.bincount(place)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(sizes), (DRAWS, len(sizes)))
    shares = hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    tail = (100.0 - LEVEL) / 2
    low, high = np.percentile(shares, [tail, 100.0 - tail])
    return float(low), float(high)

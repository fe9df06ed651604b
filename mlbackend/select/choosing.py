"""Which tubes the acquisition function chooses for the batch: pure, seeded, no database.

The default keeps ten times the batch of the least sure tubes and spreads the batch over them by
k-means weighted by uncertainty. Any other function of the list is given the same tubes, but for
those that look at everything, which get a draw of `POOL_MOST`. No video gives more than a third of
a batch while there are others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.select.acquisition import AcquisitionFunction
from mlbackend.select.answers import Answers, mean_features, rows_of
from mlbackend.select.diversity import medoids
from mlbackend.select.packed import Place
from mlbackend.select.spread import PREFILTER

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Of functions that look at the whole pool: more tubes than this are drawn from.
POOL_MOST = 1000
# Where seconds are known, so many batches of the prefilter are kept: those worth most a second.
BY_SECOND = 5
VIDEO_SHARE = 3
WHOLE_POOL = ("random", "clue", "badge", "k_center", "k_means_medoids")

# Places in the pool, and how many of them are wanted -> the best of them in order.
Choose = Callable[[Ints, int], Ints]


@dataclass(frozen=True, eq=False)
class Unreviewed:
    """Tubes to choose from, in order of their keys.

    Attributes:
        places: where the rows of each lie. answers: what the model says of them.
        ties: (T,) the order of those that are equally unsure: by lot, or a batch would be filled
            from the first videos.
        seconds: (T,) what each is expected to take; None while that is unknown.
    """

    places: Sequence[Place]
    answers: Answers
    ties: Floats
    seconds: Floats | None = None

    @property
    def worth(self) -> Floats:
        """(T,) uncertainty, by second where seconds are known."""
        unsure = self.answers.unsure
        return unsure if self.seconds is None else unsure / self.seconds

    def least_sure(self, among: Ints) -> Ints:
        """These tubes, the least sure first."""
        return among[np.lexsort((self.ties[among], -self.answers.unsure[among]))]

    def prefiltered(self, among: Ints, n: int) -> Ints:
        """The tubes a batch of n is spread over: least sure, and of these worth most a second."""
        kept = self.least_sure(among)[: PREFILTER * n]
        if self.seconds is None:
            return kept
        return kept[np.argsort(-self.worth[kept], kind="stable")][: BY_SECOND * n]


def by_default(pool: Unreviewed, rng: np.random.Generator) -> Choose:
    """Spread over the prefiltered tubes by k-means weighted by what they are worth."""

    def choose(among: Ints, n: int) -> Ints:
        kept = pool.prefiltered(among, n)
        X = mean_features([pool.places[t] for t in kept])
        spread = kept[medoids(X, min(n, len(kept)), rng, weights=pool.worth[kept])]
        return spread[np.argsort(-pool.worth[spread], kind="stable")]

    return choose


def by_function(
    pool: Unreviewed, function: AcquisitionFunction, learner: Any, rng: np.random.Generator
) -> Choose:
    """Whatever a function of the list makes of the same tubes.

    Args:
        learner: answers `predict_proba`, and `vote_proba` where the function needs a committee.
    """

    def choose(among: Ints, n: int) -> Ints:
        if function.name in WHOLE_POOL:
            drawn = rng.choice(among, size=min(POOL_MOST, len(among)), replace=False)
            kept = np.sort(drawn)
        else:
            kept = pool.prefiltered(among, n)
        X, groups = rows_of([pool.places[t] for t in kept])
        rows, _ = function(learner, X, min(n, len(kept)), rng, groups)
        chosen = kept[groups[rows]]
        if pool.seconds is None:
            return chosen
        return chosen[np.argsort(-pool.worth[chosen], kind="stable")]

    return choose


def typical(places: Sequence[Place], rng: np.random.Generator) -> Choose:
    """Cold start: medoids of k-means, the largest cluster first."""

    def choose(among: Ints, n: int) -> Ints:
        size = min(POOL_MOST, len(among))
        kept = np.sort(rng.choice(among, size=size, replace=False))
        X = mean_features([places[t] for t in kept])
        return kept[medoids(X, min(n, len(kept)), rng)]

    return choose


def in_order(order: Ints) -> Choose:
    """The first that may be chosen in a given order."""

    def choose(among: Ints, n: int) -> Ints:
        return order[np.isin(order, among)][:n]

    return choose


def most_per_video(batch: int, videos: int) -> int:
    """How many of a batch may be of one video; more where there are few videos."""
    return max(-(-batch // VIDEO_SHARE), -(-batch // max(videos, 1)))


def spread_over_videos(
    choose: Choose, among: Ints, n: int, video_of: Sequence[Hashable], most: int
) -> list[int]:
    """Choose n of these tubes, no video giving more than `most` while others have any.

    Args:
        video_of: the video of every tube of the pool.
    """
    chosen: list[int] = []
    counts: Counter[Hashable] = Counter()
    left = among
    while len(chosen) < n and len(left):
        for tube in choose(left, n - len(chosen)).tolist():
            if counts[video_of[tube]] < most:
                counts[video_of[tube]] += 1
                chosen.append(tube)
        taken = set(chosen)
        left = np.array(
            [t for t in left.tolist() if t not in taken and counts[video_of[t]] < most],
            dtype=np.int64,
        )
    if len(chosen) < n:
        taken = set(chosen)
        rest = np.array([t for t in among.tolist() if t not in taken], dtype=np.int64)
        if len(rest):
            chosen += choose(rest, n - len(chosen)).tolist()
    return chosen

"""Which detection finds which truth: the greedy rules of the published evaluators, vectorized.

Detections stand in the order in which they choose, best score first. Only detections and truths
of one group (class and frame, or class and video) can meet. What is looped over is the turn, the
n-th detection of every group at once, never boxes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Pairs looked at together: bounds memory, whatever the size of the input.
PAIRS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Pairs:
    """Pairs that overlap: indices of detections and truths, and their overlap; three (P,) arrays.

    By detection, then by place of the truth.
    """

    found: Integers
    truth: Integers
    overlap: Floats

    def at_least(self, threshold: float) -> "Pairs":
        return self.where(self.overlap >= threshold)

    def above(self, threshold: float) -> "Pairs":
        return self.where(self.overlap > threshold)

    def where(self, kept: NDArray[np.bool_]) -> "Pairs":
        return Pairs(self.found[kept], self.truth[kept], self.overlap[kept])


def group_ids(
    found: Sequence[NDArray[np.integer]], truth: Sequence[NDArray[np.integer]]
) -> tuple[Integers, Integers]:
    """Number the groups: columns of detections (N,) and truths (M,) to ids (N,) and (M,).

    Two rows have one id where all their columns agree.
    """
    size = len(found[0])
    codes = np.zeros(size + len(truth[0]), dtype=np.int64)
    for ours, theirs in zip(found, truth, strict=True):
        values, place = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
        codes = np.unique(codes * len(values) + place, return_inverse=True)[1]
    return codes[:size], codes[size:]


def nth_in_group(groups: Integers) -> Integers:
    """How many earlier rows are of the same group: (N,) to (N,)."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    turn = np.empty(len(groups), dtype=np.int64)
    turn[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered, side="left")
    return turn


def overlapping(
    found: Integers,
    truth: Integers,
    overlap: Callable[[Integers, Integers], Floats],
    least: float = 0.0,
) -> Pairs:
    """All pairs of one group that overlap by more than 0 and at least `least`.

    Args:
        found, truth: group ids (N,) and (M,).
        overlap: gives the overlap (P,) of pairs of indices (P,) and (P,).
    """
    parts = []
    for ours, theirs in _in_one_group(found, truth):
        values = overlap(ours, theirs)
        parts.append(Pairs(ours, theirs, values).where((values > 0) & (values >= least)))
    return Pairs(
        np.concatenate([part.found for part in parts]),
        np.concatenate([part.truth for part in parts]),
        np.concatenate([part.overlap for part in parts]),
    )


def best_remaining(pairs: Pairs, groups: Integers, truths: int) -> Floats:
    """Each detection in turn takes the truth of largest overlap that nobody has taken.

    Args:
        pairs: those that may be taken; of equal overlaps the first truth is taken.
        groups: group ids of the detections (N,).
        truths: how many there are.

    Returns:
        (N,) overlap with what it took, -1 where it took nothing.
    """
    took = np.full(len(groups), -1.0)
    taken = np.zeros(truths, dtype=bool)
    for turn in turns(pairs, groups, -pairs.overlap, pairs.truth):
        free = turn.where(~taken[turn.truth])
        best = free.where(first_of_run(free.found))
        took[best.found] = best.overlap
        taken[best.truth] = True
    return took


def best_only(pairs: Pairs, groups: Integers, truths: int) -> Floats:
    """Each detection asks only for the truth of largest overlap; who asks first gets it.

    Arguments and result as `best_remaining`.
    """
    took = np.full(len(groups), -1.0)
    order = np.lexsort((pairs.truth, -pairs.overlap, pairs.found))
    ordered = Pairs(pairs.found[order], pairs.truth[order], pairs.overlap[order])
    asked = ordered.where(first_of_run(ordered.found))
    first = np.unique(asked.truth, return_index=True)[1]
    took[asked.found[first]] = asked.overlap[first]
    return took


def suppressed(
    groups: Integers, overlap: Callable[[Integers, Integers], Floats], limit: float
) -> NDArray[np.bool_]:
    """Greedy non-maximum suppression: what overlaps a better one that stays by more than `limit`.

    Args:
        groups: group ids (N,), best first.
    """
    pairs = overlapping(groups, groups, overlap).above(limit)
    pairs = pairs.where(pairs.found < pairs.truth)
    gone = np.zeros(len(groups), dtype=bool)
    for turn in turns(pairs, groups):
        gone[turn.truth[~gone[turn.found]]] = True
    return gone


def turns(pairs: Pairs, groups: Integers, *preference: NDArray) -> Iterator[Pairs]:
    """The pairs of every group's first detection, of every second, ….

    Args:
        groups: group ids of the detections (N,), in the order in which they choose.
        preference: arrays (P,), smallest first and most important first, that order the pairs of
            one detection.
    """
    turn = nth_in_group(groups)[pairs.found]
    order = np.lexsort((*reversed(preference), pairs.found, turn))
    edges = np.append(np.flatnonzero(first_of_run(turn[order])), len(order))
    for at, end in zip(edges[:-1], edges[1:], strict=True):
        some = order[at:end]
        yield Pairs(pairs.found[some], pairs.truth[some], pairs.overlap[some])


def first_of_run(values: Integers) -> NDArray[np.bool_]:
    """Which values differ from the one before: (N,) to (N,); the first does."""
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return first


def _in_one_group(found: Integers, truth: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Indices of all pairs of one group, by detection and place of the truth, in portions."""
    order = np.argsort(truth, kind="stable")
    first = np.searchsorted(truth[order], found, side="left")
    count = np.searchsorted(truth[order], found, side="right") - first
    portion = (np.cumsum(count) - count) // PAIRS_AT_ONCE
    edges = np.append(np.flatnonzero(first_of_run(portion)), len(found))
    if not len(found):
        yield np.empty(0, np.int64), np.empty(0, np.int64)
    for at, end in zip(edges[:-1], edges[1:], strict=True):
        many = count[at:end]
        rows = np.repeat(np.arange(at, end), many)
        inside = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
        yield rows, order[first[rows] + inside]

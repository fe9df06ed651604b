"""Greedy matching: within each group one takes after the other, the groups all at once."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def take_in_turn(owner: Ints, candidate: Ints, group: Ints, able: Mask, candidates: int) -> Mask:
    """Every owner takes its first able candidate that nobody of its group took before.

    Args:
        owner: (P,) int64, rising: who takes, in the order of their turns.
        candidate: (P,) int64: what may be taken, an owner's best first.
        group: (P,) int64: owners of different groups share no candidate.
        able: (T, P) bool: whether the pair counts, at each of T thresholds; these do not affect
            each other.
        candidates: how many there are.

    Returns:
        (T, P) bool: the pairs that are made; an owner and a candidate have at most one each.
    """
    made = np.zeros_like(able)
    free = np.ones((len(able), candidates), dtype=bool)
    for some in _rounds(owner, group):
        first = np.flatnonzero(np.diff(owner[some], prepend=-1))
        possible = able[:, some] & free[:, candidate[some]]
        place = np.where(possible, np.arange(len(some)), len(some))
        best = np.minimum.reduceat(place, first, axis=1)
        level, taker = np.nonzero(best < len(some))
        chosen = some[best[level, taker]]
        made[level, chosen] = True
        free[level, candidate[chosen]] = False
    return made


def _rounds(owner: Ints, group: Ints) -> list[Ints]:
    """Pairs of the first owner of each group, then of the second, and so on."""
    first = np.flatnonzero(np.diff(owner, prepend=-1))  # one pair of each owner
    by_group = np.argsort(group[first], kind="stable")
    turn = np.empty(len(first), dtype=np.int64)
    turn[by_group] = places(group[first][by_group])
    turns = np.repeat(turn, np.diff(first, append=len(owner)))
    order = np.argsort(turns, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(turns[order])) + 1) if len(order) else []


def places(group: Ints) -> Ints:
    """Place of each row within its group, from 0; the rows of a group stand together."""
    starts = np.flatnonzero(np.diff(group, prepend=np.iinfo(np.int64).min // 2))
    return np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))

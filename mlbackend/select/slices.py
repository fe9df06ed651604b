"""Shares of a batch: drawn by lot and spread evenly over its places: pure, no database.

Batch by batch chance draws its share among everything that is left, sure things too, before
anything is chosen. Places alternate evenly, so that whoever stops early has seen some of each.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from mlbackend.select.draws import by_lot

T = TypeVar("T")
Key = tuple[Any, ...]
RANDOM, CHOSEN, DISCOVERY = "random", "chosen", "discovery"


class Drawable(Protocol):
    """What can be drawn by lot."""

    @property
    def key(self) -> Key: ...

    @property
    def reserved(self) -> bool: ...


class Lots:
    """Candidates drawn by lot, without replacement.

    Where some are reserved for measuring the draws take turns between them and the rest: reserved
    ones are a random part themselves, so the two together are a fair sample still, and each has
    the probability of its own part.
    """

    def __init__(self, candidates: Sequence[Drawable], seed: int) -> None:
        order = by_lot(candidates, seed, "slice")
        self._parts = (
            deque(c for c in order if c.reserved),
            deque(c for c in order if not c.reserved),
        )
        self._left = [len(part) for part in self._parts]
        self._taken: set[Key] = set()
        self._turn = 0

    def take(self, candidate: Drawable) -> None:
        """Somebody else has chosen this one."""
        if candidate.key not in self._taken:
            self._taken.add(candidate.key)
            self._left[0 if candidate.reserved else 1] -= 1

    def draw(self, k: int) -> list[tuple[Any, float]]:
        """Draw up to k, each with the probability it had of being drawn."""
        left = tuple(self._left)
        drawn: list[Any] = []
        for _ in range(min(k, sum(left))):
            part = self._turn % 2
            self._turn += 1
            part = part if self._left[part] else 1 - part
            candidate = self._next(part)
            self.take(candidate)
            drawn.append((candidate, part))
        of_part = Counter(part for _, part in drawn)
        return [(candidate, of_part[part] / left[part]) for candidate, part in drawn]

    def _next(self, part: int) -> Any:
        while True:
            candidate = self._parts[part].popleft()
            if candidate.key not in self._taken:
                return candidate


def share_of(share: float, first: int, size: int) -> int:
    """How many of the places [first, first + size) a share of all places has."""
    return int((first + size) * share + 1e-9) - int(first * share + 1e-9)


def woven(size: int, groups: Sequence[Sequence[T]], rest: Iterable[T]) -> list[T]:
    """One batch: each group spread evenly over its places, `rest` between them, in order."""
    places: dict[int, T] = {}
    for items in groups:
        for i, item in enumerate(items):
            place = (i + 1) * size // len(items) - 1
            while place in places:
                place = (place - 1) % size
            places[place] = item
    between = iter(rest)
    return [places[n] if n in places else next(between) for n in range(size)]


def in_proportion(*orders: Sequence[Any]) -> list[Any]:
    """Several orders as one, each spread evenly over all of it."""
    marked = [
        ((i + 0.5) / len(order), number, item)
        for number, order in enumerate(orders)
        for i, item in enumerate(order)
    ]
    return [item for _, _, item in sorted(marked, key=lambda each: each[:2])]

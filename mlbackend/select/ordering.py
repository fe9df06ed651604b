"""The order of tubes and segments: which chance draws, which are looked for, which are chosen.

See `slices` for how chance keeps its share of every batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlbackend.loop_settings import LoopSettings
from mlbackend.select.candidates import SegmentCandidate, TubeCandidate
from mlbackend.select.ranking import TubeRanking
from mlbackend.select.slices import (
    CHOSEN,
    DISCOVERY,
    RANDOM,
    Lots,
    in_proportion,
    share_of,
    woven,
)

Candidate = TubeCandidate | SegmentCandidate


@dataclass(frozen=True, eq=False)
class Placed:
    """A candidate in its place.

    Attributes:
        slice: who chose it. batch: which batch it is in, from 0; the acquisition function chose
            those of the first, later ones follow by uncertainty alone.
        probability: of being drawn in this batch, where chance chose.
    """

    candidate: Candidate
    slice: str
    batch: int
    probability: float | None = None


def ordered(
    ranking: TubeRanking,
    segments: Sequence[SegmentCandidate],
    settings: LoopSettings,
    seed: int,
    *,
    looks_for: bool,
) -> list[Placed]:
    """Place every tube and segment once.

    Args:
        segments: the most telling first.
        looks_for: whether there are actions nobody has shown yet.
    """
    order = _Order(ranking, segments, settings, seed)
    first = order.first_batch(looks_for)
    return first + order.later_batches(len(first))


class _Order:
    def __init__(
        self,
        ranking: TubeRanking,
        segments: Sequence[SegmentCandidate],
        settings: LoopSettings,
        seed: int,
    ) -> None:
        self._ranking, self._segments, self._settings = ranking, segments, settings
        self._count = len(ranking.tubes) + len(segments)
        self._lots = Lots([*ranking.tubes, *segments], seed)
        self._taken: set[tuple[Any, ...]] = set()

    def first_batch(self, looks_for: bool) -> list[Placed]:
        """Chance draws first, among all; then the acquisition function has its say."""
        size = min(self._settings.batch, self._count)
        drawn = self._drawn(share_of(self._settings.random_share, 0, size), 0)
        wanted = int(self._settings.discovery_share * size) if looks_for else 0
        tubes, segments = self._free_tubes(), self._free_segments()
        places = size - len(drawn)
        of_segments = _part(places - wanted, len(segments), len(tubes))
        chosen = self._ranking.chosen(tubes, places - wanted - of_segments, size)
        left = [i for i in tubes if i not in set(chosen)]
        found = [self._ranking.tubes[i] for i in self._ranking.strangest(left, wanted, size)]
        line = in_proportion([self._ranking.tubes[i] for i in chosen], segments[:of_segments])
        for candidate in (*line, *found):
            self._take(candidate)
        looked_for = [Placed(candidate, DISCOVERY, 0) for candidate in found]
        rest = [Placed(candidate, CHOSEN, 0) for candidate in line]
        return woven(len(drawn) + len(looked_for) + len(rest), [drawn, looked_for], rest)

    def later_batches(self, done: int) -> list[Placed]:
        """What follows the first batch, its share drawn by chance as well."""
        line = in_proportion(
            [self._ranking.tubes[i] for i in self._ranking.rest(self._free_tubes())],
            self._free_segments(),
        )
        found: list[Placed] = []
        place, number = 0, 1
        while done + len(found) < self._count:
            at = done + len(found)
            size = min(self._settings.batch, self._count - at)
            drawn = self._drawn(share_of(self._settings.random_share, at, size), number)
            rest: list[Placed] = []
            while len(rest) < size - len(drawn) and place < len(line):
                if line[place].key not in self._taken:
                    self._take(line[place])
                    rest.append(Placed(line[place], CHOSEN, number))
                place += 1
            if len(rest) < size - len(drawn):
                # Only those reserved for measuring are left: chance alone may bring them.
                drawn += self._drawn(size - len(drawn) - len(rest), number)
            found += woven(len(drawn) + len(rest), [drawn], rest)
            number += 1
        return found

    def _drawn(self, k: int, number: int) -> list[Placed]:
        drawn = self._lots.draw(k)
        self._taken.update(candidate.key for candidate, _ in drawn)
        return [Placed(candidate, RANDOM, number, chance) for candidate, chance in drawn]

    def _take(self, candidate: Candidate) -> None:
        self._taken.add(candidate.key)
        self._lots.take(candidate)

    def _free_tubes(self) -> list[int]:
        return [
            i
            for i, tube in enumerate(self._ranking.tubes)
            if not tube.reserved and tube.key not in self._taken
        ]

    def _free_segments(self) -> list[SegmentCandidate]:
        return [segment for segment in self._segments if segment.key not in self._taken]


def _part(places: int, mine: int, others: int) -> int:
    """How many of the places are mine, in proportion, at least one where there is room for both."""
    if not mine or places < 1:
        return 0
    if not others:
        return min(places, mine)
    fair = round(places * mine / (mine + others))
    return min(mine, max(1, fair) if places > 1 else fair)

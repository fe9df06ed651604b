"""Actionness grouping: by hand, against a plain loop, and on a curve whose segments are known."""

from __future__ import annotations

import numpy as np
import pytest

from mlbackend.propose.segment import Segment, grouped, segments, suppressed


def _plain(above: list[bool], share: float) -> set[tuple[int, int]]:
    """The rule as it is written down, a step at a time, forwards and backwards."""

    def grow(row: list[bool]) -> set[tuple[int, int]]:
        found = set()
        for start in range(len(row)):
            if row[start] and (start == 0 or not row[start - 1]):
                end, below = start, 0
                while end < len(row):
                    below += not row[end]
                    if below - share * (end + 1 - start) > 1e-9:
                        break
                    end += 1
                found.add((start, end))
        return found

    count = len(above)
    return grow(above) | {(count - b, count - a) for a, b in grow(above[::-1])}


@pytest.mark.parametrize("seed", range(10))
def test_growing_is_the_plain_rule(seed: int) -> None:
    rng = np.random.default_rng(seed)
    above = rng.random(30) < 0.5
    for share in (0.0, 0.1, 0.3, 0.5, 1.0):
        assert set(grouped(above, share)) == _plain(above.tolist(), share)


def test_a_pause_is_bridged_where_the_share_allows_it() -> None:
    above = np.array([0, 1, 1, 1, 0, 1, 1, 0, 0, 0], dtype=bool)
    assert (1, 4) in grouped(above, 0.0)
    assert (1, 7) in grouped(above, 0.25)


def test_two_actions_are_found() -> None:
    curve = np.full(200, 0.02)
    curve[30:70], curve[120:150] = 0.9, 0.8
    found = segments(curve)
    for start, end in ((30, 70), (120, 150)):
        best = max(
            (min(end, one.end) - max(start, one.start))
            / (max(end, one.end) - min(start, one.start))
            for one in found
        )
        assert best > 0.9
    assert segments(np.zeros(50)) == [] and segments(np.empty(0)) == []
    with pytest.raises(ValueError, match="0..1"):
        segments(np.array([0.2, 1.2]))


def test_of_two_almost_equal_segments_the_better_stays() -> None:
    found = [Segment(0, 100, 5.0), Segment(2, 100, 6.0), Segment(0, 60, 4.0)]
    assert suppressed(found, 0.9) == [found[1], found[2]]

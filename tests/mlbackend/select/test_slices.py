"""Shares of a batch: drawn by lot, spread evenly, in proportion."""

from collections import Counter
from dataclasses import dataclass

import pytest

from mlbackend.select.draws import by_lot, is_blind, lot
from mlbackend.select.slices import Lots, in_proportion, share_of, woven


@dataclass(frozen=True)
class Ball:
    key: tuple[str, int]
    reserved: bool = False


def urn(n: int, reserved: int = 0) -> list[Ball]:
    return [Ball(("v", i), i < reserved) for i in range(n)]


def test_a_lot_does_not_depend_on_what_else_is_drawn() -> None:
    everything = [ball.key for ball in by_lot(urn(50), 3, "slice")]
    fewer = [ball.key for ball in by_lot(urn(50)[::-1][:30], 3, "slice")]
    assert fewer == [key for key in everything if key in set(fewer)]


def test_lots_are_even_and_differ_by_seed() -> None:
    lots = [lot(("v", i), "slice", 0) for i in range(2000)]
    assert min(lots) >= 0.0 and max(lots) < 1.0
    assert abs(sum(lots) / 2000 - 0.5) < 0.03
    assert by_lot(urn(20), 1, "slice") != by_lot(urn(20), 2, "slice")


def test_every_candidate_is_as_likely_to_be_drawn() -> None:
    hits = Counter(c.key for seed in range(800) for c, _ in Lots(urn(10), seed).draw(3))
    assert all(190 < hits[ball.key] < 290 for ball in urn(10))  # 240 each, four deviations


def test_the_probability_is_that_of_the_draw() -> None:
    lots = Lots(urn(20), 0)
    drawn = lots.draw(5)
    assert [chance for _, chance in drawn] == [0.25] * 5
    for ball in [ball for ball in urn(20) if ball not in {c for c, _ in drawn}][:10]:
        lots.take(ball)
    assert [chance for _, chance in lots.draw(1)] == [1 / 5]


def test_nobody_is_drawn_twice_or_when_taken() -> None:
    lots = Lots(urn(12), 5)
    lots.take(urn(12)[0])
    drawn = [c.key for _ in range(4) for c, _ in lots.draw(4)]
    assert len(drawn) == len(set(drawn)) == 11
    assert ("v", 0) not in drawn


def test_draws_take_turns_between_reserved_and_others() -> None:
    drawn = Lots(urn(40, reserved=10), 0).draw(6)
    assert [c.reserved for c, _ in drawn] == [True, False] * 3
    assert {(c.reserved, chance) for c, chance in drawn} == {(True, 3 / 10), (False, 3 / 30)}


def test_reserved_ones_alone_are_drawn_when_only_they_are_left() -> None:
    lots = Lots(urn(6, reserved=5), 0)
    assert sum(c.reserved for c, _ in lots.draw(6)) == 5


@pytest.mark.parametrize(("share", "size"), [(0.15, 20), (0.1, 10), (0.25, 7), (0.15, 3)])
def test_shares_of_batches_add_up(share: float, size: int) -> None:
    each = [share_of(share, size * n, size) for n in range(40)]
    assert sum(each) == int(40 * size * share + 1e-9)
    assert max(each) - min(each) <= 1


def test_a_batch_is_woven_evenly_and_whole() -> None:
    line = woven(10, [["R1", "R2"], ["D"]], list("abcdefg"))
    assert line == ["a", "b", "c", "d", "R1", "e", "f", "g", "D", "R2"]


def test_orders_are_mixed_in_proportion() -> None:
    assert in_proportion("abcdef", "XY") == list("abXcdeYf")
    assert in_proportion("", "XY") == ["X", "Y"]


def test_blind_is_for_ever_and_its_share_is_kept() -> None:
    blind = [is_blind(("v", i), 0.3) for i in range(2000)]
    assert abs(sum(blind) / 2000 - 0.3) < 0.04
    assert [is_blind(("v", i), 0.3) for i in range(2000)] == blind
    assert not any(is_blind(("v", i), 0.0) for i in range(100))
    assert all(is_blind(("v", i), 1.0) for i in range(100))

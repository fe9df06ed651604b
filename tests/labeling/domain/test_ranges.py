"""Sets of frames as ranges, against sets of numbers."""

from hypothesis import given
from hypothesis import strategies as st

from labeling.domain.ranges import Ranges, difference, intersection, union

LISTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda one: (one[0], sum(one))),
    max_size=8,
)


def frames(ranges: Ranges) -> set[int]:
    return {frame for start, end in ranges for frame in range(start, end)}


def is_shortest(ranges: Ranges) -> bool:
    edges = [edge for one in ranges for edge in one]
    return edges == sorted(set(edges))


@given(LISTS, LISTS)
def test_it_does_what_sets_do(a: Ranges, b: Ranges) -> None:
    for found, wanted in (
        (union([*a, *b]), frames(a) | frames(b)),
        (intersection(a, b), frames(a) & frames(b)),
        (difference(a, b), frames(a) - frames(b)),
    ):
        assert frames(found) == wanted
        assert is_shortest(found)


def test_ranges_that_touch_are_one() -> None:
    assert union([(4, 6), (1, 2), (2, 4), (8, 9)]) == [(1, 6), (8, 9)]

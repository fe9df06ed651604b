"""Sets of frames as half-open ranges: union, intersection, difference."""

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = list[Range]


def union(ranges: Iterable[Range]) -> Ranges:
    """The ranges in order, those that overlap or touch made one."""
    joined: Ranges = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def intersection(a: Iterable[Range], b: Iterable[Range]) -> Ranges:
    """What lies in both."""
    a = union(a)
    return difference(a, difference(a, b))


def difference(a: Iterable[Range], b: Iterable[Range]) -> Ranges:
    """What lies in `a` and not in `b`, in order."""
    left: Ranges = []
    holes, at = union(b), 0
    for start, end in union(a):
        while at < len(holes) and holes[at][0] < end:
            first, last = holes[at]
            if start < first:
                left.append((start, first))
            start = max(start, last)
            if last > end:  # the next range may begin in this hole
                break
            at += 1
        if start < end:
            left.append((start, end))
    return left

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
    b = union(b)
    shared = [
        (max(start, first), min(end, last))
        for start, end in union(a)
        for first, last in b
        if max(start, first) < min(end, last)
    ]
    return union(shared)


def difference(a: Iterable[Range], b: Iterable[Range]) -> Ranges:
    """What lies in `a` and not in `b`."""
    left = union(a)
    for first, last in union(b):
        left = [
            part
            for start, end in left
            for part in ((start, min(end, first)), (max(start, last), end))
            if part[0] < part[1]
        ]
    return left

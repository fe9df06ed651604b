"""Intervals that are sane for few cases: of a share (Wilson 1927), of the difference between two
(Newcombe 1998, his method 10: Wilson's limits put together)."""

from __future__ import annotations

import math

# 97.5 % of the normal distribution lies below.
Z = 1.959963984540054


def wilson(hits: int, n: int, z: float = Z) -> tuple[float, float] | None:
    """The 95 % interval, 0..1, of a share that was `hits` of `n`; None of nothing."""
    if n == 0:
        return None
    share, spread = hits / n, z * z / n
    center = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)


def share_of(hits: int, n: int) -> dict[str, float | int | None]:
    """{n, hits, rate, low, high}; the last three are None of nothing."""
    found = wilson(hits, n)
    if found is None:
        return {"n": 0, "hits": 0, "rate": None, "low": None, "high": None}
    return {
        "n": n, "hits": hits, "rate": round(hits / n, 4),
        "low": round(found[0], 4), "high": round(found[1], 4),
    }  # fmt: skip


def difference_of(a: tuple[int, int], b: tuple[int, int]) -> dict[str, float | None]:
    """{rate, low, high} of share a minus share b, each (hits, n); None where one is of nothing."""
    around_a, around_b = wilson(*a), wilson(*b)
    if around_a is None or around_b is None:
        return {"rate": None, "low": None, "high": None}
    p, q = a[0] / a[1], b[0] / b[1]
    below = math.hypot(p - around_a[0], around_b[1] - q)
    above = math.hypot(around_a[1] - p, q - around_b[0])
    return {
        "rate": round(p - q, 4),
        "low": round(p - q - below, 4),
        "high": round(p - q + above, 4),
    }

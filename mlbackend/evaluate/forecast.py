"""What more labels will bring: a power law through the rounds so far, with what it leaves open.

Learning curves follow f(n) = a - b * n^-c closely (Cortes et al. 1994; Hestness et al. 2017;
Viering and Loog 2022). Three numbers through a handful of rounds are never sure, so all curves of
a fine grid are weighed by how well they fit, and what is shown are quantiles over them: with three
rounds the interval is wide, and it narrows as rounds come in. A curve may be flat and never falls:
where the figures fell, no gain is promised and the interval is wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_POINTS = 3
# What is shown lies with this probability between low and high, as far as the law holds.
INTERVAL = 0.9
# Before anything is seen: figures scatter by about `NOISE` around their curve, a belief worth
# `NOISE_ROUNDS` rounds. Hold-out figures of the simulations scatter by .01 to .03.
NOISE, NOISE_ROUNDS = 0.02, 2.0
# The grid: exponents, the curve's height at the last round around what was seen, and which share
# of what is then missing to 1 will ever come. Small shares are likelier: most tasks level off well
# below 1. With these the interval held for 90 % of drawn curves, of 3 to 7 rounds (its test).
EXPONENTS = np.geomspace(0.1, 4.0, 24)
HEIGHT_REACH, HEIGHTS = 0.25, 81
SHARES = np.linspace(0.0, 1.0, 36) ** 2


@dataclass(frozen=True)
class Point:
    """The forecast at so many labels: median and interval of macro F1."""

    labels: int
    f1: float
    low: float
    high: float


@dataclass(frozen=True)
class Gain:
    """How much macro F1 rises from one number of labels to another: median and interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Forecast:
    """All curves of the grid with their weights; make it by `fit`.

    Attributes:
        labels: of the last round, which the curves are written around.
        height, asymptote, exponent: (K,) of each curve. weight: (K,), summing to 1.
    """

    labels: float
    height: Floats
    asymptote: Floats
    exponent: Floats
    weight: Floats

    def at(self, labels: int) -> Point:
        """Median and interval of macro F1 at so many labels, at least 1."""
        low, middle, high = self._quantiles(self._curves(labels))
        return Point(labels, middle, low, high)

    def gain(self, more: int) -> Gain:
        """What so many labels beyond the last round's will bring."""
        low, middle, high = self._quantiles(
            self._curves(int(self.labels) + more) - self._curves(int(self.labels))
        )
        return Gain(middle, low, high)

    def _curves(self, labels: int) -> Floats:
        missing = self.asymptote - self.height
        fallen = (labels / self.labels) ** -self.exponent
        return np.clip(self.asymptote - missing * fallen, 0.0, 1.0)

    def _quantiles(self, values: Floats) -> tuple[float, float, float]:
        order = np.argsort(values, kind="stable")
        below = np.cumsum(self.weight[order])
        edge = (1 - INTERVAL) / 2
        places = np.minimum(np.searchsorted(below, [edge, 0.5, 1 - edge]), len(values) - 1)
        low, middle, high = values[order][places]
        return float(low), float(middle), float(high)


def fit(labels: Floats, f1: Floats) -> Forecast | None:
    """Weigh the curves of the grid by the figures of the rounds so far.

    The scatter around the curve is not known: it is integrated out under an inverse gamma prior,
    so that figures that lie badly on any curve give a wide interval.

    Args:
        labels: (R,) of each round, at least 1. f1: (R,) macro F1 on the hold-out, 0..1.

    Returns:
        None with fewer than `FEWEST_POINTS` different numbers of labels.

    Raises:
        ValueError: the lengths differ, or there are labels below 1.
    """
    n, y = np.asarray(labels, dtype=np.float64), np.asarray(f1, dtype=np.float64)
    if n.shape != y.shape or n.ndim != 1 or (n < 1).any():
        raise ValueError("A forecast needs labels, 1 or more, and a figure for each.")
    if len(np.unique(n)) < FEWEST_POINTS:
        return None
    last = float(n.max())
    height, asymptote, exponent = _grid(float(y[n == last].mean()))
    squares = np.zeros_like(height)
    for count, seen in zip(n, y, strict=True):
        curve = asymptote - (asymptote - height) * (count / last) ** -exponent
        squares += (np.clip(curve, 0.0, 1.0) - seen) ** 2
    logs = -0.5 * (NOISE_ROUNDS + len(n)) * np.log(NOISE_ROUNDS * NOISE**2 + squares)
    weight = np.exp(logs - logs.max())
    return Forecast(last, height, asymptote, exponent, weight / weight.sum())


def _grid(seen: float) -> tuple[Floats, Floats, Floats]:
    """Height at the last round, asymptote and exponent of every curve, each (K,)."""
    heights = np.linspace(max(0.0, seen - HEIGHT_REACH), min(1.0, seen + HEIGHT_REACH), HEIGHTS)
    height, share, exponent = np.meshgrid(heights, SHARES, EXPONENTS, indexing="ij")
    asymptote = height + share * (1.0 - height)
    return height.ravel(), asymptote.ravel(), exponent.ravel()

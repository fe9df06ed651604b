"""What a simulation replays, and what one seed of it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlbackend.simulate.replay import Curve, Plan


@dataclass(frozen=True)
class Settings:
    """What is replayed.

    Attributes:
        functions: names; see `choice.complete`.
        rates: of accepting a wrong proposal; the first is what the report's first figures are of.
        target: percent of the full pool's score that ratios are taken at.
        shuffled: the control, tubes of the pool have each other's truth.
        metric: a name of `METRICS`, or None for the data set's own.
    """

    functions: tuple[str, ...]
    seeds: int
    plan: Plan
    rates: tuple[float, ...] = (0.0,)
    target: int = 95
    shuffled: bool = False
    metric: str | None = None


@dataclass(frozen=True)
class Played:
    """One seed's curves.

    Attributes:
        full: the score with the truth of the whole pool.
        curves: rate -> function -> curve.
        about, notes: sizes of the split, and what should be known of it.
    """

    seed: int
    metric: str
    full: float
    curves: dict[float, dict[str, Curve]]
    about: dict[str, Any]
    notes: list[str]

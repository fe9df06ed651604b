"""Why something is asked, in words a person can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Two actions this close are a hesitation; below `NOTHING` no action is seen at all.
CLOSE, NOTHING, SURE = 0.25, 0.15, 0.80
# So many names of actions fit on a line.
MOST_NAMES = 3

RANDOM = "random check"
TYPICAL = "typical of what nobody has reviewed yet"
UNREVIEWED = "not reviewed yet"


def clock(time_s: float) -> str:
    """Minutes and seconds: 75.2 is 1:15; from an hour on with hours."""
    whole = int(time_s + 1e-9)
    minutes, seconds = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def between(start_s: float, end_s: float) -> str:
    """A stretch of time: "from 0:10 to 0:14"."""
    return f"from {clock(start_s)} to {clock(end_s)}"


def hesitation(p: Floats, names: Sequence[str], time_s: float | None = None) -> str:
    """What a model thinks of the window it is least sure of.

    Args:
        p: (K,) probabilities of that window. names: of the K actions. time_s: its middle.
    """
    at = "" if time_s is None else f" at {clock(time_s)}"
    order = np.argsort(-p, kind="stable")
    top = int(order[0])
    first = names[top]
    if p[top] < NOTHING:
        return f"sees no action ({first} {p[top]:.2f} at most){at}"
    if len(order) > 1:
        second = int(order[1])
        if p[top] - p[second] < CLOSE and p[second] >= NOTHING:
            shares = f"({p[top]:.2f} / {p[second]:.2f})"
            return f"hesitates between {first} and {names[second]} {shares}{at}"
    if p[top] >= SURE:
        return f"fairly sure of {first} ({p[top]:.2f}){at}"
    return f"unsure whether it is {first} ({p[top]:.2f}){at}"


def never_seen(names: Sequence[str]) -> str:
    """Actions nobody has shown yet."""
    return f"never seen: {_listed(names)}"


def not_learned(names: Sequence[str]) -> str:
    """Actions somebody has marked, but nowhere that the model could learn them from."""
    return f"not learned yet: {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    more = " …" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"


def detector_score(score: float | None) -> str:
    """What the detector made of it."""
    return UNREVIEWED if score is None else f"detector score {score:.2f}"


def boundary(label: str, side: str, start_s: float, end_s: float) -> str:
    """Where a segment may begin or end; side: "start" or "end"."""
    verb = "begins" if side == "start" else "ends"
    return f"{side} uncertain: '{label}' {verb} between {clock(start_s)} and {clock(end_s)}"


def segment_score(label: str, start_s: float, end_s: float, score: float | None) -> str:
    """A segment by its score alone."""
    said = "" if score is None else f", score {score:.2f}"
    return f"'{label}' {between(start_s, end_s)}{said}"

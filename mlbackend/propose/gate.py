"""Whether a proposal is worth showing: what correcting it saves, against what deleting it costs.

A shown tube that is a person saves the operations of drawing that person less those of correcting;
one that is nobody, or so far off that deleting and drawing is cheaper, costs its deletion. How
often which happens follows from the score and from how restless the tube is: a box that jumps about
needs many keyframes a second. `Fit` is a straight line through what each proposal saved in
`manage.py bench effort`. Tubes longer than any that was measured are shown, and all proposals of a
detector that was not measured: nothing is known against them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube

# A tube this short is no sign of restlessness.
SHORTEST_S = 0.5
# Pulls the line to the mean saving, so that few proposals do not make it steep.
RIDGE = 5.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Operations a proposal saves: base + per_score · score + per_rate · keyframes a second.

    longest_s: of the tubes this was measured on.
    """

    base: float
    per_score: float = 0.0
    per_rate: float = 0.0
    longest_s: float = float("inf")

    def saves(self, score: float, keyframes: int, length_s: float) -> float:
        """Return the operations this proposal is expected to save; negative: to cost."""
        rate = keyframes / max(length_s, SHORTEST_S)
        return self.base + self.per_score * score + self.per_rate * rate


# Detector -> its line, by `manage.py bench effort --ways hog --json OUT` and `fitted` on OUT's
# "shown". HOG: 21 tubes on 41 of J-HMDB's clips, of which 5 were the actor's; showing them all cost
# 16 operations more than drawing. Of other detectors the proposals save work at almost any score.
MEASURED: dict[str, Fit] = {"hog": Fit(-2.22, 2.24, -0.006, longest_s=1.57)}


def worth_showing(
    tube_score: float,
    keyframes: int,
    length_s: float,
    detector: str,
    measured: Mapping[str, Fit] | None = None,
) -> bool:
    """Return whether showing a proposal is expected to cost no more than not showing it.

    Args:
        tube_score: raw, 0..1. keyframes: how many the thinned tube has. length_s: its length.
        measured: lines by detector instead of `MEASURED`.
    """
    fit = (MEASURED if measured is None else measured).get(detector)
    if fit is None or length_s > fit.longest_s:
        return True
    return fit.saves(tube_score, keyframes, length_s) >= 0.0


def worthwhile(tubes: Sequence[Tube], timebase: Timebase, detector: str) -> list[Tube]:
    """Return the proposed tubes that are worth showing, in order."""
    return [
        tube
        for tube in tubes
        if worth_showing(
            tube.score or 0.0, len(tube.keyframes), _length_s(tube, timebase), detector
        )
    ]


def _length_s(tube: Tube, timebase: Timebase) -> float:
    last = tube.keyframes[-1].frame
    return timebase.time_s(last) - timebase.time_s(tube.keyframes[0].frame)


def fitted(shown: Sequence[Mapping[str, Any]], detector: str) -> Fit:
    """Fit a detector's line to what its proposals saved.

    Args:
        shown: rows of `bench effort`: detector, score, keyframes, length_s, of_actor, and saves
            (None where the proposal is of nobody annotated: deleting it costs one operation).

    Raises:
        ValueError: there are no rows of this detector.
    """
    rows = [row for row in shown if row["detector"] == detector]
    if not rows:
        raise ValueError(f"nothing was measured of {detector}")
    rate = [row["keyframes"] / max(row["length_s"], SHORTEST_S) for row in rows]
    x = np.array([[row["score"] for row in rows], rate]).T
    y = np.array([row["saves"] if row["of_actor"] else -1.0 for row in rows], dtype=np.float64)
    center = x.mean(axis=0)
    scale = np.maximum(x.std(axis=0), 1e-6)
    z = (x - center) / scale
    weight = np.linalg.solve(z.T @ z + RIDGE * np.eye(2), z.T @ (y - y.mean())) / scale
    longest_s = max(row["length_s"] for row in rows)
    return Fit(float(y.mean() - weight @ center), float(weight[0]), float(weight[1]), longest_s)

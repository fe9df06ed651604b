"""What a proposal saves follows from its score and its restlessness, as it was measured."""

from __future__ import annotations

import numpy as np
import pytest

from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.propose import gate
from mlbackend.propose.gate import Fit, fitted, worth_showing


def _rows(count: int = 400) -> list[dict]:
    """Proposals that save two operations when right and one for each deleted when wrong."""
    rng = np.random.default_rng(7)
    rows = []
    for _ in range(count):
        score, rate = rng.uniform(0.4, 0.95), rng.uniform(1.0, 6.0)
        right = bool(rng.random() < score)
        saves = 2.0 - 0.3 * rate + rng.normal(0, 0.2) if right else None
        rows.append(
            {
                "detector": "hog",
                "score": score,
                "keyframes": 2.0 * rate,
                "length_s": 2.0,
                "of_actor": right,
                "saves": saves,
            }
        )
    return rows


def test_the_line_tells_the_worthwhile_from_the_rest() -> None:
    found = fitted(_rows(), "hog")
    for score in (0.5, 0.9):
        for rate in (1.5, 5.0):
            truly = score * (2.0 - 0.3 * rate) - (1 - score)
            assert found.saves(score, round(10 * rate), 10.0) == pytest.approx(truly, abs=0.3)
    measured = {"hog": found}
    assert worth_showing(0.9, 3, 2.0, "hog", measured)
    assert not worth_showing(0.45, 12, 2.0, "hog", measured)
    # Nothing so long was measured.
    assert worth_showing(0.45, 60, 10.0, "hog", measured)


def test_what_was_not_measured_is_shown() -> None:
    assert worth_showing(0.01, 99, 1.0, "somebody's own", {})
    with pytest.raises(ValueError, match="nothing was measured"):
        fitted(_rows(10), "yolox_nano")


def test_a_tube_of_a_moment_is_not_called_restless() -> None:
    fit = Fit(0.5, 0.0, -0.1)
    assert fit.saves(0.5, 2, 0.01) == pytest.approx(0.1)


def test_proposals_not_worth_it_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    timebase = Timebase((1, 10), np.arange(100), 100)
    box = Box(0, 0, 10, 20)

    def tube(name: str, end: int, score: float) -> Tube:
        return Tube(name, 1, (Keyframe(0, box), Keyframe(end, box)), State.PROPOSED, score=score)

    tubes = [tube("sure", 15, 0.9), tube("unsure", 15, 0.5), tube("long", 60, 0.5)]
    monkeypatch.setitem(gate.MEASURED, "hog", Fit(-1.4, 2.0, 0.0, longest_s=2.0))
    assert [one.id for one in gate.worthwhile(tubes, timebase, "hog")] == ["sure", "long"]
    assert gate.worthwhile(tubes, timebase, "another") == tubes

"""Reasons as people read them."""

import numpy as np
import pytest

from mlbackend.select import reasons

NAMES = ("run", "walk", "fall")


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ((0.52, 0.47, 0.1), "hesitates between run and walk (0.52 / 0.47) at 0:03"),
        ((0.05, 0.03, 0.0), "sees no action (run 0.05 at most) at 0:03"),
        ((0.10, 0.55, 0.0), "unsure whether it is walk (0.55) at 0:03"),
        ((0.93, 0.10, 0.0), "fairly sure of run (0.93) at 0:03"),
    ],
)
def test_what_the_model_thinks(p: tuple[float, ...], said: str) -> None:
    assert reasons.hesitation(np.array(p), NAMES, 3.7) == said


def test_one_action_alone() -> None:
    assert reasons.hesitation(np.array([0.5]), ("run",)) == "unsure whether it is run (0.50)"


@pytest.mark.parametrize(
    ("time_s", "said"), [(0, "0:00"), (9.99, "0:09"), (75.2, "1:15"), (3600 + 61, "1:01:01")]
)
def test_clock(time_s: float, said: str) -> None:
    assert reasons.clock(time_s) == said


def test_more_than_three_names_are_not_listed() -> None:
    assert reasons.never_seen(["a", "b"]) == "never seen: a, b"
    assert reasons.never_seen(["a", "b", "c", "d"]) == "never seen: a, b, c …"


def test_segments() -> None:
    assert reasons.boundary("goal", "start", 10.2, 14.0) == (
        "start uncertain: 'goal' begins between 0:10 and 0:14"
    )
    assert reasons.segment_score("goal", 10, 14, 0.55) == "'goal' from 0:10 to 0:14, score 0.55"

"""Advice to stop: all three signs must hold, and each says why it does or does not."""

import pytest

from mlbackend.evaluate.compare import Difference
from mlbackend.evaluate.stop import Advice, Agreement, advise

SETTLED = [Agreement(0.995, 600)] * 3
FLAT = Difference(0.004, -0.01, 12)


def met(advice: Advice) -> list[bool]:
    """Which signs hold."""
    return [sign.met for sign in advice.reasons]


def test_stop_is_advised_when_all_hold() -> None:
    advice = advise(SETTLED, FLAT, 50, 48)
    assert advice.advised
    assert met(advice) == [True] * 3
    assert [sign.value for sign in advice.reasons] == [0.995, 0.004, 0.96]


@pytest.mark.parametrize(
    ("agreements", "gain", "shown", "accepted", "lacking", "says"),
    [
        ([Agreement(0.98, 600), *SETTLED[:2]], FLAT, 50, 48, 0, "Lowest of 3: 0.980"),
        (SETTLED[:2], FLAT, 50, 48, 0, "3 are needed"),
        ([*SETTLED[:2], Agreement(None, 600)], FLAT, 50, 48, 0, "could be compared"),
        ([*SETTLED[:2], Agreement(0.999, 499)], FLAT, 50, 48, 0, "499 windows nobody labeled"),
        (SETTLED, Difference(0.03, 0.01, 12), 50, 48, 1, "is more than chance"),
        (SETTLED, None, 50, 48, 1, "no 3 earlier champions"),
        (SETTLED, FLAT, 50, 44, 2, "44 of 50"),
        (SETTLED, FLAT, 29, 29, 2, "30 are needed"),
        (SETTLED, FLAT, 0, 0, 2, "0 were decided on"),
    ],
)
def test_one_sign_that_does_not_hold_is_enough(
    agreements: list[Agreement],
    gain: Difference | None,
    shown: int,
    accepted: int,
    lacking: int,
    says: str,
) -> None:
    advice = advise(agreements, gain, shown, accepted)
    assert not advice.advised
    assert met(advice) == [place != lacking for place in range(3)]
    assert says in advice.reasons[lacking].note


def test_only_the_last_three_champions_count() -> None:
    assert met(advise([Agreement(0.2, 600), *SETTLED], FLAT, 50, 50))[0]


def test_a_project_without_rounds_is_told_what_is_lacking() -> None:
    advice = advise([], None, 0, 0)
    assert not advice.advised
    assert all(sign.note and not sign.met and sign.value is None for sign in advice.reasons)

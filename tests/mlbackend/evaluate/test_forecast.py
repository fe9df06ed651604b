"""The forecast on curves whose truth is known: how often its interval holds, and how wide it is."""

import numpy as np
import pytest

from mlbackend.evaluate.forecast import FEWEST_POINTS, Forecast, fit

LABELS = np.array([20, 50, 90, 140, 200, 280, 360], dtype=float)


def curve(n: np.ndarray, asymptote: float, height: float, exponent: float) -> np.ndarray:
    """A power law that stands at `height` at 20 labels."""
    return asymptote - (asymptote - height) * (n / 20.0) ** -exponent


def drawn(rng: np.random.Generator) -> tuple[float, float, float]:
    """Asymptote, height and exponent of some learning curve."""
    asymptote = rng.uniform(0.6, 0.98)
    return asymptote, asymptote * rng.uniform(0.3, 0.8), rng.uniform(0.2, 1.2)


def found(labels: np.ndarray, f1: np.ndarray) -> Forecast:
    """The fit, which there must be."""
    got = fit(labels, np.clip(f1, 0.0, 1.0))
    assert got is not None
    return got


@pytest.mark.parametrize(("rounds", "noise"), [(3, 0.01), (5, 0.02), (7, 0.03)])
def test_its_interval_holds_as_often_as_it_says(rounds: int, noise: float) -> None:
    rng = np.random.default_rng(rounds)
    gains, heights = [], []
    for _ in range(120):
        law, labels = drawn(rng), LABELS[:rounds]
        seen = curve(labels, *law) + rng.normal(0.0, noise, rounds)
        got = found(labels, seen)
        last, then = curve(np.array([labels[-1], labels[-1] + 100]), *law)
        gain, point = got.gain(100), got.at(int(labels[-1] + 100))
        gains.append(gain.low - 1e-9 <= then - last <= gain.high + 1e-9)
        heights.append(point.low - 1e-9 <= then <= point.high + 1e-9)
    print(f"{rounds} rounds, scatter {noise}: {np.mean(gains):.3f} {np.mean(heights):.3f}")
    # 90 % is promised; of 120 curves 84 % would be bad luck beyond 3 deviations.
    assert np.mean(gains) >= 0.84
    assert np.mean(heights) >= 0.84


def test_more_rounds_narrow_it_down() -> None:
    law = (0.9, 0.4, 0.6)
    widths = []
    for rounds in (3, 5, 7):
        gain = found(LABELS[:rounds], curve(LABELS[:rounds], *law)).gain(100)
        widths.append(gain.high - gain.low)
    assert widths[0] > widths[1] > widths[2]


def test_a_steep_curve_promises_more_than_one_that_has_levelled_off() -> None:
    steep = found(LABELS, curve(LABELS, 0.95, 0.2, 0.3))
    level = found(LABELS, curve(LABELS, 0.9, 0.3, 2.0))
    truth = np.diff(curve(np.array([360.0, 460.0]), 0.95, 0.2, 0.3))[0]
    assert steep.gain(100).value == pytest.approx(truth, abs=0.015)
    assert level.gain(100).value < 0.01
    assert steep.gain(100).value > level.gain(100).value


def test_a_flat_curve_promises_next_to_nothing() -> None:
    gain = found(LABELS, np.full(7, 0.8)).gain(100)
    assert gain.value < 0.01
    assert gain.low == pytest.approx(0.0, abs=1e-3)


def test_a_falling_curve_promises_nothing_and_is_less_sure() -> None:
    falling = found(LABELS, np.linspace(0.8, 0.6, 7))
    flat = found(LABELS, np.full(7, 0.7))
    assert falling.gain(100).value < 0.02
    widths = [one.at(460).high - one.at(460).low for one in (falling, flat)]
    assert widths[0] > widths[1]


def test_it_never_leaves_what_is_possible() -> None:
    got = found(np.array([5.0, 10.0, 15.0]), np.array([0.5, 0.8, 0.99]))
    for labels in (1, 15, 1000, 10**6):
        point = got.at(labels)
        assert 0.0 <= point.low <= point.f1 <= point.high <= 1.0


def test_too_few_rounds_give_none() -> None:
    assert fit(np.array([20.0, 50.0]), np.array([0.4, 0.6])) is None
    same = np.array([20.0, 50.0, 50.0, 50.0])
    assert fit(same, np.array([0.4, 0.6, 0.6, 0.61])) is None
    assert fit(np.zeros(0), np.zeros(0)) is None
    assert fit(LABELS[:FEWEST_POINTS], np.array([0.4, 0.5, 0.55])) is not None
    with pytest.raises(ValueError, match="labels, 1 or more"):
        fit(np.array([0.0, 1.0, 2.0]), np.zeros(3))


def test_the_same_rounds_give_the_same_forecast() -> None:
    seen = curve(LABELS, 0.9, 0.4, 0.6)
    assert found(LABELS, seen).at(500) == found(LABELS, seen).at(500)

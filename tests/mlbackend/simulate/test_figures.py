"""Figures of curves that were worked out by hand."""

import numpy as np
import pytest

from mlbackend.simulate.figures import (
    area,
    figures,
    mean_curve,
    median_interval,
    ratio_to_random,
    reached_at,
)
from mlbackend.simulate.replay import Curve


def curve(*score: float) -> Curve:
    """Ten labels a round, three seconds each."""
    labels = [10 * (i + 1) for i in range(len(score))]
    return Curve(
        labels, list(score), [3.0 * n for n in labels], [None] * len(score), [0] * len(score)
    )


def test_a_goal_counts_where_it_is_held() -> None:
    """At 20 labels it is touched, at 40 held."""
    touched = curve(0.5, 0.9, 0.8, 0.9, 0.95)
    assert reached_at(touched, 0.9) == 40
    assert reached_at(touched, 0.9, touched.seconds) == 120.0
    assert reached_at(curve(0.5, 0.6, 0.9), 0.9) is None


def test_area_is_the_mean_score_over_labels() -> None:
    assert area(curve(0.0, 1.0, 1.0)) == pytest.approx(0.75)
    assert area(curve(0.4)) == 0.4


def test_ratios_are_paired_and_say_what_was_not_reached() -> None:
    own = [curve(0.9, 0.9, 0.9, 0.9), curve(0.1, 0.9, 0.9, 0.9), curve(0.1, 0.1, 0.1, 0.1)]
    random = [curve(0.1, 0.9, 0.9, 0.9), curve(0.1, 0.1, 0.1, 0.1), curve(0.1, 0.9, 0.9, 0.9)]
    found = ratio_to_random(own, random, [0.8, 0.8, 0.8])
    assert found["median"] == 0.5  # of 10/20, 20/40 (capped) and 40/20
    assert (found["wins"], found["seeds"], found["short"], found["random_short"]) == (2, 3, 1, 1)


def test_the_interval_of_a_median_covers_it_and_is_that_of_its_seeds() -> None:
    found = median_interval(np.array([0.4, 0.5, 0.5, 0.5, 0.6]))
    assert found == {"median": 0.5, "low": 0.4, "high": 0.6}
    assert median_interval(np.full(10, 0.7)) == {"median": 0.7, "low": 0.7, "high": 0.7}


def test_intervals_hold_the_true_median_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        found = median_interval(rng.normal(size=15))
        held += found["low"] <= 0.0 <= found["high"]
    assert held >= 52


def test_a_goal_not_reached_by_most_has_no_median() -> None:
    never, once = curve(0.1, 0.1, 0.1), curve(0.1, 0.9, 0.9)
    found = figures({"random": [never, never, once]}, [0.9, 0.9, 0.9], 95)["random"]
    assert found["labels_to"]["95"]["median"] is None
    assert found["labels_to"]["95"]["each"] == [None, None, 20.0]
    assert found["labels_to"]["95"]["reached"] == 1


def test_gains_are_over_random_on_the_same_seed() -> None:
    better = [curve(0.2, 0.6, 0.6), curve(0.4, 0.8, 0.8)]
    random = [curve(0.2, 0.5, 0.5), curve(0.4, 0.9, 0.9)]
    found = figures({"random": random, "x": better}, [1.0, 1.0], 95)["x"]["final_over_random"]
    assert found["mean"] == pytest.approx(0.0)
    assert (found["above"], found["below"]) == (1, 1)


def test_the_mean_curve_ends_where_the_shortest_does() -> None:
    found = mean_curve([curve(0.2, 0.4, 0.6), curve(0.4, 0.6)])
    assert found["labels"] == [10, 20]
    assert found["mean"] == pytest.approx([0.3, 0.5])

"""The rule of promotion, case by case, and that its reason names the figures."""

import pytest

from mlbackend.evaluate.classification import Ratios, Report
from mlbackend.evaluate.compare import Difference
from mlbackend.evaluate.promotion import (
    FEWEST_ITEMS,
    FEWEST_VIDEOS,
    Decision,
    Measured,
    decide_first,
    decide_next,
    decide_unlike,
)

NAMES = ("walk", "run")
COMMON, RARE = (20, 20), (20, 19)
ENOUGH = Measured(30, 6)
BETTER = Difference(0.1, 0.02, 6)


def figures(*f1: float) -> Report:
    """A report whose classes have these F1."""
    mean = sum(f1) / len(f1)
    return Report(
        accuracy=mean,
        micro=Ratios(mean, mean, mean),
        macro=Ratios(mean, mean, mean),
        per_class=tuple(Ratios(x, x, x) for x in f1),
        support=(90,) * len(f1),
        n=60,
    )


def decided(
    new: Report,
    old: Report,
    difference: Difference | None = BETTER,
    on: Measured = ENOUGH,
    shown_by: tuple[int, ...] = COMMON,
) -> Decision:
    """The decision about two models of `NAMES`."""
    return decide_next(new, old, difference, on, NAMES, shown_by)


def test_a_first_model_must_beat_answering_everything() -> None:
    good = decide_first(figures(0.6, 0.5), 0.3, Measured(20))
    bad = decide_first(figures(0.2, 0.3), 0.3, Measured(20))
    assert (good.name, bad.name) == ("promoted", "kept")
    assert "0.55" in good.reason and "0.30" in good.reason
    assert "Review more tubes" in bad.reason


@pytest.mark.parametrize(
    ("on", "says"),
    [
        (Measured(0), "no tube reserved to measure on is reviewed, at least 8 are needed"),
        (Measured(3), "only 3 tubes reserved to measure on are reviewed"),
        (Measured(7), "Review more tubes, or draw hold-out videos"),
        (Measured(1, unit="stretch"), "only 1 stretch reserved to measure on is reviewed"),
        (Measured(40, 1), "40 tubes of 1 video reviewed, at least 8 tubes of 5 videos"),
        (Measured(40, 4), "Draw and annotate more hold-out videos"),
        (Measured(30, 6, shown=0), "none of the tubes held out shows any action compared on"),
        (Measured(6, 6), "6 tubes of 6 videos reviewed, at least 8 tubes of 5 videos are needed"),
    ],
)
def test_too_small_a_hold_out_says_so_and_promotes_nothing(on: Measured, says: str) -> None:
    first = decide_first(figures(1.0, 1.0), 0.3, on)
    following = decided(figures(0.9, 0.9), figures(0.1, 0.1), Difference(0.8, 0.7, 4), on)
    for got in (first, following):
        assert (got.name, got.promoted) == ("undecided", False)
        assert says in got.reason
        assert got.reason.endswith("or a person looks and puts it to use with Promote.")
    assert "champion" not in first.reason and "The champion stays" in following.reason


def test_at_the_minimum_the_rule_decides() -> None:
    for on in (Measured(FEWEST_ITEMS), Measured(FEWEST_ITEMS, FEWEST_VIDEOS)):
        assert decide_first(figures(0.6, 0.5), 0.3, on).promoted
        assert decided(figures(0.8, 0.7), figures(0.7, 0.6), BETTER, on).promoted


def test_a_better_model_is_promoted_with_its_figures() -> None:
    got = decided(figures(0.8, 0.7), figures(0.7, 0.6))
    assert got.promoted
    assert got.reason == (
        "Promoted: macro F1 0.75 against the champion's 0.65 on 30 tubes of 6 videos "
        "(+0.10, 5 % lower bound +0.02)."
    )


def test_an_equal_model_within_the_bound_is_promoted() -> None:
    assert decided(figures(0.7, 0.7), figures(0.7, 0.7), Difference(0.0, -0.01, 6)).promoted


def test_a_worse_model_is_kept() -> None:
    got = decided(figures(0.6, 0.6), figures(0.7, 0.7), Difference(-0.1, -0.2, 6))
    assert got.name == "kept"
    assert "champion stays" in got.reason


def test_an_uncertain_gain_is_kept() -> None:
    got = decided(figures(0.72, 0.7), figures(0.7, 0.7), Difference(0.01, -0.02, 6))
    assert got.name == "kept"
    assert "must be above -0.02" in got.reason


def test_a_common_class_that_falls_stops_it() -> None:
    got = decided(figures(0.95, 0.60), figures(0.70, 0.66))
    assert got.name == "kept"
    assert "run falls by 0.06" in got.reason


def test_a_rare_class_that_falls_does_not() -> None:
    assert decided(figures(0.95, 0.60), figures(0.70, 0.66), shown_by=RARE).promoted


def test_models_without_a_shared_label_are_not_compared() -> None:
    got = decide_unlike(("run",))
    assert (got.name, got.promoted) == ("undecided", False)
    assert "share no action to be compared on (the meaning of run changed)" in got.reason
    assert "they have none in common" in decide_unlike(()).reason
    assert "share no segment" in decide_unlike((), "stretch").reason

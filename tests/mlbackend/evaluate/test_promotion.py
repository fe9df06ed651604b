"""The rule of promotion, case by case, and that its reason names the figures."""

from mlbackend.evaluate.classification import Ratios, Report
from mlbackend.evaluate.compare import Difference
from mlbackend.evaluate.promotion import decide_first, decide_next

NAMES = ("walk", "run")
COMMON, RARE = (20, 20), (20, 19)


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


def test_a_first_model_must_beat_answering_everything() -> None:
    good = decide_first(figures(0.6, 0.5), 0.3, items=20)
    bad = decide_first(figures(0.2, 0.3), 0.3, items=20)
    assert (good.name, bad.name) == ("promoted", "kept")
    assert "0.55" in good.reason and "0.30" in good.reason
    assert "Review more tubes" in bad.reason


def test_a_first_model_is_promoted_unmeasured_when_there_is_little_to_measure_on() -> None:
    got = decide_first(figures(0.0, 0.0), 0.3, items=3)
    assert got.promoted
    assert "only 3 tubes of the hold-out are reviewed, at least 8" in got.reason
    assert "no tube of the hold-out is" in decide_first(figures(0.0, 0.0), 0.3, items=0).reason


def test_a_better_model_is_promoted_with_its_figures() -> None:
    got = decide_next(
        figures(0.8, 0.7), figures(0.7, 0.6), Difference(0.1, 0.02, 30), 30, NAMES, COMMON
    )
    assert got.promoted
    assert got.reason == (
        "Promoted: macro F1 0.75 against the champion's 0.65 on 30 tubes "
        "(+0.10, 5 % lower bound +0.02)."
    )


def test_an_equal_model_within_the_bound_is_promoted() -> None:
    got = decide_next(
        figures(0.7, 0.7), figures(0.7, 0.7), Difference(0.0, -0.01, 30), 30, NAMES, COMMON
    )
    assert got.promoted


def test_a_worse_model_is_kept() -> None:
    got = decide_next(
        figures(0.6, 0.6), figures(0.7, 0.7), Difference(-0.1, -0.2, 30), 30, NAMES, COMMON
    )
    assert got.name == "kept"
    assert "champion stays" in got.reason


def test_an_uncertain_gain_is_kept() -> None:
    got = decide_next(
        figures(0.72, 0.7), figures(0.7, 0.7), Difference(0.01, -0.02, 30), 30, NAMES, COMMON
    )
    assert got.name == "kept"
    assert "must be above -0.02" in got.reason


def test_a_common_class_that_falls_stops_it() -> None:
    new, old = figures(0.95, 0.60), figures(0.70, 0.66)
    assert not decide_next(new, old, Difference(0.1, 0.02, 30), 30, NAMES, COMMON).promoted
    assert (
        "run falls by 0.06"
        in decide_next(new, old, Difference(0.1, 0.0, 30), 30, NAMES, COMMON).reason
    )


def test_a_rare_class_that_falls_does_not() -> None:
    new, old = figures(0.95, 0.60), figures(0.70, 0.66)
    assert decide_next(new, old, Difference(0.1, 0.02, 30), 30, NAMES, RARE).promoted


def test_too_small_a_hold_out_keeps_the_champion_and_says_so() -> None:
    got = decide_next(
        figures(0.9, 0.9), figures(0.1, 0.1), Difference(0.8, 0.7, 5), 5, NAMES, COMMON
    )
    assert got.name == "kept"
    assert "only 5 tubes" in got.reason

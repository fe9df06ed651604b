"""The status of a class: the first of the rules that holds, and what to do."""

from dataclasses import replace

import pytest

from mlbackend.train.learning.health import ClassFigures, status_of

WELL = ClassFigures(
    known=True, train_yes=60, train_no=200, train_tubes=12, hold_out_yes=30, hold_out_no=80,
    f1_high=0.9, ece=0.05, trend=(0.6, 0.7, 0.8),
)  # fmt: skip


def test_a_class_that_does_well_needs_nothing() -> None:
    assert status_of(WELL) == ("ok", "")


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"known": False}, "never seen", "No round has learned it yet"),
        ({"train_yes": 0, "train_tubes": 0}, "never seen", "Mark it where it happens"),
        ({"train_tubes": 4}, "few examples", "4 tubes that show it"),
        ({"train_tubes": 1}, "few examples", "1 tube that shows it"),
        ({"train_no": 1}, "one-sided", "where it is not"),
        ({"hold_out_yes": 0}, "not in hold-out", "more hold-out videos"),
        ({"trend": (0.6, 0.95, 0.8)}, "falling", "F1 0.80, after 0.95 at best"),
        ({"ece": 0.2}, "poorly calibrated", "off by 0.20"),
    ],
)
def test_each_trouble_is_named(changes: dict, status: str, says: str) -> None:
    got, advice = status_of(replace(WELL, **changes))
    assert got == status
    assert says in advice


def test_what_is_within_its_interval_has_not_fallen() -> None:
    assert status_of(replace(WELL, trend=(0.88, 0.8)))[0] == "ok"
    assert status_of(replace(WELL, trend=(0.84, 0.8), f1_high=0.82))[0] == "ok"
    assert status_of(replace(WELL, trend=(0.8,)))[0] == "ok"


def test_calibration_of_few_windows_is_not_judged() -> None:
    assert status_of(replace(WELL, ece=0.4, hold_out_yes=10, hold_out_no=39))[0] == "ok"


def test_the_first_trouble_counts() -> None:
    several = replace(WELL, train_yes=0, train_tubes=0, train_no=0, hold_out_yes=0, ece=0.9)
    assert status_of(several)[0] == "never seen"

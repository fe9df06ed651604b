"""Intervals, calibration and worst windows by hand."""

import numpy as np
import pytest

from mlbackend.train.card_figures import calibration, f1_intervals, worst
from mlbackend.train.card_text import as_markdown
from mlbackend.train.dataset import Rows
from tests.mlbackend.train.plain_card import plain_card


def test_intervals_hold_the_figure_and_narrow_with_more_tubes() -> None:
    rng = np.random.default_rng(0)

    def width(tubes: int) -> float:
        groups = np.repeat(np.arange(tubes), 3)
        truth = np.repeat((np.arange(tubes) % 2)[:, None], 3, axis=0).astype(np.int8)
        said = (truth == 1) ^ (rng.random((tubes * 3, 1)) < 0.2)
        macro, (only,) = f1_intervals(truth, said, groups, seed=1)
        assert macro == only and macro.low < macro.value < macro.high
        return macro.high - macro.low

    assert width(400) < 0.5 * width(40)


def test_a_class_without_a_positive_has_no_f1() -> None:
    truth = np.array([[1, 0], [0, 0]], dtype=np.int8)
    macro, each = f1_intervals(truth, truth == 1, np.array([0, 1]), seed=1)
    assert macro.value == 1.0 and np.isnan(each[1].value)


def test_calibration_error_by_hand() -> None:
    truth = np.array([[1], [0], [1], [-1]], dtype=np.int8)
    found = calibration(truth, np.array([[0.95], [0.95], [0.35], [0.0]]))
    assert found["ece"] == pytest.approx((2 * 0.45 + 0.65) / 3, abs=1e-4)
    assert found["bins"][1] == {"mean_p": 0.95, "share_yes": 0.5, "n": 2}
    assert calibration(truth[3:], np.zeros((1, 1))) == {"ece": None, "bins": []}


def test_the_worst_come_first_and_once_a_tube() -> None:
    rows = Rows(
        np.zeros((5, 1)),
        np.array([[0], [0], [0], [1], [1]], dtype=np.int8),
        np.array(["a", "a", "b", "b", "c"]),
        np.array(["v"] * 5),
        np.zeros((5, 2), dtype=np.int64),
    )
    p = np.array([[0.9], [0.95], [0.7], [0.1], [0.6]])
    found = worst(rows, p, np.array([0.5]), each=4)
    assert [(f.row, f.kind) for f in found] == [
        (1, "false positive"),
        (2, "false positive"),
        (3, "miss"),
    ]
    assert [f.row for f in worst(rows, p, np.array([0.5]), each=1)] == [1, 3]


def test_names_cannot_break_the_text() -> None:
    text = as_markdown(plain_card())
    assert r"| a\|b \<img\> | 1 | 1 |" in text and "not measured, the video" in text

"""Figures as JSON values and as a table."""

import json
import math

import numpy as np

from mlbackend.evaluate.report import strict, table


def test_strict_values_are_json():
    value = {"a": math.nan, 1: np.float64(0.5), "b": np.array([1.0, math.inf]), "c": (np.int64(2),)}
    expected = {"a": None, "1": 0.5, "b": [1.0, None], "c": [2]}
    assert json.loads(json.dumps(strict(value), allow_nan=False)) == expected


def test_the_table_tells_figures_classes_and_notes_apart():
    figures = {
        "evaluator": "ours",
        "mAP": 0.25,
        "AP": {"run": 0.5, "jump": None},
        "levels": [0.5, 0.75],
        "curve": [0.0] * 100,
        "by_class": {"run": {"recall": 1.0}},
        "notes": ["Mind the gap."],
    }
    assert table(figures).splitlines() == [
        "evaluator  ours",
        "mAP        0.250000",
        "levels     0.500000 0.750000",
        "curve      (100 values, see --json)",
        "",
        "AP",
        "  run   0.500000",
        "  jump  undefined",
        "",
        "by_class",
        "  run  recall 1.000000",
        "",
        "Note: Mind the gap.",
    ]

"""A model card with nothing in it that is not needed."""

from typing import Any

_PART = {"windows": 1, "tubes": 1, "videos": 1, "hours": 0.001}


def plain_card() -> dict[str, Any]:
    return {
        "model": "round 1",
        "data": {
            "snapshot_hash": "ab",
            "evaluated_on": "reserved tubes",
            "train": _PART,
            "hold_out": _PART,
            "classes": [{"name": "a|b <img>", "train_windows": 1, "hold_out_windows": 1}],
        },
        "training": {
            "recipe": "logistic",
            "title": "HOG/HOF, logistic regression",
            "net": {"name": "", "title": "HOG/HOF", "source": "", "gflops": None},
            "params": {},
            "seed": 1,
            "mirror": True,
            "start": None,
            "parent": None,
        },
        "metrics": None,
        "calibration": {"ece": None, "bins": []},
        "licence": "Yours.",
        "limits": ["Few."],
        "speed": {"machine": "2 CPU cores, no GPU", "windows_per_s": None},
        "failures": [],
    }

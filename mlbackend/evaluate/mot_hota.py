"""HOTA: detection and association weighed equally, over 19 localization thresholds.

Truth and tracks are paired once per frame, by IoU times how well the two tracks agree over the
whole sequence; a threshold then drops the pairs below it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlbackend.evaluate.matching import Floats
from mlbackend.evaluate.mot_frames import Tracking

ALPHAS = np.arange(0.05, 0.99, 0.05)
EPS = np.finfo(np.float64).eps
COUNTED = ("HOTA_TP", "HOTA_FN", "HOTA_FP")


def count(tracking: Tracking) -> dict[str, Floats]:
    """Arrays over the thresholds: TP, FN, FP, association and localization accuracies."""
    if not tracking.boxes or not tracking.truths:
        return _one_sided(tracking)
    truths, tracks, agreement = _agreement(tracking)
    matches = np.zeros((len(ALPHAS), tracking.true_tracks, tracking.tracks))
    located = np.zeros(len(ALPHAS))
    for frame in tracking.frames:
        rating = agreement[np.ix_(frame.true_ids, frame.ids)] * frame.iou
        row, column = linear_sum_assignment(rating, maximize=True)
        iou = frame.iou[row, column]
        enough = iou >= ALPHAS[:, None] - EPS  # (19, pairs)
        matches[:, frame.true_ids[row], frame.ids[column]] += enough
        located += (enough * iou).sum(axis=1)
    right = matches.sum(axis=(1, 2))
    either = truths[:, None] + tracks - matches

    def associated(whole: Floats) -> Floats:
        return (matches**2 / np.maximum(1, whole)).sum(axis=(1, 2)) / np.maximum(1, right)

    return {
        "HOTA_TP": right,
        "HOTA_FN": tracking.truths - right,
        "HOTA_FP": tracking.boxes - right,
        "AssA": associated(either),
        "AssRe": associated(truths[:, None]),
        "AssPr": associated(tracks),
        "LocA": np.maximum(1e-10, located) / np.maximum(1e-10, right),
    }


def total(parts: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Association is averaged over the matches of the sequences."""
    summed = {key: sum(part[key] for part in parts) for key in COUNTED}
    right = summed["HOTA_TP"]
    for key in ("AssA", "AssRe", "AssPr"):
        weighed = sum(part[key] * part["HOTA_TP"] for part in parts)
        summed[key] = weighed / np.maximum(1.0, right)
    located = sum(part["LocA"] * part["HOTA_TP"] for part in parts)
    return {**summed, "LocA": np.maximum(1e-10, located) / np.maximum(1e-10, right)}


def figures(counts: dict[str, Floats]) -> dict[str, Any]:
    """Means over the thresholds, and three figures at the lowest of them."""
    right, missed, wrong = (counts[key] for key in COUNTED)
    values = {
        "DetA": right / np.maximum(1, right + missed + wrong),
        "DetRe": right / np.maximum(1, right + missed),
        "DetPr": right / np.maximum(1, right + wrong),
        **counts,
    }
    values["HOTA"] = np.sqrt(values["DetA"] * values["AssA"])
    values["OWTA"] = np.sqrt(values["DetRe"] * values["AssA"])
    lowest = float(values["HOTA"][0]), float(values["LocA"][0])
    return {
        **{key: float(np.mean(value)) for key, value in values.items()},
        "HOTA(0)": lowest[0],
        "LocA(0)": lowest[1],
        "HOTALocA(0)": lowest[0] * lowest[1],
    }


def _agreement(tracking: Tracking) -> tuple[Floats, Floats, Floats]:
    """Boxes of every truth (N,) and track (M,), and how far each two agree (N, M), 0..1."""
    shared = np.zeros((tracking.true_tracks, tracking.tracks))
    truths, tracks = np.zeros(tracking.true_tracks), np.zeros(tracking.tracks)
    for frame in tracking.frames:
        whole = frame.iou.sum(axis=0) + frame.iou.sum(axis=1)[:, None] - frame.iou
        part = np.divide(frame.iou, whole, out=np.zeros_like(frame.iou), where=whole > EPS)
        shared[np.ix_(frame.true_ids, frame.ids)] += part
        truths[frame.true_ids] += 1
        tracks[frame.ids] += 1
    return truths, tracks, shared / (truths[:, None] + tracks - shared)


def _one_sided(tracking: Tracking) -> dict[str, Floats]:
    """Nothing to pair: located perfectly, as the published program has it."""
    one, none = np.ones(len(ALPHAS)), np.zeros(len(ALPHAS))
    return {
        "HOTA_TP": none, "HOTA_FN": tracking.truths * one, "HOTA_FP": tracking.boxes * one,
        "AssA": none, "AssRe": none, "AssPr": none, "LocA": one,
    }  # fmt: skip

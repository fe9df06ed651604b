"""CLEAR MOT as TrackEval: pairs of the frame before are kept, then IoU is maximized."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlbackend.evaluate.mot_frames import THRESHOLD, Tracking

EPS = np.finfo(np.float64).eps
SUMMED = (
    "CLR_TP", "CLR_FN", "CLR_FP", "IDSW", "MT", "PT", "ML", "Frag", "CLR_Frames", "MOTP_sum",
)  # fmt: skip
NOBODY = -1
# TrackEval gives up on a sequence without truth or without tracks before it calculates rates; in
# the figures of all sequences together its boxes count.
OF_ONE_SIDED = {
    **dict.fromkeys(("MOTA", "MOTP", "MODA", "CLR_Re", "CLR_Pr", "MTR", "PTR"), 0.0),
    **dict.fromkeys(("sMOTA", "CLR_F1", "FP_per_frame", "MOTAL"), 0.0),
    "MLR": 1.0,
}


def count(tracking: Tracking) -> dict[str, Any]:
    """The sums that all figures follow from; of a sequence without truth or tracks only some."""
    if not tracking.boxes or not tracking.truths:
        lost = {"ML": tracking.true_tracks} if not tracking.boxes else {}
        missed = {"CLR_FN": tracking.truths, "CLR_FP": tracking.boxes}
        return {**dict.fromkeys(SUMMED, 0), **missed, **lost}
    size = tracking.true_tracks
    present, matched, starts = (np.zeros(size, dtype=np.int64) for _ in range(3))
    before = np.full(size, NOBODY)  # the track of every truth in the last frame with both
    ever = np.full(size, NOBODY)  # and whenever it last had one
    switches, located = 0, 0.0
    for frame in tracking.frames:
        present[frame.true_ids] += 1
        if not len(frame.ids) or not len(frame.true_ids):
            continue
        kept = frame.ids == before[frame.true_ids][:, None]
        rating = np.where(frame.iou < THRESHOLD - EPS, 0.0, 1000.0 * kept + frame.iou)
        row, column = linear_sum_assignment(rating, maximize=True)
        row, column = row[(good := rating[row, column] > EPS)], column[good]
        truth, track = frame.true_ids[row], frame.ids[column]
        switches += int(((ever[truth] != NOBODY) & (ever[truth] != track)).sum())
        matched[truth] += 1
        starts[truth] += before[truth] == NOBODY
        ever[truth] = track
        before[:] = NOBODY
        before[truth] = track
        located += float(frame.iou[row, column].sum())
    share = matched / present
    most = int((share > 0.8).sum())
    part = int((share >= 0.2).sum()) - most
    right = int(matched.sum())
    return {
        "CLR_TP": right, "CLR_FN": tracking.truths - right, "CLR_FP": tracking.boxes - right,
        "IDSW": switches, "MT": most, "PT": part, "ML": size - most - part,
        "Frag": int(np.maximum(starts - 1, 0).sum()), "CLR_Frames": tracking.length,
        "MOTP_sum": located,
    }  # fmt: skip


def total(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(part[key] for part in parts) for key in SUMMED}


def figures(counts: dict[str, Any]) -> dict[str, Any]:
    right, missed, wrong = (counts[key] for key in ("CLR_TP", "CLR_FN", "CLR_FP"))
    truths, tracks = max(1.0, right + missed), max(1.0, sum(counts[k] for k in ("MT", "PT", "ML")))
    switches, located = counts["IDSW"], counts["MOTP_sum"]
    logged = float(np.log10(switches)) if switches else 0.0
    return {
        "MOTA": (right - wrong - switches) / truths,
        "MOTP": located / max(1.0, right),
        "MODA": (right - wrong) / truths,
        "CLR_Re": right / truths,
        "CLR_Pr": right / max(1.0, right + wrong),
        "MTR": counts["MT"] / tracks,
        "PTR": counts["PT"] / tracks,
        "MLR": counts["ML"] / tracks,
        "sMOTA": (located - wrong - switches) / truths,
        "CLR_F1": right / max(1.0, right + 0.5 * missed + 0.5 * wrong),
        "FP_per_frame": wrong / max(1.0, counts["CLR_Frames"]),
        "MOTAL": (right - wrong - logged) / truths,
        **counts,
    }

"""ID metrics: the pairing of whole tracks with whole truths that explains most boxes."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlbackend.evaluate.mot_frames import THRESHOLD, Tracking


def count(tracking: Tracking) -> dict[str, int]:
    """Boxes explained (IDTP), truths and boxes that are not (IDFN, IDFP)."""
    together = np.zeros((tracking.true_tracks, tracking.tracks))
    for frame in tracking.frames:
        truth, found = np.nonzero(frame.iou >= THRESHOLD)
        together[frame.true_ids[truth], frame.ids[found]] += 1
    explained = int(together[linear_sum_assignment(together, maximize=True)].sum())
    return {
        "IDTP": explained,
        "IDFN": tracking.truths - explained,
        "IDFP": tracking.boxes - explained,
    }


def total(parts: Sequence[dict[str, int]]) -> dict[str, int]:
    return {key: sum(part[key] for part in parts) for key in ("IDTP", "IDFN", "IDFP")}


def figures(counts: dict[str, int]) -> dict[str, float]:
    right, missed, wrong = (counts[key] for key in ("IDTP", "IDFN", "IDFP"))
    return {
        "IDF1": right / max(1.0, right + 0.5 * wrong + 0.5 * missed),
        "IDR": right / max(1.0, right + missed),
        "IDP": right / max(1.0, right + wrong),
        **counts,
    }

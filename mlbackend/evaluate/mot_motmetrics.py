"""CLEAR MOT and identity as py-motmetrics has them.

A truth keeps its last track, however long ago that was, while the two overlap enough; what is left
is paired so that most pairs, then the smallest distances, result. Besides switches it counts
transfers (a track that had another truth), ascends (a switch to a new track) and migrations
(a transfer to a new truth).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from mlbackend.evaluate import mot_identity
from mlbackend.evaluate.mot_frames import THRESHOLD, Frame, Tracking

EPS = np.finfo(np.float64).eps
# Dearer than any set of real pairs of a frame: a pair that is not allowed is never worth it.
NEVER = 1e6
SUMMED = (
    "IDTP", "truths", "boxes", "num_detections", "distance", "num_unique_objects",
    "mostly_tracked", "partially_tracked", "mostly_lost", "num_switches", "num_fragmentations",
    "num_transfer", "num_ascend", "num_migrate",
)  # fmt: skip


@dataclass
class _Memory:
    """Who was paired with whom so far."""

    track_of: dict[int, int] = field(default_factory=dict)
    truth_of: dict[int, int] = field(default_factory=dict)  # by pairs that were newly made
    seen_tracks: set[int] = field(default_factory=set)
    seen_truths: set[int] = field(default_factory=set)
    events: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("switch", "transfer", "ascend", "migrate"), 0)
    )

    def kept(self, frame: Frame) -> list[tuple[int, int]]:
        """Pairs (row, column) that go on."""
        columns = {int(track): column for column, track in enumerate(frame.ids)}
        pairs: dict[int, int] = {}
        for row, truth in enumerate(map(int, frame.true_ids)):
            column = columns.get(self.track_of.get(truth, -1))
            if column is None or column in pairs.values():
                continue
            if frame.iou[row, column] >= THRESHOLD - EPS:
                pairs[row] = column
        return list(pairs.items())

    def remember(self, truth: int, track: int, new: bool) -> None:
        if new:
            self._tell(truth, track)
            self.track_of[truth], self.truth_of[track] = track, truth
        self.seen_tracks.add(track)
        self.seen_truths.add(truth)

    def _tell(self, truth: int, track: int) -> None:
        if self.track_of.get(truth, track) != track:
            self.events["switch"] += 1
            self.events["ascend"] += track not in self.seen_tracks
        if self.truth_of.get(track, truth) != truth:
            self.events["transfer"] += 1
            self.events["migrate"] += truth not in self.seen_truths


def count(tracking: Tracking) -> dict[str, Any]:
    """The sums that all figures follow from."""
    memory = _Memory()
    history: list[list[bool]] = [[] for _ in range(tracking.true_tracks)]
    distance = 0.0
    for frame in tracking.frames:
        kept = memory.kept(frame)
        new = _newly_paired(frame, kept)
        for row, column in (*kept, *new):
            truth, track = int(frame.true_ids[row]), int(frame.ids[column])
            memory.remember(truth, track, (row, column) in new)
            distance += 1.0 - float(frame.iou[row, column])
        rows = {row for row, _ in (*kept, *new)}
        for row, truth in enumerate(frame.true_ids):
            history[truth].append(row in rows)
    share = np.array([np.mean(one) for one in history])
    return {
        "IDTP": mot_identity.count(tracking)["IDTP"],
        "truths": tracking.truths, "boxes": tracking.boxes,
        "num_detections": sum(map(sum, history)), "distance": distance,
        "num_unique_objects": tracking.true_tracks,
        "mostly_tracked": int((share >= 0.8).sum()),
        "partially_tracked": int(((share >= 0.2) & (share < 0.8)).sum()),
        "mostly_lost": int((share < 0.2).sum()),
        "num_switches": memory.events["switch"],
        "num_fragmentations": sum(map(_gaps, history)),
        "num_transfer": memory.events["transfer"], "num_ascend": memory.events["ascend"],
        "num_migrate": memory.events["migrate"],
    }  # fmt: skip


def total(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {key: sum(part[key] for part in parts) for key in SUMMED}


def figures(counts: dict[str, Any]) -> dict[str, Any]:
    """All figures; None where there is nothing to divide by."""
    truths, boxes, found = (counts[key] for key in ("truths", "boxes", "num_detections"))
    wrong = truths - found + counts["num_switches"] + boxes - found
    shown = {key: counts[key] for key in SUMMED if key.startswith(("num_u", "mostly", "part"))}
    events = {key: counts[key] for key in SUMMED[9:]}
    return {
        "idf1": _share(2 * counts["IDTP"], truths + boxes),
        "idp": _share(counts["IDTP"], boxes),
        "idr": _share(counts["IDTP"], truths),
        "recall": _share(found, truths),
        "precision": _share(found, boxes),
        **shown,
        "num_false_positives": boxes - found,
        "num_misses": truths - found,
        **events,
        "mota": 1.0 - wrong / truths if truths else None,
        "motp": _share(counts["distance"], found),
    }


def _newly_paired(frame: Frame, kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
    cost = np.where(frame.iou >= THRESHOLD - EPS, 1.0 - frame.iou, NEVER)
    for row, column in kept:
        cost[row, :] = NEVER
        cost[:, column] = NEVER
    rows, columns = linear_sum_assignment(cost)
    good = cost[rows, columns] < NEVER
    return list(zip(rows[good].tolist(), columns[good].tolist(), strict=True))


def _gaps(found: list[bool]) -> int:
    """How often a truth was lost and found again."""
    marks = np.flatnonzero(found)
    return int((np.diff(marks) > 1).sum())


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None

"""Two models on the same windows: what the new one won and what it lost, case by case.

A case is one tube and one action: of the windows that one model has right and the other wrong, the
one where their probabilities lie furthest apart stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.train.dataset import Rows
from mlbackend.train.learning.cached import Videos
from mlbackend.train.truth import ReviewedTube

# So many cases of either kind are kept, those first where the models differ most.
MOST_CASES = 60

Floats = NDArray[np.float64]
Tubes = Mapping[tuple[str, str], ReviewedTube]


@dataclass(frozen=True, eq=False)
class Said:
    """Probabilities (N, S) of the S shared labels, and yes or no."""

    p: Floats
    yes: NDArray[np.bool_]


@dataclass(frozen=True)
class Case:
    """One tube and one label of the shared ones: its telling row, and whether it was won."""

    row: int
    column: int
    won: bool
    apart: float


def cases(rows: Rows, truth: NDArray[np.int8], new: Said, old: Said) -> list[Case]:
    """All cases, those first where the models differ most.

    Args:
        rows: N windows. truth: (N, S) of 1, 0 and -1 for the shared labels.
    """
    right_new, right_old = new.yes == (truth == 1), old.yes == (truth == 1)
    differ = (right_new != right_old) & (truth >= 0)
    apart = np.abs(new.p - old.p)
    best: dict[tuple[str, int, bool], Case] = {}
    for row, column in np.argwhere(differ).tolist():
        won = bool(right_new[row, column])
        key = (str(rows.tube_ids[row]), column, won)
        if key not in best or apart[row, column] > best[key].apart:
            best[key] = Case(row, column, won, float(apart[row, column]))
    return sorted(best.values(), key=lambda case: (-case.apart, case.row, case.column))


def difference(
    rows: Rows,
    truth: NDArray[np.int8],
    new: Said,
    old: Said,
    labels: list[dict[str, Any]],
    tubes: Tubes,
) -> dict[str, Any]:
    """`per_class`, `won` and `lost`, as the address gives them.

    Args:
        labels: id and name of the shared labels, in the order of the columns.
        tubes: by video id and tube id.
    """
    found = cases(rows, truth, new, old)
    shown: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    videos = Videos()
    for case in found:
        if len(shown[case.won]) < MOST_CASES:
            told = _told(case, rows, truth, new, old, labels[case.column]["name"], tubes, videos)
            if told is not None:
                shown[case.won].append(told)
    return {
        "per_class": [
            {
                "label_id": label["id"],
                "name": label["name"],
                "won": sum(case.won for case in found if case.column == c),
                "lost": sum(not case.won for case in found if case.column == c),
            }
            for c, label in enumerate(labels)
        ],
        "won": shown[True],
        "lost": shown[False],
    }


def _told(
    case: Case,
    rows: Rows,
    truth: NDArray[np.int8],
    new: Said,
    old: Said,
    label: str,
    tubes: Tubes,
    videos: Videos,
) -> dict[str, Any] | None:
    """A case as a person is shown it; None where its video is gone."""
    video_id, tube_id = str(rows.video_ids[case.row]), str(rows.tube_ids[case.row])
    video, tube = videos.get(video_id), tubes[video_id, tube_id].tube
    if video is None:
        return None
    start, end = rows.windows[case.row].tolist()
    frame = min(max((start + end - 1) // 2, tube.start_frame), tube.end_frame - 1)
    frame = min(frame, video.frame_count - 1)
    box = tube.box_at(frame) or tube.keyframes[0].box
    sides = (video.width, video.height, video.width, video.height)
    corners = zip(box.as_list(), sides, strict=True)
    return {
        "label": label,
        "video": video.name,
        "video_id": video_id,
        "tube": tube.number,
        "tube_id": tube_id,
        "frame": frame,
        "time_s": round(video.timebase.time_s(frame), 3),
        "truth": bool(truth[case.row, case.column] == 1),
        "p_new": round(float(new.p[case.row, case.column]), 4),
        "p_old": round(float(old.p[case.row, case.column]), 4),
        "box_norm": [round(min(max(at / side, 0.0), 1.0), 5) for at, side in corners],
    }

"""Which frames of a snapshot say where every object is, and what they say.

A frame counts only if somebody went over the whole video there for every label that is learned,
and no proposal is undecided on it: an unlabeled person would be learned as background. On videos
that are annotated blind nobody sees proposals, and who went over them drew everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.span import Coverage
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.propose.sampling import detection_frames
from mlbackend.train.holdout import HOLD_OUT_SPLIT, TRAIN_SPLIT

# Neighboring frames teach nothing new.
RATE_HZ = 2.0
# Fewer frames than this are learned by heart.
FEWEST_FRAMES = 8
BACKGROUND = "__background__"

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TrueFrame:
    """A frame and all that is on it.

    boxes: (N, 4) px. labels: (N,) places in `Truth.categories`, from 1.
    """

    video_id: str
    frame: int
    boxes: Floats
    labels: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What there is to learn and to measure on; `categories` begins with the background.

    left_out: confirmed tubes of which no frame counts.
    """

    categories: tuple[str, ...]
    label_ids: tuple[int, ...]
    train: list[TrueFrame]
    hold_out: list[TrueFrame]
    left_out: int


def truth_from(
    content: dict[str, Any], timebases: dict[str, Timebase], rate_hz: float = RATE_HZ
) -> Truth:
    """Collect the frames of training and of hold-out videos, in order of the videos' content.

    Args:
        content: a snapshot's content.
        timebases: of the videos whose file is here, by id; others are passed over.
    """
    videos = sorted(content["videos"], key=lambda video: str(video["sha256"]))
    videos = [video for video in videos if str(video["id"]) in timebases]
    labels = _learned_labels(content, videos)
    places = {int(label["id"]): place for place, label in enumerate(labels, start=1)}
    split: dict[str, list[TrueFrame]] = {TRAIN_SPLIT: [], HOLD_OUT_SPLIT: []}
    left_out = 0
    for video in videos:
        if video["split"] not in split:
            continue
        tubes = [Tube.of(data) for data in video["tubes"]]
        timebase = timebases[str(video["id"])]
        frames = detection_frames(timebase, rate_hz)
        wanted = frames[_covered(video, set(places), timebase.frame_count)[frames]]
        if not video.get("blind"):
            wanted = wanted[~_undecided(tubes, timebase.frame_count)[wanted]]
        confirmed = [tube for tube in tubes if tube.is_confirmed and tube.label_id in places]
        split[video["split"]] += _frames(str(video["id"]), confirmed, places, wanted)
        left_out += sum(not _touches(tube, wanted) for tube in confirmed)
    names = tuple(str(label["name"]) for label in labels)
    return Truth(
        (BACKGROUND, *names), tuple(places), split[TRAIN_SPLIT], split[HOLD_OUT_SPLIT], left_out
    )


def check_trainable(truth: Truth) -> None:
    """Raises InvalidInput, with what to do, if there is too little to learn from."""
    filled = [frame for frame in truth.train if len(frame.boxes)]
    if len(filled) >= FEWEST_FRAMES:
        return
    raise InvalidInput(
        f"There are {len(filled)} frames with boxes to train a detector on; it needs "
        f"{FEWEST_FRAMES}. Only frames count that are marked as reviewed on the video for every "
        "object label, without an undecided proposal: finish some training videos and mark them "
        f"as reviewed. {truth.left_out} confirmed tubes lie on frames that are not.",
        code="nothing_to_train",
    )


def _learned_labels(content: dict[str, Any], videos: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Object labels with a confirmed tube in a training video, by id."""
    shown = {
        tube.label_id
        for video in videos
        if video["split"] == TRAIN_SPLIT
        for tube in map(Tube.of, video["tubes"])
        if tube.is_confirmed
    }
    labels = [label for label in content["labels"] if label["kind"] == LabelKind.OBJECT]
    return sorted(
        (label for label in labels if label["id"] in shown), key=lambda label: label["id"]
    )


def _covered(video: dict[str, Any], label_ids: set[int], count: int) -> NDArray[np.bool_]:
    """(F,) frames somebody went over on the video for all of the labels."""
    covered = np.ones(count, dtype=bool)
    said = [Coverage.of(data) for data in video["coverage"]]
    for label_id in label_ids:
        one = np.zeros(count, dtype=bool)
        for each in said:
            if each.tube_id is None and label_id in each.label_ids:
                one[each.start_frame : each.end_frame] = True
        covered &= one
    return covered if label_ids else np.zeros(count, dtype=bool)


def _undecided(tubes: list[Tube], count: int) -> NDArray[np.bool_]:
    marked = np.zeros(count, dtype=bool)
    for tube in tubes:
        if tube.state is State.PROPOSED:
            marked[tube.start_frame : tube.end_frame] = True
    return marked


def _touches(tube: Tube, frames: Ints) -> bool:
    return bool(((frames >= tube.start_frame) & (frames < tube.end_frame)).any())


def _frames(
    video_id: str, tubes: list[Tube], places: dict[int, int], wanted: Ints
) -> list[TrueFrame]:
    shown = [(tube, *tube.dense()) for tube in tubes]
    found = []
    for frame in wanted.tolist():
        here = [
            (boxes[at], places[tube.label_id])
            for tube, frames, boxes in shown
            for at in np.flatnonzero(frames == frame)
        ]
        boxes = np.array([box for box, _ in here], dtype=np.float64).reshape(-1, 4)
        labels = np.array([label for _, label in here], dtype=np.int64)
        found.append(TrueFrame(video_id, frame, boxes, labels))
    return found

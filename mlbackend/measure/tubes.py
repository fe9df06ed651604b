"""Metric `video-map`: tubes of people doing something, against tubes, in space and time.

A tube of the truth is one action of one person, on the frames that were reviewed as a whole;
where the person is not in the picture, it ends and another begins. Proposals are cut alike. Where
no action was proposed, people are measured by the object labels of their tubes. A file of
predictions is JSON as of UCF101-24: "videos", "classes" and "det_tubes", frames from 1.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate import video_map
from mlbackend.evaluate.detection_map import Figures
from mlbackend.evaluate.tube_files import TubeSet, read_predictions
from mlbackend.evaluate.tubes import Tubes
from mlbackend.measure import figures
from mlbackend.measure.project import Measured, nothing
from mlbackend.measure.said import Said, Shown, pieces

EVALUATORS = tuple(video_map.RULES)
SHOWN = (0.5, 0.2, 0.75)
# Of the curves and the table.
THRESHOLD = 0.5
# Video, label, first frame, boxes (F, 4), score.
Piece = tuple[int, int, int, NDArray[np.float64], float]


def evaluate(measured: Measured) -> dict[str, Any]:
    """mAP at 0.2, 0.5, 0.75 and 0.5:0.95, AP per class at 0.5.

    Raises:
        InvalidInput: nothing was reviewed, or the file of predictions is unusable.
    """
    by_people = not measured.predictions and measured.by_people
    names = measured.labels_of("object" if by_people else "action")
    every = measured.reviewed
    shown = [said.people() if by_people else said.acting() for said in every]
    truth = _tubes(measured, shown)
    if by_people:
        measured.notes.append("No action was proposed: people are measured, by their tubes.")
    if measured.predictions:
        found, notes = _from_file(measured, names), measured.notes
    else:
        shown = [said.proposed_people() if by_people else said.proposals() for said in every]
        found, notes = _tubes(measured, shown), measured.honest()
    if not len(truth):
        raise nothing("people marked no tube in the reviewed ranges")
    return _result(measured, truth, found, names, notes)


def _result(
    measured: Measured, truth: Tubes, found: Tubes, names: dict[int, str], notes: list[str]
) -> dict[str, Any]:
    present = np.unique(truth.label)
    counted = np.isin(found.label, present)
    if not counted.all():
        unknown = ", ".join(names[label] for label in np.unique(found.label[~counted]).tolist())
        notes = [
            *notes,
            f"{int((~counted).sum())} tubes of actions that the truth does not have are not "
            f"counted: {unknown}.",
        ]
    classes = [names[label] for label in present.tolist()]
    results = video_map.evaluate(
        _numbered(truth, present), _numbered(found.rows(np.flatnonzero(counted)), present),
        classes, [said.video["name"] for said in measured.reviewed], measured.evaluator,
    )  # fmt: skip
    by_threshold = {one.threshold: one for one in results}
    rows = by_threshold[THRESHOLD].classes
    summary: dict[str, Any] = {f"mAP@{t:g}": by_threshold[t].mean for t in SHOWN}
    summary |= {"mAP@0.5:0.95": video_map.averaged(results)}
    summary |= {"truths": len(truth), "predictions": len(found)}
    return figures.result(
        summary,
        [figures.class_row(n, c.ap, c.positives) for n, c in zip(classes, rows, strict=True)],
        notes=notes,
        curves=_curves(classes, by_threshold[THRESHOLD]),
        iou_curve={
            "thresholds": [one.threshold for one in results],
            "mAP": [one.mean for one in results],
        },
    )


def _curves(classes: list[str], at: Figures) -> list[dict[str, Any]]:
    return [
        figures.drawn(name, one.precision, one.recall)
        for name, one in zip(classes, at.classes, strict=True)
    ]


def _tubes(measured: Measured, shown: Sequence[Iterable[Shown]]) -> Tubes:
    return _joined(
        [
            piece
            for video, (said, items) in enumerate(zip(measured.each(), shown, strict=True))
            for one in items
            for piece in _pieces(video, said, one)
        ]
    )


def _pieces(video: int, said: Said, one: Shown) -> Iterator[Piece]:
    """The parts of an action that were reviewed and in which the person is to be seen."""
    if one.tube is None:
        return
    frames, boxes = one.tube.dense()
    for start, end in pieces(one.start_frame, one.end_frame, said.ranges):
        inside = np.flatnonzero((frames >= start) & (frames < end))
        gaps = np.flatnonzero(np.diff(frames[inside]) > 1) + 1
        for part in np.split(inside, gaps):
            if len(part):
                yield video, one.label_id, int(frames[part[0]]), boxes[part], one.score


def _joined(found: list[Piece]) -> Tubes:
    table = np.array([piece[:3] for piece in found], dtype=np.int64).reshape(-1, 3)
    return Tubes(
        table[:, 0], table[:, 1], table[:, 2],
        np.array([len(piece[3]) for piece in found], dtype=np.int64),
        np.concatenate([np.empty((0, 4)), *(piece[3] for piece in found)]),
        np.array([piece[4] for piece in found], dtype=np.float64),
    )  # fmt: skip


def _numbered(tubes: Tubes, present: NDArray[np.int64]) -> Tubes:
    """The same with places among the present labels in place of ids."""
    place = np.searchsorted(present, tubes.label)
    return Tubes(tubes.video, place, tubes.start, tubes.count, tubes.box, tubes.score)


def _from_file(measured: Measured, names: dict[int, str]) -> Tubes:
    assert measured.predictions is not None  # asked for only then
    every = {said.video["id"]: said for said in measured.reviewed}
    ids = np.array([*names], dtype=np.int64)
    known = [*every, *(video for video in measured.keys if video not in every)]
    keys = tuple(measured.keys[video] for video in known)
    none = _joined([])
    empty = TubeSet(keys, tuple(names.values()), none.boxes(), none)
    found = read_predictions(measured.predictions, empty).tubes
    if found is None:
        raise nothing("the file has no 'det_tubes'")
    outside, cut = 0, []
    for index in range(len(found)):
        video, at = int(found.video[index]), int(found.offset[index])
        if video >= len(every):
            outside += 1
            continue
        boxes = found.box[at : at + int(found.count[index])]
        first, label = int(found.start[index]) - 1, int(ids[found.label[index]])
        for start, end in pieces(first, first + len(boxes), every[known[video]].ranges):
            part = boxes[start - first : end - first]
            cut.append((video, label, start, part, float(found.score[index])))
    if outside:
        measured.notes.append(f"{outside} predicted tubes lie in videos that were not reviewed.")
    return _joined(cut)

"""Metric `frame-map`: AVA's frame-mAP at IoU 0.5, once a second.

The timestamps are those an AVA export writes as reviewed: covered as a whole and without an
undecided proposal. Where no action was proposed, people are measured by the object labels of
their tubes. A file of predictions is AVA's CSV, with the numbers of an AVA export.
"""

import csv
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from labeling.formats.ava_export import action_ids, normalized
from labeling.formats.ava_grid import Grid
from labeling.formats.choice import not_reviewed, within
from mlbackend.evaluate import ava
from mlbackend.evaluate.ava_boxes import Boxes
from mlbackend.evaluate.ava_files import read_files
from mlbackend.evaluate.ava_rules import RULES
from mlbackend.measure import figures
from mlbackend.measure.project import Measured, nothing
from mlbackend.measure.said import Said, Shown

EVALUATORS = tuple(RULES)


@dataclass(frozen=True)
class Moment:
    """A reviewed timestamp of a video: its number over all videos, and its frame."""

    image: int
    timestamp: str
    frame: int


# Image, label, x1, y1, x2, y2 in fractions of the picture, score.
Row = tuple[float, ...]
Moments = Sequence[tuple[Said, Sequence[Moment]]]


def evaluate(measured: Measured) -> dict[str, Any]:
    """AP per class and its mean.

    Raises:
        InvalidInput: nothing was reviewed, or the file of predictions is unusable.
    """
    moments = _moments(measured)
    if not any(some for _, some in moments):
        raise nothing(
            "no timestamp was reviewed without a proposal that is still undecided. Decide about "
            "the proposals in the reviewed ranges"
        )
    if measured.predictions:
        return _of_file(measured, moments)
    names = measured.labels_of("object" if measured.by_people else "action")
    if measured.by_people:
        measured.notes.append("No action was proposed: people are measured, by their tubes.")
        rows = [(said.people(), said.proposed_people()) for said, _ in moments]
    else:
        rows = [(said.acting(), said.proposals()) for said, _ in moments]
    found, truth = [], []
    for _, of, (said, proposed) in zip(measured.each(), moments, rows, strict=True):
        truth.append(list(_rows(*of, said)))
        found.append(list(_rows(*of, proposed)))
    boxes = _boxes(moments, truth), _boxes(moments, found)
    return _result(measured, *boxes, names, measured.honest())


def _result(
    measured: Measured, truth: Boxes, found: Boxes, names: dict[int, str], notes: list[str]
) -> dict[str, Any]:
    if not len(truth):
        raise nothing("people marked no box at the reviewed timestamps")
    rules = RULES[measured.evaluator]
    done, ranked = ava.frame_map(truth, found, names, rules), ava.rank(truth, found, names, rules)
    classes, curves = [], []
    for label, name in names.items():
        positives, hit = ranked.positives.get(label, 0), ranked.hit[ranked.label == label]
        if positives or len(hit):
            classes.append(figures.class_row(name, done.ap[name], positives))
        if positives:
            curves.append(figures.curve(name, hit, positives))
    summary = {
        "mAP": figures.number(done.mean_ap), "frames": len(truth.image_seen),
        "truths": len(truth), "predictions": len(found),
    }  # fmt: skip
    return figures.result(summary, classes, notes=notes, curves=curves)


def _moments(measured: Measured) -> Moments:
    count, found = 0, []
    for said in measured.reviewed:
        unseen = not_reviewed(said.video)
        start = Fraction(str(said.video["start_s"]))
        grid = Grid(measured.timebases[said.video["id"]], start)
        times = [(t, frame) for t, frame in grid.timestamps() if not within(frame, unseen)]
        found.append(
            (said, [Moment(count + i, f"{t:.6f}", frame) for i, (t, frame) in enumerate(times)])
        )
        count += len(times)
    return found


def _rows(said: Said, moments: Sequence[Moment], shown: Iterable[Shown]) -> Iterator[Row]:
    size = said.video["width"], said.video["height"]
    frames = [moment.frame for moment in moments]
    for one in shown:
        first, last = (bisect_left(frames, edge) for edge in (one.start_frame, one.end_frame))
        for moment in moments[first:last]:
            box = one.tube.box_at(moment.frame) if one.tube else None
            inside = normalized(box, size) if box else None
            if inside:
                yield (moment.image, one.label_id, *inside, one.score)


def _boxes(moments: Moments, rows: Sequence[Sequence[Row]]) -> Boxes:
    table = np.array([row for some in rows for row in some], dtype=np.float64).reshape(-1, 7)
    images = [moment.image for _, some in moments for moment in some]
    return Boxes(
        table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:6], table[:, 6],
        image_seen=np.array(images, dtype=np.int64),
    )  # fmt: skip


def _of_file(measured: Measured, moments: Moments) -> dict[str, Any]:
    """The truth is written as AVA's CSV, so that one reader brings both files together."""
    assert measured.predictions is not None  # asked for only then
    numbers = action_ids(measured.labels)
    names = {numbers[label_id]: name for label_id, name in measured.labels_of("action").items()}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "truth.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(_lines(measured, moments, numbers))
        rules = RULES["activitynet-2020"]  # the one whose files tell timestamps without a box
        truth, found, _ = read_files(path, measured.predictions, None, rules)
    reviewed = np.isin(found.image, truth.image_seen)
    if not reviewed.all():
        measured.notes.append(
            f"{int((~reviewed).sum())} of {len(found)} predictions lie at timestamps that were "
            "not reviewed, or in other videos, and do not count."
        )
    return _result(measured, truth, found.take(reviewed), names, list(measured.notes))


def _lines(
    measured: Measured, moments: Moments, numbers: dict[int, int]
) -> Iterator[tuple[Any, ...]]:
    for said, some in moments:
        key, times = measured.keys[said.video["id"]], {m.image: m.timestamp for m in some}
        for timestamp in times.values():
            yield key, timestamp
        for image, label_id, *box, _ in _rows(said, some, said.acting()):
            yield key, times[int(image)], *map(repr, box), numbers[int(label_id)], 1

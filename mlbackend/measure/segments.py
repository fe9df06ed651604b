"""Metric `temporal-map`: segments of the video, as ActivityNet's detection challenge measures.

Truth and predictions are cut to the ranges that were reviewed as a whole. A file of predictions is
an ActivityNet submission whose videos are called as in an export, or by their names here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from labeling.domain.timebase import Timebase
from mlbackend.evaluate import activitynet
from mlbackend.evaluate.activitynet_files import Segments, Truth, read_results
from mlbackend.measure import figures
from mlbackend.measure.project import Measured, nothing
from mlbackend.measure.said import Said, Shown, pieces

EVALUATORS = ("activitynet",)
SHOWN = (0.5, 0.75, 0.95)
# Video, label, start and end in seconds, score.
Row = tuple[float, ...]


def evaluate(measured: Measured) -> dict[str, Any]:
    """mAP over tIoU 0.5 to 0.95, AP per class.

    Raises:
        InvalidInput: nothing was reviewed, or the file of predictions is unusable.
    """
    names = measured.labels_of("segment")
    truth = _table(_shown(measured, [said.segments() for said in measured.reviewed]), names)
    if not len(truth):
        raise nothing("people marked no segment in the reviewed ranges")
    if measured.predictions:
        found, notes = _from_file(measured, names, truth), measured.notes
    else:
        shown = [said.proposed_segments() for said in measured.reviewed]
        found, notes = _table(_shown(measured, shown), names), measured.honest()
        if not len(found):
            raise nothing("no segment was proposed by a run. Upload predictions instead")
    return _result(truth, found, names, notes)


def _result(
    truth: Segments, found: Segments, names: dict[int, str], notes: list[str]
) -> dict[str, Any]:
    present, label = np.unique(truth.label, return_inverse=True)
    counted = np.isin(found.label, present)
    if not counted.all():
        notes = [
            *notes,
            f"{int((~counted).sum())} predictions of labels that the truth does not have are not "
            "counted.",
        ]
    found = found.take(counted)
    truth = Segments(truth.video, label, truth.span_s, truth.score)
    found = Segments(found.video, np.searchsorted(present, found.label), found.span_s, found.score)
    done = activitynet.temporal_map(truth, found, len(present))
    classes = [names[label_id] for label_id in present.tolist()]
    support = np.bincount(label)
    at = [int(np.argmin(np.abs(done.thresholds - threshold))) for threshold in SHOWN]
    summary: dict[str, Any] = {
        "average_mAP": done.average,
        **{f"mAP@{t:g}": float(done.mean_ap[i]) for t, i in zip(SHOWN, at, strict=True)},
        "truths": len(truth),
        "predictions": len(found),
    }
    return figures.result(
        summary,
        [figures.class_row(n, done.ap[c, at[0]], support[c]) for c, n in enumerate(classes)],
        notes=[*notes, "AP of the classes is at tIoU 0.5."],
        curves=_curves(truth, found, classes, support),
        iou_curve={
            "thresholds": done.thresholds.round(2).tolist(),
            "mAP": done.mean_ap.tolist(),
        },
    )


def _curves(truth: Segments, found: Segments, classes: list[str], support: Any) -> list[Any]:
    ordered = found.take(np.lexsort((np.arange(len(found)), found.score))[::-1])
    hit = activitynet.hits(truth, ordered, np.array([SHOWN[0]]))[0]
    return [
        figures.curve(name, hit[ordered.label == index], int(support[index]))
        for index, name in enumerate(classes)
    ]


def _shown(measured: Measured, shown: Sequence[Iterable[Shown]]) -> Iterator[Row]:
    for video, (said, items) in enumerate(zip(measured.each(), shown, strict=True)):
        times = measured.timebases[said.video["id"]]
        for one in items:
            for start, end in pieces(one.start_frame, one.end_frame, said.ranges):
                span = times.time_s(start), times.time_s(end)
                yield video, one.label_id, *span, one.score


def _table(rows: Iterable[Row], names: dict[int, str]) -> Segments:
    table = np.array([row for row in rows if row[1] in names], dtype=np.float64).reshape(-1, 5)
    ids = table[:, :2].astype(np.int64)
    return Segments(ids[:, 0], ids[:, 1], table[:, 2:4], table[:, 4])


def _from_file(measured: Measured, names: dict[int, str], truth: Segments) -> Segments:
    assert measured.predictions is not None  # asked for only then
    every = measured.reviewed
    places = {measured.keys[said.video["id"]]: i for i, said in enumerate(every)}
    places |= {said.video["name"]: i for i, said in enumerate(every)}
    known = Truth(truth, tuple(names.values()), places)
    found = read_results(measured.predictions, known)
    outside = found.video >= len(every)
    # A name of no video here gets a number of its own, beyond all names.
    if outside.any():
        measured.notes.append(f"{int(outside.sum())} predictions lie in videos not reviewed here.")
    ids = [*names]
    return _table(_cut(measured, every, found.take(~outside), ids), names)


def _cut(measured: Measured, every: list[Said], found: Segments, ids: list[int]) -> Iterator[Row]:
    for video, label, (start, end), score in zip(
        found.video.tolist(), found.label.tolist(), found.span_s.tolist(), found.score.tolist(),
        strict=True,
    ):  # fmt: skip
        times = measured.timebases[every[video].video["id"]]
        for first, last in every[video].ranges:
            low, high = _seconds(times, first, last)
            if max(start, low) < min(end, high):
                yield video, ids[label], max(start, low), min(end, high), score


def _seconds(times: Timebase, first: int, last: int) -> tuple[float, float]:
    return times.time_s(first), times.time_s(last)

"""Segments of the video, by the project's segment model on the whole picture.

What a person reviewed, marked or rejected is left alone; what earlier runs proposed and nobody
touched is replaced.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from django.db import transaction

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind
from labeling.domain.timebase import Timebase
from mlbackend.data.windows import tube_windows
from mlbackend.models import Run
from mlbackend.propose.commit import operations_commit, retried
from mlbackend.propose.held import check_still_free, held
from mlbackend.propose.recognizers.trained import TrainedRecognizer
from mlbackend.propose.runs import RunValue, run_record
from mlbackend.propose.scores import calibrated
from mlbackend.propose.segment_curve import MIN_LENGTH_S, found_segments
from mlbackend.train.champion import champion_load, champion_row
from mlbackend.train.features import window_features
from mlbackend.train.segments import KIND
from mlbackend.train.stretches import picture_tube

# What a run of this is called beside those of recognizers.
NAME = "segments"
DUPLICATE_IOU = 0.5
HOG_HOF_TITLE = "HOG/HOF"

Progress = Callable[[float, str], None]
Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Segmenter:
    """The segment model in use.

    Attributes:
        recognizer: the model, as runs are recorded with it.
        columns: of its labels, those it learned and the project still asks about.
    """

    recognizer: TrainedRecognizer
    columns: tuple[int, ...]

    @property
    def label_ids(self) -> tuple[int, ...]:
        """The labels it proposes."""
        return tuple(self.recognizer.label_ids[column] for column in self.columns)


def segmenter(project_id: int) -> Segmenter | None:
    """Return the project's segment model in use; None without a usable one."""
    row = champion_row(project_id, KIND)
    loaded = champion_load(row)
    if row is None or loaded is None:
        return None
    there = {
        x.id for x in api.labels(project_id) if x.kind is LabelKind.SEGMENT and not x.is_retired
    }
    model = loaded.model
    columns = [c for c, x in enumerate(model.label_ids) if x in there and model.learned[c]]
    if not columns:
        return None
    return Segmenter(TrainedRecognizer(row, loaded, HOG_HOF_TITLE), tuple(columns))


def asks(video: api.VideoValue, used: Segmenter) -> bool:
    """Return whether anything of the video is unreviewed for a label the model proposes."""
    covered = api.annotations(video.id).coverage_of(None)
    whole = (0, video.frame_count)
    return any(outside(whole, _of(covered, label_id)) for label_id in used.label_ids)


def without_segments(project_id: int) -> list[str]:
    """Return the videos with unreviewed parts on which the model in use has not proposed yet."""
    used = segmenter(project_id)
    if used is None:
        return []
    runs = Run.objects.filter(project_id=project_id, model_id=used.recognizer.model_id)
    done = {str(video_id) for video_id in runs.values_list("video_id", flat=True)}
    videos = api.videos(project_id)
    return [video.id for video in videos if video.id not in done and asks(video, used)]


def segments_propose_on(
    video: api.VideoValue, run_id: str, used: Segmenter, progress: Progress
) -> int:
    """Propose the segments of a video; return how many are proposed now.

    Args:
        run_id: UUID text; repeated under it nothing is proposed twice.
        progress: told the share done; may raise to stop.
    """
    run = RunValue(run_id, recognizer=NAME)
    message = f"Looking for segments in {video.name}."
    spans = segments_of(video, used, run_id, lambda share: progress(share, message))
    return segments_commit(video, run, used, spans)


def segments_of(
    video: api.VideoValue, used: Segmenter, run_id: str, progress: Callable[[float], None]
) -> list[Span]:
    """Return what the model finds on the whole video, whatever was reviewed of it."""
    recognizer, picture = (
        used.recognizer,
        picture_tube(video.width, video.height, video.frame_count),
    )
    windows = tube_windows(picture, video.timebase)
    features = window_features(video, picture, windows, recognizer.descriptor, progress)
    columns = list(used.columns)
    found = found_segments(
        recognizer.probabilities(features)[:, columns],
        windows,
        used.label_ids,
        video.timebase,
        np.asarray(recognizer.thresholds)[columns],
    )
    return [
        Span(
            id=_span_id(run_id, one.label_id, one.start_frame, one.end_frame),
            tube_id=None,
            label_id=one.label_id,
            start_frame=one.start_frame,
            end_frame=one.end_frame,
            state=State.PROPOSED,
            score=round(one.score, 4),
            run_id=run_id,
        )
        for one in found
    ]


def segments_commit(
    video: api.VideoValue, run: RunValue, used: Segmenter, spans: Sequence[Span]
) -> int:
    """Put these proposals in place of those of earlier runs; return how many there are now.

    Only what lies outside of reviewed ranges is proposed, and nothing that a person marked or
    rejected there already.
    """
    _, shown = calibrated(video, run, used.recognizer.model_id, [], spans)
    return retried(lambda: _segments_commit(video, run, used, shown))


def _segments_commit(
    video: api.VideoValue, run: RunValue, used: Segmenter, spans: Sequence[Span]
) -> int:
    before = api.annotations(video.id)
    runs = Run.objects.filter(video_id=video.id, recognizer=NAME)
    ours = {str(run_id) for run_id in runs.values_list("id", flat=True)} | {run.id}
    open_now = held(video.id).segments(before)
    free = [
        span
        for span in before.spans_of(None)
        if span.state is State.PROPOSED and span.run_id in ours and span.id not in open_now
    ]
    new = fresh(spans, before, {span.id for span in free}, video.timebase)
    stays = {_content(span) for span in free} & {_content(span) for span in new}
    operations: list[dict] = [
        {"op": "span_remove", "span_id": span.id} for span in free if _content(span) not in stays
    ]
    operations += [
        {"op": "span_add", "span": span.as_dict()} for span in new if _content(span) not in stays
    ]
    with transaction.atomic():
        api.project_lock(video.project_id)
        check_still_free(video.id, before, segments={span.id for span in free})
        run_record(video, run, used.recognizer, {"segments": len(new)})
        operations_commit(
            video, run.id, operations, before.revision, f"{len(new)} segments proposed"
        )
    return len(new)


def fresh(
    spans: Iterable[Span], before: Annotations, free: set[str], timebase: Timebase
) -> list[Span]:
    """Return what may be proposed: cut to unreviewed ranges, without what is known already.

    Args:
        free: ids of segments that are about to be replaced and therefore do not count as known.
    """
    covered = before.coverage_of(None)
    known = [span for span in before.spans_of(None) if span.id not in free]
    found = []
    for span in spans:
        for start, end in outside((span.start_frame, span.end_frame), _of(covered, span.label_id)):
            is_long = timebase.time_s(end) - timebase.time_s(start) >= MIN_LENGTH_S - 1e-6
            if is_long and not _is_known(span.label_id, start, end, known):
                span_id = _span_id(str(span.run_id), span.label_id, start, end)
                found.append(replace(span, id=span_id, start_frame=start, end_frame=end))
    return found


def outside(whole: Range, ranges: Iterable[Range]) -> list[Range]:
    """Return the parts of frames [start, end) that none of the ranges holds, in order."""
    start, until = whole
    parts = []
    for first, last in sorted(ranges):
        if first > start:
            parts.append((start, min(first, until)))
        start = max(start, last)
        if start >= until:
            break
    if start < until:
        parts.append((start, until))
    return [(a, b) for a, b in parts if a < b]


def _of(covered: Iterable[Coverage], label_id: int) -> list[Range]:
    return [(c.start_frame, c.end_frame) for c in covered if label_id in c.label_ids]


def _is_known(label_id: int, start: int, end: int, known: Iterable[Span]) -> bool:
    """Whether one of these segments of the label overlaps by `DUPLICATE_IOU` in time."""
    for span in known:
        shared = min(end, span.end_frame) - max(start, span.start_frame)
        whole = max(end, span.end_frame) - min(start, span.start_frame)
        if span.label_id == label_id and shared >= DUPLICATE_IOU * whole:
            return True
    return False


def _content(span: Span) -> tuple[int, int, int, float | None]:
    return span.label_id, span.start_frame, span.end_frame, span.score


def _span_id(run_id: str, label_id: int, start: int, end: int) -> str:
    return str(uuid.uuid5(uuid.UUID(run_id), f"segment/{label_id}/{start}/{end}"))

"""Writes proposals through the one door, leaving alone what people touched or have open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.span import Span
from labeling.domain.taxonomy import LabelKind
from labeling.domain.tube import Tube
from mlbackend.propose.actions import spans_of
from mlbackend.propose.gate import worthwhile
from mlbackend.propose.held import check_still_free, held
from mlbackend.propose.known import is_repeated, same_shape, untouched
from mlbackend.propose.link import Observed
from mlbackend.propose.objects import labels_by_category, listed
from mlbackend.propose.recognizers.base import Recognizer
from mlbackend.propose.runs import RunValue, run_record
from mlbackend.propose.scores import calibrated, model_name
from mlbackend.propose.thin import MIN_IOU
from mlbackend.propose.tubes import tubes_of

# A person may save while a run commits; the run then looks again.
ATTEMPTS = 4


def linked(
    video: api.VideoValue,
    run_id: str,
    observations: Sequence[Observed],
    categories: Sequence[str],
) -> list[Tube]:
    """Return the tubes of a video's detections, as they would be proposed.

    Args:
        categories: the names the detections' categories count in.
    """
    project = api.project(video.project_id)
    return tubes_of(
        observations,
        label_id=object_labels(video.project_id, categories),
        run_id=run_id,
        min_iou=float(project.settings.get("keyframe_iou", MIN_IOU)),
    )


def tubes_commit(
    video: api.VideoValue, run: RunValue, tubes: Sequence[Tube], recognizer: Recognizer | None
) -> dict[str, Any]:
    """Propose tubes, and their actions if there is a recognizer.

    Earlier proposals nobody touched are replaced; those that come out the same stay as they are.

    Returns:
        Counts: tubes, keyframes, spans, replaced, repeated (known already, not proposed again),
        withheld (correcting them would cost more than drawing).
    """
    worth = worthwhile(tubes, video.timebase, run.detector)
    spans = spans_of(video, worth, recognizer, run.id) if recognizer else []
    shown = calibrated(video, run, model_name(run, recognizer), worth, spans)
    counts: dict[str, Any] = retried(lambda: _tubes_commit(video, run, recognizer, *shown))
    return counts | {"withheld": len(tubes) - len(worth)}


def actions_commit(
    video: api.VideoValue,
    run: RunValue,
    recognizer: Recognizer,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Replace the actions proposed on untouched tubes by this recognizer's; return how many.

    Args:
        progress: told the share done of what must be looked at; may raise to stop.
    """
    tubes = free_tubes(video)
    found = spans_of(video, tubes, recognizer, run.id, progress)
    _, spans = calibrated(video, run, model_name(run, recognizer), tubes, found)
    looked_at = {tube.id for tube in tubes}
    return retried(lambda: _actions_commit(video, run, recognizer, spans, looked_at))


def free_tubes(video: api.VideoValue) -> list[Tube]:
    """Return the tubes of a video that nobody has touched or has open."""
    before = api.annotations(video.id)
    return untouched(before, held(video.id).tubes(before))


def object_labels(project_id: int, categories: Sequence[str]) -> dict[int, int]:
    """Return the project's label for each of a detector's categories that is proposed.

    Raises:
        InvalidInput: the project has no object label, or none for anything the detector finds.
    """
    labels = [
        label
        for label in api.labels(project_id)
        if label.kind is LabelKind.OBJECT and not label.is_retired
    ]
    if not labels:
        raise InvalidInput(
            "The project has no object label to put on people. Add one called 'person'."
        )
    found = labels_by_category(categories, {label.id: label.name for label in labels})
    if not found:
        raise InvalidInput(
            f"This detector finds {listed(categories)}; the project has no object label for any "
            "of them. Add one, or choose another detector."
        )
    return found


def _tubes_commit(
    video: api.VideoValue,
    run: RunValue,
    recognizer: Recognizer | None,
    tubes: Sequence[Tube],
    spans: Sequence[Span],
) -> dict[str, Any]:
    before = api.annotations(video.id)
    free = untouched(before, held(video.id).tubes(before))
    free_ids = {tube.id for tube in free}
    known = [tube for tube in before.tubes.values() if tube.id not in free_ids]
    new = [tube for tube in tubes if not is_repeated(tube, known)]
    stays = {tube.id: old.id for tube in new for old in free if same_shape(tube, old)}
    shown = [span for span in spans if span.tube_id in {tube.id for tube in new}]
    operations = _replacing(before, free, new, stays, shown)
    counts = {
        "tubes": len(new),
        "keyframes": sum(len(tube.keyframes) for tube in new),
        "spans": len(shown),
        "replaced": len(free) - len(set(stays.values())),
        "repeated": len(tubes) - len(new),
    }
    with transaction.atomic():
        api.project_lock(video.project_id)
        check_still_free(video.id, before, tubes=free_ids)
        run_record(video, run, recognizer, counts)
        operations_commit(video, run.id, operations, before.revision, f"{len(new)} people proposed")
    return counts


def _replacing(
    before: Annotations,
    free: Sequence[Tube],
    new: Sequence[Tube],
    stays: dict[str, str],
    spans: Sequence[Span],
) -> list[dict]:
    """Operations that put the new tubes and spans in place of the free ones.

    Args:
        stays: new tube -> the free one of the same shape, which stays and gets the new spans.
    """
    kept = sorted(set(stays.values()))
    gone = [tube.id for tube in free if tube.id not in kept]
    old_spans = [span.id for tube_id in kept for span in before.spans_of(tube_id)]
    placed = [
        {**span.as_dict(), "tube_id": stays.get(str(span.tube_id), span.tube_id)} for span in spans
    ]
    return [
        *({"op": "tube_remove", "tube_id": tube_id} for tube_id in gone),
        *({"op": "span_remove", "span_id": span_id} for span_id in old_spans),
        *({"op": "tube_add", "tube": tube.as_dict()} for tube in new if tube.id not in stays),
        *({"op": "span_add", "span": span} for span in placed),
    ]


def _actions_commit(
    video: api.VideoValue,
    run: RunValue,
    recognizer: Recognizer,
    spans: Sequence[Span],
    looked_at: set[str],
) -> int:
    before = api.annotations(video.id)
    free = {tube.id for tube in untouched(before, held(video.id).tubes(before))} & looked_at
    shown = [span for span in spans if span.tube_id in free]
    operations: list[dict] = [
        {"op": "span_remove", "span_id": span.id}
        for tube_id in sorted(free)
        for span in before.spans_of(tube_id)
    ]
    operations += [{"op": "span_add", "span": span.as_dict()} for span in shown]
    with transaction.atomic():
        api.project_lock(video.project_id)
        check_still_free(video.id, before, tubes=free)
        run_record(video, run, recognizer, {"spans": len(shown)})
        operations_commit(
            video, run.id, operations, before.revision, f"{len(shown)} actions proposed"
        )
    return len(shown)


def operations_commit(
    video: api.VideoValue, run_id: str, operations: list[dict], revision: int, note: str
) -> None:
    """Commit a run's operations under the id that follows from the run's; none is no commit."""
    if not operations:
        return
    api.commit_run(
        video_id=video.id,
        run_id=run_id,
        operations=operations,
        note=note,
        base_revision=revision,
        commit_id=str(uuid.uuid5(uuid.UUID(run_id), "commit")),
    )


def retried(commit: Callable[[], Any]) -> Any:
    """Commit, looking again when a person saved in between."""
    for _ in range(ATTEMPTS - 1):
        try:
            return commit()
        except (Conflict, InvalidInput):
            # The objects a run wanted to replace were edited or removed a moment ago.
            continue
    return commit()

"""The steps of proposing on one video: prepare, detect, link, recognize, commit, segment."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from labeling import api
from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Tube
from mlbackend.propose import detect, parts
from mlbackend.propose.commit import actions_commit, free_tubes, linked, tubes_commit
from mlbackend.propose.host import host, ready_recognizer
from mlbackend.propose.plan import Plan, plan
from mlbackend.propose.recognition import descriptors_for, look
from mlbackend.propose.recognizers import choice
from mlbackend.propose.recognizers.base import Choice, Recognizer, RecognizerFailed
from mlbackend.propose.runs import RunValue
from mlbackend.propose.segments import asks, segmenter, segments_propose_on
from mlbackend.zoo.find import find_weights, sha256

# The share of a job's progress that detection takes; the rest is linking and recognizing.
DETECTION_SHARE, NET_DETECTION_SHARE = 0.8, 0.2
REPORT_EVERY_S = 0.5

Progress = Callable[[float, str], None]
Cursor = dict[str, Any]


def step(job: api.JobValue, progress: Progress, send: bool = True) -> Cursor:
    """Do one step and return the cursor to go on from.

    With "result" in it the job is done; with "waiting" others are at work and will wake it.

    Args:
        send: workers may be woken to share the work.
    """
    video = api.video(job.video_id)
    cursor = dict(job.cursor)
    if job.params.get("segments_only") or "found" in cursor:
        return _segments_step(job, video, cursor, progress)
    if job.params.get("actions_only"):
        return _actions_step(job, video, cursor, progress)
    if "recognizer" not in cursor:
        cursor |= _prepare(job, progress)
    work = plan(video, cursor["detector"], job.params.get("rate"))
    if _detect(job, cursor, work, progress, send):
        return cursor
    if "stretch" not in cursor:
        progress(_detection_share(cursor), f"Linking people in {video.name}.")
    tubes = _linked(job, work)
    if tubes is None:
        return {**cursor, "chunk": 0}
    if "stretch" not in cursor and not cursor["recognizer"]:
        # A round may have ended while people were looked for.
        cursor["recognizer"] = _prepare_recognizer(job)["recognizer"]
    recognizer = _recognizer(cursor, job.project_id)
    report = _after(_detection_share(cursor), progress)
    if _look(video, tubes, recognizer, cursor, report, first_look=True):
        return cursor
    run = _run(job, cursor, work)
    result: dict[str, Any] = tubes_commit(video, run, tubes, recognizer)
    result |= {"detector": cursor["detector"], **_said(cursor, recognizer)}
    _tubes.clear()
    return _then_segments(video, cursor, result)


def _actions_step(
    job: api.JobValue, video: api.VideoValue, cursor: Cursor, progress: Progress
) -> Cursor:
    """A step of a job that only recognizes, on the tubes that are there and untouched."""
    if "recognizer" not in cursor:
        cursor |= _prepare_recognizer(job)
    recognizer = _recognizer(cursor, job.project_id)
    if recognizer is None:
        return _then_segments(video, cursor, {"spans": 0, **_said(cursor, None)})
    if _look(video, free_tubes(video), recognizer, cursor, progress, first_look=False):
        return cursor
    count = actions_commit(video, _run(job, cursor, None), recognizer)
    return _then_segments(video, cursor, {"spans": count, **_said(cursor, recognizer)})


def _then_segments(video: api.VideoValue, cursor: Cursor, found: dict[str, Any]) -> Cursor:
    """End with what was found, or look for segments in a step of its own."""
    used = segmenter(video.project_id)
    if used is None or not asks(video, used):
        return {**cursor, "result": found | {"segments": 0}}
    return {**cursor, "found": found}


def _segments_step(
    job: api.JobValue, video: api.VideoValue, cursor: Cursor, progress: Progress
) -> Cursor:
    """The last step: segments of the video, by the model in use now."""
    used, count = segmenter(video.project_id), 0
    if used is not None:
        run_id = str(uuid.uuid5(uuid.UUID(job.id), "segments"))
        count = segments_propose_on(video, run_id, used, _seldom(progress))
    return {**cursor, "result": {**cursor.get("found", {}), "segments": count}}


def _look(
    video: api.VideoValue,
    tubes: Sequence[Tube],
    recognizer: Recognizer | None,
    cursor: Cursor,
    progress: Progress,
    *,
    first_look: bool,
) -> bool:
    descriptors = descriptors_for(recognizer, first_look=first_look)
    title = recognizer.title if recognizer is not None else ""
    return look(video, tubes, descriptors, title, cursor, _seldom(progress))


def _seldom(progress: Progress) -> Progress:
    """Progress that is passed on every `REPORT_EVERY_S` only."""
    last_s = 0.0

    def report(share: float, message: str) -> None:
        nonlocal last_s
        if time.monotonic() - last_s >= REPORT_EVERY_S:
            last_s = time.monotonic()
            progress(share, message)

    return report


# The tubes of the job that this worker links: steps of recognizing need not link again.
_tubes: dict[str, list[Tube]] = {}


def _linked(job: api.JobValue, work: Plan) -> list[Tube] | None:
    """The job's tubes; None when a chunk of detections was lost and must be found again."""
    if job.id not in _tubes:
        found = work.read()
        if found is None:
            return None
        _tubes.clear()
        _tubes[job.id] = linked(work.video, job.id, *found)
    return _tubes[job.id]


def _recognizer(cursor: Cursor, project_id: int) -> Recognizer | None:
    """The chosen recognizer, if there is one.

    Raises:
        InvalidInput: it cannot work any more: its weights or its model have gone.
    """
    name = cursor.get("recognizer", "")
    if not name:
        return None
    try:
        return ready_recognizer(name, project_id)
    except RecognizerFailed as error:
        raise InvalidInput(str(error), code="recognizer_unavailable") from error


def _run(job: api.JobValue, cursor: Cursor, work: Plan | None) -> RunValue:
    detail: dict[str, Any] = {"note": cursor.get("note", "")}
    if work is None:
        return RunValue(job.id, recognizer=cursor["recognizer"], detail=detail)
    detail |= {"rate_hz": job.params.get("rate"), "detector_sha256": _weights_hash(work)}
    return RunValue(job.id, cursor["detector"], _title(work), cursor.get("recognizer", ""), detail)


def _said(cursor: Cursor, recognizer: Recognizer | None) -> dict[str, Any]:
    """What a job's result says besides its counts."""
    return {
        "note": cursor.get("note", ""),
        "recognizer": cursor.get("recognizer", ""),
        "recognizer_title": recognizer.title if recognizer is not None else "",
    }


def _detection_share(cursor: Cursor) -> float:
    """The share of a job's progress that detection takes: a net takes longer than it."""
    slow = cursor.get("recognizer", "") not in (choice.NONE, choice.HOG_HOF)
    return NET_DETECTION_SHARE if slow else DETECTION_SHARE


def _after(share: float, progress: Progress) -> Progress:
    """Progress of what begins when `share` of the whole is done."""
    return lambda done, message: progress(share + (1 - share) * done, message)


def _detect(job: api.JobValue, cursor: Cursor, work: Plan, progress: Progress, send: bool) -> bool:
    """Detect on a chunk, or on a part if the video is long; return whether there is more to do."""
    cursor.pop("waiting", None)
    missing = work.missing()
    count = len(work.chunks)
    cursor["chunk"] = missing[0] + 1 if missing else count
    if not missing:
        return False
    number = missing[0]
    if send and parts.share(job, cursor, work, missing):
        shared = _shared_report(work, _detection_share(cursor), progress)
        shared(0.0)
        cursor["waiting"] = not parts.help_out(job, work, shared)
        return True
    report = _chunk_report(work, number, _detection_share(cursor), progress)
    notice = work.detect(number, report)
    if notice and notice not in cursor["note"]:
        cursor["note"] = f"{cursor['note']} {notice}".strip()
    return True


def _prepare(job: api.JobValue, progress: Progress) -> Cursor:
    """Choose detector and recognizer, fetching Faster R-CNN's weights where that can be done."""
    project = api.project(job.project_id)
    wanted = str(job.params.get("detector") or project.settings.get("detector") or detect.AUTO)
    machine = host(job.project_id)
    failed = detect.ensure_weights(wanted, machine, lambda share, text: progress(0.0, text))
    try:
        chosen = detect.choose(wanted, machine)
    except detect.DetectorFailed as error:
        raise InvalidInput(str(error), code="detector_unavailable") from error
    if failed:
        progress(0.0, failed)
    found = {"detector": chosen.name, "note": chosen.note}
    return found | _prepare_recognizer(job, chosen.note)


def _prepare_recognizer(job: api.JobValue, note: str = "") -> Cursor:
    """Choose the recognizer.

    One that was wished for must work. The project's setting must not stand in the way of tubes:
    where it cannot work that is said, and nothing is recognized.

    Raises:
        InvalidInput: the one wished for cannot work.
    """
    asked = job.params.get("recognizer")
    wanted = str(asked or api.project(job.project_id).settings.get("recognizer") or choice.AUTO)
    try:
        chosen = choice.choose(wanted, job.project_id)
    except RecognizerFailed as error:
        if asked:
            raise InvalidInput(str(error), code="recognizer_unavailable") from error
        chosen = Choice(choice.NONE, f"No actions were proposed: {error}")
    return {"recognizer": chosen.name, "note": f"{note} {chosen.note}".strip()}


def _chunk_report(
    work: Plan, number: int, share_of_all: float, progress: Progress
) -> Callable[[float], None]:
    video, title = work.video, _title(work)

    def report(share: float) -> None:
        done = (number + share) / len(work.chunks)
        second = round(done * video.timebase.duration_s)
        message = (
            f"Finding people in {video.name} with {title}: second {second} of "
            f"{round(video.timebase.duration_s)}."
        )
        progress(share_of_all * done, message)

    return report


def _shared_report(work: Plan, share_of_all: float, progress: Progress) -> Callable[[float], None]:
    """Progress counts what all workers have done."""
    video, title = work.video, _title(work)

    def report(_share: float) -> None:
        count = len(work.chunks)
        done = count - len(work.missing())
        message = (
            f"Several workers find people in {video.name} with {title}: {done} of {count} parts."
        )
        progress(share_of_all * done / count, message)

    return report


def _weights_hash(work: Plan) -> str:
    """Of the detector's weights; empty where it has none or is the project's own."""
    machine = host(work.video.project_id)
    name = detect.option_of(work.detector, machine).weights
    path = find_weights(name, machine.folders) if name else None
    return sha256(path) if path is not None else ""


def _title(work: Plan) -> str:
    return detect.title_of(work.detector, host(work.video.project_id))

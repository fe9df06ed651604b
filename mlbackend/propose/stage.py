"""The steps of proposing on one video: prepare, detect chunk by chunk, finish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labeling import api
from labeling.domain.errors import InvalidInput
from mlbackend.propose import detect, parts
from mlbackend.propose.commit import tubes_commit
from mlbackend.propose.host import host
from mlbackend.propose.plan import Plan, plan

# The share of a job's progress that detection takes; the rest is linking and recognizing.
DETECTION_SHARE = 0.8

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
    if "detector" not in cursor:
        cursor |= _prepare(job, progress)
    work = plan(video, cursor["detector"], job.params.get("rate"))
    if _detect(job, cursor, work, progress, send):
        return cursor
    found = work.read()
    if found is None:
        return {**cursor, "chunk": 0}
    progress(DETECTION_SHARE, f"Linking people in {video.name}.")
    result = tubes_commit(
        video,
        job.id,
        *found,
        lambda share, message: progress(DETECTION_SHARE + (1 - DETECTION_SHARE) * share, message),
    )
    result |= {"detector": cursor["detector"], "note": cursor["note"]}
    return {**cursor, "result": result}


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
        shared = _shared_report(work, progress)
        shared(0.0)
        cursor["waiting"] = not parts.help_out(job, work, shared)
        return True
    notice = work.detect(number, _chunk_report(work, number, progress))
    if notice and notice not in cursor["note"]:
        cursor["note"] = f"{cursor['note']} {notice}".strip()
    return True


def _prepare(job: api.JobValue, progress: Progress) -> Cursor:
    """Choose the detector, fetching Faster R-CNN's weights where that can be done."""
    project = api.project(job.project_id)
    wanted = str(job.params.get("detector") or project.settings.get("detector") or detect.AUTO)
    machine = host(job.project_id)
    failed = detect.ensure_weights(wanted, machine, lambda share, text: progress(0.0, text))
    try:
        choice = detect.choose(wanted, machine)
    except detect.DetectorFailed as error:
        raise InvalidInput(str(error), code="detector_unavailable") from error
    if failed:
        progress(0.0, failed)
    return {"detector": choice.name, "note": choice.note}


def _chunk_report(work: Plan, number: int, progress: Progress) -> Callable[[float], None]:
    video, title = work.video, _title(work)

    def report(share: float) -> None:
        done = (number + share) / len(work.chunks)
        second = round(done * video.timebase.duration_s)
        message = (
            f"Finding people in {video.name} with {title}: second {second} of "
            f"{round(video.timebase.duration_s)}."
        )
        progress(DETECTION_SHARE * done, message)

    return report


def _shared_report(work: Plan, progress: Progress) -> Callable[[float], None]:
    """Progress counts what all workers have done."""
    video, title = work.video, _title(work)

    def report(_share: float) -> None:
        count = len(work.chunks)
        done = count - len(work.missing())
        message = (
            f"Several workers find people in {video.name} with {title}: {done} of {count} parts."
        )
        progress(DETECTION_SHARE * done / count, message)

    return report


def _title(work: Plan) -> str:
    return detect.title_of(work.detector, host(work.video.project_id))

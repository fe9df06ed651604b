"""Proposing: jobs of one video each, moved on a chunk at a time, committed at the end.

Nothing is lost when a worker dies: detections are on disk by chunk, the job's cursor says how far
they go, and the commit at the end carries an id that follows from the job.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput
from mlbackend.propose import detect
from mlbackend.propose.host import host

KIND = "propose"
Tell = Callable[[float, str], None]


def propose_start(
    *,
    project_id: int,
    video_ids: Sequence[Any] | None = None,
    detector: str | None = None,
    user_id: int | None = None,
    send: bool = True,
) -> list[str]:
    """Make a job for each ready video, all of them by default; return the jobs' ids.

    A video that is being proposed on already keeps its job.

    Args:
        detector: a name of `detect.DETECTORS`; without one the project's setting, else "auto".
        send: wake a worker; without it the caller runs the jobs.

    Raises:
        InvalidInput: there is no such detector or it lacks its weights, or a video is not ready.
        Conflict: a video is being proposed on with another detector.
    """
    if detector:
        _check_detector(detector, project_id)
    videos = api.videos(project_id, video_ids)
    lacking = {str(i) for i in video_ids or ()} - {video.id for video in videos}
    if lacking:
        raise InvalidInput(
            f"{len(lacking)} of the videos are not in this project or not ready yet; wait until "
            "they are taken in.",
            detail={"video_ids": sorted(lacking)},
        )
    under_way = _under_way(project_id)
    return [
        _job(project_id, video, detector, user_id, send, under_way.get(video.id))
        for video in videos
    ]


def propose_step(
    job: api.JobValue, owner: str, *, tell: Tell | None = None, send: bool = True
) -> None:
    """Do one step of a claimed job: a chunk of detection, or the linking at the end.

    Args:
        tell: also told the progress, for a terminal.
        send: wake a worker for the next step.
    """

    from mlbackend.propose import parts, stage  # brings OpenCV and scipy

    def progress(fraction: float, message: str) -> None:
        api.job_progress(job.id, owner, fraction, message)
        if tell:
            tell(fraction, message)

    cursor = stage.step(job, progress, send)
    if "result" in cursor:
        api.job_done(job.id, owner, cursor["result"])
        return
    api.job_checkpoint(job.id, owner, cursor)
    api.job_release(job.id, owner)
    if send and not (cursor.get("waiting") and parts.live(job)):
        api.enqueue(job.id)


def actions_propose(*, project_id: int, video_ids: Sequence[Any] | None = None) -> int:
    """Let the champion propose actions anew on tubes nobody has touched or has open.

    Features are kept from the first proposing, so that as a rule no video is decoded.

    Returns:
        How many actions are proposed now.
    """
    from mlbackend.propose.commit import actions_commit  # brings OpenCV and scipy

    videos = api.videos(project_id, video_ids)
    return sum(actions_commit(video, str(uuid.uuid4())) for video in videos)


def _check_detector(name: str, project_id: int) -> None:
    try:
        detect.choose(name, host(project_id))
    except detect.DetectorFailed as error:
        raise InvalidInput(f"{error}", code="detector_unavailable") from error


def _under_way(project_id: int) -> dict[str, api.JobValue]:
    jobs = [api.job_value(job_id) for job_id in api.active(project_id, KIND)]
    return {job.video_id: job for job in jobs if job.video_id}


def _job(
    project_id: int,
    video: api.VideoValue,
    detector: str | None,
    user_id: int | None,
    send: bool,
    busy: api.JobValue | None,
) -> str:
    if busy is not None:
        used = busy.cursor.get("detector") or busy.params.get("detector")
        if detector and used != detector:
            raise Conflict(
                f"{video.name} is being proposed on with another detector; cancel that first.",
                code="propose_running",
            )
        return busy.id
    job_id = api.job_create(
        project_id=project_id,
        kind=KIND,
        video_id=video.id,
        params={"detector": detector},
        user_id=user_id,
    )
    if send:
        api.enqueue(job_id)
    return job_id

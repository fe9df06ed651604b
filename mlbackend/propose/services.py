"""Proposing: jobs of one video each, moved on a chunk at a time, committed at the end.

Nothing is lost when a worker dies: detections are on disk by chunk, the job's cursor says how far
they go, and the commit at the end carries an id that follows from the job.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput
from mlbackend.propose import detect
from mlbackend.propose.host import host

KIND = "propose"
Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to propose. What is left out follows from the project's settings, else from "auto".

    Attributes:
        detector: a name of `detect.options`. recognizer: one of `recognizers.choice`.
        rate_hz: detection frames a second; by default the detector's own, adapted to what moves.
        actions_only: look for actions on the tubes that are there, and detect nothing.
        segments_only: look for segments of the video, and for no people or actions.
    """

    detector: str | None = None
    recognizer: str | None = None
    rate_hz: float | None = None
    actions_only: bool = False
    segments_only: bool = False

    def params(self) -> dict[str, Any]:
        """As a job keeps it."""
        named = {"detector": self.detector, "recognizer": self.recognizer}
        more = {
            "rate": self.rate_hz,
            "actions_only": self.actions_only or None,
            "segments_only": self.segments_only or None,
        }
        return named | {key: value for key, value in more.items() if value is not None}


def propose_start(
    *,
    project_id: int,
    video_ids: Sequence[Any] | None = None,
    detector: str | None = None,
    recognizer: str | None = None,
    rate_hz: float | None = None,
    actions_only: bool = False,
    segments_only: bool = False,
    user_id: int | None = None,
    send: bool = True,
    key: str | None = None,
) -> list[str]:
    """Make a job for each ready video, all of them by default; return the jobs' ids.

    A video that is being proposed on already keeps its job; one on which only segments are looked
    for gets another, which touches other things.

    Args:
        detector, recognizer, rate_hz, actions_only, segments_only: see `Wish`.
        send: wake a worker; without it the caller runs the jobs.
        key: as `actions_propose`: a job once made under it is not made again.

    Raises:
        InvalidInput: there is no such detector or recognizer or it cannot work here, the rate is
            none, or a video is not ready.
        Conflict: a video is being proposed on in another way; no job is made then.
    """
    wish = Wish(detector, recognizer, rate_hz, actions_only, segments_only)
    _check(wish, project_id)
    videos = api.videos(project_id, video_ids)
    lacking = {str(i) for i in video_ids or ()} - {video.id for video in videos}
    if lacking:
        raise InvalidInput(
            f"{len(lacking)} of the videos are not in this project or not ready yet; wait until "
            "they are taken in.",
            detail={"video_ids": sorted(lacking)},
        )
    under_way = _under_way(project_id, wish)
    for video in videos:
        _check_same(video, wish, under_way.get(video.id))
    return [
        under_way[video.id].id
        if video.id in under_way
        else _job(project_id, video, wish, user_id, send, key)
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


def actions_propose(
    *,
    project_id: int,
    video_ids: Sequence[Any] | None = None,
    key: str | None = None,
    tell: Tell | None = None,
) -> int:
    """Let the model in use propose actions anew on tubes nobody has touched or has open.

    Where it reads HOG/HOF this is done at once: features are kept from the first proposing, so
    that as a rule no video is decoded. Where it reads a net, jobs do it.

    Args:
        key: UUID text that stands for why, such as a round's id. Runs and jobs get ids that follow
            from it: what was interrupted goes on, and done again under it nothing is done twice.
        tell: told the share done; may raise to stop.

    Returns:
        How many actions it proposes, under the key if there is one; 0 where jobs will propose.
    """
    from mlbackend.propose.commit import actions_commit  # brings OpenCV and scipy
    from mlbackend.propose.host import ready_recognizer
    from mlbackend.propose.recognizers import choice
    from mlbackend.propose.runs import RunValue, run_counts

    name = choice.choose(choice.AUTO, project_id).name
    if not name:
        return 0
    if name != choice.HOG_HOF:
        propose_start(project_id=project_id, video_ids=video_ids, actions_only=True, key=key)
        return 0
    recognizer = ready_recognizer(name, project_id)
    count, videos = 0, api.videos(project_id, video_ids)
    for done, video in enumerate(videos):
        run = RunValue(_key_of(key, f"actions/{video.id}") or str(uuid.uuid4()), recognizer=name)
        known = run_counts(run.id) if key else None
        if known is not None:  # committed before a crash, together with its row
            count += int(known.get("spans", 0))
            continue
        report = _share_of(tell, done, len(videos), f"Proposing actions anew in {video.name}.")
        count += actions_commit(video, run, recognizer, report)
    return count


def _key_of(key: str | None, what: str) -> str | None:
    return str(uuid.uuid5(uuid.UUID(key), what)) if key else None


def _share_of(
    tell: Tell | None, done: int, of: int, message: str
) -> Callable[[float], None] | None:
    if tell is None:
        return None
    tell(done / of, message)
    return lambda share: tell((done + share) / of, message)


def segments_propose(*, project_id: int, key: str | None = None) -> list[str]:
    """Let the segment model in use propose where it has not yet and something is unreviewed.

    Args:
        key: as `actions_propose`.

    Returns:
        The jobs' ids; none without such a model.
    """
    from mlbackend.propose.segments import without_segments  # brings OpenCV and scipy

    videos = without_segments(project_id)
    if not videos:
        return []
    return propose_start(project_id=project_id, video_ids=videos, segments_only=True, key=key)


def _check(wish: Wish, project_id: int) -> None:
    if wish.detector and not wish.actions_only:
        try:
            detect.choose(wish.detector, host(project_id))
        except detect.DetectorFailed as error:
            raise InvalidInput(f"{error}", code="detector_unavailable") from error
    if wish.rate_hz is not None:
        from mlbackend.propose.plan import checked_rate

        checked_rate(wish.rate_hz)
    if wish.recognizer:
        from mlbackend.propose.recognizers import choice
        from mlbackend.propose.recognizers.base import RecognizerFailed

        try:
            choice.choose(wish.recognizer, project_id)
        except RecognizerFailed as error:
            raise InvalidInput(f"{error}", code="recognizer_unavailable") from error


def _under_way(project_id: int, wish: Wish) -> dict[str, api.JobValue]:
    """The jobs that may do what is wished for, by video."""
    jobs = [api.job_value(job_id) for job_id in api.active(project_id, KIND)]
    return {
        job.video_id: job
        for job in jobs
        if job.video_id and (wish.segments_only or not job.params.get("segments_only"))
    }


def _check_same(video: api.VideoValue, wish: Wish, busy: api.JobValue | None) -> None:
    other = _differs(busy, wish) if busy is not None else ""
    if other:
        raise Conflict(
            f"{video.name} is being proposed on {other}; cancel that first.",
            code="propose_running",
        )


def _job(
    project_id: int,
    video: api.VideoValue,
    wish: Wish,
    user_id: int | None,
    send: bool,
    key: str | None = None,
) -> str:
    what = "segments" if wish.segments_only else "actions"
    job_id = api.job_create(
        job_id=_key_of(key, f"{what}/{video.id}"),
        project_id=project_id,
        kind=KIND,
        video_id=video.id,
        params=wish.params(),
        user_id=user_id,
    )
    if send:
        api.enqueue(job_id)
    return job_id


def _differs(busy: api.JobValue, wish: Wish) -> str:
    """In what a job under way is not what is wished for; empty where it will do."""
    if wish.segments_only:
        # Whatever is looked for there, segments come at its end.
        return ""
    if bool(busy.params.get("actions_only")) and not wish.actions_only:
        return "for actions only"
    asked = {"detector": wish.detector, "recognizer": wish.recognizer}
    for what, name in asked.items():
        used = busy.cursor.get(what) or busy.params.get(what)
        if name and used != name:
            return f"with another {what}"
    if wish.rate_hz is not None and busy.params.get("rate") != wish.rate_hz:
        return "at another rate"
    return ""

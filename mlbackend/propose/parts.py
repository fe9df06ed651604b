"""Detecting on a long video with several workers: parts of it as jobs of their own.

The job that proposes on the video makes the part jobs and, whenever it has a turn, takes one that
nobody has begun, so that it gets on where nobody else works. When all are being worked on it lets
go of its worker; whoever finishes a part wakes it. A part that fails is done by the job itself.
What each finds lies in the store by chunk; nothing else goes from one to the other, and the order
of work leaves no trace. A part stops when its job is cancelled or finished.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from labeling import api
from labeling.domain.errors import JobCancelled, NotFound
from mlbackend.propose.plan import CHUNK_S, Plan, plan

KIND = "detect"
# Below this one worker is done before others have loaded their nets.
SHARED_FROM_S = 240.0
PART_S = 120.0
# A job that was cancelled and resumed may share what is left again.
MOST_ROUNDS = 3

Cursor = dict[str, Any]
Report = Callable[[float], None]


def share(job: api.JobValue, cursor: Cursor, work: Plan, missing: list[int]) -> bool:
    """Make jobs of the parts of a long video; return whether there are any.

    Those of an earlier turn that broke off are found again.
    """
    if live(job):
        return True
    rounds = int(cursor.get("shared", 0))
    if len(missing) * CHUNK_S < SHARED_FROM_S or rounds >= MOST_ROUNDS:
        return False
    cursor["shared"] = rounds + 1
    size = max(1, round(PART_S / CHUNK_S))
    for start in range(0, len(missing), size):
        part = missing[start : start + size]
        part_id = api.job_create(
            project_id=job.project_id,
            kind=KIND,
            video_id=job.video_id,
            params={
                "parent": job.id,
                "chunks": part,
                "detector": work.detector,
                "rate": job.params.get("rate"),
            },
            user_id=job.created_by_id,
        )
        api.enqueue(part_id)
    return True


def live(job: api.JobValue) -> list[api.JobValue]:
    """Return the unfinished parts of a job, in the order they were made."""
    parts = [api.job_value(part_id) for part_id in api.active(job.project_id, KIND)]
    mine = [part for part in parts if part.params.get("parent") == job.id]
    return sorted(mine, key=lambda part: part.params["chunks"])


def help_out(job: api.JobValue, work: Plan, report: Report) -> bool:
    """Do one part nobody has begun; return whether there was one.

    Args:
        report: the job's own report, so that it is seen to live and can be cancelled.
    """
    for part in live(job):
        owner = api.owner_name()
        claimed = api.job_claim(part.id, owner) if part.state == "queued" else None
        if claimed is not None:
            with api.running(part.id, owner):
                part_run(claimed, owner, work, report)
            return True
    return False


def detect_part(part: api.JobValue, owner: str) -> None:
    """Do a claimed part on this worker.

    Raises:
        JobCancelled: the job it belongs to is finished, cancelled or gone.
    """
    video = api.video(part.video_id)
    part_run(part, owner, plan(video, part.params["detector"], part.params.get("rate")))


def part_run(part: api.JobValue, owner: str, work: Plan, report: Report | None = None) -> None:
    """Detect on a part's chunks that are not there yet, and finish its job."""
    numbers = [int(number) for number in part.params["chunks"]]
    notices = []
    for done, number in enumerate(numbers):

        def told(share: float, done: int = done) -> None:
            part_of_all = (done + share) / len(numbers)
            api.job_progress(part.id, owner, part_of_all, f"Part of {work.video.name}.")
            _go_on(part)
            if report is not None:
                report(part_of_all)

        if number < len(work.chunks) and not work.store.has(number):
            told(0.0)
            notices.append(work.detect(number, told))
    api.job_done(part.id, owner, {"notice": next((text for text in notices if text), "")})


def wake_parent(part_id: str) -> None:
    """Wake the job a part belongs to, however the part ended."""
    try:
        part = api.job_value(part_id)
        parent = api.job_value(part.params["parent"])
    except (NotFound, KeyError):
        return
    if parent.state == "queued":
        api.enqueue(parent.id)


def _go_on(part: api.JobValue) -> None:
    try:
        parent = api.job_value(part.params["parent"])
    except NotFound as error:
        raise JobCancelled("The job this was a part of is gone.") from error
    if parent.state in ("done", "failed", "cancelled") or parent.cancel_requested:
        raise JobCancelled("The job this was a part of has ended.")

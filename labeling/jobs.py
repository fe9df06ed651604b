"""Long tasks: made, claimed, moved on and finished by conditional update alone.

A message only wakes a worker. Whoever changes the row from queued to running owns the job; every
later write names the owner, so that a worker that lost its job (it stalled, the sweep gave it
away) notices at its next write and stops. A broker may lose or repeat messages without harm.
"""

import contextlib
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from labeling.domain.errors import Conflict, JobCancelled, NotFound, TubelabError
from labeling.domain.text import shown
from labeling.models.job import FINISHED, Job, JobKind, JobState

log = logging.getLogger(__name__)

TASKS = {
    JobKind.INGEST: "ingest.run",
    JobKind.PROPOSE: "propose.step",
    JobKind.DETECT: "propose.detect",
    JobKind.FETCH: "zoo.fetch",
    JobKind.TRAIN: "train.run",
    JobKind.EXPORT: "export.run",
    JobKind.IMPORT: "imports.run",
    JobKind.EVALUATE: "evaluate.run",
}
# A job whose worker dies this often is broken by what it does, not by bad luck.
MAX_ATTEMPTS = 5
REPORT_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class JobValue:
    """A job as its worker sees it."""

    id: str
    kind: str
    project_id: int
    video_id: str | None
    state: str
    progress: float
    message: str
    params: dict[str, Any]
    cursor: dict[str, Any]
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    created_by_id: int | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


# Called after a job of the kind is done and committed: annotator/pipeline.py registers here.
done_handlers: dict[str, list[Callable[[JobValue], None]]] = {}


def owner_name() -> str:
    """A name for this process, unique while it lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def job_create(
    *,
    project_id: int,
    kind: str,
    video_id: Any = None,
    params: dict[str, Any] | None = None,
    user_id: int | None = None,
    job_id: str | None = None,
) -> str:
    """Make a queued job; the caller sends it with `enqueue` or works on it itself.

    Args:
        job_id: UUID text, for a job that may be asked for again: the one that is there stays, in
            whatever state it is.
    """
    job, _ = Job.objects.get_or_create(
        id=uuid.UUID(job_id) if job_id else uuid.uuid4(),
        defaults={
            "project_id": project_id,
            "kind": JobKind(kind),
            "video_id": video_id,
            "params": params or {},
            "created_by_id": user_id,
        },
    )
    return str(job.id)


def enqueue(job_id: str) -> None:
    """Wake a worker for this job once the current transaction is committed."""
    transaction.on_commit(lambda: _send(job_id))


def job_value(job_id: str) -> JobValue:
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return JobValue(
        id=str(job.id), kind=job.kind, project_id=job.project_id,
        video_id=job.video_id and str(job.video_id), state=job.state, progress=job.progress,
        message=job.message, params=job.params, cursor=job.cursor, result=job.result,
        error=job.error, created_by_id=job.created_by_id, cancel_requested=job.cancel_requested,
        created_at=job.created_at, started_at=job.started_at, finished_at=job.finished_at,
    )  # fmt: skip


def job_people(job_ids: Iterable[Any]) -> dict[str, str]:
    """User names of who asked for jobs, by job id; without those that nobody asked for."""
    asked = Job.objects.filter(
        pk__in=[job_id for job_id in job_ids if job_id], created_by__isnull=False
    )
    return {str(pk): name for pk, name in asked.values_list("pk", "created_by__username")}


def job_claim(job_id: str, owner: str) -> JobValue | None:
    """Take a queued job; None if it is owned, finished or unknown."""
    now = timezone.now()
    queued = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    claimed = queued.update(
        state=JobState.RUNNING, owner=owner, heartbeat_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return job_value(job_id)


def job_progress(job_id: str, owner: str, fraction: float, message: str) -> None:
    """Record progress 0..1 and a heartbeat.

    Raises:
        JobCancelled: a person asked for it to stop, or the job is no longer this owner's.
    """
    _write(
        job_id, owner,
        progress=min(max(fraction, 0.0), 1.0), message=message[:500], heartbeat_at=timezone.now(),
    )  # fmt: skip
    if Job.objects.filter(pk=job_id, cancel_requested=True).exists():
        raise JobCancelled("The job was cancelled.")


def job_checkpoint(job_id: str, owner: str, cursor: dict[str, Any]) -> None:
    """Record where to go on after a crash; what worked once resets the count of attempts."""
    _write(job_id, owner, cursor=cursor, heartbeat_at=timezone.now(), attempts=0)


def job_release(job_id: str, owner: str) -> None:
    """Give the job back for its next step; the caller enqueues it or claims it again."""
    _write(job_id, owner, state=JobState.QUEUED, owner="")


def job_done(job_id: str, owner: str, result: dict[str, Any]) -> None:
    """Finish the job and, once that is committed, tell the handlers of its kind."""
    _write(
        job_id, owner,
        state=JobState.DONE, progress=1.0, result=result, error=None, owner="",
        finished_at=timezone.now(),
    )  # fmt: skip
    transaction.on_commit(lambda: _tell(job_value(job_id)))


def job_failed(job_id: str, owner: str, error: dict[str, Any]) -> None:
    # What a file holds may stand in it, and not every text can be stored.
    error = {**error, "message": shown(error["message"], 2000)}
    _write(
        job_id, owner,
        state=JobState.FAILED, error=error, message=error["message"][:500], owner="",
        finished_at=timezone.now(),
    )  # fmt: skip


def job_cancelled(job_id: str, owner: str) -> None:
    _write(
        job_id, owner,
        state=JobState.CANCELLED, message="Cancelled.", owner="", finished_at=timezone.now(),
    )  # fmt: skip


@contextlib.contextmanager
def running(job_id: str, owner: str) -> Iterator[None]:
    """Record how the work inside ends when it does not end well; unexpected errors go on."""
    try:
        yield
    except JobCancelled:
        with contextlib.suppress(JobCancelled):
            job_cancelled(job_id, owner)
    except TubelabError as error:
        log.warning("job %s failed: %s", job_id, shown(error.message, 2000))
        job_failed(job_id, owner, error.body())
    except Exception as error:
        log.exception("job %s failed", job_id)
        message = f"The job stopped unexpectedly: {type(error).__name__}: {error}"
        job_failed(job_id, owner, {"code": "internal_error", "message": message, "detail": None})
        raise


@contextlib.contextmanager
def reporting(job_id: str, owner: str) -> Iterator[Callable[[float, str], None]]:
    """Give `report(fraction, message)`, which may be called as often as is handy.

    It records progress and a heartbeat now and then, and raises JobCancelled where `job_progress`
    does. Inside a transaction nobody would see what it writes until the end; so there a thread
    with a connection of its own writes it, and sees a wish to cancel.

    SQLite lets one connection write at a time: while a transaction writes there, nobody else does,
    neither this thread nor a person who wants to cancel. Progress then stands still; the
    transaction itself leaves a heartbeat, so that no sweep takes the job for dead when it ends.
    """
    reporter = _Reporter(job_id, owner)
    try:
        yield reporter
    finally:
        reporter.close()


class _Reporter:
    """See `reporting`."""

    def __init__(self, job_id: str, owner: str) -> None:
        self.job_id, self.owner = job_id, owner
        # Whoever calls from within a transaction waits for its end anyway, as tests do.
        self.alone = connection.in_atomic_block or connection.vendor == "sqlite"
        self.last_s = 0.0
        self.latest: tuple[float, str] = (0.0, "")
        self.stopped: JobCancelled | None = None
        self.ended = threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, fraction: float, message: str) -> None:
        self.latest = fraction, message
        if self.stopped is not None:
            raise self.stopped
        if self.alone or not connection.in_atomic_block:
            now_s = time.monotonic()
            if now_s - self.last_s >= REPORT_EVERY_S:
                self.last_s = now_s
                job_progress(self.job_id, self.owner, fraction, message)
        elif self.thread is None:
            self.thread = threading.Thread(target=self._write_on, daemon=True)
            self.thread.start()

    def close(self) -> None:
        self.ended.set()
        if self.thread is not None:
            self.thread.join()

    def _write_on(self) -> None:
        try:
            while not self.ended.wait(REPORT_EVERY_S):
                job_progress(self.job_id, self.owner, *self.latest)
        except JobCancelled as stopped:
            self.stopped = stopped
        except DatabaseError:
            # The work goes on; only nobody sees how far it is.
            log.exception("progress of job %s cannot be written", self.job_id)
        finally:
            connection.close()


def cancel(job_id: str) -> None:
    """Stop a job: at once if nobody works on it, else at its next progress report.

    Raises:
        Conflict: it is finished already.
    """
    waiting = Job.objects.filter(pk=job_id, state=JobState.QUEUED)
    stopped = waiting.update(
        state=JobState.CANCELLED, message="Cancelled.", finished_at=timezone.now()
    )
    if stopped:
        return
    if not Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(cancel_requested=True):
        raise Conflict("The job is finished already; there is nothing to cancel.")


def resume(job_id: str) -> None:
    """Queue a failed or cancelled job again; it goes on from its cursor.

    Raises:
        Conflict: it is running, queued or done.
    """
    stopped = Job.objects.filter(pk=job_id, state__in=[JobState.FAILED, JobState.CANCELLED])
    again = stopped.update(
        state=JobState.QUEUED, error=None, message="", cancel_requested=False, finished_at=None,
        attempts=0, owner="",
    )  # fmt: skip
    if not again:
        raise Conflict("Only a failed or cancelled job can be resumed.")
    enqueue(job_id)


def sweep() -> int:
    """Send again what nobody works on: dead workers' jobs and lost messages. Returns how many."""
    before = timezone.now() - timedelta(seconds=settings.JOB_STALE_S)
    running_now = Job.objects.filter(state=JobState.RUNNING)
    gone = [owner for owner in running_now.values_list("owner", flat=True) if _is_gone(owner)]
    stale = running_now.filter(Q(heartbeat_at__lt=before) | Q(owner__in=gone))
    stale.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED, owner="", finished_at=timezone.now(), error={
            "code": "worker_died",
            "message": f"The worker died {MAX_ATTEMPTS} times at this job; see its log.",
            "detail": None,
        },
    )  # fmt: skip
    stale.update(state=JobState.QUEUED, owner="")
    lost = Job.objects.filter(Q(sent_at=None) | Q(sent_at__lt=before), state=JobState.QUEUED)
    ids = [str(job_id) for job_id in lost.values_list("id", flat=True)]
    for job_id in ids:
        _send(job_id)
    return len(ids)


def _is_gone(owner: str) -> bool:
    """Whether the owner was a process of this machine that lives no more: no need to wait then."""
    host, _, pid = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # it lives, as another user
    return False


def active(project_id: int, kind: str) -> list[str]:
    """Ids of jobs of this kind that are queued or running."""
    rows = Job.objects.filter(project_id=project_id, kind=kind).exclude(state__in=FINISHED)
    return [str(job_id) for job_id in rows.values_list("id", flat=True)]


def _write(job_id: str, mine: str, /, **fields: Any) -> None:
    rows = Job.objects.filter(pk=job_id, state=JobState.RUNNING, owner=mine)
    if not rows.update(**fields):
        raise JobCancelled(f"Job {job_id} is no longer this worker's; it stops here.")


def _send(job_id: str) -> None:
    kind = Job.objects.filter(pk=job_id).values_list("kind", flat=True).first()
    if kind is None:
        return
    try:
        current_app.send_task(TASKS[JobKind(kind)], args=[job_id])
        Job.objects.filter(pk=job_id).update(sent_at=timezone.now())
    except Exception:
        # The row stays queued: the sweep sends it when the broker is back.
        log.exception("job %s could not be sent; it will be sent again", job_id)


def _tell(job: JobValue) -> None:
    for handler in done_handlers.get(job.kind, ()):
        try:
            handler(job)
        except Exception:
            # What follows a job must not undo that it is done.
            log.exception("what follows job %s (%s) failed", job.id, job.kind)

"""One round of a project at a time: whoever comes later waits for its turn.

A job that waits is an ordinary queued job. A worker may be woken for it at any time, by a message
or by the sweep; it takes the job only when no other of the project runs and none was made earlier,
and leaves it queued otherwise. Whoever ends a job wakes the next.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from labeling import api
from mlbackend.models import Round

KIND = "train"


def turn_claim(job_id: str, owner: str) -> api.JobValue | None:
    """Take a queued job if it is its turn; None if it is not, or it is owned or finished."""
    project_id = api.job_value(job_id).project_id
    with transaction.atomic():
        # Two workers that look at once must not both find that nothing runs.
        list(Round.objects.select_for_update().filter(project_id=project_id).order_by("number"))
        waiting = _unfinished(project_id)
        if any(job.state == "running" for job in waiting):
            return None
        if not waiting or waiting[0].id != job_id:
            return None
        return api.job_claim(job_id, owner)


def turn_pass(project_id: int) -> None:
    """Wake a worker for the job whose turn it is now, if any waits."""
    waiting = _unfinished(project_id)
    if waiting and all(job.state == "queued" for job in waiting):
        api.enqueue(waiting[0].id)


def is_busy(project_id: int, besides: Iterable[str] = ()) -> bool:
    """Whether a training job of the project is queued or runs."""
    return bool(set(api.active(project_id, KIND)) - set(besides))


def _unfinished(project_id: int) -> list[api.JobValue]:
    """The project's training jobs that are queued or run, in the order they were made."""
    jobs = [api.job_value(job_id) for job_id in api.active(project_id, KIND)]
    return sorted(jobs, key=lambda job: (job.created_at, job.id))

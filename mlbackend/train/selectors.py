"""Reading rounds."""

import uuid
from typing import Any

from labeling import api
from labeling.domain.errors import NotFound
from mlbackend.models import ModelVersion, Round
from mlbackend.train import turns

State = Round.State
UNFINISHED = (State.QUEUED, State.RUNNING)


def rounds(project_id: int) -> list[Round]:
    """The project's rounds, newest first."""
    rows = Round.objects.filter(project_id=project_id).select_related("model", "parent")
    active = set(api.active(project_id, turns.KIND))
    return [current(row, active) for row in rows.order_by("-number")]


def round_for(user: Any, round_id: Any, role: str = "viewer") -> Round:
    """The round, for somebody with this role in its project.

    Raises:
        NotFound: it does not exist or belongs to a project the user does not see.
        Forbidden: the role is too small.
    """
    try:
        found = Round.objects.select_related("model", "parent").get(pk=uuid.UUID(str(round_id)))
        api.project_for(user, found.project_id, role)
    except (Round.DoesNotExist, ValueError, NotFound):
        raise NotFound("There is no such round.") from None
    return current(found, set(api.active(found.project_id, turns.KIND)))


def model_for(user: Any, model_id: Any, role: str = "viewer") -> ModelVersion:
    """The model, for somebody with this role in its project.

    Raises:
        NotFound: it does not exist or belongs to a project the user does not see.
    """
    try:
        found = ModelVersion.objects.get(pk=uuid.UUID(str(model_id)))
        api.project_for(user, found.project_id, role)
    except (ModelVersion.DoesNotExist, ValueError, NotFound):
        raise NotFound("There is no such model.") from None
    return found


def is_waiting(row: Round) -> bool:
    """Whether the round is queued behind another of its project."""
    if row.state != State.QUEUED:
        return False
    others = api.active(row.project_id, turns.KIND)
    jobs = [api.job_value(job_id) for job_id in others if job_id != str(row.job_id)]
    mine = row.created_at
    return any(job.state == "running" or job.created_at < mine for job in jobs)


def current(row: Round, active: set[str]) -> Round:
    """The round with the state its job is in: a worker that died could not write it here, and one
    that was resumed has not begun yet.

    Args:
        active: ids of the project's training jobs that are queued or run.
    """
    if row.state == State.FAILED and str(row.job_id) in active:
        row.state, row.finished_at = State.QUEUED, None
    if row.state not in UNFINISHED:
        return row
    try:
        job = api.job_value(str(row.job_id))
    except NotFound:
        row.state, row.reason = State.FAILED, "Its job is gone; start another round."
        return row
    if job.state in ("failed", "cancelled"):
        row.state = State.FAILED
        row.reason = (job.error or {}).get("message") or "Cancelled."
    elif job.state == "running":
        row.state = State.RUNNING
    return row

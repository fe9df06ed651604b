"""Reading evaluations."""

import uuid
from typing import Any

from labeling import api
from labeling.domain.errors import NotFound
from mlbackend.models import Evaluation


def evaluations(project_id: int) -> list[Evaluation]:
    """The project's evaluations with the state of their jobs, newest first."""
    return [_with_state(row) for row in Evaluation.objects.filter(project_id=project_id)]


def evaluation_for(user: Any, evaluation_id: Any, role: str = "viewer") -> Evaluation:
    """The evaluation, for somebody with this role in its project.

    Raises:
        NotFound: it does not exist or belongs to a project the user does not see.
        Forbidden: the role is too small.
    """
    try:
        found = Evaluation.objects.get(pk=uuid.UUID(str(evaluation_id)))
        api.project_for(user, found.project_id, role)
    except (Evaluation.DoesNotExist, ValueError, NotFound):
        raise NotFound("There is no such evaluation.") from None
    return _with_state(found)


def _with_state(row: Evaluation) -> Evaluation:
    row.state = _state(row)  # type: ignore[attr-defined]
    return row


def _state(row: Evaluation) -> str:
    if row.result or row.job_id is None:
        return "done" if row.result else "failed"
    try:
        return api.job_value(str(row.job_id)).state
    except NotFound:
        return "failed"

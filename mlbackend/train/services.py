"""Rounds: started, waiting for their turn, run step by step, rolled back by a person."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict, JobCancelled, TubelabError
from mlbackend.models import Round
from mlbackend.train import turns
from mlbackend.train.following import (
    Followed,
    follow_run,
    follow_start,
    following,
    round_followers,
    with_notes,
)
from mlbackend.train.heartbeat import beating
from mlbackend.train.steps import Journal, Progress, steps_run

__all__ = [
    "Followed",
    "Progress",
    "round_followers",
    "round_promote",
    "round_run",
    "round_start",
]

State, Trigger = Round.State, Round.Trigger
# So often another round may be faster with the same number.
ATTEMPTS = 5


def round_start(
    *,
    project_id: int,
    user_id: int | None = None,
    send: bool = True,
    wish: dict[str, Any] | None = None,
    trigger: str = Trigger.PERSON,
    only_if: Callable[[], bool] = lambda: True,
) -> Round | None:
    """Make the next round and its job; while another is under way it waits for its turn.

    Args:
        send: wake a worker; without it the caller runs the job itself.
        wish: `recipe`, `net` and `params` of this round where they differ from the project's
            settings.
        trigger: what started it.
        only_if: asked in the moment the round is made, and by nobody else at that moment.

    Returns:
        The round; the one that waits already where it is the same; None where `only_if` said no.

    Raises:
        InvalidInput: the wish cannot be trained.
    """
    asked = _asked(project_id, wish)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _made(project_id, user_id, send, asked, trigger, only_if)
        except IntegrityError:
            # Two people pressed at once: both wanted the same number.
            if attempt == ATTEMPTS - 1:
                raise
    return None


def _made(
    project_id: int,
    user_id: int | None,
    send: bool,
    asked: dict[str, Any],
    trigger: str,
    only_if: Callable[[], bool],
) -> Round | None:
    # The number first: who is faster after this takes it, and one of the two tries again.
    last = Round.objects.filter(project_id=project_id).aggregate(last=Max("number"))["last"] or 0
    if not only_if():
        return None
    same = _waiting_same(project_id, asked)
    if same is not None:
        return same
    started = Round(project_id=project_id, number=last + 1, trigger=trigger, **asked)
    waits = turns.is_busy(project_id)
    started.job_id = uuid.UUID(
        api.job_create(
            project_id=project_id,
            kind=turns.KIND,
            params={"round_id": str(started.id), "round": started.number},
            user_id=user_id,
        )
    )
    started.save(force_insert=True)
    if send and not waits:
        api.enqueue(str(started.job_id))
    return started


def _waiting_same(project_id: int, asked: dict[str, Any]) -> Round | None:
    """The round that nobody has begun and that would do what is asked."""
    wanted = {"recipe": "", "net": "", "params": {}} | asked
    rows = Round.objects.filter(project_id=project_id, state=State.QUEUED, snapshot_hash="")
    for row in rows.order_by("number"):
        if {name: getattr(row, name) for name in wanted} == wanted and _is_queued(row):
            return row
    return None


def _is_queued(row: Round) -> bool:
    return str(row.job_id) in api.active(row.project_id, turns.KIND) and (
        api.job_value(str(row.job_id)).state == "queued"
    )


def _asked(project_id: int, wish: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of a round that hold a wish; a wish is checked, settings are when it runs.

    What the wish leaves open follows from the project's settings, as if there were no wish.
    """
    if not wish or not any(wish.values()):
        return {}
    from mlbackend.train.wish import wish_from

    found = wish_from(api.project(project_id).settings, wish)
    return {"recipe": found.recipe, "net": found.net, "params": found.params}


def round_run(job: api.JobValue, owner: str, tell: Progress | None = None) -> Round:
    """Run a claimed job: a round, or what follows when a person put a model to use.

    Args:
        tell: also told the progress, for a terminal.
    """

    def progress(fraction: float, message: str) -> None:
        api.job_progress(job.id, owner, fraction, message)
        if tell:
            tell(fraction, message)

    running = Round.objects.select_related("model", "parent").get(pk=job.params["round_id"])
    with beating(job.id, owner):
        if job.params.get("follow"):
            follow_run(running, job, owner, progress)
        else:
            with _failing(running, job.id):
                _steps_run(running, job, owner, progress)
    running.refresh_from_db()
    return running


def _steps_run(running: Round, job: api.JobValue, owner: str, progress: Progress) -> None:
    # modAL, torch and OpenCV are loaded where they are used, not when the web server starts.
    from mlbackend.train.round_work import RoundWork, folder_of, started_now

    journal = Journal(running, job, owner)
    Round.objects.filter(pk=running.pk).update(
        **started_now(running), reason=journal.kept.get("reason", "")
    )
    work = RoundWork(running, journal.kept)
    steps_run([*work.steps(), *following(running, journal.kept)], journal, progress)
    promoted = journal.kept.get("promoted", [])
    reason = with_notes(journal.kept)
    result = {
        "round_id": str(running.id),
        "model_id": running.model and str(running.model.id),
        "promoted": "action" in promoted,
        "segments_promoted": "segment" in promoted,
        "reason": reason,
    }
    with transaction.atomic():
        Round.objects.filter(pk=running.pk).update(
            state=State.DONE, step="", reason=reason, finished_at=timezone.now()
        )
        api.job_done(job.id, owner, result)
    shutil.rmtree(folder_of(running), ignore_errors=True)


@contextmanager
def _failing(running: Round, job_id: str) -> Iterator[None]:
    """Write into the round how it ended when it does not end well."""
    try:
        yield
    except JobCancelled:
        # Without a request to cancel another worker has taken the round over: it is theirs.
        if api.job_value(job_id).cancel_requested:
            _round_failed(running, "Cancelled.")
        raise
    except TubelabError as error:
        _round_failed(running, error.message)
        raise
    except Exception as error:
        _round_failed(running, f"The round stopped unexpectedly: {type(error).__name__}: {error}")
        raise


def _round_failed(running: Round, reason: str) -> None:
    row = Round.objects.filter(pk=running.pk).exclude(state=State.DONE).first()
    if row is None:
        return
    if row.decision:
        # The decision stands; only what follows it is lacking.
        reason = f"{row.reason} After that: {reason}"
    row.state, row.reason, row.finished_at = State.FAILED, reason, timezone.now()
    row.save(update_fields=["state", "reason", "finished_at"])


def round_promote(done: Round, *, user_id: int | None = None, send: bool = True) -> Round:
    """Make this round's models the champions: a person rolls back, or forward.

    What follows, proposing anew and ranking, is a job of its own, which resumes like a round.

    Raises:
        Conflict: the round made no model.
        InvalidInput: it cannot be used here: its files, or its net's weights, are gone, or it
            reads features of another version.
    """
    from mlbackend.train.champion import champion_set, model_load
    from mlbackend.train.segments import segment_model

    models = [model for model in (done.model, segment_model(done)) if model is not None]
    if not models or done.state not in (State.DONE, State.FAILED):
        raise Conflict(
            f"Round {done.number} made no model; choose a round that is done.", code="no_model"
        )
    for model in models:
        model_load(model)
    with transaction.atomic():
        for model in models:
            champion_set(model)
        if done.decision in ("candidate", "undecided", "kept"):
            rule = "The rule had said: " if done.decision == "kept" else ""
            done.decision = "promoted"
            done.reason = f"Put to use by a person. {rule}{done.reason}"
            done.save(update_fields=["decision", "reason"])
        follow_start(done, [model.kind for model in models], user_id, send)
    return done

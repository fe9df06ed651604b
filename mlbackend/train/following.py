"""What follows a decision: others register it, and it is done within a job that resumes.

After a round it is the last steps of the round; after a person put a model to use it is a job of
its own. Either way it is done under a key, so that what was interrupted is not done twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from labeling import api
from labeling.domain.errors import JobCancelled, TubelabError
from mlbackend.models import Round
from mlbackend.train import turns
from mlbackend.train.steps import Progress, Result, Step

log = logging.getLogger(__name__)

# Of a round's progress.
SHARE = 0.09


@dataclass(frozen=True, slots=True)
class Followed:
    """What follows a decision is told.

    Attributes:
        key: UUID text; what is made gets ids that follow from it, so that twice is once.
        promoted, segments_promoted: another model for actions, or segments, is in use now.
    """

    project_id: int
    key: str
    promoted: bool
    segments_promoted: bool


# The steps after the decision, by name: annotator/pipeline.py registers them. Each returns a
# digest of what it left, and done twice under one key it does what it does once.
round_followers: list[tuple[str, Callable[[Followed, Progress], str]]] = []
QUEUE = "queue"


def following(running: Round, kept: dict[str, Any]) -> list[Step]:
    """The steps that others registered, each with a fair part of what progress is left."""
    return [
        Step(name, SHARE / len(round_followers), _follower(name, call, running, kept))
        for name, call in round_followers
    ]


def _follower(
    name: str,
    call: Callable[[Followed, Progress], str],
    running: Round,
    kept: dict[str, Any],
) -> Callable[[Progress], Result]:
    def run(progress: Progress) -> Result:
        promoted = kept.get("promoted", [])
        told = Followed(
            running.project_id, str(running.id), "action" in promoted, "segment" in promoted
        )
        digest = _called(name, call, told, progress, kept)
        hashes = {"queue_hash": digest} if name == QUEUE else {}
        return Result(
            digest, lambda: Round.objects.filter(pk=running.pk).update(**hashes) if hashes else None
        )

    return run


def _called(
    name: str,
    call: Callable[[Followed, Progress], str],
    told: Followed,
    progress: Progress,
    kept: dict[str, Any],
) -> str:
    """Call one; what goes wrong in it does not undo the decision, and is said."""
    try:
        return call(told, progress)
    except (JobCancelled, DatabaseError):
        raise
    except Exception as error:
        message = error.message if isinstance(error, TubelabError) else f"{error!r}"
        log.exception("step %s after a round of project %s failed", name, told.project_id)
        kept.setdefault("notes", []).append(f"The step {name} did not end well: {message}")
        return ""


def with_notes(kept: dict[str, Any]) -> str:
    return " ".join([kept.get("reason", ""), *kept.get("notes", [])]).strip()


def follow_start(done: Round, kinds: list[str], user_id: int | None, send: bool) -> str:
    """Make the job that does what follows, unless one waits that will do the same."""
    for job_id in api.active(done.project_id, turns.KIND):
        job = api.job_value(job_id)
        does = set(job.params.get("follow") or ())
        if job.state == "queued" and does.issuperset(kinds) and not job.cursor:
            return job.id
    waits = turns.is_busy(done.project_id)
    job_id = api.job_create(
        project_id=done.project_id,
        kind=turns.KIND,
        params={"round_id": str(done.id), "round": done.number, "follow": sorted(kinds)},
        user_id=user_id,
    )
    if send and not waits:
        api.enqueue(job_id)
    return job_id


def follow_run(done: Round, job: api.JobValue, owner: str, progress: Progress) -> None:
    """Propose with the models in use now and rank, going on where a killed worker stopped."""
    kept, kinds = dict(job.cursor), job.params["follow"]
    told = Followed(done.project_id, job.id, "action" in kinds, "segment" in kinds)
    names = [name for name, _ in round_followers]
    last = kept.get("step")
    first = names.index(last) + 1 if last in names else 0
    for place, (name, call) in enumerate(round_followers[first:], start=first):

        def part(share: float, message: str, place: int = place) -> None:
            progress((place + share) / len(names), message)

        _called(name, call, told, part, kept)
        kept["step"] = name
        api.job_checkpoint(job.id, owner, kept)
    api.job_done(job.id, owner, {"round_id": str(done.id), "reason": with_notes(kept)})

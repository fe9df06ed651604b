"""Rounds: started one at a time, run to one model and one decision, rolled back by a person."""

import logging
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput, JobCancelled, TubelabError
from mlbackend.models import ModelVersion, Round
from mlbackend.train import record

if TYPE_CHECKING:
    from mlbackend.train.loop import Outcome
    from mlbackend.train.recipes import Learned, Work
    from mlbackend.train.segments import SegmentRound
    from mlbackend.train.wish import Wish

log = logging.getLogger(__name__)

# Of a round's progress, where it learns segments too.
SEGMENTS_SHARE = 0.3

State = Round.State
Progress = Callable[[float, str], None]

# Called with a project's id after a person made another model its champion:
# annotator/pipeline.py registers what follows.
champion_handlers: list[Callable[[int], None]] = []


def round_start(
    *,
    project_id: int,
    user_id: int | None = None,
    send: bool = True,
    wish: dict[str, Any] | None = None,
) -> Round:
    """Make the next round and its job.

    Args:
        send: wake a worker; without it the caller runs the job itself.
        wish: `recipe`, `net` and `params` of this round where they differ from the project's
            settings.

    Raises:
        Conflict: a round of this project is queued or running.
        InvalidInput: the wish cannot be trained.
    """
    asked = _asked(project_id, wish)
    try:
        with transaction.atomic():
            if api.active(project_id, "train"):
                raise _busy()
            last = Round.objects.filter(project_id=project_id).aggregate(last=Max("number"))
            number = (last["last"] or 0) + 1
            started = Round.objects.create(project_id=project_id, number=number, **asked)
            job_id = api.job_create(
                project_id=project_id,
                kind="train",
                params={"round_id": str(started.id), "round": number},
                user_id=user_id,
            )
            started.job_id = uuid.UUID(job_id)
            started.save(update_fields=["job_id"])
    except IntegrityError as error:
        # Two people pressed at once: both wanted the same number.
        raise _busy() from error
    if send:
        api.enqueue(job_id)
    return started


def _asked(project_id: int, wish: dict[str, Any] | None) -> dict[str, Any]:
    """The fields of a round that hold a wish; a wish is checked, settings are when it runs.

    What the wish leaves open follows from the project's settings, as if there were no wish.
    """
    if not wish or not any(wish.values()):
        return {}
    from mlbackend.train.wish import wish_from

    found = wish_from(api.project(project_id).settings, wish)
    return {"recipe": found.recipe, "net": found.net, "params": found.params}


def _busy() -> Conflict:
    return Conflict(
        "A round of this project is under way; wait for it or cancel it.", code="round_running"
    )


def round_run(job: api.JobValue, owner: str, tell: Progress | None = None) -> Round:
    """Run a claimed round to its end; run again after a crash it ends in the same one model.

    Args:
        tell: also told the progress, for a terminal.
    """
    running = Round.objects.get(pk=job.params["round_id"])

    def progress(fraction: float, message: str) -> None:
        api.job_progress(job.id, owner, fraction, message)
        if tell:
            tell(fraction, message)

    try:
        _round_run(running, job, owner, progress)
    except JobCancelled:
        # Without a request to cancel another worker has taken the round over: it is theirs.
        if api.job_value(job.id).cancel_requested:
            _round_failed(running, "Cancelled.")
        raise
    except TubelabError as error:
        _round_failed(running, error.message)
        raise
    except Exception as error:
        _round_failed(running, f"The round stopped unexpectedly: {type(error).__name__}: {error}")
        raise
    running.refresh_from_db()
    return running


def _round_run(running: Round, job: api.JobValue, owner: str, progress: Progress) -> None:
    # modAL, torch and OpenCV are loaded where they are used, not when the web server starts.
    from mlbackend.train.champion import champion_load, champion_row
    from mlbackend.train.recipes import Work
    from mlbackend.train.segments import segments_learn

    progress(0.0, "Freezing what was reviewed.")
    snapshot = _snapshot(running)
    champion = champion_row(running.project_id)
    settings_ = api.project(running.project_id).settings
    wish = _wish(running, settings_)
    content = _visible(running.project_id, snapshot.content)
    seed = int(wish.params.get("seed", running.number))
    mirror = bool(settings_.get("mirror", True))
    segments = segments_learn(
        content, running.project_id, seed, mirror, _share(progress, 0.0, SEGMENTS_SHARE)
    )
    begun = SEGMENTS_SHARE if segments.reason else 0.0
    work = Work(
        content=content,
        wish=wish,
        seed=seed,
        mirror=mirror,
        champion=champion_load(champion),
        champion_folder=champion.file_path.parent if champion else None,
        folder=_folder(running),
        progress=_share(progress, begun, 1.0),
        tell_curves=lambda curves: _curves(running, curves),
    )
    learned = _learned(work, segments)
    if isinstance(learned, InvalidInput):
        _segments_stored(running, job, owner, segments, work, learned.message)
        return
    outcome = _judged(running, work, learned, champion)
    work.progress(0.95, "Storing the model.")
    made = record.Made(running, snapshot.hash, champion, work, learned, outcome)
    manifest, card = record.write(made, lambda f, m: work.progress(0.95 + 0.05 * f, m))
    reason = f"{outcome.decision.reason} {segments.reason}".strip()
    stored = _segments_written(running, segments, work)
    with transaction.atomic():
        model = record.model_record(made, manifest)
        stored()
        _round_done(running, model, outcome, reason, card)
        result = {"model_id": str(model.id), "promoted": outcome.decision.promoted}
        api.job_done(job.id, owner, _result(running, segments, reason) | result)
    shutil.rmtree(work.folder, ignore_errors=True)


def _share(progress: Progress, first: float, last: float) -> Progress:
    """Progress of a part of the round."""
    return lambda done, message: progress(first + (last - first) * done, message)


def _learned(work: "Work", segments: "SegmentRound") -> "Learned | InvalidInput":
    """Train the action model; return why there is too little for one if segments were learned."""
    from mlbackend.train.recipes import RECIPES

    try:
        return RECIPES[work.wish.recipe].learn(work)
    except InvalidInput as error:
        if error.code != "nothing_to_train":
            raise
        if segments.outcome is None:
            raise InvalidInput(
                f"{error.message} {segments.reason}".strip(), code=error.code
            ) from error
        return error


def _segments_stored(
    running: Round,
    job: api.JobValue,
    owner: str,
    segments: "SegmentRound",
    work: "Work",
    lacking: str,
) -> None:
    """End a round that learned segments and no actions."""
    assert segments.outcome is not None
    stored = _segments_written(running, segments, work)
    with transaction.atomic():
        stored()
        reason = f"{segments.reason} No action model: {lacking}"
        _round_done(running, None, segments.outcome, reason, {})
        api.job_done(job.id, owner, _result(running, segments, reason))


def _segments_written(running: Round, segments: "SegmentRound", work: "Work") -> Callable[[], None]:
    """Write the segment model's files; return what makes its row."""
    from mlbackend.train.segments import segments_record, segments_write

    if segments.outcome is None:
        return lambda: None
    manifest = segments_write(running, segments, work.seed, work.mirror)
    return lambda: segments_record(running, segments, manifest)


def _result(running: Round, segments: "SegmentRound", reason: str) -> dict[str, Any]:
    """What the job of a round says that made no action model."""
    return {
        "round_id": str(running.id),
        "model_id": None,
        "promoted": False,
        "segments_promoted": segments.promoted,
        "reason": reason,
    }


def _judged(
    running: Round, work: "Work", learned: "Learned", row: ModelVersion | None
) -> "Outcome":
    """Measure the new model and the champion, each by its own features."""
    from mlbackend.train.dataset import held_out_only
    from mlbackend.train.features import snapshot_features
    from mlbackend.train.learning.meaning import changed_since
    from mlbackend.train.loop import judge

    hold_out = learned.dataset.hold_out
    work.progress(0.93, f"Measuring on {hold_out.tubes} tubes.")
    champion, features = work.champion, None
    if champion is not None and champion.descriptor.key != learned.descriptor.key:
        features = snapshot_features(
            held_out_only(work.content),
            champion.descriptor,
            lambda f, m: work.progress(0.93 + 0.02 * f, m),
        )
    changed = changed_since(row, running)
    return judge(
        work.content, learned.dataset, learned.model, champion, features, running.number, changed
    )


def _wish(running: Round, project_settings: dict[str, Any]) -> "Wish":
    """What the round trains: what it was asked when it was started, or the project's settings."""
    from mlbackend.train.wish import wish_from

    given = {"recipe": running.recipe, "net": running.net, "params": running.params}
    wish = wish_from(project_settings, given)
    Round.objects.filter(pk=running.pk).update(recipe=wish.recipe, net=wish.net, params=wish.params)
    return wish


def _folder(running: Round) -> Path:
    """Where the round's training leaves what it needs to go on after a crash."""
    return Path(settings.HOME_DIRS["models"]) / f".{running.id}-training"


def _curves(running: Round, curves: list[dict[str, Any]]) -> None:
    Round.objects.filter(pk=running.pk).update(curves={"epochs": curves})


def _snapshot(running: Round) -> api.SnapshotValue:
    """The round's snapshot: frozen at its first run, the same one if it is run again."""
    if running.snapshot_hash:
        snapshot = api.snapshot_read(running.snapshot_hash)
    else:
        snapshot = api.snapshot_freeze(running.project_id)
    Round.objects.filter(pk=running.pk).update(
        snapshot_hash=snapshot.hash,
        state=State.RUNNING,
        started_at=running.started_at or timezone.now(),
        reason="",
    )
    running.snapshot_hash = snapshot.hash
    return snapshot


def _visible(project_id: int, content: dict[str, Any]) -> dict[str, Any]:
    """The content without videos that wait for their file, as after a restore."""
    waiting = api.videos_waiting(project_id)
    return content | {"videos": [v for v in content["videos"] if v["id"] not in waiting]}


def _round_done(
    running: Round,
    model: ModelVersion | None,
    outcome: "Outcome",
    reason: str,
    card: dict[str, Any],
) -> None:
    from mlbackend.train import figures

    dataset = outcome.dataset
    Round.objects.filter(pk=running.pk).update(
        state=State.DONE,
        model=model,
        counts=figures.counts(dataset),
        metrics=figures.compared(outcome),
        evaluated_on=dataset.rule.value,
        decision=outcome.decision.name,
        reason=reason,
        card=card,
        finished_at=timezone.now(),
    )


def _round_failed(running: Round, reason: str) -> None:
    unfinished = Round.objects.filter(pk=running.pk).exclude(state=State.DONE)
    unfinished.update(state=State.FAILED, reason=reason, finished_at=timezone.now())


def round_promote(done: Round) -> Round:
    """Make this round's models the champions: a person rolls back, or forward.

    Raises:
        Conflict: the round made no model.
        InvalidInput: it cannot be used here: its files, or its net's weights, are gone, or it
            reads features of another version.
    """
    from mlbackend.train.champion import champion_set, model_load
    from mlbackend.train.segments import segment_model

    models = [model for model in (done.model, segment_model(done)) if model is not None]
    if not models:
        raise Conflict(
            f"Round {done.number} made no model; choose a round that is done.", code="no_model"
        )
    for model in models:
        model_load(model)
    with transaction.atomic():
        for model in models:
            champion_set(model)
    transaction.on_commit(lambda: _tell(done.project_id))
    return done


def _tell(project_id: int) -> None:
    for handler in champion_handlers:
        try:
            handler(project_id)
        except Exception:
            # What follows must not undo, or deny, that another model is in use.
            log.exception("what follows another champion of project %s failed", project_id)

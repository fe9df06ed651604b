"""Rounds: started one at a time, run to one model and one decision, rolled back by a person."""

import logging
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput, JobCancelled, TubelabError
from mlbackend.models import ModelVersion, Round

if TYPE_CHECKING:
    from mlbackend.train.loop import Outcome

log = logging.getLogger(__name__)

KIND = "action"
State = Round.State
Progress = Callable[[float, str], None]

# Called with a project's id after a person made another model its champion:
# annotator/pipeline.py registers what follows.
champion_handlers: list[Callable[[int], None]] = []


def round_start(*, project_id: int, user_id: int | None = None, send: bool = True) -> Round:
    """Make the next round and its job.

    Args:
        send: wake a worker; without it the caller runs the job itself.

    Raises:
        Conflict: a round of this project is queued or running.
    """
    try:
        with transaction.atomic():
            if api.active(project_id, "train"):
                raise _busy()
            last = Round.objects.filter(project_id=project_id).aggregate(last=Max("number"))
            number = (last["last"] or 0) + 1
            started = Round.objects.create(project_id=project_id, number=number)
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
    from mlbackend.train.features import HOG_HOF, snapshot_features
    from mlbackend.train.loop import round_learn

    progress(0.0, "Freezing what was reviewed.")
    snapshot = _snapshot(running)
    descriptor = HOG_HOF
    champion = champion_row(running.project_id)
    loaded = champion_load(champion)
    settings_ = api.project(running.project_id).settings
    content = _visible(running.project_id, snapshot.content)
    champion_features = None
    if loaded is not None and loaded.descriptor.key != descriptor.key:
        champion_features = snapshot_features(
            content, loaded.descriptor, lambda f, m: progress(0.05 + 0.2 * f, m)
        )
    outcome = round_learn(
        content,
        snapshot_features(content, descriptor, lambda f, m: progress(0.25 + 0.3 * f, m)),
        loaded,
        recipe=_recipe(settings_),
        seed=running.number,
        progress=progress,
        mirror=descriptor.mirrored if settings_.get("mirror", True) else None,
        champion_features=champion_features,
    )
    progress(0.95, "Storing the model.")
    manifest = _write(running, snapshot.hash, champion, settings_, outcome)
    with transaction.atomic():
        model = _model_record(running, champion, manifest, outcome.decision.promoted)
        _round_done(running, model, outcome)
        result = {
            "round_id": str(running.id),
            "model_id": str(model.id),
            "promoted": outcome.decision.promoted,
            "reason": outcome.decision.reason,
        }
        api.job_done(job.id, owner, result)


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


def _recipe(project_settings: dict[str, Any]) -> str:
    from mlbackend.train.estimator import RECIPES

    wanted = str(project_settings.get("recipe", "logistic"))
    if wanted not in RECIPES:
        raise InvalidInput(
            f"The project's recipe '{wanted}' is unknown; its settings may name "
            f"{' or '.join(sorted(RECIPES))}."
        )
    return wanted


def _write(
    running: Round,
    snapshot_hash: str,
    champion: ModelVersion | None,
    project_settings: dict[str, Any],
    outcome: "Outcome",
) -> dict[str, Any]:
    """Write weights and manifest into the round's own folder."""
    from mlbackend.train import figures
    from mlbackend.train.checkpoint import checkpoint_write
    from mlbackend.train.features import HOG_HOF

    dataset = outcome.dataset
    manifest = {
        "kind": KIND,
        "round": running.number,
        "seed": running.number,
        "recipe": _recipe(project_settings),
        "mirror": bool(project_settings.get("mirror", True)),
        "features": {"descriptor": HOG_HOF.key, "width": len(outcome.model.mean)},
        "labels": [
            {"id": label_id, "name": name}
            for label_id, name in zip(dataset.label_ids, dataset.label_names, strict=True)
        ],
        "snapshot_hash": snapshot_hash,
        "parent": str(champion.id) if champion else None,
        "evaluated_on": dataset.rule.value,
        "counts": figures.counts(dataset),
        "metrics": figures.metrics(outcome.candidate, dataset.label_ids, dataset.label_names),
        "train_tube_ids": sorted(set(dataset.train.tube_ids.tolist())),
        "licence": "Belongs to whoever owns the project's videos and labels.",
    }
    folder = settings.HOME_DIRS["models"] / str(running.id)
    return checkpoint_write(folder, outcome.model, manifest)


def _model_record(
    running: Round, champion: ModelVersion | None, manifest: dict[str, Any], promoted: bool
) -> ModelVersion:
    """The round's one model version; its id follows from the round's."""
    from mlbackend.train.champion import champion_set

    shown = {key: value for key, value in manifest.items() if key != "train_tube_ids"}
    model, _ = ModelVersion.objects.update_or_create(
        id=uuid.uuid5(running.id, "model"),
        defaults={
            "project_id": running.project_id,
            "kind": KIND,
            "name": f"round {running.number}",
            "parent": champion,
            "snapshot_hash": manifest["snapshot_hash"],
            "manifest": shown,
            "path": f"{running.id}/weights.npz",
        },
    )
    if promoted:
        champion_set(model)
    return model


def _round_done(running: Round, model: ModelVersion, outcome: "Outcome") -> None:
    from mlbackend.train import figures

    dataset = outcome.dataset
    shared_ids = tuple(dataset.label_ids[c] for c in outcome.shared)
    shared_names = tuple(dataset.label_names[c] for c in outcome.shared)
    shown = {
        "candidate": figures.metrics(outcome.candidate, dataset.label_ids, dataset.label_names),
        "champion": outcome.champion
        and figures.metrics(outcome.champion, shared_ids, shared_names),
    }
    Round.objects.filter(pk=running.pk).update(
        state=State.DONE,
        model=model,
        counts=figures.counts(dataset),
        metrics=shown,
        evaluated_on=dataset.rule.value,
        decision=outcome.decision.name,
        reason=outcome.decision.reason,
        finished_at=timezone.now(),
    )


def _round_failed(running: Round, reason: str) -> None:
    unfinished = Round.objects.filter(pk=running.pk).exclude(state=State.DONE)
    unfinished.update(state=State.FAILED, reason=reason, finished_at=timezone.now())


def round_promote(done: Round) -> Round:
    """Make this round's model the champion: a person rolls back, or forward.

    Raises:
        Conflict: the round made no model, or its files are gone.
    """
    from mlbackend.train.champion import champion_set
    from mlbackend.train.checkpoint import load_action_model

    if done.model is None:
        raise Conflict(
            f"Round {done.number} made no model; choose a round that is done.", code="no_model"
        )
    load_action_model(done.model)
    champion_set(done.model)
    transaction.on_commit(lambda: _tell(done.project_id))
    return done


def _tell(project_id: int) -> None:
    for handler in champion_handlers:
        try:
            handler(project_id)
        except Exception:
            # What follows must not undo, or deny, that another model is in use.
            log.exception("what follows another champion of project %s failed", project_id)

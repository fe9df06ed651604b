"""What a round leaves: the model's folder with its manifest, and its row."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from labeling.domain.errors import Conflict
from mlbackend.models import ModelVersion, Round
from mlbackend.train.champion import models_lock

if TYPE_CHECKING:
    from mlbackend.train.loop import Outcome
    from mlbackend.train.recipes import Learned, Work

KIND = "action"
OWN_LICENCE = "Belongs to whoever owns the project's videos and labels."


@dataclass(frozen=True, eq=False)
class Made:
    """All that is known of a round when its model is stored."""

    running: Round
    snapshot_hash: str
    champion: ModelVersion | None
    work: Work
    learned: Learned
    outcome: Outcome


def write(made: Made, progress: Callable[[float, str], None]) -> tuple[dict, dict]:
    """Write weights, manifest and card into the round's own folder; return the last two."""
    from mlbackend.train.card import write_card
    from mlbackend.train.checkpoint import checkpoint_write

    manifest = _manifest(made)
    progress(0.2, "Writing the model's card.")
    card, files = write_card(made, manifest)
    progress(0.9, "Storing the model.")
    folder = Path(settings.HOME_DIRS["models"]) / str(made.running.id)
    written = checkpoint_write(
        folder, made.learned.model, manifest, {**made.learned.files, **files}
    )
    return written, card


def _manifest(made: Made) -> dict[str, Any]:
    from mlbackend.train import figures

    dataset, wish, learned = made.outcome.dataset, made.work.wish, made.learned
    return {
        "kind": KIND,
        **provenance_of(made.running),
        "seed": made.work.seed,
        "recipe": wish.recipe,
        "params": learned.facts.get("params", {}),
        "mirror": made.work.mirror,
        "features": {
            "descriptor": learned.descriptor.key,
            "width": len(learned.model.mean),
            **learned.features,
        },
        "start": learned.facts.get("start"),
        "labels": [
            {"id": label_id, "name": name}
            for label_id, name in zip(dataset.label_ids, dataset.label_names, strict=True)
        ],
        "parent": str(made.champion.id) if made.champion else None,
        "evaluated_on": dataset.rule.value,
        "counts": figures.counts(dataset),
        "metrics": figures.metrics(made.outcome.candidate, dataset.label_ids, dataset.label_names),
        "train_tube_ids": sorted(set(dataset.train.tube_ids.tolist())),
        "licence": licence(learned.facts.get("start")),
    }


def licence(start: dict[str, Any] | None) -> str:
    """Whose the model is, and under which terms the weights it began with are."""
    if not start or not start.get("licence") or start["licence"] == OWN_LICENCE:
        return OWN_LICENCE
    if start["source"] == "champion":
        return str(start["licence"])
    return f"{OWN_LICENCE} It began with {start['title']}: {start['licence']}."


def model_record(made: Made, manifest: dict[str, Any]) -> ModelVersion:
    """The round's one model version, not in use yet; its id follows from the round's."""
    running = made.running
    shown = {key: value for key, value in manifest.items() if key != "train_tube_ids"}
    model, _ = ModelVersion.objects.update_or_create(
        id=uuid.uuid5(running.id, "model"),
        defaults={
            "project_id": running.project_id,
            "kind": KIND,
            "name": f"round {running.number}",
            "parent": made.champion,
            "snapshot_hash": manifest["snapshot_hash"],
            "manifest": shown,
            "path": f"{running.id}/weights.npz",
        },
    )
    return model


def provenance_of(running: Round) -> dict[str, Any]:
    """What a manifest says of the round that made the model, so that it can be made again."""
    return {
        "round": running.number,
        "round_id": str(running.id),
        "trigger": running.trigger,
        "snapshot_hash": running.snapshot_hash,
        "schema_version": running.schema_version,
        "code": running.code,
        "effort": running.effort,
    }


def check_compared(model: ModelVersion, compared_with: ModelVersion | None) -> None:
    """See that a model takes the place of the one it was compared with, if of any.

    A training takes hours; meanwhile a person may have put another model to use.

    Raises:
        Conflict: it would replace another.
    """
    rows = models_lock(model).filter(status=ModelVersion.Status.CHAMPION)
    now = rows.exclude(pk=model.pk).first()
    if now is not None and (compared_with is None or now.pk != compared_with.pk):
        raise Conflict(
            f"While this round was trained {now.name} was put to use, and the new model was not "
            "compared with it. Resume the round: it compares again.",
            code="champion_changed",
        )

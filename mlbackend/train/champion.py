"""The model in use: found, loaded, changed."""

import logging

from django.db import transaction
from django.db.models import QuerySet

from labeling.domain.errors import InvalidInput
from mlbackend.models import ModelVersion
from mlbackend.train.checkpoint import checkpoint_read
from mlbackend.train.predictor import Champion

log = logging.getLogger(__name__)

KIND = "action"
Status = ModelVersion.Status


def champion_row(project_id: int, kind: str = KIND) -> ModelVersion | None:
    """The project's champion among the models of a kind, the action models by default."""
    rows = ModelVersion.objects.filter(project_id=project_id, kind=kind, status=Status.CHAMPION)
    return rows.first()


def champion_load(row: ModelVersion | None) -> Champion | None:
    """Load a champion; None if there is none or it cannot be used.

    A model whose files are damaged, whose net's weights have gone, or that was trained on features
    of another version, neither ranks nor stands in the way of the next one.
    """
    if row is None:
        return None
    try:
        return model_load(row)
    except InvalidInput as error:
        log.warning("champion '%s' cannot be used: %s", row.name, error.message)
        return None


def model_load(row: ModelVersion) -> Champion:
    """Load any action model with what it reads.

    Raises:
        InvalidInput: it cannot be used here; the message says why and what to do.
    """
    from mlbackend.train.descriptors import descriptor_for  # brings OpenCV

    folder = row.file_path.parent
    model, manifest = checkpoint_read(folder)
    return Champion(model, manifest, descriptor_for(manifest, folder))


def models_lock(model: ModelVersion) -> QuerySet[ModelVersion]:
    """The project's models of this kind, nobody else's to choose from until the transaction ends.

    All of them, in one order: of two who choose at once the second sees what the first chose.
    """
    rows = ModelVersion.objects.filter(project_id=model.project_id, kind=model.kind)
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    return rows


def champion_set(model: ModelVersion) -> None:
    """Make this model its project's champion; the one before is retired, not forgotten."""
    with transaction.atomic():
        rows = models_lock(model)
        rows.filter(status=Status.CHAMPION).exclude(pk=model.pk).update(status=Status.RETIRED)
        ModelVersion.objects.filter(pk=model.pk).update(status=Status.CHAMPION)
    model.status = Status.CHAMPION

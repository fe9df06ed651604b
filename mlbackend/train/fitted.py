"""A model as it was fitted, kept until its round is done: a crash does not fit it again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from labeling.domain.errors import InvalidInput
from mlbackend.train.checkpoint import checkpoint_read, checkpoint_write
from mlbackend.train.predictor import ActionModel

FOLDER = "fitted"


def fitted(
    folder: Path, label_ids: tuple[int, ...], key: str, fit: Callable[[], ActionModel]
) -> ActionModel:
    """The model that was fitted in this folder already, else a new one, which is kept there.

    Args:
        folder: the round's own: snapshot, recipe and seed are the same whenever it is asked.
        label_ids: what the model must answer.
        key: of the descriptor it must read, as another version of the code may make others, and of
            what is held out.
    """
    place = folder / FOLDER
    try:
        model, manifest = checkpoint_read(place)
        if manifest.get("descriptor") == key and model.label_ids == label_ids:
            return model
    except InvalidInput:
        pass  # nothing is there, or half of something
    model = fit()
    checkpoint_write(place, model, {"descriptor": key})
    return model

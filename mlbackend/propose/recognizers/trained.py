"""Models that the project trained itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.models import ModelVersion
from mlbackend.propose.recognizers.base import Floats
from mlbackend.train.champion import KIND, model_load
from mlbackend.train.predictor import Champion


class TrainedRecognizer:
    """A model of a round; see `base.Recognizer`."""

    def __init__(self, row: ModelVersion, loaded: Champion, net_title: str) -> None:
        model = loaded.model
        self.title = f"{net_title}, {row.name}"
        self.descriptor = loaded.descriptor
        self.label_ids, self.thresholds = model.label_ids, model.thresholds
        self.model_id = str(row.id)
        self.weights_sha256 = str(loaded.manifest.get("weights_sha256", ""))
        self._model = model

    def probabilities(self, features: NDArray[np.floating]) -> Floats:
        return self._model.predict_proba(features.astype(np.float64))


def net_of(row: ModelVersion) -> str:
    """The name of the net a model reads; empty for HOG/HOF."""
    return str(row.manifest.get("features", {}).get("net") or "")


def models_on(project_id: int, net: str) -> Iterator[ModelVersion]:
    """The project's models on a net, the one in use first, then from the newest."""
    rows = list(ModelVersion.objects.filter(project_id=project_id, kind=KIND))
    rows.sort(key=lambda row: row.status != ModelVersion.Status.CHAMPION)
    return (row for row in rows if net_of(row) == net)


def newest_usable(project_id: int, net: str) -> tuple[ModelVersion, Champion] | None:
    """The first of `models_on` whose files are whole and whose features can be made here."""
    for row in models_on(project_id, net):
        try:
            return row, model_load(row)
        except InvalidInput:
            continue
    return None

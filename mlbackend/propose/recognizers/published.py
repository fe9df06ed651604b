"""Nets with published or added weights: their classes where they are called like a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from labeling import api
from mlbackend.propose.recognizers.base import Floats, RecognizerFailed
from mlbackend.propose.recognizers.classes import matched
from mlbackend.train.descriptors import installed_descriptor

if TYPE_CHECKING:
    from mlbackend.nets.action_net import NetSpec
    from mlbackend.zoo.installed import Installed

# A softmax over hundreds of classes is rarely above one half for the right one.
SOFTMAX_THRESHOLD, SIGMOID_THRESHOLD = 0.3, 0.5


class PublishedRecognizer:
    """A whole net, its head included; see `base.Recognizer`.

    Several classes may mean one label: the surest of them speaks.
    """

    def __init__(self, spec: NetSpec, found: Installed, places: dict[int, list[int]]) -> None:
        self.title = found.title if spec.title in found.title else f"{spec.title}: {found.title}"
        self.descriptor = installed_descriptor(found)
        self.label_ids = tuple(sorted(places))
        threshold = SIGMOID_THRESHOLD if spec.multi_label else SOFTMAX_THRESHOLD
        self.thresholds = np.full(len(places), threshold)
        self.model_id = ""
        self.weights_sha256 = found.sha256
        self._spec, self._places = spec, places

    def probabilities(self, features: NDArray[np.floating]) -> Floats:
        import torch

        if not len(features):
            return np.zeros((0, len(self.label_ids)))
        with torch.inference_mode():
            embedding = torch.from_numpy(np.asarray(features, dtype=np.float32))
            logits = self.descriptor.classify(embedding).double()
            each = logits.sigmoid() if self._spec.multi_label else logits.softmax(dim=1)
        found = each.numpy()
        return np.stack([found[:, self._places[i]].max(axis=1) for i in self.label_ids], axis=1)


def published(spec: NetSpec, project_id: int) -> tuple[Installed, dict[int, list[int]]]:
    """Return a net's weights and which of its classes mean which label of the project.

    Raises:
        RecognizerFailed: there are none, or none of the classes is a label here.
    """
    from mlbackend.zoo.folders import weights_folders
    from mlbackend.zoo.installed import weights_for

    found = weights_for(spec.name, weights_folders())
    if found is None:
        raise RecognizerFailed(
            f"{spec.title}'s weights are not here. Fetch or add them on the page Models, or train "
            "a round on this net."
        )
    if not found.classes:
        raise RecognizerFailed(
            f"{found.title} has no head, so it says nothing by itself. Train a round on it."
        )
    labels = api.labels(project_id)
    places = matched(found.classes, labels)
    if not places:
        raise RecognizerFailed(
            f"{found.title} knows {len(found.classes)} actions and none is called like a label of "
            f"this project ({_some(found.classes)}). Name a label like one, or train a round."
        )
    return found, places


def _some(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")

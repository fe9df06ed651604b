"""What every recognizer is to the rest: features of windows in, probabilities of labels out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from labeling import api
from labeling.domain.taxonomy import LabelKind
from mlbackend.data.descriptor import Descriptor

Floats = NDArray[np.float64]


class RecognizerFailed(Exception):
    """A recognizer cannot be had or used; the message says why and what to do."""


class Recognizer(Protocol):
    """Something that recognizes actions on tubes.

    Attributes:
        title: as people read it: the architecture and where it learned.
        descriptor: what its features are made by.
        label_ids: the C labels it answers, in the order of the columns.
        thresholds: (C,) the probability from which each is said.
        model_id: the trained model's id, empty for published or added weights.
        weights_sha256: of what it answers by.
    """

    title: str
    descriptor: Descriptor
    label_ids: tuple[int, ...]
    thresholds: Floats
    model_id: str
    weights_sha256: str

    def probabilities(self, features: NDArray[np.floating]) -> Floats:
        """(N, D) features of windows to (N, C) probabilities."""
        ...


@dataclass(frozen=True, slots=True)
class Option:
    """A recognizer: how it is called, and what it costs.

    `net` is a name of `nets.registry.NETS`, empty for HOG/HOF.
    """

    title: str
    net: str
    speed_note: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The recognizer to use, empty for none, and a plain sentence on what was not there."""

    name: str
    note: str


def labels_of(project_id: int) -> set[int]:
    """Ids of the action labels the project asks about now."""
    return {
        label.id
        for label in api.labels(project_id)
        if label.kind is LabelKind.ACTION and not label.is_retired
    }

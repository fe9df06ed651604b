"""What a recipe is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from mlbackend.data.descriptor import Descriptor
from mlbackend.train.dataset import Dataset
from mlbackend.train.predictor import ActionModel, Champion
from mlbackend.train.wish import Wish

Progress = Callable[[float, str], None]
# Told the curves so far after each epoch.
TellCurves = Callable[[list[dict[str, Any]]], None]


@dataclass(frozen=True)
class Work:
    """What a round trains on.

    Attributes:
        content: a snapshot's content.
        wish: recipe, net and parameters, checked.
        seed: of the round; the wish may hold another.
        mirror: whether left and right may change places.
        champion: the model in use, and its folder.
        folder: where the recipe may leave files: while it works, to go on from after a crash, and
            at the end those that belong to the model.
        progress: told the share done; may raise to stop.
    """

    content: dict[str, Any]
    wish: Wish
    seed: int
    mirror: bool
    champion: Champion | None
    champion_folder: Path | None
    folder: Path
    progress: Progress
    tell_curves: TellCurves


@dataclass(frozen=True, eq=False)
class Learned:
    """What a recipe found.

    Attributes:
        dataset: its hold-out holds features by `descriptor`.
        descriptor: what the model reads.
        features: what a manifest says of it beside its key and width; see
            `descriptors.descriptor_for`.
        files: that belong to the model beside its own, by the name they get.
        facts: for manifest and card: parameters, what it began with, curves, speed.
    """

    dataset: Dataset
    model: ActionModel
    descriptor: Descriptor
    features: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Recipe(Protocol):
    """A way to train.

    Attributes:
        name: as settings, commands and manifests call it.
        title, about: as people read it; `about` is a sentence.
        nets: "never" where it is for HOG/HOF, else "always".
        trains_net: whether it changes the net's own weights.
    """

    name: str
    title: str
    about: str
    nets: str
    trains_net: bool

    def learn(self, work: Work) -> Learned:
        """Train on the snapshot's reviewed tubes that are not held out.

        Raises:
            InvalidInput: there is too little to train on, or no weights to begin with.
            JobCancelled: a person stopped it.
        """
        ...

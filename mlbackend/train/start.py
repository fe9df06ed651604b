"""Whose weights a training begins with: the champion's net, installed ones, or none."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeling.domain.errors import InvalidInput

if TYPE_CHECKING:
    from torch import Tensor

    from mlbackend.data.descriptor import Descriptor
    from mlbackend.train.recipes.base import Work
    from mlbackend.zoo.installed import Installed

NET_FILE = "net.safetensors"


@dataclass(frozen=True)
class Start:
    """Weights to begin with, and what is said of them.

    Attributes:
        source: "champion", "installed" or "scratch".
        file: the champion's net. installed: what the zoo found.
        label_ids: what the champion's head answers; empty for others.
    """

    source: str
    title: str
    licence: str
    sha256: str = ""
    file: Path | None = None
    installed: Installed | None = None
    label_ids: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For manifests and cards."""
        return {
            "source": self.source,
            "title": self.title,
            "licence": self.licence,
            "sha256": self.sha256,
        }

    def state(self) -> dict[str, Tensor]:
        """The weights by name; none from scratch."""
        if self.file is not None:
            from safetensors.torch import load_file

            return load_file(self.file)
        if self.installed is not None:
            from mlbackend.zoo.load import load_net

            return load_net(self.installed).state_dict()
        return {}


def find_start(work: Work, *, may_be_none: bool) -> Start:
    """The weights a wish begins with.

    Args:
        may_be_none: whether the recipe can do without.

    Raises:
        InvalidInput: the weights wished for are not here, or there are none and the recipe needs
            some: random weights see nothing.
    """
    wanted = str(work.wish.params.get("start", "auto"))
    if wanted in ("auto", "champion"):
        found = _of_champion(work)
        if found is not None:
            return found
        if wanted == "champion":
            raise InvalidInput(
                f"The model in use is not a {work.wish.net}, so a training cannot begin with it. "
                "Choose start 'installed', or promote a round that trained this net.",
                code="no_weights",
            )
    if wanted in ("auto", "installed"):
        found = _installed(work.wish.net)
        if found is not None:
            return found
    if wanted == "scratch" or (wanted == "auto" and may_be_none):
        if may_be_none:
            return Start("scratch", "random weights", "")
        raise InvalidInput(
            f"Recipe '{work.wish.recipe}' cannot begin from scratch: random weights see nothing. "
            "Choose recipe full.",
            code="no_weights",
        )
    raise no_weights(work.wish.recipe, work.wish.net)


def no_weights(recipe: str, net: str) -> InvalidInput:
    """Say what to do where a recipe finds no weights."""
    return InvalidInput(
        f"Recipe '{recipe}' needs trained weights of {net}, and none are on this machine. Fetch "
        "them on the page Models or by manage.py models fetch, add a file by manage.py models "
        "add, or train HOG/HOF (logistic).",
        code="no_weights",
    )


def start_descriptor(
    work: Work,
) -> tuple[Descriptor, dict[str, Any], dict[str, Path], dict[str, Any]]:
    """The net as it is, as a descriptor; what a manifest says of it, its files, its origin."""
    from mlbackend.train.descriptors import net_descriptor

    start = find_start(work, may_be_none=False)
    features: dict[str, Any] = {"net": work.wish.net}
    if start.file is not None:
        features["weights"] = {"file": NET_FILE, "sha256": start.sha256}
        kept = work.folder / NET_FILE
        work.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(start.file, kept)
        found = net_descriptor(features, work.folder)
        return found, features, {NET_FILE: kept}, start.as_dict()
    assert start.installed is not None
    features["weights"] = {"zoo": start.installed.name, "sha256": start.sha256}
    return net_descriptor(features, work.folder), features, {}, start.as_dict()


def _of_champion(work: Work) -> Start | None:
    if work.champion is None or work.champion_folder is None:
        return None
    features = work.champion.manifest.get("features", {})
    weights = features.get("weights", {})
    if features.get("net") != work.wish.net or "file" not in weights:
        return None
    file = work.champion_folder / weights["file"]
    if not file.is_file():
        return None
    round_number = work.champion.manifest.get("round")
    return Start(
        "champion",
        f"the net of round {round_number}",
        str(work.champion.manifest.get("licence", "")),
        weights.get("sha256", ""),
        file,
        label_ids=tuple(work.champion.model.label_ids),
    )


def _installed(net: str) -> Start | None:
    from mlbackend.zoo.folders import weights_folders
    from mlbackend.zoo.installed import weights_for

    found = weights_for(net, weights_folders())
    if found is None:
        return None
    return Start("installed", found.title, found.licence, found.sha256, installed=found)

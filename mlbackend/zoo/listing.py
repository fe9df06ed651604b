"""What there is, what is missing and what to do about it, as the command and the page show it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlbackend.zoo.architectures import architectures
from mlbackend.zoo.fetch import recent_failure
from mlbackend.zoo.installed import STREAMS, Installed, installed
from mlbackend.zoo.manifest import WEIGHTS, Use, Weights
from mlbackend.zoo.published import facts, preprocessing

HERE, ADDED, ABSENT, BUILT_IN = "here", "added", "absent", "built in"
_STARTS = "recipes head and finetune start from it"
_TRAINS = "recipe full trains it from nothing"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list.

    Attributes:
        name: of the weights, or of the net where none are known.
        state: HERE (published), ADDED, ABSENT or BUILT_IN.
        file: name of the file that is here, or that would be; `folder` where it lies.
        megabytes: of the file that is here, else as published; 0 where not known.
        classes: how many it tells apart; 0 where there is no head.
        gflops: of one clip or picture; 0 where not known.
        needed_for: what it makes possible.
        to_do: what a person can do so that it is here; empty when it is.
    """

    name: str
    net: str
    use: str
    title: str
    state: str
    file: str = ""
    folder: str = ""
    megabytes: float = 0.0
    classes: int = 0
    licence: str = ""
    source: str = ""
    preprocessing: str = ""
    gflops: float = 0.0
    parameters_m: float = 0.0
    figures: str = ""
    needed_for: str = ""
    to_do: str = ""
    can_fetch: bool = False
    failed: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def listing(folders: Sequence[Path]) -> list[Item]:
    """Every detector and recognizer: added files first, then as the manifest has them."""
    here = installed(folders)
    added = [_here(each) for each in here if not each.published]
    by_name = {each.name: each for each in here if each.published}
    known = [
        _here(by_name[name], entry) if name in by_name else _absent(entry, folders[0])
        for name, entry in WEIGHTS.items()
    ]
    items = [*added, *known, *_without_weights(here, folders[0]), *_BUILT_IN]
    return sorted(items, key=lambda item: item.use != Use.DETECTOR)


def _here(each: Installed, entry: Weights | None = None) -> Item:
    cost = _cost(each.net, entry)
    return Item(
        each.name, each.net, each.use, each.title, HERE if each.published else ADDED,
        each.path.name, str(each.path.parent), each.path.stat().st_size / 1e6, len(each.classes),
        each.licence, each.source, each.preprocessing, **cost,
        needed_for=_needed_for(each.use, entry, bool(each.classes)),
    )  # fmt: skip


def _absent(entry: Weights, folder: Path) -> Item:
    cost = _cost(entry.net, entry)
    found = facts(entry)
    file_name = entry.file_names[0]
    where = f"put {file_name} into {folder}"
    fetch = f"manage.py models fetch {entry.name}"
    return Item(
        entry.name, entry.net, entry.use, entry.title, ABSENT, file_name, "",
        found.megabytes if found else 0.0, 0, entry.licence, entry.source, preprocessing(entry),
        **cost, needed_for=_needed_for(entry.use, entry, True),
        to_do=f"{fetch}, or {where}" if entry.url else where[0].upper() + where[1:],
        can_fetch=bool(entry.url),
        failed=recent_failure(entry.name, folder, time.time()) or "",
    )  # fmt: skip


def _without_weights(here: list[Installed], folder: Path) -> list[Item]:
    """Nets that nobody's published file is known for by name."""
    known = {entry.net for entry in WEIGHTS.values()} | {each.net for each in here}
    return [
        Item(
            name, name, net.use, net.title, ABSENT, **_cost(name, None),
            needed_for=f"{_STARTS}; {_TRAINS}",
            to_do=_STREAMS_TO_DO.get(name, "manage.py models add FILE, a checkpoint of this net"),
        )
        for name, net in architectures().items()
        if name not in known and not _joined(name, here)
    ]  # fmt: skip


def _joined(name: str, here: list[Installed]) -> bool:
    """Whether each stream of the net is here; then it has no line of its own."""
    nets = {each.net for each in here}
    return name in STREAMS and set(STREAMS[name].values()) <= nets


_STREAMS_TO_DO = {
    name: f"it is here when the weights of {' and '.join(parts.values())} are"
    for name, parts in STREAMS.items()
}


def _cost(net: str, entry: Weights | None) -> dict[str, Any]:
    from mlbackend.nets.registry import NETS

    found = facts(entry) if entry else None
    gflops = NETS[net].gflops if net in NETS else (found.gflops if found else 0.0)
    if found is None:
        return {"gflops": gflops}
    return {"gflops": gflops, "parameters_m": found.parameters_m, "figures": found.figures}


def _needed_for(use: str, entry: Weights | None, head: bool) -> str:
    if use == Use.DETECTOR:
        return "finding people and objects"
    if not head:
        return _STARTS
    actions = _ACTIONS.get(entry.classes, "its labels") if entry else "its labels"
    return f"proposing {actions}; {_STARTS}"


_ACTIONS = {"kinetics400": "Kinetics-400's actions", "charades157": "Charades' actions"}


_BUILT_IN = (
    Item(
        "hog", "hog", Use.DETECTOR, "OpenCV's HOG people detector", BUILT_IN,
        licence="Apache-2.0 (OpenCV)", source="Dalal and Triggs (2005), as OpenCV has it",
        needed_for="finding upright, whole people where no other detector is here",
    ),
    Item(
        "hog_hof", "hog_hof", Use.RECOGNIZER, "HOG/HOF and a linear classifier", BUILT_IN,
        licence="of this project", source="Laptev et al. (2008); trained on this project's labels",
        needed_for="learning actions from this project's labels on any machine",
    ),
)  # fmt: skip

"""Which weights are on this machine: published files, known by their hash, and added ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mlbackend.zoo.classes import classes_named
from mlbackend.zoo.find import find_weights, sha256
from mlbackend.zoo.manifest import WEIGHTS, Use, Weights, WeightsKind
from mlbackend.zoo.published import preprocessing
from mlbackend.zoo.sidecar import Sidecar, read_sidecars

# A net of several streams is filled from the weights of each: prefix of its keys -> their net.
STREAMS: dict[str, dict[str, str]] = {"i3d_two_stream": {"rgb.": "i3d", "flow.": "i3d_flow"}}


@dataclass(frozen=True, slots=True)
class Installed:
    """Weights that can be used now.

    Attributes:
        name: of the weights; `net` is the architecture they fill, a name of `nets.registry.NETS`
            or of a detector's net.
        path: the file; for a net of several streams that of the first.
        sha256: of the file; for a net of several streams of all their files together, so that
            another file of any stream makes other weights.
        classes: in the order of the net's outputs. Empty: the file has no head, so that the net
            can embed clips and be trained, and nothing it says is a proposal.
        published: known to the manifest by its hash; False for a file that a person added.
        parts: (prefix of the keys, file) of each stream, for a net of several.
    """

    name: str
    net: str
    path: Path
    classes: tuple[str, ...]
    sha256: str
    title: str
    licence: str
    source: str
    published: bool
    preprocessing: str
    use: str = Use.RECOGNIZER
    kind: str = WeightsKind.STATE
    parts: tuple[tuple[str, Path], ...] = ()


def installed(folders: Iterable[Path]) -> list[Installed]:
    """Every file that is here and is what it claims to be; added ones first, the newest first."""
    folders = [Path(folder) for folder in folders]
    added = [_added(folder, entry) for folder, entry in read_sidecars(folders)]
    found = [_published(entry, find_weights(name, folders)) for name, entry in WEIGHTS.items()]
    return [each for each in (*added, *found) if each is not None]


def weights_for(net: str, folders: Iterable[Path]) -> Installed | None:
    """Return the weights to use for a net: an added file before a published one, with a head first.

    A net of several streams is here when each stream is, with the same classes.
    """
    here = installed(folders)
    fitting = [each for each in here if each.net == net]
    fitting.sort(key=lambda each: not each.classes)  # stable: the order above otherwise
    if fitting or net not in STREAMS:
        return next(iter(fitting), None)
    return _joined(net, here)


def _added(folder: Path, entry: Sidecar) -> Installed | None:
    path = folder / entry.file
    try:
        if not path.is_file() or sha256(path) != entry.sha256:
            return None
    except OSError:
        return None
    return Installed(
        entry.name, entry.net, path, entry.classes, entry.sha256, entry.title, entry.licence,
        entry.source, False, entry.preprocessing, entry.use,
        WeightsKind.ONNX if path.suffix == ".onnx" else WeightsKind.STATE,
    )  # fmt: skip


def _published(entry: Weights, path: Path | None) -> Installed | None:
    if path is None:
        return None
    return Installed(
        entry.name, entry.net, path, classes_named(entry.classes), sha256(path), entry.title,
        entry.licence, entry.source, True, preprocessing(entry), entry.use, entry.kind,
    )  # fmt: skip


def _joined(net: str, here: list[Installed]) -> Installed | None:
    """The streams' best weights that agree on their classes."""
    streams = STREAMS[net]
    first, *others = streams.values()
    for lead in here:
        if lead.net != first or not lead.classes:
            continue
        same = [each for each in here if each.classes == lead.classes]
        rest = [next((each for each in same if each.net == name), None) for name in others]
        chosen = [lead, *(each for each in rest if each is not None)]
        if len(chosen) == len(streams):
            return Installed(
                "+".join(each.name for each in chosen), net, lead.path, lead.classes,
                _together(chosen), " and ".join(each.title for each in chosen), lead.licence,
                lead.source, all(each.published for each in chosen),
                " / ".join(each.preprocessing for each in chosen),
                parts=tuple(zip(streams, (each.path for each in chosen), strict=True)),
            )  # fmt: skip
    return None


def _together(parts: Iterable[Installed]) -> str:
    return hashlib.sha256("+".join(each.sha256 for each in parts).encode()).hexdigest()

"""Verifies that the files of weights are what they claim to be and fill their nets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labeling.domain.errors import TubelabError
from mlbackend.zoo.architectures import architectures
from mlbackend.zoo.find import is_genuine, sha256
from mlbackend.zoo.installed import Installed, installed
from mlbackend.zoo.load import load_net
from mlbackend.zoo.manifest import WEIGHTS, WeightsKind
from mlbackend.zoo.onnx_file import read_onnx
from mlbackend.zoo.sidecar import SUFFIX, read_sidecars

_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was checked, whether it holds, and what was found.

    `ok` is None where there was nothing to check with.
    """

    name: str
    check: str
    ok: bool | None
    found: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def check_files(folders: Sequence[Path], names: Iterable[str] = ()) -> list[Row]:
    """Check every file of weights that is here, or those of the given names of weights or nets."""
    wanted = set(names)
    here = [each for each in installed(folders) if not wanted or {each.name, each.net} & wanted]
    rows = [_fills(each) for each in here]
    return [*rows, *(row for row in _passed_over(folders) if not wanted or row.name in wanted)]


def _fills(each: Installed) -> Row:
    """Load it as it would be used."""
    digest = each.sha256[:_DIGITS]
    try:
        if each.kind == WeightsKind.TORCHSCRIPT:
            return Row(each.name, "content", True, f"sha256 {digest}, the published file")
        if each.kind == WeightsKind.ONNX:
            found = read_onnx(each.path)
            return _labels(each, found.classes, f"answers {found.width} x {found.height} px")
        net = load_net(each)
    except TubelabError as error:
        return Row(each.name, "fills its net", False, error.message)
    count = sum(value.numel() for value in net.parameters()) / 1e6
    return Row(
        each.name, "fills its net", True,
        f"sha256 {digest}, {count:.2f} M parameters of {each.net}, {_classes(each)}",
    )  # fmt: skip


def _labels(each: Installed, outputs: int, found: str) -> Row:
    fits = outputs == len(each.classes)
    return Row(
        each.name, "answers", fits,
        f"{found}, {outputs} outputs for {len(each.classes)} classes",
    )  # fmt: skip


def _classes(each: Installed) -> str:
    return f"{len(each.classes)} classes" if each.classes else "no head: for training only"


def _passed_over(folders: Sequence[Path]) -> list[Row]:
    """Files that look like weights and are not used: another content, or no content at all."""
    rows = []
    for name, entry in WEIGHTS.items():
        for folder in folders:
            for file_name in entry.file_names:
                path = Path(folder) / file_name
                if path.is_file() and not _is_any(path, file_name):
                    why = f"{path} is not the published file (sha256 {sha256(path)[:_DIGITS]})"
                    rows.append(Row(name, "content", False, f"{why}; fetch it again."))
    readable = {(folder, entry.name) for folder, entry in read_sidecars(folders)}
    for folder, entry in read_sidecars(folders):
        path = folder / entry.file
        if not path.is_file() or sha256(path) != entry.sha256:
            gone = "is gone" if not path.is_file() else "has changed since it was added"
            rows.append(Row(entry.name, "content", False, f"{path} {gone}; add it again."))
    for folder in folders:
        for path in sorted(Path(folder).glob(f"*{SUFFIX}")):
            name = path.name.removesuffix(SUFFIX)
            if not any(known == name for _, known in readable):
                rows.append(Row(name, "content", False, f"{path} cannot be read; add it again."))
    return rows


def _is_any(path: Path, file_name: str) -> bool:
    """Two entries may go by one file name."""
    return any(
        is_genuine(path, entry) for entry in WEIGHTS.values() if file_name in entry.file_names
    )


def known_names(folders: Sequence[Path]) -> set[str]:
    """Names that `check` takes: of weights, added ones too, and of nets."""
    added = {entry.name for _, entry in read_sidecars(folders)}
    return {*WEIGHTS, *added, *architectures()}

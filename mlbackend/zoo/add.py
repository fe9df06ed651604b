"""Takes a checkpoint into the folder of weights, whole or not at all, and lets it go again."""

from __future__ import annotations

import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labeling.domain.errors import Conflict, InvalidInput, NotFound
from mlbackend.zoo.find import sha256
from mlbackend.zoo.manifest import WeightsKind
from mlbackend.zoo.onnx_file import SUFFIX as ONNX
from mlbackend.zoo.plan import Plan, Wish, plan
from mlbackend.zoo.published import describe_inputs
from mlbackend.zoo.sidecar import Sidecar, read_sidecars, sidecar_path, write_sidecar
from mlbackend.zoo.state import SAFETENSORS

if TYPE_CHECKING:
    from torch import Tensor

_DIGITS = 12
_READABLE = 0o644
_UNKNOWN_LICENCE = "not stated"


def add(path: Path, folder: Path, wish: Wish) -> tuple[str, Path]:
    """Store a file that `plan` finds nothing wrong with; returns its name and where it lies.

    A published file is kept as it is, under its own name; of another the parameters are written
    anew as safetensors, without whatever else it held. The same file added again is the same
    entry, with what is said of it now.

    Raises:
        InvalidInput: it cannot be added, or something has to be said first.
        Conflict: another file was added under this name.
    """
    found = plan(path, wish)
    if found.problems:
        raise InvalidInput(" ".join(found.problems), code="not_ready", detail=found.report())
    folder.mkdir(parents=True, exist_ok=True)
    if found.entry is not None:
        return found.name, _copy(path, folder / found.entry.file_names[0])
    origin = sha256(path)
    before = _before(folder, found, origin, wish)
    name = found.name if wish.name or before is None else before.name
    stored = _store(path, folder, name, found)
    try:
        write_sidecar(folder, _sidecar(found, name, stored, origin, path, wish, before))
    except OSError:
        if before is None or before.file != stored.name:
            stored.unlink(missing_ok=True)
        raise
    if before is not None:
        _forget(folder, before, name, stored)
    return name, stored


def remove(name: str, folder: Path) -> None:
    """Delete an added file and what was written beside it.

    Raises:
        NotFound: no file was added under this name.
    """
    for place, entry in read_sidecars([folder]):
        if entry.name == name:
            sidecar_path(place, name).unlink()
            (place / entry.file).unlink(missing_ok=True)
            return
    added = ", ".join(entry.name for _, entry in read_sidecars([folder])) or "none yet"
    raise NotFound(f"No file was added under the name '{name}' to {folder}. Added: {added}.")


def _before(folder: Path, found: Plan, origin: str, wish: Wish) -> Sidecar | None:
    """The entry that this file has already."""
    here = [entry for _, entry in read_sidecars([folder])]
    same = next((e for e in here if e.origin_sha256 == origin and e.net == found.net), None)
    taken = next((e for e in here if e.name == found.name and e is not same), None)
    if taken is not None and (same is None or wish.name):
        raise Conflict(
            f"Another file was added as '{found.name}'. Remove it first, or give this one a name "
            "of its own with --name.",
            code="name_taken",
        )
    return same


def _store(path: Path, folder: Path, name: str, found: Plan) -> Path:
    """The digits in its name keep a file of the same entry's earlier content apart."""
    suffix = ONNX if found.kind == WeightsKind.ONNX else SAFETENSORS
    part = folder / f".{name}-{uuid.uuid4().hex[:8]}.part"
    try:
        if found.kind == WeightsKind.ONNX:
            shutil.copyfile(path, part)
        else:
            _write_parameters(found.parameters, part)
        part.chmod(_READABLE)
        target = folder / f"{name}-{sha256(part)[:_DIGITS]}{suffix}"
        part.replace(target)
    except OSError as error:
        raise InvalidInput(
            f"The file cannot be stored in {folder} ({error.strerror or error}). Free some space "
            "or give another folder.",
            code="disk",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _write_parameters(parameters: dict[str, Tensor], target: Path) -> None:
    from safetensors.torch import save_file

    save_file({key: value.contiguous().clone() for key, value in parameters.items()}, target)


def _sidecar(
    found: Plan,
    name: str,
    stored: Path,
    origin: str,
    path: Path,
    wish: Wish,
    before: Sidecar | None,
) -> Sidecar:
    return Sidecar(
        name=name,
        net=found.net,
        use=found.use.value,
        file=stored.name,
        sha256=sha256(stored),
        origin_sha256=origin,
        title=f"{name} ({found.title})",
        classes=found.classes,
        licence=wish.licence or (before.licence if before else _UNKNOWN_LICENCE),
        source=f"added from {wish.file_name or path.name}",
        preprocessing=_preprocessing(found),
        added_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        inflated_from=found.inflated_from,
    )


def _preprocessing(found: Plan) -> str:
    from mlbackend.nets.registry import NETS

    if found.net in NETS:
        return describe_inputs(NETS[found.net].inputs)
    if found.kind == WeightsKind.ONNX:
        return "BGR, 0..255 float, letterboxed top left with 114, NCHW"
    return "RGB, 0..1, CHW; the net resizes and normalizes itself"


def _forget(folder: Path, before: Sidecar, name: str, stored: Path) -> None:
    if before.name != name:
        sidecar_path(folder, before.name).unlink(missing_ok=True)
    if before.file != stored.name:
        (folder / before.file).unlink(missing_ok=True)


def _copy(path: Path, target: Path) -> Path:
    if target.is_file() and sha256(target) == sha256(path):
        return target
    part = target.with_name(f".{target.name}-{uuid.uuid4().hex[:8]}.part")
    try:
        shutil.copyfile(path, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target

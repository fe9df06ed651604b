"""What is written beside a file that `add` took: NAME.weights.json, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = 1
SUFFIX = ".weights.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """One added file.

    `file` is its name in the same folder; `origin_sha256` is that of the file a person gave,
    `sha256` that of what is stored. Without `classes` the file holds no head: the net embeds
    clips and has to be trained before it can say anything. `inflated_from` is set where a 2D
    net's weights were made 3D.
    """

    name: str
    net: str
    use: str
    file: str
    sha256: str
    origin_sha256: str
    title: str
    classes: tuple[str, ...]
    licence: str
    source: str
    preprocessing: str
    added_at: str
    inflated_from: str = ""


def write_sidecar(folder: Path, entry: Sidecar) -> Path:
    """Write it under another name, then rename it."""
    path = sidecar_path(folder, entry.name)
    part = folder / f".{entry.name}-{uuid.uuid4().hex[:8]}.part"
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(entry)}, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def sidecar_path(folder: Path, name: str) -> Path:
    """Where the sidecar of this name lies."""
    return folder / f"{name}{SUFFIX}"


def read_sidecars(folders: Iterable[Path]) -> list[tuple[Path, Sidecar]]:
    """(folder, entry) of every readable sidecar, the newest first; a name counts once.

    A sidecar that says what no sidecar says is passed over: the files of a folder are the
    operator's, and one bad file must not hide the others.
    """
    found: dict[str, tuple[Path, Sidecar]] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob(f"*{SUFFIX}")):
            entry = _read(path)
            if entry is not None and path.name == entry.name + SUFFIX:
                found.setdefault(entry.name, (Path(folder), entry))
    return sorted(found.values(), key=lambda each: each[1].added_at, reverse=True)


def _read(path: Path) -> Sidecar | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            return None
        entry = Sidecar(**{**content, "classes": tuple(content["classes"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    said = {**asdict(entry), "classes": ""}.values()
    if not all(isinstance(each, str) for each in (*said, *entry.classes)):
        return None
    plain = NAME.fullmatch(entry.name) and NAME.fullmatch(entry.file)
    return entry if plain else None

"""Finished files as one archive, or in place in a folder."""

import hashlib
import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from labeling.domain.errors import InvalidInput

MANIFEST = "manifest.json"
# Same content, same archive: the time of writing stays out of it.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BLOCK_BYTES = 1 << 20


def digests(folder: Path) -> dict[str, dict[str, Any]]:
    """SHA-256 and size of every file but the manifest, by its name in the folder."""
    found = {}
    for name in names(folder):
        if name == MANIFEST:
            continue
        with (folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found[name] = {"sha256": digest, "bytes": (folder / name).stat().st_size}
    return found


def names(folder: Path) -> list[str]:
    """Files below a folder, as 'a/b.csv', in order of name.

    Raises:
        InvalidInput: a name could be taken for something else than a file below a folder.
    """
    found = []
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not is_plain(name):
            raise InvalidInput(f"A file of the export would be called {name!r}; rename its video.")
        found.append(name)
    return sorted(found)


def is_plain(name: str) -> bool:
    """Whether a name leads nowhere but below the folder, on any system."""
    parts = PurePosixPath(name).parts
    bad = any(part in ("..", ".", "/") or ":" in part or "\\" in part for part in parts)
    return bool(parts) and not bad and name.isprintable()


def zip_folder(
    folder: Path,
    archive: Path,
    beside: Mapping[str, Path] | None = None,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Make an archive; it appears whole or not at all.

    Args:
        beside: further files by their name in it; not packed any smaller.
        beat: called after every file, at last before the archive takes its place; what it raises
            leaves what was in that place.
    """
    draft = archive.with_name(f".{archive.name}.{uuid.uuid4().hex}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for name in names(folder):
                _add(file, folder / name, name, zipfile.ZIP_DEFLATED)
                beat()
            for name, path in sorted((beside or {}).items()):
                _add(file, path, name, zipfile.ZIP_STORED)
        beat()
        os.replace(draft, archive)
    finally:
        draft.unlink(missing_ok=True)


def move_into(made: Path, target: Path) -> None:
    """Put finished files in place, the manifest last: where it is, all it names is.

    Other files in the folder stay; what an earlier export left there and this one lacks goes.
    """
    target.mkdir(exist_ok=True)
    stale = _files_of(target / MANIFEST)
    (target / MANIFEST).unlink(missing_ok=True)
    fresh = names(made)
    for name in sorted(fresh, key=lambda name: name == MANIFEST):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made / name, target / name)
    for name in stale - set(fresh):
        (target / name).unlink(missing_ok=True)


def _add(file: zipfile.ZipFile, path: Path, name: str, method: int) -> None:
    entry = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    entry.file_size = path.stat().st_size
    with path.open("rb") as source, file.open(entry, "w") as target:
        shutil.copyfileobj(source, target, _BLOCK_BYTES)


def _files_of(manifest: Path) -> set[str]:
    """Names of the files an earlier export left; nothing outside its folder."""
    try:
        files = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        return {name for name in files if is_plain(name)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()

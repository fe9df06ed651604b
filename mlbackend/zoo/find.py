"""Finds weights files in the operator's folders and checks what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from mlbackend.zoo.manifest import WEIGHTS, Weights


def find_weights(name: str, folders: Iterable[Path]) -> Path | None:
    """Return the file of the named weights in the first folder that holds it.

    A file of the right name but the wrong content is passed over: feeding an unknown net with
    a known net's preprocessing gives boxes that look right and are not.

    Raises:
        KeyError: the zoo knows no weights of that name.
    """
    entry = WEIGHTS[name]
    for folder in folders:
        for file_name in entry.file_names:
            path = Path(folder) / file_name
            if path.is_file() and is_genuine(path, entry):
                return path
    return None


def is_genuine(path: Path, entry: Weights) -> bool:
    """Return whether the file's sha256 starts with the digest the manifest states."""
    stat = path.stat()
    return _digest(str(path), stat.st_size, stat.st_mtime_ns).startswith(entry.sha256)


@lru_cache(maxsize=64)
def _digest(path: str, _size: int, _mtime_ns: int) -> str:
    """Hash a file once per content (size and time stand for it between calls)."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

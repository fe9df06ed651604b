"""Finds weights files in the operator's folders and checks what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from mlbackend.zoo.manifest import WEIGHTS, Weights

_BLOCK = 1 << 20


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
    """Return whether the file is the one the manifest states, by sha256 or by git's hash."""
    try:
        if entry.git_blob:
            return git_blob(path) == entry.git_blob
        found = sha256(path)
    except OSError:
        return False
    return any(found.startswith(digest) for digest in (entry.sha256, *entry.also_sha256))


def published(path: Path) -> Weights | None:
    """Return the manifest's entry for a file of any name, by its content alone."""
    return next((entry for entry in WEIGHTS.values() if is_genuine(path, entry)), None)


def sha256(path: Path) -> str:
    """Return the file's digest, computed once per content (size and time stand for it)."""
    stat = path.stat()
    return _digest(str(path), stat.st_size, stat.st_mtime_ns)


def git_blob(path: Path) -> str:
    """Return what `git hash-object` says of the file, computed once per content."""
    stat = path.stat()
    return _blob_digest(str(path), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(path: str, _size: int, _mtime_ns: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=256)
def _blob_digest(path: str, size: int, _mtime_ns: int) -> str:
    digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

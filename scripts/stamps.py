"""Which steps of the set-up are done, and for what input: so that a re-run does nothing."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from scripts.checkout import VENV

_FOLDER = VENV / "stamps"


def fingerprint(parts: Iterable[str | Path]) -> str:
    """A hash over texts and over files' names and contents, in the order given."""
    digest = hashlib.sha256()
    for part in parts:
        text = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(f"{part if isinstance(part, Path) else ''}\0{len(text)}\0".encode())
        digest.update(text)
    return digest.hexdigest()


def is_done(name: str, wanted: str) -> bool:
    """True where step `name` was finished for the very input that `wanted` was made from."""
    try:
        return (_FOLDER / name).read_text() == wanted
    except FileNotFoundError:
        return False


def mark_done(name: str, fingerprint: str) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    (_FOLDER / name).write_text(fingerprint)


def forget(name: str) -> None:
    """A step that is about to change things is not done until it has ended well."""
    (_FOLDER / name).unlink(missing_ok=True)

"""Fetches published weights, with progress, a short wait, and one memory of failure."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from mlbackend.zoo.manifest import WEIGHTS, Weights

CONNECT_TIMEOUT_S = 6.0
RETRY_AFTER_S = 24 * 3600.0
_BLOCK = 1 << 20
_MEMORY = "fetch-failures.json"

Progress = Callable[[float, str], None]


class FetchFailed(Exception):
    """The weights could not be had; `first_time` is False when that was already known."""

    def __init__(self, message: str, *, first_time: bool) -> None:
        super().__init__(message)
        self.first_time = first_time


def fetch(name: str, folder: Path, progress: Progress, *, now_s: float | None = None) -> Path:
    """Download the named weights into `folder` and return the file.

    The file appears under its name only when it is whole and its hash agrees. A failure is
    written down beside it, so that the next call within a day fails at once.

    Args:
        progress: called with (fraction 0..1, message) now and then; may raise to cancel.

    Raises:
        FetchFailed: no way out, the server refused, or the file's hash is wrong.
    """
    entry = WEIGHTS[name]
    now_s = time.time() if now_s is None else now_s
    folder.mkdir(parents=True, exist_ok=True)
    known = recent_failure(name, folder, now_s)
    if known is not None:
        raise FetchFailed(known, first_time=False)
    try:
        path = _download(entry, folder, progress)
    except (OSError, ValueError) as error:
        message = _explain(entry, folder, error)
        _remember(folder, name, now_s, message)
        raise FetchFailed(message, first_time=True) from error
    forget_failures(folder)
    return path


def recent_failure(name: str, folder: Path, now_s: float) -> str | None:
    """Return the message of a failure less than a day old, if there is one."""
    entry = _failures(folder).get(name)
    if entry is None or now_s - entry["at_s"] > RETRY_AFTER_S:
        return None
    return str(entry["message"])


def forget_failures(folder: Path) -> None:
    """Forget what failed: the next fetch tries again."""
    (folder / _MEMORY).unlink(missing_ok=True)


def _download(entry: Weights, folder: Path, progress: Progress) -> Path:
    if not entry.url:
        raise ValueError("no public address is known for it")
    target = folder / entry.file_names[0]
    part = target.with_suffix(target.suffix + ".part")
    digest = hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(entry.url, timeout=CONNECT_TIMEOUT_S) as reply,
            part.open("wb") as file,
        ):
            total = int(reply.headers.get("Content-Length") or 0)
            done = 0
            while block := reply.read(_BLOCK):
                file.write(block)
                digest.update(block)
                done += len(block)
                share = done / total if total else 0.0
                progress(share, f"Fetching {entry.title}: {done >> 20} of {total >> 20} MB")
        if not digest.hexdigest().startswith(entry.sha256):
            raise ValueError("the file that came is not the published one (its hash differs)")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _explain(entry: Weights, folder: Path, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    reason = getattr(reason, "strerror", None) or reason
    return (
        f"The weights of {entry.title} could not be fetched ({reason}). "
        f"Put {entry.file_names[0]} into {folder} to use them without a download."
    )


def _failures(folder: Path) -> dict[str, dict[str, object]]:
    try:
        return dict(json.loads((folder / _MEMORY).read_text()))
    except (OSError, ValueError):
        return {}


def _remember(folder: Path, name: str, now_s: float, message: str) -> None:
    known = _failures(folder)
    known[name] = {"at_s": now_s, "message": message}
    (folder / _MEMORY).write_text(json.dumps(known, indent=1))

"""Fetches published weights, with progress, a short wait, and one memory of failure."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mlbackend.zoo.find import find_weights, is_genuine
from mlbackend.zoo.manifest import WEIGHTS, Weights

RETRY_AFTER_S = 24 * 3600.0
_POLL_S = 0.2
_WORK = ".fetch-"
_MEMORY = "fetch-failures.json"
_ROOT = Path(__file__).resolve().parents[2]

Progress = Callable[[float, str], None]


class FetchFailed(Exception):
    """The weights could not be had; `first_time` is False when that was already known."""

    def __init__(self, message: str, *, first_time: bool) -> None:
        super().__init__(message)
        self.first_time = first_time


def fetch(
    name: str, folder: Path, progress: Progress, *, now_s: float | None = None, anew: bool = False
) -> Path:
    """Download the named weights into `folder` and return the file; at once if it is there.

    The file appears under its name only when it is whole and its hash agrees. A failure is
    written down beside it, so that the next call within a day fails at once.

    Args:
        progress: called with (fraction 0..1, message) now and then; may raise to cancel.
        anew: try even where it failed a short while ago, because a person asks.

    Raises:
        FetchFailed: no way out, the server refused, or the file's hash is wrong.
    """
    entry = WEIGHTS[name]
    now_s = time.time() if now_s is None else now_s
    folder.mkdir(parents=True, exist_ok=True)
    here = find_weights(name, [folder])
    if here is not None:
        return here
    known = None if anew else recent_failure(name, folder, now_s)
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
    for left in folder.glob(f"{_WORK}*"):
        if time.time() - left.stat().st_mtime > RETRY_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)  # of a worker that died
    # In the same file system, so that the whole file can be renamed into its place.
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=folder))
    try:
        part = work / target.name
        _watch(entry, part, progress)
        if not is_genuine(part, entry):
            raise ValueError("the file that came is not the published one (its hash differs)")
        part.replace(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _watch(entry: Weights, part: Path, progress: Progress) -> None:
    """Run the loader in a process of its own and tell how much has come.

    Raises:
        ValueError: it failed; with the reason.
    """
    digits = "" if entry.also_sha256 else entry.sha256
    child = subprocess.Popen(
        [sys.executable, "-m", "mlbackend.zoo.download", entry.url, str(part), digits],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        word, _, said = child.stdout.readline().strip().partition(" ")
        total = int(said) if word == "total" else 0
        while word == "total" and child.poll() is None:
            _tell(entry, part.parent, total, progress)
            time.sleep(_POLL_S)
        rest = child.stdout.read().strip()
        if child.wait() != 0:
            reason = rest or f"{word} {said}"
            raise ValueError(reason.removeprefix("error ").strip() or "the download was killed")
    finally:
        child.kill()
        child.communicate()
    size = part.stat().st_size >> 20
    progress(1.0, f"Fetching {entry.title}: {size} of {size} MB")


def _tell(entry: Weights, work: Path, total: int, progress: Progress) -> None:
    done = 0
    with contextlib.suppress(OSError):  # it is renamed at the end
        done = sum(path.stat().st_size for path in work.iterdir())
    share = min(done / total, 1.0) if total else 0.0
    of = f" of {total >> 20}" if total else ""
    progress(share, f"Fetching {entry.title}: {done >> 20}{of} MB")


def _explain(entry: Weights, folder: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or error
    where = f" from {entry.url}" if entry.url else ""
    return (
        f"The weights of {entry.title} could not be fetched{where} ({reason}). "
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

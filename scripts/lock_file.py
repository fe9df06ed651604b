"""One run at a time on one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.console import StepFailed


@contextmanager
def hold(path: Path, taken: str) -> Iterator[None]:
    """Hold the lock file while the block runs; the system lets it go if this process dies.

    Raises:
        StepFailed: another process holds it; `taken` is what to say then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StepFailed(
                f"{taken} (process {file.read().strip() or 'unknown'}): {path.parent}",
                "Stop that one, or use other data: TUBELAB_HOME=SOME_OTHER_FOLDER make run",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield

"""Run one outside command with progress, its output kept in a log."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from scripts.console import Progress, StepFailed, say, tail

_REFRESH_S = 0.5


def run_logged(
    title: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    hint: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run `argv` to its end, showing that it moves; its output goes to `log`.

    Raises:
        StepFailed: it cannot be started or ends with another status than 0; the end of its
            output has been printed, and `hint` says what to do.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    progress = Progress(title)
    try:
        process = subprocess.Popen(
            [str(part) for part in argv],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise StepFailed(f"{title}: {argv[0]} cannot be started ({error})", hint) from error
    with process, log.open("w") as output:
        pump = threading.Thread(target=_copy, args=(process.stdout, output, progress), daemon=True)
        pump.start()
        try:
            while pump.is_alive():
                progress.show()
                pump.join(_REFRESH_S)
            status = process.wait()
        except BaseException:
            process.terminate()
            raise
    if status == 0:
        progress.finish("done")
        return
    progress.finish(f"failed with status {status}")
    for line in tail(log):
        say(f"    | {line}")
    raise StepFailed(title, f"{hint}\nThe whole output: {log}")


def _copy(source: IO[str] | None, output: IO[str], progress: Progress) -> None:
    assert source is not None
    for line in source:
        output.write(line)
        output.flush()
        progress.note(line)

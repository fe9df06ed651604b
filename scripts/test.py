"""`make test`: every check, one after the other, and one closing line of counts.

    .venv/bin/python -m scripts.test [SUITE ...]

The last line reads `total: N passed, N failed, N skipped`; the exit status is 1 if any failed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from scripts.console import StepFailed, say, step
from scripts.counts import Counts
from scripts.suites import SUITES, Suite


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        say(f"There is no suite {', '.join(unknown)}; there are: {', '.join(SUITES)}")
        return 2
    total = Counts()
    summary = []
    with tempfile.TemporaryDirectory(prefix="tubelab-test-") as folder:
        for name in names or SUITES:
            started = time.monotonic()
            result = run(name, SUITES[name], Path(folder))
            total += result
            summary.append(f"{name:<10}{result}, {time.monotonic() - started:.0f} s")
    say("\n" + "\n".join(summary))
    say(f"total: {total}")
    return 1 if total.failed else 0


def run(name: str, suite: Suite, folder: Path) -> Counts:
    """Run one suite with its servers; what stops it from running at all is one failure."""
    step(name)
    home, report = folder / name, folder / f"{name}.report"
    home.mkdir()
    with ExitStack() as stack:
        try:
            environment = suite.environment(home, stack)
            status = _call(suite.argv(report), suite, environment)
        except StepFailed as failure:
            say(f"{name} cannot run: {failure.what}\n{failure.hint}")
            return Counts(failed=1)
    return suite.count(report, status)


def _call(argv: list[str], suite: Suite, environment: dict[str, str]) -> int:
    process = subprocess.Popen(
        argv, cwd=suite.cwd, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(suite.limit_s)
    except subprocess.TimeoutExpired:
        say(f"Stopped: it ran longer than its limit of {suite.limit_s} s.")
        return 124
    finally:
        _end_group(process)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """What a suite started (workers, browsers) ends with it, also when it was cut off."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

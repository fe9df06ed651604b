"""What a person sees: steps, failures with what to do, one line of progress that keeps moving."""

import sys
import time
from pathlib import Path
from typing import NoReturn

_terminal = sys.stdout.isatty()
_QUIET_S = 15.0  # off a terminal, a running step says at most this often that it is alive


class StepFailed(Exception):
    """A step of set-up, run or test did not work.

    Args:
        what: what failed, one sentence.
        hint: what to do about it, one or more lines.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def say(text: str = "") -> None:
    print(text, flush=True)


def step(text: str) -> None:
    say(f"==> {text}")


def end_with(failure: StepFailed) -> NoReturn:
    """Print the failure and what to do, and leave with exit status 1."""
    say(f"\nFailed: {failure.what}")
    for line in failure.hint.splitlines():
        say(f"  {line}")
    sys.exit(1)


def tail(log: Path, lines: int = 20) -> list[str]:
    """The last lines of a log file, oldest first."""
    try:
        return log.read_text(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []


class Progress:
    """One line that shows what a long command is doing and for how long."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.started = time.monotonic()
        self._said = self.started
        self._latest = ""

    def seconds(self) -> int:
        return int(time.monotonic() - self.started)

    def note(self, line: str) -> None:
        """Remember what the command printed last."""
        if line.strip():
            self._latest = line.strip()

    def show(self) -> None:
        """Redraw the line on a terminal; elsewhere print one now and then."""
        text = f"    {self.title}, {self.seconds()} s  {self._latest}"
        if _terminal:
            sys.stdout.write("\r\x1b[2K" + text[:100])
            sys.stdout.flush()
        elif time.monotonic() - self._said >= _QUIET_S:
            self._said = time.monotonic()
            say(text[:160])

    def finish(self, word: str) -> None:
        if _terminal:
            sys.stdout.write("\r\x1b[2K")
        say(f"    {self.title}: {word} in {self.seconds()} s")

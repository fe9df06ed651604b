"""Child processes that are kept running, logged, and never left behind."""

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from scripts.checkout import ROOT

_LOG_LIMIT = 5_000_000  # bytes; a larger log is put aside when its child starts
_STEADY_S = 60.0  # who lived this long and dies is started again at once
_LONGEST_WAIT_S = 30.0
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux' prctl


class Child:
    """One process, restarted with growing waits when it ends by itself.

    Args:
        name: what a person calls it; its log is `NAME.log` in `logs`.
        argv: the command.
        env: its whole environment.
        show: called with its name and each line it prints.
        once: it does one thing and ends: it is not started again.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        logs: Path,
        show: Callable[[str, str], None],
        once: bool = False,
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        self._argv = list(argv)
        self._env = dict(env)
        self._show = show
        self._once = once
        self._process: subprocess.Popen[str] | None = None
        self._started = 0.0
        self._due = 0.0
        self._crashes = 0

    def start(self) -> None:
        self._put_long_log_aside()
        self._process = subprocess.Popen(
            self._argv,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A session of its own: Ctrl-C reaches this program alone, which stops them in order.
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._started = time.monotonic()
        self._due = 0.0
        pump = threading.Thread(target=self._pump, args=(self._process.stdout,), daemon=True)
        pump.start()

    def tend(self) -> str | None:
        """Start it again if it has ended and its wait is over; returns what there is to report."""
        if self._process is not None and self._process.poll() is not None:
            status = self._process.returncode
            self._kill_group()  # helpers of a process that was killed
            self._process = None
            ending = f"signal {-status}" if status < 0 else f"status {status}"
            if self._once:
                return f"{self.name} ended with {ending}" if status else None
            steady = time.monotonic() - self._started > _STEADY_S
            self._crashes = 0 if steady else self._crashes + 1
            wait_s = min(2.0**self._crashes - 1, _LONGEST_WAIT_S)
            self._due = time.monotonic() + wait_s
            return f"{self.name} ended with {ending}; it starts again in {wait_s:.0f} s"
        if self._process is None and self._due and time.monotonic() >= self._due:
            self.start()
        return None

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        self._due = 0.0
        if self._process is not None and self.is_alive():
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """True once it has ended."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(seconds, 0.0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it and everything it started, at once."""
        self._kill_group()
        self.wait(5.0)

    def _kill_group(self) -> None:
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def _pump(self, source: IO[str]) -> None:
        with self.log.open("a") as log:
            for line in source:
                log.write(line)
                log.flush()
                self._show(self.name, line.rstrip("\n"))

    def _put_long_log_aside(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))


def stop_all(children: Sequence[Child], patience_s: float = 8.0) -> None:
    """Stop children: politely, then by force.

    A worker that is killed in a task loses nothing: its job goes on from the last checkpoint.
    Celery's own cold shutdown, SIGQUIT, would make the job fail instead.
    """
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + patience_s
    for child in children:
        child.wait(until - time.monotonic())
    for child in children:
        child.kill()


def _end_with_parent() -> None:
    """Between fork and exec: Linux ends this child should the program above it vanish."""
    try:
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
    except (OSError, AttributeError):
        return  # another system: the ordinary way of stopping remains

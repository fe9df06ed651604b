"""`make run` as a person uses it: start, page, restart, crash, Ctrl-C; no process stays behind."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from scripts.checkout import ROOT
from scripts.ports import any_port


class Run:
    """The program started on a folder of its own."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.output = home.parent / "output"
        self.start(port)

    def start(self, port: int) -> None:
        clean = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "BROKER_URL", "CLIP")
        }
        environment = clean | {
            "TUBELAB_HOME": str(self.home), "PORT": str(port), "DEMO": "0",
        }  # fmt: skip
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.run"], cwd=ROOT, env=environment,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def wait_for(self, pattern: str, limit_s: float = 90) -> re.Match[str]:
        """The first match of `pattern` in what was printed."""
        until = time.monotonic() + limit_s
        while not (found := re.search(pattern, self.output.read_text())):
            assert time.monotonic() < until, f"no {pattern!r} in:\n{self.output.read_text()}"
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(0.05)
        return found

    def address(self) -> str:
        return self.wait_for(r"Tubelab: +(http://\S+)")[1]

    def stop(self) -> int:
        """Ctrl-C; returns the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def processes(self) -> dict[int, str]:
        """Every living process that works on this folder, by its environment."""
        mark = f"TUBELAB_HOME={self.home}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue  # it has just ended, or belongs to another user
        return found


@pytest.fixture
def run(tmp_path):
    started = Run(tmp_path / "home", any_port())
    yield started
    if started.process.poll() is None:
        started.process.kill()
        started.process.wait()


def test_it_starts_survives_a_crash_stops_and_starts_again(run):
    address = run.address()
    login = run.wait_for(r"Log in: +admin / (\S+)")[1]
    password_file = run.home / "admin_password"
    assert password_file.read_text().strip() == login
    assert password_file.stat().st_mode & 0o777 == 0o600
    with urllib.request.urlopen(address) as page:
        assert b"<script" in page.read()

    [models] = [pid for pid, words in run.processes().items() if "--queues models" in words]
    os.kill(models, signal.SIGKILL)
    run.wait_for(r"models ended with signal 9; it starts again in 1 s")

    assert run.stop() == 0
    assert "Everything is kept" in run.output.read_text()
    assert run.processes() == {}

    run.start(any_port())
    assert run.wait_for(r"Log in: +admin / (\S+)")[1] == login
    assert run.stop() == 0


def test_nothing_stays_behind_when_it_is_killed(run):
    run.address()
    assert len(run.processes()) >= 5  # itself, the web server and its worker, two workers, beat
    run.process.kill()
    run.process.wait()
    until = time.monotonic() + 30
    while left := run.processes():
        assert time.monotonic() < until, left
        time.sleep(0.1)

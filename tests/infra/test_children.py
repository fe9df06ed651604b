"""Processes that are kept running, and never left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from scripts.children import Child, stop_all


@pytest.fixture
def started(tmp_path):
    """`started(name, program)` starts a Python program as a child; all end with the test."""
    children = []

    def start(name, program, **options):
        child = Child(
            name,
            [sys.executable, "-u", "-c", program],
            env=dict(os.environ),
            logs=tmp_path,
            show=lambda name, line: None,
            **options,
        )
        children.append(child)
        child.start()
        return child

    yield start
    for child in children:
        child.kill()


def until(condition, limit_s=20.0):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def logged(child, count=1):
    """The words that the child has printed, once there are so many."""
    until(lambda: child.log.exists() and len(child.log.read_text().split()) >= count)
    return child.log.read_text().split()


def is_running(pid):
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"


SLEEPER = "import os, time; print(os.getpid()); time.sleep(60)"
# It ignores polite requests, and so does a process that it started.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGQUIT, signal.SIG_IGN)
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), other.pid); time.sleep(60)
"""


def test_a_child_that_dies_is_reported_and_started_again(started):
    child = started("media", SLEEPER)
    [first] = logged(child)
    os.kill(int(first), signal.SIGKILL)
    reports = []
    until(lambda: reports.append(child.tend()) or len(child.log.read_text().split()) == 2)
    assert [report for report in reports if report] == [
        "media ended with signal 9; it starts again in 1 s"
    ]


def test_a_child_that_keeps_dying_is_started_less_and_less_often(started):
    child = started("web", "print('x'); raise SystemExit(3)")
    reports = []
    until(lambda: (report := child.tend()) and reports.append(report) or len(reports) == 3)
    assert [report.rpartition("in ")[2] for report in reports] == ["1 s", "3 s", "7 s"]
    assert "status 3" in reports[0]


def test_an_errand_is_done_once(started):
    child = started("ingest", "print('done')", once=True)
    until(lambda: not child.is_alive())
    assert child.tend() is None
    time.sleep(0.1)
    assert child.tend() is None
    assert logged(child) == ["done"]


def test_an_errand_that_fails_is_reported(started):
    child = started("ingest", "raise SystemExit(1)", once=True)
    until(lambda: not child.is_alive())
    assert child.tend() == "ingest ended with status 1"


def test_stopping_ends_also_who_does_not_listen(started):
    polite, stubborn = started("web", SLEEPER), started("media", STUBBORN)
    pids = logged(polite) + logged(stubborn, 2)
    assert all(is_running(pid) for pid in pids)
    stop_all([polite, stubborn], patience_s=0.5)
    until(lambda: not any(is_running(pid) for pid in pids))


def test_a_child_does_not_outlive_a_killed_parent(tmp_path):
    program = f"""
import os, sys, time
from pathlib import Path
from scripts.children import Child
child = Child("web", [sys.executable, "-u", "-c", {SLEEPER!r}], env=dict(os.environ),
              logs=Path({str(tmp_path)!r}), show=lambda name, line: None)
child.start(); time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    log = tmp_path / "web.log"
    until(lambda: log.exists() and log.read_text().strip())
    pid = log.read_text().strip()
    assert is_running(pid)
    parent.kill()
    parent.wait()
    until(lambda: not is_running(pid))

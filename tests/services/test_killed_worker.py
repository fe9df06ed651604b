"""A worker killed in the middle of a job: every job is done, and done once."""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

WORKER = (
    "-m", "celery", "-A", "tests.services.counting:app", "worker", "--pool", "solo",
    "--queues", "media", "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
JOBS = 24


def lines(log: Path, word: str) -> list[tuple[str, int]]:
    """(job, process) of each line that begins with `word`."""
    if not log.exists():
        return []
    rows = [line.split() for line in log.read_text().splitlines()]
    return [(row[1], int(row[2])) for row in rows if row[0] == word]


def kill_in_the_middle(log: Path, pid: int, limit_s: float = 60) -> str:
    """Kill the worker once it has ended a job and begun another; returns that other."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        begun = [job for job, process in lines(log, "start") if process == pid]
        ended = [job for job, process in lines(log, "end") if process == pid]
        if ended and len(begun) > len(ended):
            time.sleep(0.08)  # past the claim, well before the end
            os.kill(pid, signal.SIGKILL)
            return begun[-1]
        time.sleep(0.005)
    raise AssertionError("the worker never came to its second job")


def test_no_job_is_lost_or_done_twice(install, tmp_path):
    log = tmp_path / "counts"
    installation = install(COUNTING_LOG=str(log), TUBELAB_JOB_STALE_S="3")
    made = installation.call("-m", "tests.services.counting", "create", str(JOBS))
    ids = json.loads(made.splitlines()[-1])
    doomed = installation.start(*WORKER, "--hostname", "doomed@%h")
    survivor = installation.start(*WORKER, "--hostname", "survivor@%h")

    interrupted = kill_in_the_middle(log, doomed.pid)
    installation.call("-m", "tests.services.counting", "sweep", "60")

    ends = Counter(job for job, _ in lines(log, "end"))
    starts = Counter(job for job, _ in lines(log, "start"))
    assert ends == dict.fromkeys(ids, 1), installation.log()[-3000:]
    assert starts[interrupted] == 2
    assert starts.total() == JOBS + 1
    assert (interrupted, survivor.pid) in lines(log, "end")

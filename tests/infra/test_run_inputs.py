"""What `make run` is given: clips, a port, a folder."""

import socket
import subprocess
import sys

import pytest

from scripts import clips
from scripts.console import StepFailed
from scripts.lock_file import hold
from scripts.ports import any_port, free_port
from scripts.programs import worth_showing


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in ("a.mp4", "b.mp4", "my clip.mp4"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(text):
    return [path.name for path in clips.find(text)[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a.mp4", ["a.mp4"]),
        ("b.mp4  a.mp4 b.mp4", ["b.mp4", "a.mp4"]),
        ("my clip.mp4", ["my clip.mp4"]),
        ("'my clip.mp4' a.mp4", ["my clip.mp4", "a.mp4"]),
        ("[ab].mp4", ["a.mp4", "b.mp4"]),
    ],
)
def test_clips_are_found_as_a_shell_would(folder, text, expected):
    assert names(text) == expected
    assert clips.find(text)[1] == []


def test_a_missing_clip_is_named_and_the_others_go_on(folder):
    found, messages = clips.find("a.mp4 nowhere.mp4")
    assert [path.name for path in found] == ["a.mp4"]
    assert messages == ["there is no file 'nowhere.mp4'; it is left out"]


def test_a_quote_that_is_not_closed_is_explained(folder):
    assert "check its quotes" in clips.find("'a.mp4")[1][0]


def test_the_next_port_is_taken_when_one_is_in_use(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", any_port()))
        other.listen()
        taken = other.getsockname()[1]
        port = free_port(taken)
    assert port > taken
    assert f"Port {taken} is taken by another program; using {port}." in capsys.readouterr().out


def test_a_second_run_on_the_same_data_is_refused(tmp_path):
    lock = tmp_path / "home" / "run.lock"
    program = f"""
import time
from pathlib import Path
from scripts.lock_file import hold
with hold(Path({str(lock)!r}), ""):
    print("held", flush=True); time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as first:
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(StepFailed, match=f"process {first.pid}"), hold(lock, "It runs already"):
            pytest.fail("two runs must not share a folder")
        first.kill()
    with hold(lock, "It runs already"):
        assert lock.read_text() != str(first.pid)


@pytest.mark.parametrize(
    ("line", "worth"),
    [
        ("2026-01-01 10:00:00,000 WARNING celery.worker: no broker", True),
        ("2026-01-01 10:00:00,000 ERROR django.request: Internal Server Error", True),
        ("2026-01-01 10:00:00,000 INFO mlbackend.propose.services: chunk 3 of 9", True),
        ("2026-01-01 10:00:00,000 INFO celery.worker.strategy: Task received", False),
        ("Booting worker with pid: 12", False),
    ],
)
def test_the_terminal_shows_what_matters(line, worth):
    assert worth_showing(line) is worth

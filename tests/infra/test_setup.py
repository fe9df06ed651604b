"""The parts of the set-up that need no network."""

import subprocess
import sys

import pytest

from scripts import commands, environment, lock, stamps
from scripts.checkout import ROOT
from scripts.console import StepFailed


@pytest.fixture
def marks(tmp_path, monkeypatch):
    monkeypatch.setattr(stamps, "_FOLDER", tmp_path / "stamps")
    return tmp_path


def test_a_step_is_done_for_one_input_only(marks):
    file = marks / "package.json"
    file.write_text("1")
    before = stamps.fingerprint([file, "3.11"])
    assert not stamps.is_done("npm", before)
    stamps.mark_done("npm", before)
    assert stamps.is_done("npm", before)
    file.write_text("2")
    assert not stamps.is_done("npm", stamps.fingerprint([file, "3.11"]))


def test_a_step_that_was_begun_again_is_not_done(marks):
    stamps.mark_done("build", "x")
    stamps.forget("build")
    assert not stamps.is_done("build", "x")


def test_where_one_part_ends_matters():
    assert stamps.fingerprint(["ab", "c"]) != stamps.fingerprint(["a", "bc"])


def test_a_command_that_fails_says_so_with_its_last_lines_and_a_hint(tmp_path, capsys):
    program = "print('looking for a disk'); print('disk full'); raise SystemExit(7)"
    with pytest.raises(StepFailed) as failed:
        commands.run_logged(
            "unpack", [sys.executable, "-c", program], log=tmp_path / "log", hint="Free some space."
        )
    shown = capsys.readouterr().out
    assert "unpack: failed with status 7" in shown
    assert "| disk full" in shown
    assert failed.value.what == "unpack"
    assert failed.value.hint == f"Free some space.\nThe whole output: {tmp_path / 'log'}"


def test_a_command_that_is_not_there_is_a_failed_step(tmp_path):
    with pytest.raises(StepFailed, match="cannot be started"):
        commands.run_logged("unpack", ["no-such-program"], log=tmp_path / "log", hint="Install it.")


def test_every_requirement_is_pinned_and_locked():
    pins = environment.pins("test")
    assert all("==" in pin for pin in pins)
    locked = environment.CONSTRAINTS.read_text().splitlines()
    for pin in pins:
        assert pin.lower() in [line.lower() for line in locked], pin


def test_the_lock_holds_what_the_pins_bring_with_them():
    locked = dict(
        line.split("==")
        for line in environment.CONSTRAINTS.read_text().splitlines()
        if "==" in line
    )
    assert {"kombu", "vine", "sqlparse"} <= set(locked)
    assert lock.closure(["celery"]).keys() <= locked.keys()


def test_a_broken_environment_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "bin" / "python")
    assert not environment._works()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)  # a Python, but of another place
    assert not environment._works()


def test_packages_are_installed_once(marks, monkeypatch):
    installed = []
    monkeypatch.setattr(environment, "LOGS", marks / "log")
    monkeypatch.setattr(environment, "_ensure_venv", lambda: None)
    monkeypatch.setattr(environment, "_probe", lambda: None)
    monkeypatch.setattr(environment, "pip_install", lambda name, *_, **__: installed.append(name))
    for extras in ((), (), ("test",), ("test",), ()):
        environment.ensure(*extras)
    assert installed == ["dependencies", "dependencies-test"]


def test_an_installation_that_was_cut_off_is_done_again(marks, monkeypatch):
    monkeypatch.setattr(environment, "LOGS", marks / "log")
    monkeypatch.setattr(environment, "_ensure_venv", lambda: None)
    monkeypatch.setattr(environment, "_probe", lambda: None)
    calls = []

    def install(name, *_, **__):
        calls.append(name)
        if len(calls) == 1:
            raise StepFailed("pip install")

    monkeypatch.setattr(environment, "pip_install", install)
    with pytest.raises(StepFailed):
        environment.ensure()
    environment.ensure()
    assert calls == ["dependencies"] * 2


def test_make_lists_its_targets():
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {"setup", "run", "test"} <= {line.split()[0] for line in shown.splitlines()}


def test_ci_runs_the_command_of_the_readme():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")
    assert "make test" in (ROOT / "README.md").read_text()

"""A command works in an empty data folder: the embedded database is made when it is needed."""

import os
import subprocess
import sys
from pathlib import Path

from django.core.management import get_commands

from annotator.embedded_database import COMMANDS, ONLY_WITH, is_needed

ROOT = Path(__file__).resolve().parents[2]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "TUBELAB_HOME": str(home)}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_command_in_an_empty_folder_makes_the_database_once(tmp_path):
    first = run(tmp_path, "train", "Nowhere")
    again = run(tmp_path, "train", "Nowhere")
    assert "Preparing the database" in first.stderr
    assert "Preparing the database" not in again.stderr
    for done in (first, again):
        assert done.returncode == 1
        assert "There is no project 'Nowhere'" in done.stderr


def test_asking_for_help_makes_nothing(tmp_path):
    assert run(tmp_path, "train", "--help").returncode == 0
    assert not (tmp_path / "migrate.lock").exists()


def test_every_command_that_needs_the_database_is_known():
    apps = {"annotator", "labeling", "mlbackend"}
    own = {name for name, app in get_commands().items() if app in apps}
    assert own - {"bench", "evaluate", "models"} == COMMANDS | set(ONLY_WITH)


def test_a_simulation_needs_the_database_only_for_a_project():
    assert is_needed(["simulate", "--project", "Doors"])
    assert is_needed(["simulate", "--project=Doors"])
    assert not is_needed(["simulate", "--dataset", "digits"])
    assert not is_needed(["evaluate", "--project"])
    assert not is_needed([])

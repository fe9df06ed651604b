"""An installation of its own for tests that start real processes."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """A data folder, a migrated database and a broker that no other test uses."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = environment
        self._started: list[subprocess.Popen[bytes]] = []

    def call(self, *argv: str, limit_s: float = 120) -> str:
        """Run `python ARGV` to its end; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *argv], cwd=ROOT, env=self.environment, capture_output=True,
            text=True, timeout=limit_s, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def start(self, *argv: str) -> subprocess.Popen[bytes]:
        """Start `python ARGV`; it is killed with the test."""
        with (self.home / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *argv], cwd=ROOT, env=self.environment, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self._started.append(process)
        return process

    def log(self) -> str:
        return (self.home / "processes.log").read_text()

    def close(self) -> None:
        for process in self._started:
            process.kill()
            process.wait(30)


@pytest.fixture
def install(tmp_path) -> Iterator[Callable[..., Installation]]:
    """`install(NAME=value…)` makes an installation with these settings.

    With DATABASE_URL and BROKER_URL set, as for the suite 'servers', it is on those servers.
    """
    made: list[Installation] = []
    dropped: list[str] = []

    def make(**settings: str) -> Installation:
        home = tmp_path / "home"
        home.mkdir()
        environment = {**os.environ, **settings, "TUBELAB_HOME": str(home)}
        if server := os.environ.get("DATABASE_URL"):
            dropped.append(_new_database(server))
            environment["DATABASE_URL"] = f"{server.rpartition('/')[0]}/{dropped[-1]}"
        if broker := os.environ.get("BROKER_URL"):
            # Another of Redis' sixteen databases than the other tests use.
            environment["BROKER_URL"] = f"{broker.rpartition('/')[0]}/{1 + uuid.uuid4().int % 15}"
        installation = Installation(home, environment)
        made.append(installation)
        installation.call("manage.py", "migrate", "--noinput", "--verbosity", "0")
        return installation

    yield make
    for installation in made:
        installation.close()
    for name in dropped:
        _execute(os.environ["DATABASE_URL"], f'DROP DATABASE "{name}" WITH (FORCE)')


def _new_database(server: str) -> str:
    name = f"services_{uuid.uuid4().hex}"
    _execute(server, f'CREATE DATABASE "{name}"')
    return name


def _execute(server: str, statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()

"""PostgreSQL, Redis and Chromium for the tests: found, started on free ports, stopped again."""

import glob
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import debian
from scripts.console import StepFailed, step, tail
from scripts.ports import any_port

_START_S = 60.0
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DATABASE = "tubelab"


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL of this run's own; yields its DATABASE_URL.

    Raises:
        StepFailed: it is not installed and cannot be, or does not start.
    """
    programs = _postgresql_programs()
    with _temporary_folder() as folder:
        owner = _unprivileged(folder)
        password = secrets.token_urlsafe(12)
        data, log, port = folder / "data", folder / "log", any_port()
        (folder / "password").write_text(password)
        _call(
            [programs / "initdb", "-D", data, "-U", "tests", "-A", "scram-sha-256", "-E", "UTF8",
             "--pwfile", folder / "password", "--no-sync", "--no-locale"],
            owner,
        )  # fmt: skip
        # Nothing here must survive the machine: without fsync it is several times faster.
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c fsync=off -k {folder}"
        control = [programs / "pg_ctl", "-D", data, "-w", "-t", str(int(_START_S))]
        _call([*control, "-l", log, "-o", options, "start"], owner, log)
        try:
            yield f"postgres://tests:{password}@127.0.0.1:{port}/postgres"
        finally:
            _call([*control, "-m", "immediate", "stop"], owner, log)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of this run's own; yields its BROKER_URL.

    Raises:
        StepFailed: it is not installed and cannot be, or does not start.
    """
    server = _program(["redis-server"], "redis-server")
    with _temporary_folder() as folder:
        port, log = any_port(), folder / "log"
        arguments = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
        with log.open("w") as output:
            process = subprocess.Popen([server, *arguments], stdout=output, stderr=output)
        try:
            _wait_for("Ready to accept connections", log, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(20)


def chromium() -> str:
    """The path of a Chromium or Chrome.

    Raises:
        StepFailed: there is none and none can be installed.
    """
    return os.environ.get("TUBELAB_CHROMIUM") or _program(_CHROMIUM, "chromium")


def _program(names: list[str] | tuple[str, ...], package: str) -> str:
    for _ in range(2):
        for name in names:
            if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"):
                return found
        if not debian.install([package], why=f"The tests need {names[0]}"):
            break
    raise StepFailed(f"The tests need {names[0]}", f"Install it: apt-get install {package}")


def _postgresql_programs() -> Path:
    """The folder of initdb and pg_ctl; Debian keeps them off the search path."""
    for _ in range(2):
        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
        on_path = shutil.which("pg_ctl")
        for folder in [*folders, *([os.path.dirname(on_path)] if on_path else [])]:
            if (Path(folder) / "initdb").exists():
                return Path(folder)
        if not debian.install(["postgresql"], why="The tests need PostgreSQL"):
            break
    raise StepFailed("The tests need PostgreSQL", "Install it: apt-get install postgresql")


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tubelab-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> str | None:
    """Give the folder to a user that PostgreSQL agrees to run as; None: it is ours already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        return name
    raise StepFailed("PostgreSQL refuses to run as root, and no other user is there", "")


def _call(argv: list[str | Path], user: str | None, log: Path | None = None) -> None:
    group = pwd.getpwnam(user).pw_gid if user else None
    done = subprocess.run(
        [str(part) for part in argv],
        user=user,
        group=group,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        name = Path(argv[0]).name
        lines = [*done.stdout.strip().splitlines()[-8:], *(tail(log, 8) if log else [])]
        raise StepFailed(f"{name} failed with status {done.returncode}", "\n".join(lines))


def _wait_for(words: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        if words in log.read_text(errors="replace"):
            return
        time.sleep(0.05)
    step("Redis did not start")
    raise StepFailed("Redis did not start", "\n".join(tail(log, 8)))

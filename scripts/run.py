"""`make run`: the web server and the workers on this machine, until Ctrl-C.

    .venv/bin/python -m scripts.run

From the environment: TUBELAB_HOME, PORT (8000), CLIP (video files to take in; patterns and quotes
work as in a shell), DEMO=0 (no demo project) and every setting in docs/settings.md.
"""

import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from scripts import clips, programs
from scripts.checkout import BUILT_PAGE, PYTHON, ROOT, venv_environment
from scripts.children import Child, stop_all
from scripts.commands import run_logged
from scripts.console import StepFailed, end_with, say, step, tail
from scripts.lock_file import hold
from scripts.ports import free_port

_START_S = 120.0
_TEND_S = 0.2
# Time, level and logger of a log line; a person reads the message.
_LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \S+ (?:INFO [\w.]+: )?")


class Stop(Exception):
    """Somebody asked the program to end."""


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _run()
    except StepFailed as failure:
        end_with(failure)
    except Stop:
        say("\nStopped. Everything is kept; 'make run' goes on with it.")


def _stop(*_: object) -> None:
    raise Stop


def _run() -> None:
    found, missing = clips.find(os.environ.get("CLIP", ""))
    for message in missing:
        say(f"CLIP: {message}")
    if not BUILT_PAGE.exists():
        raise StepFailed("The page is not built", "Start it with: make run")
    home = programs.home()
    with hold(home / "run.lock", "Tubelab runs already on this data"):
        port = free_port(int(os.environ.get("PORT") or 8000))
        _prepare(home)
        _serve(home, port, found)


def _prepare(home: Path) -> None:
    for title, command in (
        ("database", ["migrate", "--noinput", "--verbosity", "0"]),
        ("first user and demo", ["bootstrap"]),
    ):
        run_logged(
            title,
            [PYTHON, "manage.py", *command],
            cwd=ROOT,
            env=venv_environment(),
            log=home / "log" / f"{command[0]}.log",
            hint="The message above says what is wrong. To start with empty data:\n"
            "TUBELAB_HOME=SOME_OTHER_FOLDER make run",
        )


def _serve(home: Path, port: int, found: list[Path]) -> None:
    logs = home / "log"
    children = [_child(name, argv, logs) for name, argv in programs.commands(port).items()]
    errands = programs.errands(found, demo=os.environ.get("DEMO") != "0")
    waiting = [_child(name, argv, logs, once=True) for name, argv in errands.items()]
    try:
        step("Starting the web server and the workers")
        for child in children:
            child.start()
        _wait_until_it_answers(port, children)
        _greet(home, port)
        current: Child | None = None
        while True:
            _tend(children)
            if waiting and not (current and current.is_alive()):
                current = waiting.pop(0)
                children.append(current)
                current.start()
    finally:
        # A second Ctrl-C while stopping means: at once.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: [child.kill() for child in children])
        say("\nStopping …")
        stop_all(children)


def _child(name: str, argv: list[str], logs: Path, once: bool = False) -> Child:
    # What is done once has something to say with every line; the others mostly chat.
    show = _say if once else _show
    return Child(name, argv, env=venv_environment(), logs=logs, show=show, once=once)


def _tend(children: list[Child]) -> None:
    for child in children:
        report = child.tend()
        if report:
            say(f"{report} (log: {child.log})")
    time.sleep(_TEND_S)


def _wait_until_it_answers(port: int, children: list[Child]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        _tend(children)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            continue
    for line in tail(children[0].log):
        say(f"    | {line}")
    raise StepFailed(
        f"The web server did not answer within {_START_S:.0f} s",
        f"Its log: {children[0].log}",
    )


def _greet(home: Path, port: int) -> None:
    password = home / "admin_password"
    login = f"admin / {password.read_text().strip()}" if password.exists() else "as you set it up"
    say(f"\n    Tubelab:  http://127.0.0.1:{port}/")
    say(f"    Log in:   {login}")
    say(f"    Data:     {home}")
    say("    Stop:     Ctrl-C\n")


def _say(name: str, line: str) -> None:
    if line.startswith((" ", "Traceback")):
        return  # the log has it
    say(f"{name}: {_LOG_PREFIX.sub('', line)[:300]}")


def _show(name: str, line: str) -> None:
    """Pass on what a person may want to know; all of it is in the log."""
    if programs.worth_showing(line):
        _say(name, line)


if __name__ == "__main__":
    sys.exit(main())

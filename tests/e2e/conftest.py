"""The whole program as a person meets it: web server, real workers, a real browser."""

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts import programs
from scripts.checkout import PYTHON, ROOT, venv_environment
from scripts.children import Child, stop_all
from scripts.ports import any_port
from tests.conftest import SHARED

USER, PASSWORD = "ella", "a-long-password"
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_MAKE_USER = (
    "from django.contrib.auth import get_user_model as g;"
    f"g().objects.create_superuser({USER!r}, password={PASSWORD!r})"
)


@dataclass
class Program:
    """The running program: its address, its home folder and its children by name."""

    url: str
    home: Path
    env: dict[str, str]
    children: dict[str, Child]

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on the same data; returns what it prints."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    home = tmp_path_factory.mktemp("home")
    env = {
        **venv_environment(),
        "TUBELAB_HOME": str(home),
        "TUBELAB_DETECTOR_WEIGHTS": str(SHARED / "weights"),
        "TUBELAB_JOB_SWEEP_S": "3",
        "TUBELAB_LOGIN_RATE": "1000/min",
    }
    (home / "log").mkdir()
    port = any_port()
    children = {
        name: Child(name, argv, env=env, logs=home / "log", show=lambda name, line: None)
        for name, argv in programs.commands(port).items()
    }
    started = Program(f"http://127.0.0.1:{port}", home, env, children)
    started.manage("migrate", "--verbosity", "0")
    started.manage("shell", "-c", _MAKE_USER)
    for child in children.values():
        child.start()
    _wait_until_it_answers(started)
    yield started
    stop_all(list(children.values()))


def _wait_until_it_answers(program: Program) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{program.url}/api/health", timeout=2).read()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    logs = "".join(child.log.read_text()[-2000:] for child in program.children.values())
    pytest.fail(f"the server did not answer:\n{logs}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    binary = os.environ.get("TUBELAB_CHROMIUM") or shutil.which("chromium")
    assert binary, "Chromium is needed; 'make test' finds or installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, program: Program) -> Iterator[BrowserContext]:
    """A browser profile that is logged in."""
    context = browser.new_context(
        base_url=program.url, viewport={"width": 1440, "height": 900}, accept_downloads=True
    )
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Projects", exact=True).wait_for()
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when a script on it fails."""
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    assert failures == []


def kill(child: Child) -> None:
    """End a program as a crash would."""
    assert child._process is not None
    os.killpg(child._process.pid, signal.SIGKILL)

"""What `make test` runs, one entry a suite."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from scripts import counts, node, servers
from scripts.checkout import FRONTEND, PYTHON, ROOT, VENV, venv_environment
from scripts.counts import Counts

# Settings of the person who runs the tests must not reach them.
_OWN_SETTINGS = ("DATABASE_URL", "BROKER_URL", "DJANGO_SETTINGS_MODULE", "CLIP", "PORT")
_KEPT = "TUBELAB_CHROMIUM"


@dataclass(frozen=True)
class Suite:
    """One command and how its result is counted.

    Args:
        argv: makes the command, given the path where its report goes.
        count: reads counts from the report and the exit status.
        servers: environment variable to the server whose address it takes.
    """

    argv: Callable[[Path], list[str]]
    count: Callable[[Path, int], Counts]
    cwd: Path = ROOT
    limit_s: int = 300
    servers: Mapping[str, Callable[[], AbstractContextManager[str]]] = field(default_factory=dict)
    chromium: bool = False

    def environment(self, home: Path, stack: ExitStack) -> dict[str, str]:
        """What the command sees; its servers live until `stack` is closed."""
        clean = {
            name: value
            for name, value in venv_environment().items()
            if name not in _OWN_SETTINGS and (name == _KEPT or not name.startswith("TUBELAB_"))
        }
        if self.cwd == FRONTEND:
            clean |= {
                "PATH": f"{node.ensure().folder}{os.pathsep}{clean['PATH']}",
                "CI": "1",
                "NO_COLOR": "1",
            }
        for name, server in self.servers.items():
            clean[name] = stack.enter_context(server())
        if self.chromium:
            clean[_KEPT] = servers.chromium()
        return clean | {"TUBELAB_HOME": str(home)}


def _status(_: Path, status: int) -> Counts:
    return counts.from_status(status)


def _checker(*argv: str) -> Suite:
    return Suite(lambda report: [str(VENV / "bin" / argv[0]), *argv[1:]], _status)


def _pytest(*arguments: str, **fields: object) -> Suite:
    return Suite(
        lambda report: [str(PYTHON), "-m", "pytest", "-q", f"--junitxml={report}", *arguments],
        counts.from_junit,
        **fields,  # type: ignore[arg-type]
    )


def _npm(count: Callable[[Path, int], Counts], *arguments: str) -> Suite:
    return Suite(
        lambda report: [
            *node.ensure().npm, "run", "--silent",
            *(part.replace("REPORT", str(report)) for part in arguments),
        ],
        count,
        cwd=FRONTEND,
    )  # fmt: skip


SUITES = {
    "ruff": _checker("ruff", "check", "."),
    "format": _checker("ruff", "format", "--check", "."),
    "imports": _checker("lint-imports"),
    "types": _npm(_status, "typecheck"),
    "vitest": _npm(
        counts.from_vitest,
        "test", "--", "--reporter=default", "--reporter=json", "--outputFile.json=REPORT",
    ),
    # Embedded: SQLite and the broker in a folder.
    "pytest": _pytest(
        "-n", "2", "--ignore=tests/e2e", "--ignore=tests/services", "--ignore=tests/flow",
        limit_s=1300,
    ),
    # Two stories that their tests share: each stays in one process, so that it is told once.
    "flow": _pytest("tests/flow", "-n", "2", "--dist", "loadgroup", limit_s=700),
    # The same tables and workers on the servers of the distributed set-up.
    "servers": _pytest(
        "tests/labeling", "tests/services/test_killed_worker.py",
        "tests/mlbackend/test_hold_out_rule.py", "tests/mlbackend/select/test_leases.py",
        "-n", "2",
        # Pure code never meets a server.
        "--ignore=tests/labeling/formats", "--ignore=tests/labeling/domain",
        limit_s=600,
        servers={"DATABASE_URL": servers.postgresql, "BROKER_URL": servers.redis},
    ),
    "embedded": _pytest("tests/services", limit_s=420),
    "e2e": _pytest("tests/e2e", limit_s=600, chromium=True),
}  # fmt: skip

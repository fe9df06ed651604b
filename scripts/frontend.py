"""The front end: its npm packages and its build."""

from pathlib import Path

from scripts import node, stamps
from scripts.checkout import BUILT_PAGE, FRONTEND
from scripts.commands import run_logged
from scripts.console import step
from scripts.environment import LOGS

_HINT = (
    "Check the network connection, then run it again; if it stays, remove frontend/node_modules."
)


def ensure_packages() -> None:
    """`npm ci`, unless it ended well for this very lock file."""
    wanted = stamps.fingerprint([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    if stamps.is_done("npm", wanted) and (FRONTEND / "node_modules").is_dir():
        return
    chosen = node.ensure()
    step("Installing the front end's packages")
    stamps.forget("npm")
    run_logged(
        "npm ci",
        [*chosen.npm, "ci", "--no-audit", "--no-fund"],
        cwd=FRONTEND,
        env=chosen.environment(),
        log=LOGS / "npm.log",
        hint=_HINT,
    )
    stamps.mark_done("npm", wanted)


def ensure_build() -> None:
    """Build the page, unless the build there is of these very sources."""
    wanted = stamps.fingerprint([FRONTEND / "package-lock.json", *_sources()])
    if stamps.is_done("build", wanted) and BUILT_PAGE.exists():
        return
    chosen = node.ensure()
    step("Building the front end")
    stamps.forget("build")
    run_logged(
        "npm run build",
        [*chosen.npm, "run", "build"],
        cwd=FRONTEND,
        env=chosen.environment(),
        log=LOGS / "build.log",
        hint="The message above names the file. After a change of branch: make setup again.",
    )
    stamps.mark_done("build", wanted)


def _sources() -> list[Path]:
    """What the build reads, in a fixed order; tests are not part of it."""
    found = [FRONTEND / "index.html", FRONTEND / "package.json", *FRONTEND.glob("*.config.ts")]
    for folder in ("src", "public"):
        found += [path for path in (FRONTEND / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if ".test." not in path.name)

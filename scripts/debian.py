"""System packages by apt-get, where this process may use it."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from scripts.console import say, step


def install(packages: Sequence[str], why: str) -> bool:
    """Install Debian packages as root or by a sudo that asks for no password.

    Returns:
        False, after saying why, where that is not possible; the caller says what to do then.
    """
    prefix = _as_root()
    if prefix is None:
        return False
    step(f"{why}: installing {' '.join(packages)} with apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    get = [*prefix, "apt-get", "-y", "-q"]
    options = ["install", "--no-install-recommends", *packages]
    # The list of packages may be missing or old: refresh it only when it is.
    for command in ([*get, *options], [*get, "update"], [*get, *options]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0 and "install" in command:
            return True
    say("    " + (done.stderr.strip().splitlines() or ["apt-get failed"])[-1])
    return False


def _as_root() -> list[str] | None:
    """What to put before apt-get; None where there is no way."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if asked.returncode == 0:
            return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None

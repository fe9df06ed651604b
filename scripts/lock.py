"""Write constraints.txt: the version in `.venv` of every package that the pins bring with them.

.venv/bin/python -m scripts.lock
"""

import re
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement

from scripts.console import say
from scripts.environment import CONSTRAINTS, pins

# What this Python does not need but an older patch of it does: redis, before 3.11.3.
_OLDER_PYTHON = {"async-timeout": "5.0.1"}
_HEADER = "# The whole set that was tested together. Made by `make lock`; pins: pyproject.toml.\n"


def closure(requirements: list[str]) -> dict[str, str]:
    """Names and installed versions of the packages named, and of what they require in turn."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # an optional part that this machine has no use for
        found[name] = package.version
        needs = [Requirement(text) for text in package.requires or []]
        waiting += [need for need in needs if _applies(need, requirement.extras)]
    return found


def _applies(need: Requirement, extras: set[str]) -> bool:
    marker = need.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})


def main() -> None:
    versions = closure(pins("test")) | _OLDER_PYTHON
    lines = [f"{name}=={version}\n" for name, version in sorted(versions.items())]
    CONSTRAINTS.write_text(_HEADER + "".join(lines))
    say(f"{CONSTRAINTS.name}: {len(lines)} packages")


if __name__ == "__main__":
    main()

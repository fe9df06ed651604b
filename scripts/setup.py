"""`make setup`: everything that `make run` and `make test` need, done once.

    python3 -m scripts.setup [EXTRA ...]

Each step is skipped when it has ended well for the same input before; a step that failed half-way
is done again.
"""

import sys
import time

from scripts import environment, frontend
from scripts.console import StepFailed, end_with, say


def setup(*extras: str) -> None:
    """Environment, dependencies (with the named extras of pyproject.toml), front end.

    Raises:
        StepFailed: with what to do about it.
    """
    environment.ensure(*extras)
    frontend.ensure_packages()
    frontend.ensure_build()


def main(extras: list[str]) -> None:
    started = time.monotonic()
    try:
        setup(*extras)
    except StepFailed as failure:
        end_with(failure)
    except KeyboardInterrupt:
        end_with(StepFailed("stopped", "Run it again: what is done is kept."))
    say(f"Set up ({time.monotonic() - started:.0f} s). Next: make run")


if __name__ == "__main__":
    main(sys.argv[1:])

"""What `make` calls: set-up, run, test. Standard library only, for no dependency is there yet.

- setup: the environment (`.venv`), the dependencies, the front end's build
- run: the whole program on one machine, until Ctrl-C
- test: every check there is, with the servers that the tests need
"""

import sys

# Written so that an old Python can still read it and say what is wrong.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        f"Tubelab needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
        "Install a newer one, then: make PYTHON=python3.11 setup"
    )

"""The embedded database is made and brought up to date when a command first needs it.

A database server of one's own (`DATABASE_URL`) is never changed behind anybody's back: there
`manage.py migrate` is an operator's decision.
"""

import fcntl
import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from annotator import environment

# The commands of this project that read or write the database.
COMMANDS = frozenset(
    {
        "backup", "bootstrap", "demo", "export", "hold_out", "import_labels", "ingest", "propose",
        "restore", "take_in", "train", "train_detector",
    }
)  # fmt: skip
# Commands that do so only with an option, as it begins where it is cut short.
ONLY_WITH = {"simulate": "--proj"}


def is_needed(arguments: Sequence[str]) -> bool:
    """Whether a command line, without the program's name, needs the database."""
    command = arguments[0] if arguments else ""
    option = ONLY_WITH.get(command)
    if option:
        return any(argument.startswith(option) for argument in arguments)
    return command in COMMANDS


def prepare() -> None:
    """Apply missing migrations to the embedded database; two commands at once wait in line."""
    if environment.text("DATABASE_URL") or not _is_behind():
        return
    with (settings.TUBELAB_HOME / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_behind():
            sys.stderr.write(f"Preparing the database in {settings.TUBELAB_HOME}\n")
            call_command("migrate", interactive=False, verbosity=0)


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

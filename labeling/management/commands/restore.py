"""Make a project of a backup."""

import argparse
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.export.restore import project_restore


class Command(BaseCommand):
    help = "Make a project of a backup: all of it, or nothing."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument("--name", default="", help="of the new project (default: as it was)")
        parser.add_argument("--owner", metavar="USERNAME", help="who becomes its owner as well")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restored = project_restore(
                path=options["file"], name=options["name"], owner=_user(options["owner"]),
                # Who restores a whole project with its media may use the disk there is.
                most_bytes=shutil.disk_usage(settings.HOME_DIRS["imports"]).free,
            )  # fmt: skip
        except TubelabError as error:
            raise CommandError(error.message) from error
        counts = ", ".join(f"{n} {name}" for name, n in sorted(restored.counts.items()))
        self.stdout.write(f"Project '{restored.project.name}': {counts or 'empty'}")
        for note in restored.notes:
            self.stdout.write(f"note: {note}")


def _user(username: str | None) -> Any:
    if username is None:
        return None
    users = get_user_model()
    user = users.objects.filter(**{users.USERNAME_FIELD: username}).first()
    if user is None:
        raise CommandError(f"There is no account '{username}'.")
    return user

"""Write everything of a project into one archive, to be restored here or on another server."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.export import services
from labeling.management.commands.export import project_named


class Command(BaseCommand):
    help = "Write everything of a project into one archive, to be restored without loss."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("file", type=Path, metavar="FILE.zip")
        parser.add_argument("--media", action="store_true", help="with the files of the videos")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = services.backup_to_file(
                project=project_named(options["project"]), target=options["file"],
                media=options["media"],
            )  # fmt: skip
        except TubelabError as error:
            raise CommandError(error.message) from error
        counts = ", ".join(f"{n} {name}" for name, n in done.manifest["counts"].items())
        self.stdout.write(f"{options['file']}: {counts}, snapshot {done.snapshot_hash[:12]}")

"""Write a project's labels as files, from a frozen snapshot."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.export import services
from labeling.formats.choice import Which
from labeling.models import Project


class Command(BaseCommand):
    help = "Write a project's labels as files, from a frozen snapshot."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("folder", type=Path, metavar="OUT_DIR")
        parser.add_argument("--format", default="ava", choices=list(services.FORMATS))
        parser.add_argument(
            "--state", default=Which.REVIEWED.value, choices=[which.value for which in Which]
        )
        parser.add_argument("--rate", default="1", help="timestamps per second (default 1)")
        parser.add_argument("--decimals", type=int, default=3, help="of boxes (default 3)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            params = {
                "state": options["state"], "rate_hz": options["rate"],
                "decimals": options["decimals"],
            }  # fmt: skip
            done = services.export_to_folder(
                project=project_named(options["project"]),
                format_name=options["format"],
                options=services.options_of(options["format"], params),
                target=options["folder"],
            )
        except TubelabError as error:
            raise CommandError(error.message) from error
        counts = done.manifest["counts"]
        self.stdout.write(
            f"{options['folder']}: {counts.get('rows', 0)} rows on {counts.get('boxes', 0)} boxes, "
            f"{counts.get('excluded_timestamps', 0)} timestamps excluded, snapshot "
            f"{done.snapshot_hash[:12]}"
        )
        if counts.get("boxes_without_action"):
            self.stdout.write(
                f"note: {counts['boxes_without_action']} boxes have no action there; AVA cannot "
                "hold them"
            )


def project_named(name: str) -> Project:
    """A project by name or slug; raises CommandError with the names there are."""
    known = Project.objects.filter(name=name).first() or Project.objects.filter(slug=name).first()
    if known is None:
        names = ", ".join(Project.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no project '{name}'. Projects here: {names}.")
    return known

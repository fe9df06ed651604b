"""Read annotations from a file: report what it would change, merge it, or replace with it."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.export.import_read import ImportFiles
from labeling.export.imports import Mode, labels_import, options_of
from labeling.formats.ava import Coordinates, Eighth
from labeling.management.commands.export import project_named

_ERRORS_SHOWN = 20


class Command(BaseCommand):
    help = "Read annotations from a file: report what it would change, merge it, or replace."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--format", default="ava", choices=["ava"])
        parser.add_argument("--labels", type=Path, help="label map (.pbtxt) of the action ids")
        parser.add_argument("--excluded", type=Path, help="CSV of excluded timestamps")
        modes = parser.add_mutually_exclusive_group(required=True)
        for mode in Mode:
            modes.add_argument(
                f"--{mode.value}", dest="mode", action="store_const", const=mode.value
            )
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="go on without rows that are wrong"
        )
        parser.add_argument(
            "--eighth-column", default=Eighth.PERSON_ID.value,
            choices=[eighth.value for eighth in Eighth], help="what column 8 holds",
        )  # fmt: skip
        parser.add_argument(
            "--coordinates", default=Coordinates.FRACTIONS.value,
            choices=[kind.value for kind in Coordinates], help="what columns 3 to 6 are",
        )  # fmt: skip
        parser.add_argument(
            "--max-gap", dest="max_gap_s", metavar="SECONDS",
            help="longest time without a row that a tube bridges (default: one step of the file)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        files = ImportFiles(
            options["file"], options["file"].name, options["labels"], options["excluded"]
        )
        try:
            report = labels_import(project=project, files=files, options=options_of(options))
        except TubelabError as error:
            self._print_errors((error.detail or {}).get("errors", []))
            raise CommandError(error.message) from error
        self._print(report)

    def _print(self, report: dict[str, Any]) -> None:
        what = "would change" if report["mode"] == Mode.DRY_RUN else "done"
        self.stdout.write(f"{report['mode']}: {report['rows']} rows, {what}:")
        for noun in ("tubes", "spans"):
            counts = ", ".join(f"{n} {name}" for name, n in report[noun].items())
            self.stdout.write(f"  {noun}: {counts}")
        for name, video in report["videos"].items():
            revision = f" (revision {video['revision']})" if video["revision"] else ""
            self.stdout.write(f"  {name}: {_changes(video)}{revision}")
            for conflict in video["conflicts"]:
                self.stdout.write(f"    conflict: {conflict}")
        for noun in ("unknown_videos", "unknown_labels", "created_labels"):
            if report[noun]:
                self.stdout.write(f"  {noun.replace('_', ' ')}: {', '.join(report[noun])}")
        for assumption in report["assumptions"]:
            self.stdout.write(f"  note: {assumption}")
        self._print_errors(report["errors"])

    def _print_errors(self, errors: list[dict[str, Any]]) -> None:
        for error in errors[:_ERRORS_SHOWN]:
            self.stderr.write(f"row {error['row']}: {error['reason']}")
        if len(errors) > _ERRORS_SHOWN:
            self.stderr.write(f"… and {len(errors) - _ERRORS_SHOWN} more rows")
        if errors:
            self.stderr.write("Mend these rows, or pass over them with --skip-bad-rows.")


def _changes(video: dict[str, Any]) -> str:
    parts = [f"{n} {name}" for name, n in video["tubes"].items() if n]
    return (", ".join(parts) or "no") + " tubes"

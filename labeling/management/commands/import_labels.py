"""Read annotations from a file: report what it would change, merge it, or replace with it."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.export.import_formats import AUTO, READABLE
from labeling.export.import_source import ImportFiles
from labeling.export.imports import Mode, labels_import, options_of
from labeling.formats.ava import Coordinates, Eighth
from labeling.management.commands.export import project_named
from labeling.models import Project

_SHOWN = 20


class Command(BaseCommand):
    help = "Read annotations from a file: report what it would change, merge it, or replace."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("file", type=Path, metavar="FILE", help="a file, folder or archive")
        parser.add_argument("--format", default=AUTO, choices=[AUTO, *READABLE])
        modes = parser.add_mutually_exclusive_group(required=True)
        for mode in Mode:
            modes.add_argument(
                f"--{mode.value}", dest="mode", action="store_const", const=mode.value
            )
        parser.add_argument(
            "--labels", type=Path, help="list of labels that the file's numbers mean"
        )
        parser.add_argument("--excluded", type=Path, help="CSV of excluded timestamps")
        parser.add_argument(
            "--map", action="append", default=[], metavar="FILE=PROJECT", dest="mapped",
            help="a label of the file and the project's; nothing after '=' leaves it out",
        )  # fmt: skip
        parser.add_argument(
            "--link", action="store_true", help="link boxes without person ids into tubes"
        )
        parser.add_argument("--video", help="the video meant by a file that names none")
        parser.add_argument(
            "--frame-rate", help="of a file that counts frames at a rate of its own"
        )
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="go on without rows that are wrong"
        )
        parser.add_argument(
            "--eighth-column", default=Eighth.PERSON_ID.value,
            choices=[eighth.value for eighth in Eighth], help="what column 8 of AVA's rows holds",
        )  # fmt: skip
        parser.add_argument(
            "--coordinates", default=Coordinates.FRACTIONS.value,
            choices=[kind.value for kind in Coordinates], help="what AVA's columns 3 to 6 are",
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
            if not options["file"].exists():
                raise CommandError(f"There is no file {options['file']}.")
            options["mapping"] = dict(map(_pair, options["mapped"]))
            options["video_id"] = _video_id(project, options["video"])
            report = labels_import(project=project, files=files, options=options_of(options))
        except TubelabError as error:
            self._print_errors((error.detail or {}).get("errors", []))
            raise CommandError(error.message) from error
        self._print(report)

    def _print(self, report: dict[str, Any]) -> None:
        what = "would change" if report["mode"] == Mode.DRY_RUN else "done"
        self.stdout.write(f"{report['mode']}, {report['format']}: {report['rows']} rows, {what}:")
        for noun in ("tubes", "spans"):
            counts = ", ".join(f"{n} {name}" for name, n in report[noun].items())
            self.stdout.write(f"  {noun}: {counts}")
        for name, video in report["videos"].items():
            revision = f" (revision {video['revision']})" if video["revision"] else ""
            self.stdout.write(f"  {name}: {_changes(video)}{revision}")
            for conflict in video["conflicts"]:
                self.stdout.write(f"    conflict: {conflict}")
        self._print_labels(report)
        for assumption in report["assumptions"]:
            self.stdout.write(f"  note: {assumption}")
        self._print_errors(report["errors"], report["error_count"])

    def _print_labels(self, report: dict[str, Any]) -> None:
        for noun in ("unknown_videos", "unknown_labels", "created_labels"):
            if report[noun]:
                self.stdout.write(f"  {noun.replace('_', ' ')}: {', '.join(report[noun])}")
        for label in report["labels"]:
            if label["suggestions"]:
                like = ", ".join(label["suggestions"])
                self.stdout.write(f"  '{label['name']}' is like: {like} (--map)")

    def _print_errors(self, errors: list[dict[str, Any]], count: int | None = None) -> None:
        for error in errors[:_SHOWN]:
            named = not error.get("column") or error["column"] in error["reason"]
            column = "" if named else f" (column {error['column']})"
            file = f"{error['file']}, " if error.get("file") else ""
            self.stderr.write(f"{file}row {error['row']}: {error['reason']}{column}")
        more = (count or len(errors)) - _SHOWN
        if more > 0:
            self.stderr.write(f"… and {more} more rows")
        if errors:
            self.stderr.write("Mend these rows, or pass over them with --skip-bad-rows.")


def _pair(text: str) -> tuple[str, str]:
    name, sign, wanted = text.rpartition("=")
    if not sign or not name.strip():
        raise CommandError(f"--map takes 'name in the file=name in the project', got '{text}'.")
    return name.strip(), wanted.strip()


def _video_id(project: Project, name: str | None) -> str | None:
    if name is None:
        return None
    found = list(project.videos.filter(name=name)) or list(project.videos.filter(external_id=name))
    if len(found) != 1:
        raise CommandError(f"Project '{project.name}' has {len(found)} videos called '{name}'.")
    return str(found[0].pk)


def _changes(video: dict[str, Any]) -> str:
    parts = [f"{n} {name}" for name, n in video["tubes"].items() if n]
    return (", ".join(parts) or "no") + " tubes"

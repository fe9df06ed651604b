"""Write a project's labels as files, from a frozen snapshot."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from labeling.domain.errors import TubelabError
from labeling.export import services
from labeling.export.options import ExportOptions
from labeling.export.writers import writers
from labeling.formats.choice import Which
from labeling.models import Project
from labeling.models.video import Split


class Command(BaseCommand):
    help = "Write a project's labels as files, from a frozen snapshot."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("folder", type=Path, metavar="OUT_DIR")
        parser.add_argument("--format", default="ava", choices=list(writers()))
        parser.add_argument(
            "--state", default=Which.REVIEWED.value, choices=[which.value for which in Which]
        )
        parser.add_argument(
            "--split",
            action="append",
            choices=Split.values,
            metavar="SPLIT",
            help=f"only this split, of {', '.join(Split.values)}; may be repeated",
        )
        parser.add_argument("--label", action="append", metavar="NAME", help="only this label")
        parser.add_argument("--video", action="append", metavar="NAME", help="only this video")
        parser.add_argument("--as-of", metavar="TIME", help="the labels as they were then")
        parser.add_argument("--changed-since", metavar="TIME", help="only what changed after")
        parser.add_argument("--rate", default="1", help="timestamps per second (default 1)")
        parser.add_argument("--decimals", type=int, help="of boxes (AVA 3, AVA-Kinetics 6)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = project_named(options["project"])
            done = services.export_to_folder(
                project=project,
                format_name=options["format"],
                options=ExportOptions.of(_params(project, options)),
                target=options["folder"],
            )
        except TubelabError as error:
            raise CommandError(error.message) from error
        self._tell(options["folder"], done)

    def _tell(self, folder: Path, done: services.Written) -> None:
        counts = done.manifest["counts"]
        if "rows" in counts:
            said = (
                f"{counts['rows']} rows on {counts['boxes']} boxes, "
                f"{counts['excluded_timestamps']} timestamps excluded"
            )
        else:
            said = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items())
        self.stdout.write(f"{folder}: {said}, snapshot {done.snapshot_hash[:12]}")
        for what, count in done.manifest["lost"].items():
            self.stdout.write(f"note: {done.manifest['format']} has no place for {what}: {count}")


def _params(project: Project, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": options["state"], "splits": options["split"], "rate_hz": options["rate"],
        "label_ids": sum((_label_ids(project, x) for x in options["label"] or ()), []),
        "video_ids": [_video_id(project, name) for name in options["video"] or ()],
        "as_of": options["as_of"], "changed_since": options["changed_since"],
        "decimals": options["decimals"],
    }  # fmt: skip


def _label_ids(project: Project, name: str) -> list[int]:
    """Labels of a name; there may be one of each kind."""
    found = list(project.labels.filter(name=name).values_list("id", flat=True))
    if not found:
        names = ", ".join(project.labels.values_list("name", flat=True))
        raise CommandError(f"There is no label '{name}'. Labels of the project: {names}.")
    return found


def _video_id(project: Project, name: str) -> str:
    rows = project.videos.filter(Q(name=name) | Q(external_id=name))
    found = rows.values_list("id", flat=True)
    if len(found) != 1:
        raise CommandError(
            f"--video '{name}': {len(found) or 'no'} videos of the project are called so; give a "
            "name or an external id."
        )
    return str(found[0])


def project_named(name: str) -> Project:
    """A project by name or slug; raises CommandError with the names there are."""
    known = Project.objects.filter(name=name).first() or Project.objects.filter(slug=name).first()
    if known is None:
        names = ", ".join(Project.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no project '{name}'. Projects here: {names}.")
    return known

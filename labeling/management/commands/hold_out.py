"""Draw hold-out videos, or tell what is held out."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from labeling.ingest.hold_out import hold_out_draw
from labeling.ingest.hold_out_selectors import held_out
from labeling.models import Project


class Command(BaseCommand):
    help = "Draw videos that measure models and never train; without --share or --count only tell."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("--share", type=float, help="of the videos to draw from, 0.05 to 0.5")
        parser.add_argument("--count", type=int, help="how many videos instead")
        parser.add_argument("--seed", type=int, help="makes the draw repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["project"]
        project = Project.objects.filter(name=name).first()
        project = project or Project.objects.filter(slug=name).first()
        if project is None:
            raise CommandError(f"There is no project '{name}'.")
        wish = {key: options[key] for key in ("share", "count", "seed")}
        if wish["share"] is not None or wish["count"] is not None:
            try:
                draw = hold_out_draw(project=project, **wish)
            except TubelabError as error:
                raise CommandError(error.message) from error
            for part in draw.strata:
                self.stdout.write(
                    f"{part['stratum']}: {len(part['drawn'])} of {part['videos']} drawn"
                )
            self.stdout.write(f"Seed {draw.seed}")
        self._tell(held_out(project))

    def _tell(self, found: dict[str, Any]) -> None:
        for video in found["drawn"]:
            self.stdout.write(
                f"{video['name']}: {'drawn' if video['by'] == 'draw' else 'by hand'}, "
                f"{video['covered_frames']} of {video['frame_count']} frames covered, "
                f"{video['reviewed_tubes']} reviewed tubes"
            )
        self.stdout.write(
            f"{len(found['drawn'])} of {found['videos']} videos held out, "
            f"{found['reviewed_videos']} reviewed with {found['reviewed_tubes']} tubes: "
            f"{'enough' if found['enough'] else 'not enough'} to compare models"
        )
        if found["note"]:
            self.stdout.write(found["note"])

"""Bring video files into a project, in this process: no worker is needed."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from labeling.domain.errors import TubelabError
from labeling.ingest import selectors, services
from labeling.models import Project
from labeling.teams.services import project_create


class Command(BaseCommand):
    help = "Bring video files into a project; the project is made if it is new."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        project, is_new = _project(options["project"])
        results = [self._ingest(project, path) for path in options["files"]]
        if is_new and not any(results):
            # Nothing came in: a mistyped path leaves no empty project behind.
            project.delete()
        if not all(results):
            raise SystemExit(1)

    def _ingest(self, project: Project, path: Path) -> bool:
        try:
            done = services.video_ingest(project=project, path=path, report=self._reporter(path))
        except TubelabError as error:
            self._clear_line()
            self.stderr.write(f"{path}: {error.message}")
            return False
        self._clear_line()
        video = done.video
        if done.duplicate:
            self.stdout.write(f"{path}: already in '{project.name}' as '{video.name}'")
            return True
        facts = selectors.video_facts(video)
        rate = facts["fps"][0] / facts["fps"][1]
        self.stdout.write(
            f"{path}: {video.frame_count} frames, {video.width}×{video.height}, {rate:.4g} fps, "
            f"{facts['duration_s']:.2f} s"
        )
        for warning in video.warnings:
            self.stdout.write(f"{path}: note: {warning}")
        return True

    def _reporter(self, path: Path) -> services.Report | None:
        """A moving line, on a terminal only."""
        if not sys.stderr.isatty():
            return None

        def report(fraction: float, message: str) -> None:
            sys.stderr.write(f"\r\033[K{path.name}: {message} {fraction:.0%}")
            sys.stderr.flush()

        return report

    def _clear_line(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")


def _project(name: str) -> tuple[Project, bool]:
    """The project of this name or slug, and whether it was made now."""
    known = Project.objects.filter(name=name).first() or Project.objects.filter(slug=name).first()
    return (known, False) if known else (project_create(name=name), True)

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.take_in import video_take_in
from labeling.domain.errors import TubelabError
from labeling.models import Project
from labeling.teams.services import project_create


class Command(BaseCommand):
    help = "Bring video files into a project and have the workers propose on the new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="name of the project; it is made if it is new")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, project: str, files: list[Path], **options: Any) -> None:
        target = Project.objects.filter(name=project).first() or project_create(name=project)
        refused = [path for path in files if not self._take_in(target, path)]
        if refused:
            raise CommandError(f"{len(refused)} of {len(files)} files were refused; see above.")

    def _take_in(self, project: Project, path: Path) -> bool:
        self.stdout.write(f"{path.name}: reading")
        try:
            taken = video_take_in(project=project, path=path)
        except TubelabError as error:
            self.stdout.write(f"{path}: refused: {error.message}")
            return False
        video = taken.video
        size = f"{video.frame_count} frames, {video.width}×{video.height}"
        ending = "is there already" if taken.duplicate else "sent to be proposed on"
        self.stdout.write(f"{path.name}: {size}, {ending} (project '{project.name}')")
        for warning in video.warnings:
            self.stdout.write(f"{path.name}: note: {warning}")
        return True

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotator.take_in import video_take_in
from labeling.domain.errors import TubelabError
from labeling.models import Job, Project
from labeling.models.job import FINISHED, JobKind, JobState
from labeling.teams.services import project_create, starter_actions_add

SAY_EVERY_S = 3.0


class Command(BaseCommand):
    help = "Bring video files into a project and have the workers propose on the new ones."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="name of the project; it is made if it is new")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--wait", action="store_true", help="stay until all is proposed on")

    def handle(
        self, *args: Any, project: str, files: list[Path], wait: bool, **options: Any
    ) -> None:
        target = Project.objects.filter(name=project).first() or _project_new(project)
        refused = [path for path in files if not self._take_in(target, path)]
        if wait:
            self._wait(target)
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

    def _wait(self, project: Project) -> None:
        """Say how the workers get on with the project's videos, until they are done."""
        proposals = Job.objects.filter(project=project, kind=JobKind.PROPOSE)
        under_way = {job.id: "" for job in proposals.exclude(state__in=FINISHED)}
        while under_way:
            time.sleep(SAY_EVERY_S)
            for job in proposals.filter(id__in=under_way).select_related("video"):
                if job.message not in ("", under_way[job.id]):
                    self.stdout.write(f"{job.progress:.0%} {job.message}")
                under_way[job.id] = job.message
                if job.state in FINISHED:
                    del under_way[job.id]
                    self.stdout.write(f"{_name(job)}: {_result(job)}")


def _project_new(name: str) -> Project:
    """A project in which a person can begin at once."""
    project = project_create(name=name)
    starter_actions_add(project=project)
    return project


def _name(job: Job) -> str:
    return job.video.name if job.video else "a deleted video"


def _result(job: Job) -> str:
    """How a job ended, in a few words."""
    if job.state != JobState.DONE:
        return f"{job.state}: {(job.error or {}).get('message', job.message)}"
    result = job.result or {}
    note = f" {result['note']}" if result.get("note") else ""
    return f"{result.get('tubes', 0)} tubes proposed.{note}"

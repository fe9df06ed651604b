"""`manage.py propose PROJECT`: find people and their actions in a project's videos."""

from __future__ import annotations

import contextlib
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling import api
from labeling.domain.errors import InvalidInput, TubelabError
from mlbackend.propose import detect, services

FINISHED = ("done", "failed", "cancelled")
POLL_S = 0.3
SAY_EVERY_S = 5.0


class Command(BaseCommand):
    help = "Find people in a project's videos and propose tubes and actions."
    _said_at_s = -SAY_EVERY_S

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("--video", nargs="+", metavar="NAME", help="only these videos")
        parser.add_argument(
            "--detector", metavar="NAME", help=f"one of: {', '.join(detect.DETECTORS)}"
        )
        parser.add_argument(
            "--recognizer",
            metavar="NAME",
            help="auto (the model in use), hog_hof, or a net such as i3d: the project's model on "
            "it, else its published or added weights",
        )
        parser.add_argument("--rate", type=float, metavar="HZ", help="frames a second to detect on")
        parser.add_argument(
            "--actions-only",
            action="store_true",
            help="look for actions on the tubes nobody has touched; detect nothing",
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="stay until all is done; also works where no worker is running",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._propose(options)
        except TubelabError as error:
            raise CommandError(error.message) from error

    def _propose(self, options: dict[str, Any]) -> None:
        project = api.project_named(options["project"])
        videos = _named(project, options["video"])
        job_ids = services.propose_start(
            project_id=project.id,
            video_ids=[video.id for video in videos],
            detector=options["detector"],
            recognizer=options["recognizer"],
            rate_hz=options["rate"],
            actions_only=options["actions_only"],
            send=not options["wait"],
        )
        names = {video.id: video.name for video in videos}
        if not job_ids:
            self.stdout.write(f"{project.name} has no video that is ready.")
        if not options["wait"]:
            for job_id in job_ids:
                name = names[str(api.job_value(job_id).video_id)]
                self.stdout.write(f"{name}: sent to the workers as job {job_id}")
            return
        failed = [job_id for job_id in job_ids if not self._finish(job_id, names)]
        if failed:
            raise CommandError(f"{len(failed)} of {len(job_ids)} videos were not proposed on.")

    def _finish(self, job_id: str, names: dict[str, str]) -> bool:
        """Run a job step by step, or wait while a worker does; say how it ended."""
        while (job := api.job_value(job_id)).state not in FINISHED:
            if not self._own_step(job_id):
                self._say(job.message)
                time.sleep(POLL_S)
        name = names[str(job.video_id)]
        if job.state != "done":
            reason = (job.error or {}).get("message") or job.message
            self.stderr.write(f"{name}: {job.state}: {reason}")
            return False
        self.stdout.write(f"{name}: {summary(job.result or {})}")
        return True

    def _own_step(self, job_id: str) -> bool:
        """Do the job's next step here, unless a worker has it; return whether it was done."""
        owner = api.owner_name()
        job = api.job_claim(job_id, owner)
        if job is None:
            return False

        def tell(_fraction: float, message: str) -> None:
            self._say(message)

        try:
            with api.running(job_id, owner):
                services.propose_step(job, owner, tell=tell, send=False)
        except KeyboardInterrupt:
            with contextlib.suppress(TubelabError):
                api.job_release(job_id, owner)
            raise CommandError("Stopped; the job goes on from here when proposed again.") from None
        return True

    def _say(self, message: str) -> None:
        """Print a message now and then; how a job ended is always printed."""
        if message and time.monotonic() - self._said_at_s >= SAY_EVERY_S:
            self._said_at_s = time.monotonic()
            self.stdout.write(f"  {message}")


def summary(result: dict[str, Any]) -> str:
    """One line of what a job found."""
    actions = f"{result.get('spans', 0)} actions proposed"
    if result.get("recognizer_title"):
        actions += f" by {result['recognizer_title']}"
    if result.get("segments"):
        actions += f", {result['segments']} segments of the video"
    note = f" {result['note']}" if result.get("note") else ""
    if "detector" not in result:
        return f"{actions}.{note}"
    tubes, keyframes = result.get("tubes", 0), result.get("keyframes", 0)
    counted = "1 tube" if tubes == 1 else f"{tubes} tubes"
    line = f"{counted} with {keyframes} keyframes ({_title(result['detector'])}), {actions}"
    if result.get("repeated"):
        line += f"; {result['repeated']} were known already"
    if result.get("withheld"):
        line += f"; {result['withheld']} withheld: correcting them would cost more than drawing"
    return f"{line}.{note}"


def _title(detector: str) -> str:
    known = detect.DETECTORS
    return known[detector].title if detector in known else detector


def _named(project: api.ProjectValue, names: list[str] | None) -> list[api.VideoValue]:
    videos = api.videos(project.id)
    unknown = set(names or ()) - {video.name for video in videos}
    if unknown:
        known = ", ".join(video.name for video in videos) or "none yet"
        raise InvalidInput(
            f"{project.name} has no ready video called {', '.join(sorted(unknown))}. "
            f"There are: {known}."
        )
    return [video for video in videos if names is None or video.name in names]

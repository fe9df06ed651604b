"""Run a round of learning in this process and print its figures: no worker is needed."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling import api
from labeling.domain.errors import TubelabError
from mlbackend.models import Round
from mlbackend.train import services


class Command(BaseCommand):
    help = "Train on what is reviewed, compare with the champion, and promote what is better."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = api.project_named(options["project"])
            started = services.round_start(project_id=project.id, send=False)
        except TubelabError as error:
            raise CommandError(error.message) from error
        job_id = str(started.job_id)
        owner = api.owner_name()
        job = api.job_claim(job_id, owner)
        if job is not None:
            with api.running(job_id, owner):
                services.round_run(job, owner, self._tell)
        else:
            self.stdout.write("A worker took the round; its page shows how it goes.")
        self._clear_line()
        done = Round.objects.select_related("model").get(pk=started.pk)
        if done.state == Round.State.FAILED:
            raise CommandError(f"Round {done.number} failed: {done.reason}")
        self._print(done)

    def _print(self, done: Round) -> None:
        self.stdout.write(f"Round {done.number} of snapshot {done.snapshot_hash[:12]}")
        for line in table(done.metrics):
            self.stdout.write(line)
        measured = done.metrics.get("candidate") or {"n": 0}
        self.stdout.write(f"Measured on {measured['n']} windows of {done.evaluated_on}.")
        self.stdout.write(f"{done.decision}: {done.reason}")

    def _tell(self, fraction: float, message: str) -> None:
        """A moving line on a terminal, a line each elsewhere."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{fraction:4.0%} {message}")
            sys.stderr.flush()
        elif message != getattr(self, "_last", None):
            self._last = message
            self.stderr.write(f"{fraction:4.0%} {message}")

    def _clear_line(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")


def table(metrics: dict[str, Any]) -> list[str]:
    """The figures as lines of text: one per action, then the means."""
    candidate, champion = metrics.get("candidate"), metrics.get("champion")
    if not candidate:
        return []
    before = {row["name"]: row["f1"] for row in champion["per_class"]} if champion else {}
    lines = [f"{'':16} precision recall   F1  before  windows"]
    for row in candidate["per_class"]:
        old = f"{before[row['name']]:6.2f}" if row["name"] in before else "     –"
        lines.append(_line(row["name"], row, old, row["support"]))
    old = f"{champion['macro']['f1']:6.2f}" if champion else "     –"
    lines.append(_line("macro", candidate["macro"], old, candidate["n"]))
    lines.append(f"{'accuracy':16} {candidate['accuracy']:9.2f}")
    return lines


def _line(name: str, row: dict[str, float], old: str, count: int) -> str:
    return (
        f"{name[:16]:16} {row['precision']:9.2f} {row['recall']:6.2f} {row['f1']:4.2f}  "
        f"{old}  {count:7}"
    )

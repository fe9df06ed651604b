"""Run a round of learning in this process and print its figures: no worker is needed."""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling import api
from labeling.domain.errors import TubelabError
from mlbackend.models import Round
from mlbackend.train import services, turns

WAIT_S = 1.0
OPTIONS = (
    ("epochs", int, "passes over the windows (finetune, full)"),
    ("batch", int, "windows of one step"),
    ("lr", float, "peak learning rate of the head"),
    ("stages", int, "how many stages train, from the head on; 0 is all"),
    ("start", str, "auto, champion, installed or scratch"),
    ("seed", int, "makes the round repeatable"),
)


class Command(BaseCommand):
    help = "Train on what is reviewed, compare with the champion, and promote what is better."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument(
            "--recipe", default="", help="logistic, svm, head, finetune or full (project's setting)"
        )
        parser.add_argument("--net", default="", help="a net of manage.py models list")
        for name, kind, says in OPTIONS:
            parser.add_argument(f"--{name.replace('_', '-')}", dest=name, type=kind, help=says)
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", dest="more",
            help="any other parameter of a training, such as ema=0.999",
        )  # fmt: skip
        parser.add_argument("--card", metavar="OUT_DIR", help="copy the model's card there")

    def handle(self, *args: Any, **options: Any) -> None:
        card_folder = self._card_folder(options["card"])
        try:
            project = api.project_named(options["project"])
            started = services.round_start(
                project_id=project.id, send=False, wish=self._wish(options)
            )
        except TubelabError as error:
            raise CommandError(error.message) from error
        assert started is not None  # nothing was asked of it but to be made
        if not self._run(str(started.job_id)):
            self.stdout.write("A worker took the round; its page shows how it goes.")
        self._clear_line()
        done = Round.objects.select_related("model").get(pk=started.pk)
        if done.state == Round.State.FAILED:
            raise CommandError(f"Round {done.number} failed: {done.reason}")
        self._print(done)
        if card_folder is not None:
            self._copy_card(done, card_folder)

    def _run(self, job_id: str) -> bool:
        """Run the job in its turn; return whether it was this process that did."""
        owner = api.owner_name()
        while (job := turns.turn_claim(job_id, owner)) is None:
            if api.job_value(job_id).state != "queued":
                return False
            self._tell(0.0, "Waiting for another round of the project to end.")
            time.sleep(WAIT_S)
        try:
            with api.running(job_id, owner):
                services.round_run(job, owner, self._tell)
        finally:
            turns.turn_pass(job.project_id)
        return True

    def _wish(self, options: dict[str, Any]) -> dict[str, Any]:
        params = {name: options[name] for name, *_ in OPTIONS if options[name] is not None}
        for text in options["more"]:
            name, _, value = text.partition("=")
            try:
                params[name] = json.loads(value)
            except ValueError:
                params[name] = value
        return {"recipe": options["recipe"], "net": options["net"], "params": params}

    def _card_folder(self, name: str | None) -> Path | None:
        if name is None:
            return None
        folder = Path(name)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is there already; name a new or empty folder for --card.")
        return folder

    def _copy_card(self, done: Round, folder: Path) -> None:
        if done.model is None:
            self.stdout.write("There is no card: the round made no action model.")
            return
        source = done.model.file_path.parent
        (folder / "pictures").mkdir(parents=True, exist_ok=True)
        for path in [source / "card.json", source / "card.md", *source.glob("pictures/*.jpg")]:
            shutil.copyfile(path, folder / path.relative_to(source))
        self.stdout.write(f"The card is {folder / 'card.md'}.")

    def _print(self, done: Round) -> None:
        what = " ".join(part for part in (done.recipe, done.net) if part)
        self.stdout.write(f"Round {done.number} of snapshot {done.snapshot_hash[:12]}: {what}")
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

"""`manage.py train_detector PROJECT`: fine-tune a detector on the project's reviewed boxes."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling import api
from labeling.domain.errors import TubelabError
from mlbackend.models import ModelVersion
from mlbackend.train.detector import services


class Command(BaseCommand):
    help = (
        "Train Faster R-CNN on frames that are reviewed on the video, measure it on hold-out "
        "videos, and put it to use if it finds no less than what is in use. Runs here and now."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("project", help="name or slug of the project")
        parser.add_argument("--net", help="the net to train, such as fasterrcnn_resnet50_fpn_v2")
        parser.add_argument("--epochs", type=int, default=12)
        parser.add_argument("--batch", type=int, default=4, help="pictures a step")
        parser.add_argument("--lr", type=float, default=0.01, help="peak rate at a batch of 8")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--from-scratch", action="store_true", help="begin with random weights")
        parser.add_argument(
            "--use", metavar="NAME", help="train nothing; put this trained detector to use"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            project = api.project_named(options["project"])
            if options["use"]:
                used = services.detector_use(project_id=project.id, name=options["use"])
                self.stdout.write(f"{project.name} now uses {used.name} where nothing else is set.")
                return
            self._check(options)
            model = services.detector_train(
                project_id=project.id,
                progress=self._tell,
                net=options["net"],
                scratch=options["from_scratch"],
                epochs=options["epochs"],
                batch=options["batch"],
                lr=options["lr"],
                seed=options["seed"],
            )
        except TubelabError as error:
            raise CommandError(error.message) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped; run it again to go on after the last whole epoch."
            ) from None
        self._print(model)

    def _check(self, options: dict[str, Any]) -> None:
        for name in ("epochs", "batch", "lr"):
            if options[name] <= 0:
                raise CommandError(f"--{name} is {options[name]}; give a number above 0.")

    def _print(self, model: ModelVersion) -> None:
        manifest = model.manifest
        counts = manifest["counts"]
        self.stdout.write(
            f"{model.name}: {manifest['net']} from {manifest['start']['title']}, trained on "
            f"{counts['train_boxes']} boxes of {counts['train_frames']} frames; loss "
            f"{manifest['losses'][0]:.3f} to {manifest['losses'][-1]:.3f}"
        )
        for note in manifest["notes"]:
            self.stdout.write(note)
        self.stdout.write(manifest["reason"])
        if model.status != ModelVersion.Status.CHAMPION:
            self.stdout.write(f"It can be chosen by its name: --detector {model.name}")

    def _tell(self, fraction: float, message: str) -> None:
        """A moving line on a terminal, a line for every other message elsewhere."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{fraction:4.0%} {message}")
            sys.stderr.flush()
        elif message != getattr(self, "_last", None):
            self._last = message
            self.stderr.write(f"{fraction:4.0%} {message}")

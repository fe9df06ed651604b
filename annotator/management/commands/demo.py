import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from annotator.demo import NAME, demo_create

log = logging.getLogger("annotator.demo")


class Command(BaseCommand):
    help = "Draw the synthetic clips of the demo project, take them in and propose on them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="do nothing where the demo was made before, even if it was deleted since",
        )

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        done = settings.TUBELAB_HOME / "demo_made"
        if once and done.exists():
            return
        log.info("Drawing the clips of project '%s'; the page can be used meanwhile.", NAME)
        added = demo_create(log.info)
        done.touch()
        log.info("Project '%s' is ready: %d clips added, proposals follow.", NAME, added)

"""`manage.py bench NAME`: measure the models of this machine on real clips."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from mlbackend.bench.registry import BENCHES, bench


class Command(BaseCommand):
    help = "Measure what the models of this machine do on real clips."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="bench", metavar="NAME", required=True)
        for name in BENCHES:
            module = bench(name)
            kind = kinds.add_parser(name, help=module.HELP, description=module.HELP)
            kind.add_argument("--json", metavar="OUT", help="also write the figures to this file")
            module.add_arguments(kind)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = bench(options["bench"]).run(options, self.stdout.write)
        except TubelabError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(figures, indent=1) + "\n")

"""Measure predictions against the truth, as the published evaluators do, on files alone."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from mlbackend.evaluate.registry import EVALUATIONS, Evaluation
from mlbackend.evaluate.report import strict, table


class Command(BaseCommand):
    help = "Measure predictions against the truth as published evaluators do; needs no project."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", required=True, choices=sorted(EVALUATIONS))
        parser.add_argument("--truth", required=True, type=Path, help="file with the truth")
        parser.add_argument("--predictions", required=True, type=Path, help="file to be measured")
        parser.add_argument(
            "--evaluator",
            help="which published evaluator to follow; the first is the default: "
            + "; ".join(f"{e.name}: {', '.join(e.evaluators)}" for e in EVALUATIONS.values()),
        )
        parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures here")
        for evaluation in EVALUATIONS.values():
            evaluation.add_arguments(_Shared(parser))

    def handle(self, **options: Any) -> None:
        evaluation = EVALUATIONS[options["format"]]
        options["evaluator"] = _evaluator(evaluation, options["evaluator"])
        _refuse_foreign(evaluation, options)
        try:
            result = {"evaluator": options["evaluator"], **evaluation.run(Namespace(**options))}
            figures = strict(result)
            if options["json"]:
                text = json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False)
                options["json"].write_text(text + "\n", encoding="utf-8")
        except TubelabError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        self.stdout.write(table(figures))


class _Shared:
    """Takes a flag from the first evaluation that declares it; the others mean the same."""

    def __init__(self, parser: ArgumentParser) -> None:
        self.parser = parser

    def add_argument(self, flag: str, **about: Any) -> None:
        if flag not in self.parser._option_string_actions:
            self.parser.add_argument(flag, **about)


class _Flags:
    """Remembers which options an evaluation declares, under the names they get when parsed."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def add_argument(self, flag: str, **about: Any) -> None:
        self.names.add(about.get("dest") or flag.removeprefix("--").replace("-", "_"))


def _declared(evaluation: Evaluation) -> set[str]:
    flags = _Flags()
    evaluation.add_arguments(flags)
    return flags.names


def _refuse_foreign(evaluation: Evaluation, options: dict[str, Any]) -> None:
    known = _declared(evaluation)
    others = set().union(*map(_declared, EVALUATIONS.values())) - known
    given = sorted(name for name in others if options.get(name) not in (None, False))
    if given:
        flags = ", ".join("--" + name.replace("_", "-") for name in given)
        raise CommandError(f"--format {evaluation.name} does not know {flags}. Leave it out.")


def _evaluator(evaluation: Evaluation, asked: str | None) -> str:
    if asked is None:
        return evaluation.evaluators[0]
    if asked not in evaluation.evaluators:
        raise CommandError(
            f"--format {evaluation.name} has no evaluator '{asked}'. "
            f"Choose one of: {', '.join(evaluation.evaluators)}."
        )
    return asked

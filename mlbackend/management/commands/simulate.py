"""`manage.py simulate`: which acquisition function saves labels, replayed with known truth."""

from __future__ import annotations

import json
import math
import os
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import InvalidInput, TubelabError

# As `mlbackend.simulate` has them; not imported, so that --help brings no learning library.
DATASETS = ("digits", "tubes", "multilabel")
METRICS = ("accuracy", "macro_f1", "mean_ap")
STDOUT = "-"


class Command(BaseCommand):
    help = (
        "Replay acquisition functions on labeled data, with its truth as annotator: how many "
        "labels, and seconds of work, each takes. Only --project needs the database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        data = parser.add_mutually_exclusive_group(required=True)
        data.add_argument("--dataset", choices=DATASETS, help="a built-in one")
        data.add_argument("--features", type=Path, metavar="FILE.npz", help="X, y, tubes, sources")
        data.add_argument("--project", metavar="NAME", help="a project's reviewed tubes")
        _add_plan(parser)
        _add_output(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except TubelabError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _run(self, options: dict[str, Any]) -> None:
        for path in _files(options):  # before the work, not after it
            _refuse_unwritable(path)
        from mlbackend.simulate.run import simulate

        source = self._source(options)
        settings = _settings(options, source)
        found = simulate(source, settings, options["processes"], self._say)
        self._write(found, options)

    def _source(self, options: dict[str, Any]) -> Any:
        if options["dataset"]:
            from mlbackend.simulate.sources import BuiltInSource

            return BuiltInSource(options["dataset"])
        if options["features"]:
            from mlbackend.simulate import feature_file

            return feature_file.read(options["features"])
        from mlbackend.simulate import project

        return project.read(options["project"], lambda _share, words: self._say(words))

    def _say(self, words: str) -> None:
        self.stderr.write(f"  {words}", lambda text: text)

    def _write(self, found: dict[str, Any], options: dict[str, Any]) -> None:
        from mlbackend.simulate.picture import picture
        from mlbackend.simulate.report import as_csv

        text = json.dumps(found, indent=1, allow_nan=False) + "\n"
        makers: dict[str, Callable[[], str]] = {
            "json": lambda: text,
            "csv": lambda: as_csv(found),
            "picture": lambda: picture(found),
        }
        for name, make in makers.items():
            if options[name] == STDOUT:
                self.stdout.write(make())
            elif options[name]:
                Path(options[name]).write_text(make(), encoding="utf-8")
        if STDOUT not in [options[name] for name in makers]:
            self.stdout.write(_summary(found))


def _add_plan(parser: ArgumentParser) -> None:
    plan = parser.add_argument_group("what is replayed")
    plan.add_argument(
        "--functions", type=_names, default=[], metavar="A,B,…",
        help="acquisition functions, 'default' or 'all'; random and the default always run",
    )  # fmt: skip
    plan.add_argument("--seeds", type=_whole, default=10, metavar="N", help="splits (10)")
    plan.add_argument("--batch", type=_whole, metavar="N", help="tubes asked at a time")
    plan.add_argument("--start", type=_whole, metavar="N", help="tubes labeled at first, by chance")
    plan.add_argument("--budget", type=_whole, metavar="N", help="tubes labeled in all")
    plan.add_argument("--target", type=_percent, metavar="%", help="of the full pool's figure")
    plan.add_argument("--metric", choices=METRICS)
    plan.add_argument(
        "--rubber-stamp", type=_shares, default=(0.0,), metavar="P,P,…",
        help="replay with wrong proposals accepted with these probabilities",
    )  # fmt: skip
    plan.add_argument(
        "--shuffle-labels", action="store_true", help="the control: nothing can be learned"
    )
    plan.add_argument("--seconds-accept", type=_seconds, default=3.0, metavar="S")
    plan.add_argument("--seconds-fix", type=_seconds, default=9.0, metavar="S")


def _add_output(parser: ArgumentParser) -> None:
    out = parser.add_argument_group("what comes out")
    out.add_argument("--json", metavar="OUT", help="all figures; - for the terminal")
    out.add_argument("--csv", metavar="OUT", help="a line a round; - for the terminal")
    out.add_argument("--picture", metavar="OUT.svg", help="the curves; - for the terminal")
    out.add_argument(
        "--processes", type=_whole, default=min(2, os.cpu_count() or 1), metavar="N",
        help="seeds replayed at a time",
    )  # fmt: skip


def _settings(options: dict[str, Any], source: Any) -> Any:
    from mlbackend.simulate.built_in import BUILT_IN
    from mlbackend.simulate.choice import complete
    from mlbackend.simulate.oracle import Seconds
    from mlbackend.simulate.replay import Plan
    from mlbackend.simulate.settings import Settings
    from mlbackend.simulate.table import BATCH, START

    usual = BUILT_IN.get(options["dataset"])
    start = options["start"] or (usual.start if usual else START)
    budget = options["budget"] or (usual.budget if usual else None)
    if budget is not None and budget <= start:
        raise InvalidInput(
            f"--budget {budget} is spent by the {start} tubes of the start: raise it or lower "
            "--start."
        )
    seconds = Seconds(options["seconds_accept"], options["seconds_fix"])
    batch = options["batch"] or (usual.batch if usual else BATCH)
    return Settings(
        functions=complete(options["functions"], source.kind),
        seeds=options["seeds"],
        plan=Plan(start, batch, budget, seconds=seconds),
        rates=options["rubber_stamp"],
        target=options["target"] or (usual.target if usual else 95),
        shuffled=options["shuffle_labels"],
        metric=options["metric"],
    )


def _summary(found: dict[str, Any]) -> str:
    from mlbackend.simulate.report import table_rows
    from mlbackend.zoo.table import table

    lines = []
    for part in found["rates"]:
        if len(found["rates"]) > 1:
            lines.append(f"\n{part['rate']:.0%} of wrong proposals accepted")
        lines.append(table(*table_rows(part, found["target"])))
    lines.append(
        f"\n{len(found['seeds'])} seeds; labels are medians over seeds; ratio: labels to "
        f"{found['target']} % of all labels' {found['metric']} as a share of random's, with its "
        f"95 % interval; hours at the costs given. Hash {found['sha256'][:12]}, "
        f"{found['wall_seconds']:.0f} s."
    )
    lines += [f"Note: {note}" for note in found["notes"]]
    return "\n".join(lines)


def _files(options: dict[str, Any]) -> list[Path]:
    named = (options[name] for name in ("json", "csv", "picture"))
    return [Path(name) for name in named if name and name != STDOUT]


def _refuse_unwritable(path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InvalidInput(f"{path} cannot be written: give a file in a folder that is there.")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _shares(text: str) -> tuple[float, ...]:
    try:
        found = tuple(dict.fromkeys(float(part) for part in text.split(",")))
    except ValueError:
        found = (-1.0,)
    if not all(0.0 <= share <= 1.0 for share in found):
        raise ArgumentTypeError(f"probabilities from 0 to 1 with commas between, got {text!r}")
    return found


def _whole(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise ArgumentTypeError(f"a whole number from 1, got {text!r}")
    return int(text)


def _percent(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ArgumentTypeError(f"a whole number from 1 to 100, got {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not (math.isfinite(found) and found >= 0.0):
        raise ArgumentTypeError(f"seconds from 0, got {text!r}")
    return found

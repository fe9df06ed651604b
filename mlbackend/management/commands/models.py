"""`manage.py models list|fetch|add|remove|check`: the weights of this machine."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.domain.errors import TubelabError
from mlbackend.zoo import selectors, services
from mlbackend.zoo.table import table

SAY_EVERY_S = 2.0


class Command(BaseCommand):
    help = "List, fetch, add, remove and check the weights of detectors and recognizers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
        listed = kinds.add_parser("list", help="what is here, what is not, and what to do")
        listed.add_argument("--json", action="store_true", help="print JSON")
        fetched = kinds.add_parser("fetch", help="download published weights")
        fetched.add_argument("names", nargs="+", metavar="NAME", help="as list calls them")
        self._add_arguments_of_add(kinds.add_parser("add", help="take a local checkpoint"))
        removed = kinds.add_parser("remove", help="delete files that were added")
        removed.add_argument("names", nargs="+", metavar="NAME")
        checked = kinds.add_parser("check", help="verify files and nets")
        checked.add_argument("names", nargs="*", metavar="NAME", help="weights or nets; else all")
        checked.add_argument(
            "--golden", metavar="FOLDER", help="folder of recorded results to compare the nets with"
        )
        checked.add_argument("--json", action="store_true", help="print JSON")

    def _add_arguments_of_add(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="state dict (.pt, .pth), safetensors, or YOLOX (.onnx)")
        parser.add_argument("--net", default="", metavar="NAME", help="the net, if you know it")
        parser.add_argument(
            "--labels", default="", metavar="FILE",
            help="names of the outputs: a name a line, id,name as .csv, AVA's .pbtxt, or one of "
            "kinetics400, coco80, coco91, charades157",
        )  # fmt: skip
        parser.add_argument("--name", default="", help="what to call it")
        parser.add_argument("--licence", default="", help="of the weights")
        parser.add_argument(
            "--inflate", default="", metavar="NET",
            help="make a 2D ResNet-50 or Inception the start of i3d_r50 or i3d",
        )  # fmt: skip
        parser.add_argument(
            "--body", action="store_true", help="leave the head out: a start for training"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        does: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self._list, "fetch": self._fetch, "add": self._add, "remove": self._remove,
            "check": self._check,
        }  # fmt: skip
        try:
            does[options["what"]](options)
        except TubelabError as error:
            raise CommandError(error.message) from error

    def _list(self, options: dict[str, Any]) -> None:
        shown = selectors.models_overview()
        if options["json"]:
            self.stdout.write(json.dumps(shown, indent=1))
            return
        for use, title in (("detector", "Detectors"), ("recognizer", "Recognizers")):
            rows = [_line(item) for item in shown["items"] if item["use"] == use]
            self.stdout.write(f"{title}\n{table(_HEADS, rows)}\n")
        self.stdout.write(shown["summary"])

    def _fetch(self, options: dict[str, Any]) -> None:
        failed = 0
        for name in options["names"]:
            try:
                path = services.weights_fetch(name, self._say())
                self.stdout.write(f"{name}: {path}")
            except TubelabError as error:
                failed += 1
                self.stderr.write(f"{name}: {error.message}")
        if failed:
            raise CommandError(f"{failed} of {len(options['names'])} were not fetched.")

    def _add(self, options: dict[str, Any]) -> None:
        path, wish = Path(options["file"]).expanduser(), services.wish(options)
        report = services.file_report(path, wish)
        self.stdout.write(_report(report))
        if options["dry_run"]:
            return
        if not report["ready"]:
            raise CommandError(" ".join(report["problems"]))
        added = services.file_add(path, wish)
        self.stdout.write(f"Added as {added['name']}: {added['path']}")

    def _remove(self, options: dict[str, Any]) -> None:
        for name in options["names"]:
            services.file_remove(name)
            self.stdout.write(f"Removed {name}.")

    def _check(self, options: dict[str, Any]) -> None:
        golden = Path(options["golden"]) if options["golden"] else None
        say = None if options["json"] else self._say()
        rows = services.models_check(options["names"], golden, say)
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=1))
        else:
            lines = [(_MARKS[row["ok"]], row["name"], row["check"], row["found"]) for row in rows]
            self.stdout.write(table(("", "name", "check", "found"), lines))
        wrong = [row for row in rows if row["ok"] is False]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(rows)} checks failed.")

    def _say(self) -> Callable[[float, str], None]:
        said_at_s = -SAY_EVERY_S

        def say(_fraction: float, message: str) -> None:
            nonlocal said_at_s
            if time.monotonic() - said_at_s >= SAY_EVERY_S:
                said_at_s = time.monotonic()
                self.stderr.write(f"  {message}")

        return say


_HEADS = ("name", "state", "MB", "GFLOPs", "licence", "what to do, or where it is from")
_MARKS = {True: "ok", False: "WRONG", None: "-"}


def _line(item: dict[str, Any]) -> tuple[str, ...]:
    size = f"{item['megabytes']:.1f}" if item["megabytes"] else ""
    work = f"{item['gflops']:.1f}" if item["gflops"] else ""
    last = item["failed"] or item["to_do"] or item["source"]
    return item["name"], item["state"], size, work, item["licence"], last


def _report(report: dict[str, Any]) -> str:
    lines = [f"{report['title']}: {report['kind']}, to be called {report['name']}"]
    found = report["match"]
    if found:
        lines.append(f"  {found['matched']} of {found['total']} parameters of {found['net']} fit")
        for kind, word in (
            ("missing", "missing"),
            ("unexpected", "not of this net"),
            ("different", "of another shape"),
        ):
            part = found[kind]
            if part["count"]:
                more = "" if part["count"] <= len(part["examples"]) else ", …"
                lines.append(f"  {part['count']} {word}: {', '.join(part['examples'])}{more}")
    if report["labels"] is not None:
        names = ", ".join(report["classes"])
        more = ", …" if report["labels"] > len(report["classes"]) else ""
        lines.append(f"  {report['labels']} outputs{': ' + names + more if names else ''}")
    nearest = [f"{each['net']} {each['share']:.0%}" for each in report["others"]]
    if nearest and not (found and found["fits"]):
        lines.append(f"  next best: {', '.join(nearest)}")
    return "\n".join([*lines, *(f"  {note}" for note in report["notes"])])

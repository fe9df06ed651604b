"""How fast the metrics are: against the official code, or against plain loops of ours.

    .venv/bin/python -m scripts.benchmark_evaluate [--official CHECKOUT] [--python PYTHON]

CHECKOUT is a copy of the ActivityNet repository, PYTHON an interpreter that can run it (see
scripts/official_evaluators.py). Both sides run in this one call, one after the other, on the same
files; the results must agree to 1e-9. Times are the processor's, so that other work on the machine
counts little; ours runs before and after theirs, and the slower counts. Without a checkout AVA is
compared with the plain loops of the tests, on a part of the input.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mlbackend.evaluate import activitynet, activitynet_files, ava, ava_files
from mlbackend.evaluate.ava_label_map import read_label_map
from mlbackend.evaluate.ava_rules import RULES
from scripts.benchmark_inputs import write_activitynet, write_ava
from tests.mlbackend.evaluate.ava_by_loop import by_loop

TOLERANCE = 1e-9


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--official", type=Path, metavar="CHECKOUT")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--size", type=float, default=1.0, help="part of the validation set")
    options = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, {platform.machine()}, NumPy {np.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        if options.official is None:
            return compare("AVA", ours_ava, loop_ava, write_ava(Path(folder), options.size / 20))
        theirs = Official(options.official.resolve(), options.python)
        worst = compare("AVA", ours_ava, theirs.ava, write_ava(Path(folder), options.size))
        files = write_activitynet(Path(folder), options.size)
        return worst | compare("ActivityNet", ours_activitynet, theirs.activitynet, files)


def compare(name: str, ours: Callable, theirs: Callable, files: tuple[Path, ...]) -> int:
    size = " + ".join(f"{file.stat().st_size / 1e6:.1f} MB" for file in files[-2:])
    before, other, after = ours(*files), theirs(*files), ours(*files)
    mine = max(before, after, key=lambda figures: figures["seconds"])
    apart = difference(mine, other)
    computing = (other["seconds"] - other["reading"]) / (mine["seconds"] - mine["reading"])
    print(f"{name}: truth + predictions {mine['rows']}, {size}")
    print(f"  mAP {mine['mean']:.9f}, largest difference {apart:.1e}")
    print(f"  {'':<12}{'ours':>10}{'theirs':>10}{'ratio':>8}")
    for part, a, b in (
        ("all", mine["seconds"], other["seconds"]),
        ("reading", mine["reading"], other["reading"]),
    ):
        print(f"  {part:<12}{a:>8.2f} s{b:>8.2f} s{b / a:>8.1f}")
    print(f"  {'computing':<12}{'':>20}{computing:>8.1f}")
    return int(apart > TOLERANCE)


def difference(mine: dict[str, Any], other: dict[str, Any]) -> float:
    """Largest difference of any AP and of the mean; infinite where only one is undefined."""
    worst = abs(mine["mean"] - other["mean"])
    for name, value in other["AP"].items():
        a, b = (np.atleast_1d(np.array(v, dtype=float)) for v in (mine["AP"][name], value))
        if (np.isnan(a) != np.isnan(b)).any():
            return float("inf")
        worst = max(worst, float(np.nan_to_num(np.abs(a - b)).max()))
    return worst


def ours_ava(labels: Path, truth: Path, found: Path) -> dict[str, Any]:
    started = time.process_time()
    classes, rules = read_label_map(labels), RULES["activitynet-2020"]
    rows, boxes, excluded = ava_files.read_files(truth, found, None, rules)
    reading = time.process_time() - started
    result = ava.frame_map(rows, boxes, classes, rules, excluded)
    seconds = time.process_time() - started
    return {
        "seconds": seconds,
        "reading": reading,
        "mean": result.mean_ap,
        "AP": result.ap,
        "rows": f"{len(rows):,} + {len(boxes):,} rows",
    }


def ours_activitynet(truth: Path, found: Path) -> dict[str, Any]:
    started = time.process_time()
    known = activitynet_files.read_truth(truth, "validation")
    predictions = activitynet_files.read_results(found, known)
    reading = time.process_time() - started
    result = activitynet.temporal_map(known.segments, predictions, len(known.classes))
    seconds = time.process_time() - started
    return {
        "seconds": seconds,
        "reading": reading,
        "mean": result.average,
        "AP": dict(zip(known.classes, result.ap.tolist(), strict=True)),
        "rows": f"{len(known.segments):,} + {len(predictions):,} segments",
    }


def loop_ava(labels: Path, truth: Path, found: Path) -> dict[str, Any]:
    started = time.process_time()
    classes = read_label_map(labels)
    rows, boxes = _rows(truth), _rows(found)
    reading = time.process_time() - started
    mean, ap, _ = by_loop(rows, boxes, classes, "activitynet-2020")
    seconds = time.process_time() - started
    named = {classes[label]: value for label, value in ap.items()}
    return {"seconds": seconds, "reading": reading, "mean": mean, "AP": named}


def _rows(path: Path) -> list[tuple]:
    with path.open(newline="") as file:
        return [
            (row[0], float(row[1]), *map(float, row[2:6]), int(row[6]), float(row[7]))
            for row in csv.reader(file)
        ]


class Official:
    """The official code, in a process of its own; its start is not counted."""

    def __init__(self, checkout: Path, python: str) -> None:
        self.checkout, self.python = checkout, python

    def ava(self, *files: Path) -> dict[str, Any]:
        return self._run("ava", files)

    def activitynet(self, *files: Path) -> dict[str, Any]:
        return self._run("activitynet", files)

    def _run(self, task: str, files: tuple[Path, ...]) -> dict[str, Any]:
        command = [self.python, "-m", "scripts.official_evaluators", task, str(self.checkout)]
        done = subprocess.run([*command, *map(str, files)], check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long a round takes on kept features, by the number of labeled tubes.

Each size runs in a process and a data folder of its own, on the embedded database: the real log,
feature cache, snapshot, round and queue (`annotator/scale.py`). Two rounds are run, so that the
timed one has a champion to be compared with.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput

HELP = "seconds of a round by the number of labeled tubes, on kept features"
SIZES = (1250, 2500, 5000, 10000)
ROOT = Path(__file__).resolve().parents[2]
HEADINGS = ("tubes", "wall s", "CPU s", "memory MiB")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of labeled tubes"
    )
    parser.add_argument("--folder", help="where the data is made (a temporary folder)")


def run(options: dict[str, Any], say: Callable[[str], None]) -> dict[str, Any]:
    """Measure every size; print a line each and the fit of time against size."""
    sizes = sorted(options["sizes"])
    with tempfile.TemporaryDirectory(dir=options["folder"], prefix="bench-round-") as folder:
        say("  ".join(f"{heading:>10}" for heading in HEADINGS) + "  seconds of each step")
        rows = []
        for size in sizes:
            rows.append(measured(size, Path(folder) / str(size)))
            say(line(rows[-1]))
    found = {"rows": rows, "fit": fit([row["tubes"] for row in rows], [r["cpu_s"] for r in rows])}
    if found["fit"]:
        say(
            f"CPU seconds grow as tubes to the power of {found['fit']['power']}; a straight line "
            f"of {found['fit']['ms_per_tube']} ms a tube fits them with R² {found['fit']['r2']}."
        )
    return found


def measured(tubes: int, home: Path) -> dict[str, Any]:
    """Run one size in its own process.

    Raises:
        InvalidInput: it failed; the end of what it said is in the message.
    """
    home.mkdir(parents=True)
    environment = {**os.environ, "TUBELAB_HOME": str(home), "DATABASE_URL": "", "BROKER_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "annotator.scale", str(tubes)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise InvalidInput(f"{tubes} tubes: {done.stdout[-300:]} {done.stderr[-1500:]}")
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    figures = (row["tubes"], row["wall_s"], row["cpu_s"], row["memory_mib"])
    steps = ", ".join(f"{name} {seconds}" for name, seconds in row["steps"].items())
    return "  ".join(f"{figure:>10}" for figure in figures) + f"  {steps}"


def fit(sizes: Sequence[float], seconds: Sequence[float]) -> dict[str, float]:
    """How time grows: the exponent of a power law, and a straight line; empty for one size.

    Args:
        sizes, seconds: (N,) both positive.
    """
    if len(sizes) < 2:
        return {}
    x, y = np.asarray(sizes, dtype=np.float64), np.asarray(seconds, dtype=np.float64)
    power = float(np.polyfit(np.log(x), np.log(y), 1)[0])
    slope, offset = np.polyfit(x, y, 1)
    left = float(((y - slope * x - offset) ** 2).sum())
    spread = float(((y - y.mean()) ** 2).sum())
    return {
        "power": round(power, 2),
        "ms_per_tube": round(1000 * float(slope), 2),
        "fixed_s": round(float(offset), 2),
        "r2": round(1.0 - left / spread, 4) if spread else 1.0,
    }

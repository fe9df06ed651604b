"""Where benchmarks find their clips, boxes and detectors' weights."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlbackend.propose.detectors.options import Host

# Beside the checkout: the data sets are no part of the project.
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def add_data(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the data sets")


def add_weights(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, help="folder of detectors' weights, before those of the data sets"
    )


def detectors_of(options: Mapping[str, Any]) -> Host:
    """The detectors with weights in the folders that were given; nothing is fetched."""
    folders = tuple(path for path in (options["weights"], options["data"] / "weights") if path)
    return Host(folders, may_fetch=False)

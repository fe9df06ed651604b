"""The benchmarks by name. Adding one is one file in this folder and one line in `BENCHES`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol

Say = Callable[[str], None]


class Bench(Protocol):
    """What a module of this folder offers.

    `HELP` is one line. `run` prints by `say` and returns what `--json` writes.
    """

    HELP: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: dict[str, Any], say: Say) -> dict[str, Any]: ...


# Name -> module, imported when it is asked for: most bring torch.
BENCHES: dict[str, str] = {
    "nets": "mlbackend.bench.nets",
    "effort": "mlbackend.bench.effort",
    "propose": "mlbackend.bench.propose",
    "detection": "mlbackend.bench.detection",
    "rate": "mlbackend.bench.rate",
    "link": "mlbackend.bench.link",
    "accuracy": "mlbackend.bench.accuracy",
    "round": "mlbackend.bench.round",
    "rank": "mlbackend.bench.rank",
    "features": "mlbackend.bench.features",
    "ask": "mlbackend.bench.ask_cost",
}


def bench(name: str) -> Bench:
    """Return the named benchmark.

    Raises:
        KeyError: there is none of that name.
    """
    module: Any = import_module(BENCHES[name])
    return module

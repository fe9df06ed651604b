"""`manage.py bench ask`: what a batch of each acquisition function costs on a large pool."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.bench.registry import Say
from mlbackend.select.acquisition import ACQUISITIONS

HELP = "Processor time of one batch of each acquisition function on a drawn pool."
CLASSES, TAUGHT = 10, 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A linear model with drawn weights, or a committee of three; what it was taught."""

    weights: Floats
    X_training: Floats

    def predict_proba(self, X: Floats) -> Floats:
        z = np.exp(X @ self.weights)
        return z / z.sum(axis=1, keepdims=True)

    def vote_proba(self, X: Floats) -> Floats:
        members = (_Drawn(np.roll(self.weights, i, axis=1), X) for i in range(3))
        return np.stack([member.predict_proba(X) for member in members], axis=1)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--tubes", type=int, default=20_000)
    parser.add_argument("--width", type=int, default=768, help="features of a tube")
    parser.add_argument("--batch", type=int, default=50)


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Print a line a function; each is called once on a small pool before, for its imports."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(options["tubes"], options["width"]))
    learner = _Drawn(0.05 * rng.normal(size=(options["width"], CLASSES)), X[:TAUGHT])
    figures: dict[str, float] = {}
    for name, function in ACQUISITIONS.items():
        function(learner, X[:TAUGHT], 2, np.random.default_rng(0))
        began = time.process_time()
        function(learner, X, options["batch"], np.random.default_rng(0))
        figures[name] = round(time.process_time() - began, 2)
        say(f"{name:<30} {figures[name]:6.2f} s")
    return figures

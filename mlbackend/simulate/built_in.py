"""The built-in data sets: scikit-learn's digits, and tubes and mixes of labels made of them.

1,797 real images of handwritten digits, 8 x 8. Everything beyond them is made up here, and says
nothing about video but this: near-duplicates, rare classes and several labels at once are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from mlbackend.simulate.problem import Floats, Ints, Kind, Problem, Rows

POOL_SHARE = 0.7
CLASSES = tuple(str(digit) for digit in range(10))
# Gray levels of a digit's pixel: 0 to BRIGHTEST.
BRIGHTEST = 16.0

# Tubes: the most frequent class has 100, the rarest 8; frames of a tube differ by a little noise.
MOST_TUBES, FEWEST_TUBES = 100, 8
FRAMES = (10, 26)
FRAME_NOISE = 1.0

# Mixes: one to three different digits laid over each other, frequent as in Zipf's law.
POOL_MIXES, TEST_MIXES = 2500, 1000
MOST_AT_ONCE = 3


@dataclass(frozen=True)
class BuiltIn:
    """A data set that needs no file.

    Attributes:
        make: seed to a problem; the same seed gives the same problem.
        start, batch, budget: tubes labeled at first, asked at a time, and in all.
        target: percent of the full pool's figure that ratios are taken at.
    """

    about: str
    kind: Kind
    make: Callable[[int], Problem]
    start: int
    batch: int
    budget: int
    target: int


@cache
def _images() -> tuple[Floats, Ints]:
    """(1797, 64) pixels and (1797,) digits."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X.astype(np.float64), y.astype(np.int64)


def _split(rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Places of the 1,257 images of the pool and of the 540 of the test."""
    order = rng.permutation(len(_images()[1]))
    cut = int(POOL_SHARE * len(order))
    return order[:cut], order[cut:]


def _each_alone(X: Floats, Y: Ints) -> Rows:
    return Rows(X, Y, np.arange(len(X), dtype=np.int64))


def digits(seed: int) -> Problem:
    """Images one by one, balanced: 1,257 to ask about, 540 to test on."""
    X, y = _images()
    pool, test = _split(np.random.default_rng([seed, 0]))
    return Problem(
        "one", "accuracy", CLASSES, _each_alone(X[pool], y[pool]), _each_alone(X[test], y[test])
    )


def tubes(seed: int) -> Problem:
    """Some 380 tubes of 10 to 25 nearly equal frames, from 100 down to 8 of a class.

    Which digit is rare is drawn. The test is the 540 untouched images of other digits.
    """
    rng = np.random.default_rng([seed, 0])
    X, y = _images()
    pool, test = _split(rng)
    sizes = np.geomspace(MOST_TUBES, FEWEST_TUBES, len(CLASSES)).astype(int)
    first = [
        pool[y[pool] == digit][:size]
        for digit, size in zip(rng.permutation(len(CLASSES)), sizes, strict=True)
    ]
    seeds = rng.permutation(np.concatenate(first))
    frames = np.repeat(np.arange(len(seeds)), rng.integers(*FRAMES, len(seeds)))
    noise = rng.normal(0.0, FRAME_NOISE, (len(frames), X.shape[1]))
    rows = Rows(X[seeds][frames] + noise, y[seeds][frames], frames.astype(np.int64))
    return Problem("one", "macro_f1", CLASSES, rows, _each_alone(X[test], y[test]))


def multilabel(seed: int) -> Problem:
    """2,500 mixes of one to three digits to ask about, 1,000 of other images to test on."""
    rng = np.random.default_rng([seed, 0])
    pool, test = _split(rng)
    chance = 1.0 / np.arange(1, len(CLASSES) + 1)
    chance = rng.permutation(chance / chance.sum())
    rows = [_mixes(part, count, chance, rng) for part, count in
            ((pool, POOL_MIXES), (test, TEST_MIXES))]  # fmt: skip
    return Problem("several", "mean_ap", CLASSES, *rows)


def _mixes(places: Ints, count: int, chance: Floats, rng: np.random.Generator) -> Rows:
    """Mixes of the images at these places: of each pixel the brightest of the digits'."""
    X, y = _images()
    of_digit = [places[y[places] == digit] for digit in range(len(CLASSES))]
    mixed = np.zeros((count, X.shape[1]))
    truth = np.zeros((count, len(CLASSES)), dtype=np.int64)
    for i in range(count):
        many = rng.integers(1, MOST_AT_ONCE + 1)
        shown = rng.choice(len(CLASSES), size=many, replace=False, p=chance)
        truth[i, shown] = 1
        mixed[i] = np.max([X[rng.choice(of_digit[digit])] for digit in shown], axis=0)
    return _each_alone(mixed, truth)


BUILT_IN: dict[str, BuiltIn] = {
    "digits": BuiltIn(
        "scikit-learn's digits, one label each", "one", digits, 20, 20, 400, 95
    ),
    "tubes": BuiltIn(
        "tubes of near-duplicate frames, from frequent to rare", "one", tubes, 20, 10, 160, 95
    ),
    "multilabel": BuiltIn(
        "one to three digits laid over each other", "several", multilabel, 20, 20, 400, 90
    ),
}  # fmt: skip

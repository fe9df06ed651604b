"""The gate over many rounds on real digits: it ships no regression, where promoting always does.

A fifth of the rounds is spoiled: what was labeled for them is wrong, as by somebody who accepts
without looking. What a promotion is worth is judged on items that the gate never sees.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mlbackend.evaluate.classification import count, macro_f1
from mlbackend.train.dataset import Dataset, Rows
from mlbackend.train.holdout import HoldOut
from mlbackend.train.loop import fit, judge
from mlbackend.train.predictor import ActionModel, Champion

LABELS = tuple(range(1, 11))
NAMES = tuple(f"digit {i}" for i in range(10))
ROUNDS, BATCH, GATE_VIDEOS, VIDEO = 8, 25, 20, 12
# A drop of macro F1 by more than this is a regression.
REGRESSION = 0.005


@dataclass(frozen=True, eq=False)
class Digits:
    """Rows of digits in three parts: to learn from, for the gate, and the truth."""

    X: np.ndarray
    Y: np.ndarray
    train: np.ndarray
    gate: np.ndarray
    truth: np.ndarray


def digits(seed: int) -> Digits:
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    Y = (data.target[:, None] == np.arange(10)).astype(np.int8)
    held = GATE_VIDEOS * VIDEO
    pool = order[: ROUNDS * BATCH + 25]
    return Digits(
        data.data, Y, pool, order[len(pool) : len(pool) + held], order[len(pool) + held :]
    )


def rows(of: Digits, places: np.ndarray, Y: np.ndarray, per_video: int) -> Rows:
    names = np.array([f"t{place}" for place in places])
    videos = np.array([f"v{i // per_video}" for i in range(len(places))])
    return Rows(of.X[places], Y, names, videos, np.zeros((len(places), 2), dtype=np.int64))


def trained(
    of: Digits, places: np.ndarray, Y: np.ndarray, seed: int
) -> tuple[Dataset, ActionModel]:
    held = rows(of, of.gate, of.Y[of.gate], VIDEO)
    train = rows(of, places, Y, 10_000)
    dataset = Dataset(LABELS, NAMES, train, held, HoldOut.VIDEOS)
    return dataset, fit(dataset, "logistic", seed)


def true_f1(of: Digits, model: ActionModel) -> float:
    return float(macro_f1(count(of.Y[of.truth], model.predict(of.X[of.truth]))))


def played(seed: int) -> tuple[list[float], list[float]]:
    """What each promotion by the rule, and each by promoting always, gained in truth."""
    of, rng = digits(seed), np.random.default_rng(seed)
    champion: ActionModel | None = None
    by_rule: list[float] = []
    always: list[float] = []
    before = None
    for number in range(ROUNDS):
        places = of.train[: 25 + (number + 1) * BATCH]
        Y = of.Y[places].copy()
        if number % 5 == 3:
            wrong = rng.permutation(len(places))[: len(places) // 2]
            Y[wrong] = Y[rng.permutation(wrong)]
        dataset, model = trained(of, places, Y, seed)
        rival = None
        if champion is not None:
            rival = Champion(champion, {}, None)  # type: ignore[arg-type]
        outcome = judge({}, dataset, model, rival, None, seed)
        now = true_f1(of, model)
        always.append(0.0 if before is None else now - before)
        before = now
        if outcome.decision.promoted:
            by_rule.append(0.0 if champion is None else now - true_f1(of, champion))
            champion = model
    return by_rule, always


@pytest.mark.parametrize("seed", [0, 1])
def test_the_rule_ships_no_regression_and_is_not_starved(seed: int) -> None:
    by_rule, always = played(seed)
    print(f"seed {seed}: {len(by_rule)} promoted, worst {min(by_rule):+.3f}, {min(always):+.3f}")
    assert min(by_rule) > -REGRESSION
    assert len(by_rule) >= 4
    assert min(always) < -0.05

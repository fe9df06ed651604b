"""How good a model is on the test set: one number, 0 to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlbackend.simulate.problem import NOT_ASKED, Floats, Ints, Kind, Rows

# (truth, probabilities (N, C)) to a figure; truth as in `Rows.Y`.
Metric = Callable[[Ints, Floats], float]


def accuracy(truth: Ints, p: Floats) -> float:
    """Share of rows whose likeliest class is the true one."""
    return float((p.argmax(axis=1) == truth).mean())


def macro_f1(truth: Ints, p: Floats) -> float:
    """Mean F1 over the classes that the test set has; the answer is the likeliest class."""
    said = p.argmax(axis=1)
    scores = []
    for c in np.unique(truth):
        right = ((said == c) & (truth == c)).sum()
        scores.append(2.0 * right / ((said == c).sum() + (truth == c).sum()))
    return float(np.mean(scores))


def mean_ap(truth: Ints, p: Floats) -> float:
    """Mean average precision over the labels with a yes in the test set, on the cells asked."""
    from sklearn.metrics import average_precision_score

    scores = []
    for c in range(truth.shape[1]):
        asked = truth[:, c] != NOT_ASKED
        if (truth[asked, c] == 1).any():
            scores.append(average_precision_score(truth[asked, c], p[asked, c]))
    return float(np.mean(scores)) if scores else 0.0


METRICS: dict[str, tuple[Kind, Metric]] = {
    "accuracy": ("one", accuracy),
    "macro_f1": ("one", macro_f1),
    "mean_ap": ("several", mean_ap),
}
USUAL: dict[Kind, str] = {"one": "macro_f1", "several": "mean_ap"}


def by_tube(rows: Rows, p: Floats) -> tuple[Ints, Floats]:
    """Truth and mean probabilities of each tube; row by row where a tube's rows differ in truth."""
    if rows.size == len(rows.X) or not rows.alike:
        return rows.Y, p
    first = np.unique(rows.tubes, return_index=True)[1]
    total = np.zeros((rows.size, p.shape[1]))
    np.add.at(total, rows.tubes, p)
    return rows.Y[first], total / np.bincount(rows.tubes)[:, None]

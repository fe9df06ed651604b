"""The model of a replay: logistic regression with C = 1, from scratch at every step."""

from __future__ import annotations

import warnings
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from mlbackend.simulate.problem import NOT_ASKED, Floats, Ints, Kind

STRENGTH = 1.0
STEPS = 1000


def _one() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=STEPS)


class LabelByLabel(ClassifierMixin, BaseEstimator):
    """A logistic regression a label, on the rows where it was asked.

    A label with no yes is answered by 0, one with no no by 1, as nothing else was ever seen.
    """

    def fit(self, X: Floats, Y: Ints) -> Self:
        """X (N, D), Y (N, C) of 1, 0 and -1."""
        self.lines_ = [self._line(X, Y[:, c]) for c in range(Y.shape[1])]
        return self

    def _line(self, X: Floats, y: Ints) -> LogisticRegression | float:
        asked = y != NOT_ASKED
        if len(np.unique(y[asked])) < 2:
            return float(asked.any() and y[asked][0])
        return _one().fit(X[asked], y[asked])

    def predict_proba(self, X: Floats) -> Floats:
        """(N, C) probabilities of yes."""
        columns = [
            np.full(len(X), line) if isinstance(line, float) else line.predict_proba(X)[:, 1]
            for line in self.lines_
        ]
        return np.stack(columns, axis=1)

    def predict(self, X: Floats) -> Ints:
        """(N, C) of 1 and 0."""
        return (self.predict_proba(X) >= 0.5).astype(np.int64)


def new_head(kind: Kind) -> LogisticRegression | LabelByLabel:
    """An unfitted model."""
    return _one() if kind == "one" else LabelByLabel()


def said_of(head: LogisticRegression | LabelByLabel, X: Floats, classes: int) -> Floats:
    """(N, C) probabilities over all classes; one never seen has 0."""
    p = head.predict_proba(X)
    if isinstance(head, LabelByLabel):
        return p
    everything = np.zeros((len(X), classes))
    everything[:, head.classes_] = p
    return everything


def quiet() -> None:
    """Say nothing of solvers that stop at `STEPS`, nor of few rows of many classes.

    Both happen at every small start, and the curve shows what comes of it.
    """
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    warnings.filterwarnings("ignore", message="The number of unique classes is greater than")

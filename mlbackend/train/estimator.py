"""One linear model per action over window features, in scikit-learn's shape so modAL can drive it.

Truth is (N, C) of 1, 0 and -1: cells of -1 (nobody was asked) are left out of that class alone.
Probabilities are calibrated by Platt's method on scores that each row got from a model that had
not seen its tube; with fewer than three tubes on either side there is nothing to hold out, and the
recipe's own scores are used.
"""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from mlbackend.train.predictor import ActionModel

Floats = NDArray[np.float64]

FOLDS = 3
# Thresholds are looked for only in this range: few positives must not make a class cry wolf.
THRESHOLDS = np.round(np.arange(0.30, 0.601, 0.025), 3)
THRESHOLD_MIN_TUBES = 5
# Classes are fitted on this many principal axes of the scaled features: 60 times faster than on
# all 1580, and on the synthetic clips as good from one clip (macro F1 .67) to sixteen (.94).
AXES = 128


@dataclass(frozen=True)
class Recipe:
    """A way to fit one class: which solver, how strong, and the slope of its raw scores.

    `slope` turns a raw score into log-odds where there is too little to calibrate on: 1 for
    logistic regression, whose scores are log-odds; 2 for a margin, so that its edge means 88 %.
    """

    name: str
    strength: float
    slope: float

    def solver(self, seed: int) -> LogisticRegression | LinearSVC:
        """A fresh classifier with class-balanced weights."""
        if self.name == "svm":
            # The solver punishes the intercept too; a large scaling makes that negligible.
            return LinearSVC(
                C=self.strength,
                class_weight="balanced",
                intercept_scaling=10.0,
                random_state=seed,
            )
        return LogisticRegression(
            C=self.strength, class_weight="balanced", solver="newton-cholesky"
        )


RECIPES: dict[str, Recipe] = {
    "logistic": Recipe("logistic", strength=0.01, slope=1.0),
    "svm": Recipe("svm", strength=0.0003, slope=2.0),
}


@dataclass(frozen=True)
class _Line:
    """One class, fitted: log-odds = X @ weights + bias, and from where on the answer is yes."""

    weights: Floats
    bias: float
    constant: float = np.nan
    threshold: float = 0.5


class ActionEstimator(ClassifierMixin, BaseEstimator):
    """Standardize, turn to principal axes, then fit every class on the rows where it was asked.

    After fit, ``model_`` is the ActionModel that answers.
    """

    def __init__(self, label_ids: tuple[int, ...], recipe: str = "logistic", seed: int = 0) -> None:
        self.label_ids = label_ids
        self.recipe = recipe
        self.seed = seed

    def fit(self, X: Floats, Y: NDArray[Any], groups: NDArray[Any] | None = None) -> Self:
        """Fit all classes.

        Args:
            X: (N, D) features.
            Y: (N, C) of 1, 0 and -1 (not asked).
            groups: (N,) the tube of every row; without it every row is its own.
        """
        X = np.asarray(X, dtype=np.float64)
        groups = np.arange(len(X)) if groups is None else np.asarray(groups)
        mean, deviation = X.mean(axis=0), X.std(axis=0)
        scale = np.where(deviation > 0.0, deviation, 1.0)
        Z = X - mean
        Z /= scale  # in place: at 10,000 tubes a copy is a gigabyte
        axes = principal_axes(Z, AXES)
        P = Z @ axes
        # Classes know nothing of each other; the solvers' time is spent outside Python. What is
        # done about warnings holds for all threads, so it stands outside of them.
        with warnings.catch_warnings(), ThreadPoolExecutor(max_workers=os.cpu_count()) as threads:
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit = partial(self._fit_class, P, groups=groups)
            lines = list(threads.map(fit, np.ascontiguousarray(Y.T)))
        self.model_ = ActionModel(
            label_ids=tuple(self.label_ids),
            mean=mean,
            scale=scale,
            coefficients=np.stack([axes @ line.weights for line in lines]),
            intercepts=np.array([line.bias for line in lines]),
            constants=np.array([line.constant for line in lines]),
            thresholds=np.array([line.threshold for line in lines]),
        )
        return self

    def predict_proba(self, X: Floats) -> Floats:
        """(N, C) probabilities of the fitted model."""
        return self.model_.predict_proba(X)

    def predict(self, X: Floats) -> NDArray[np.bool_]:
        """(N, C) answers of the fitted model."""
        return self.model_.predict(X)

    def _fit_class(self, P: Floats, y: NDArray[Any], groups: NDArray[Any]) -> _Line:
        asked = y >= 0
        P, y, groups = P[asked], y[asked] == 1, groups[asked]
        nothing = np.zeros(P.shape[1])
        if not y.any():
            # Never seen: its probability is 0, so it is never proposed; the queue looks for it.
            return _Line(nothing, 0.0, constant=0.0)
        if y.all():
            return _Line(nothing, 0.0, constant=float((len(y) + 1) / (len(y) + 2)))
        recipe = RECIPES[self.recipe]
        weights, bias = _fit_line(recipe, P, y, self.seed)
        held_out = _held_out_scores(recipe, P, y, groups, self.seed)
        if held_out is None:
            return _Line(recipe.slope * weights, recipe.slope * bias)
        slope, offset = platt(held_out, y)
        if slope <= 0.0:
            # Unseen tubes are ranked the wrong way round: too early to calibrate, not a finding.
            return _Line(recipe.slope * weights, recipe.slope * bias)
        threshold = best_threshold(1.0 / (1.0 + np.exp(-(slope * held_out + offset))), y, groups)
        return _Line(slope * weights, slope * bias + offset, threshold=threshold)


def principal_axes(Z: Floats, n: int) -> Floats:
    """The directions along which centered rows (N, D) vary most: (D, at most n), orthonormal.

    Directions without variance are left out, but for one, so that there is always an axis.
    """
    wide = Z.shape[0] < Z.shape[1]
    square = Z @ Z.T if wide else Z.T @ Z
    size = len(square)
    values, vectors = scipy.linalg.eigh(square, subset_by_index=[max(0, size - n), size - 1])
    kept = np.argsort(-values, kind="stable")
    kept = kept[: max(1, int((values > 1e-9 * max(values[-1], 1e-300)).sum()))]
    if not wide:
        return vectors[:, kept]
    return Z.T @ vectors[:, kept] / np.sqrt(np.maximum(values[kept], 1e-300))


def _fit_line(recipe: Recipe, P: Floats, y: NDArray[np.bool_], seed: int) -> tuple[Floats, float]:
    solver = recipe.solver(seed)
    solver.fit(P, y)
    return solver.coef_[0].astype(np.float64), float(solver.intercept_[0])


def _held_out_scores(
    recipe: Recipe, P: Floats, y: NDArray[np.bool_], groups: NDArray[Any], seed: int
) -> Floats | None:
    """(N,) scores by models that had not seen the row's tube; None with too few tubes."""
    if min(len(np.unique(groups[y])), len(np.unique(groups[~y]))) < FOLDS:
        return None
    scores = np.zeros(len(y))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(P, y, groups):
        if y[train].all() or not y[train].any():
            return None
        weights, bias = _fit_line(recipe, P[train], y[train], seed)
        scores[test] = P[test] @ weights + bias
    return scores


def platt(scores: Floats, y: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of the sigmoid that turns scores into probabilities.

    Targets are drawn in from 0 and 1 as in Platt 1999, section 2.2, so that separable scores do
    not give an infinite slope.
    """
    positives, negatives = int(y.sum()), int((~y).sum())
    target = np.where(y, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    fit = LogisticRegression(C=1e4, max_iter=200).fit(
        np.tile(scores, 2)[:, None],
        np.repeat([1, 0], len(scores)),
        sample_weight=np.concatenate([target, 1.0 - target]),
    )
    return float(fit.coef_[0, 0]), float(fit.intercept_[0])


def best_threshold(p: Floats, y: NDArray[np.bool_], groups: NDArray[Any]) -> float:
    """The threshold of best F1 on held-out rows, the nearest to 0.5 of equals."""
    if len(np.unique(groups[y])) < THRESHOLD_MIN_TUBES:
        return 0.5
    yes = p[:, None] >= THRESHOLDS
    hits = (yes & y[:, None]).sum(axis=0)
    f1 = 2 * hits / (yes.sum(axis=0) + y.sum())
    order = np.lexsort((np.abs(THRESHOLDS - 0.5), -np.round(f1, 9)))
    return float(THRESHOLDS[order[0]])

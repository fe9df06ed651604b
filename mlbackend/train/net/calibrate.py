"""A trained net's head as an `ActionModel`: log-odds made honest on tubes that did not train."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlbackend.train.estimator import FOLDS, best_threshold, platt
from mlbackend.train.net.loop import Trained
from mlbackend.train.net.samples import Samples
from mlbackend.train.net.stages import linear_head
from mlbackend.train.predictor import ActionModel

Floats = NDArray[np.float64]


def calibrated(
    weights: Floats,
    bias: Floats,
    train_truth: NDArray[np.int8],
    logits: Floats,
    truth: NDArray[np.int8],
    tubes: NDArray[np.int64],
    label_ids: tuple[int, ...],
) -> tuple[ActionModel, list[str]]:
    """Platt's slope and offset, and a threshold, of every class.

    A class with fewer than `FOLDS` tubes on either side among those kept apart is corrected as
    all classes together; where even these are too few its log-odds stay as they are.

    Args:
        weights: (C, D). bias: (C,).
        train_truth: (M, C) of the windows that trained.
        logits: (H, C) of the windows kept apart, with their truth (H, C) and tubes (H,).

    Returns:
        The model, and for every class "own", "all", "none" (not corrected) or "constant".
    """
    classes = len(label_ids)
    slopes, offsets = np.ones(classes), np.zeros(classes)
    constants, thresholds = np.full(classes, np.nan), np.full(classes, 0.5)
    how = ["none"] * classes
    together = _line(logits.ravel(), truth.ravel(), np.repeat(tubes, classes))
    for c in range(classes):
        constant = _constant(train_truth[:, c])
        if constant is not None:
            constants[c], how[c] = constant, "constant"
            slopes[c] = 0.0
            continue
        own = _line(logits[:, c], truth[:, c], tubes)
        line = own or together
        if line is None:
            continue
        slopes[c], offsets[c] = line
        how[c] = "own" if own else "all"
        asked = truth[:, c] >= 0
        scores = slopes[c] * logits[asked, c] + offsets[c]
        y = truth[asked, c] == 1
        thresholds[c] = best_threshold(1.0 / (1.0 + np.exp(-scores)), y, tubes[asked])
    model = ActionModel(
        label_ids=label_ids,
        mean=np.zeros(weights.shape[1]),
        scale=np.ones(weights.shape[1]),
        coefficients=slopes[:, None] * weights,
        intercepts=slopes * bias + offsets,
        constants=constants,
        thresholds=thresholds,
    )
    return model, how


def calibrated_head(
    trained: Trained, samples: Samples, label_ids: tuple[int, ...]
) -> tuple[ActionModel, list[str]]:
    """The head of a trained net, corrected on the windows kept apart; see `calibrated`."""
    weights, bias = linear_head(trained.net)
    held = samples.held
    logits = np.zeros((0, len(label_ids))) if trained.held_logits is None else trained.held_logits
    return calibrated(
        weights, bias, samples.truth[samples.train], logits.astype(np.float64),
        samples.truth[held], samples.tubes[held], label_ids,
    )  # fmt: skip


def _constant(y: NDArray[np.int8]) -> float | None:
    """The answer of a class with nothing to tell apart, as `estimator` gives it."""
    yes, no = int((y == 1).sum()), int((y == 0).sum())
    if yes == 0:
        return 0.0
    return (yes + 1) / (yes + 2) if no == 0 else None


def _line(
    scores: Floats, truth: NDArray[np.int8], tubes: NDArray[np.int64]
) -> tuple[float, float] | None:
    asked = truth >= 0
    scores, y, tubes = scores[asked], truth[asked] == 1, tubes[asked]
    if min(len(np.unique(tubes[y])), len(np.unique(tubes[~y]))) < FOLDS:
        return None
    slope, offset = platt(scores, y)
    # Ranked the wrong way round: too early to calibrate, not a finding.
    return (slope, offset) if slope > 0 else None

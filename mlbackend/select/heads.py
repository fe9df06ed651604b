"""What people taught so far, for acquisition functions that compare with it or need a committee.

A committee is several heads, each fitted on tubes drawn with replacement from the reviewed training
tubes (bagging, as in query by bagging, Abe and Mamitsuka 1998). They read the features that are
computed already, scaled as the model in use scales them, and turned to the axes along which they
vary most: seconds, where a round takes a minute. They only say where to look; nothing they answer
is shown or kept.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.select.candidates import VideoScene, Waiting
from mlbackend.select.draws import lot
from mlbackend.select.packed import PackedFeatures, Place, Wanted
from mlbackend.train import holdout
from mlbackend.train.features import clip_of
from mlbackend.train.predictor import ActionModel
from mlbackend.train.truth import ReviewedTube, reviewed_tubes, window_truth

Floats = NDArray[np.float64]
Truth = NDArray[np.int8]

MEMBERS = 5
# So many tubes, drawn by lot, and so many windows of each stand for all that was taught.
MOST_TUBES, MOST_WINDOWS = 1000, 4
FEWEST_TUBES = 4


@dataclass(frozen=True, eq=False)
class Taught:
    """Reviewed training tubes with the features that are known of them.

    Attributes:
        X: (N, D) of some of their windows. Y: (N, C) of 1, 0 and -1 (not asked).
        tube: (N,) number of each row's tube.
    """

    X: Floats
    Y: Truth
    tube: NDArray[np.int64]

    @cached_property
    def means(self) -> Floats:
        """(T, D) the mean feature of each tube."""
        count = np.bincount(self.tube)
        total = np.zeros((len(count), self.X.shape[1]))
        np.add.at(total, self.tube, self.X)
        return total / count[:, None]


@dataclass(frozen=True, eq=False)
class Committee:
    """Heads that were taught different draws.

    Attributes:
        mean, scale: (D,) of the features. axes: (D, A) the directions that are read.
        weights: (M, C, A). bias: (M, C), log-odds.
    """

    mean: Floats
    scale: Floats
    axes: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, X: Floats) -> Floats:
        """(N, D) features to (N, M, C)."""
        P = (X - self.mean) / self.scale @ self.axes
        odds = np.einsum("na,mca->nmc", P, self.weights) + self.bias
        with np.errstate(over="ignore"):
            return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def taught(found: Waiting, packed: PackedFeatures, label_ids: Sequence[int]) -> Taught:
    """Read what was taught: of the reviewed training tubes those whose features are known.

    Args:
        label_ids: of the C columns of the truth.
    """
    tubes = [
        (scene, tube)
        for scene in found.scenes
        for tube in _reviewed(scene)
        if not (found.reserves and holdout.is_reserved(tube.video_sha256, tube.tube.number))
    ]
    tubes.sort(key=lambda one: lot((one[1].video_sha256, one[1].tube.number or 0), "taught"))
    kept = tubes[:MOST_TUBES]
    places = packed.find([Wanted(clip_of(scene.video), one.tube) for scene, one in kept])
    rows = [
        _rows(one, place, tuple(label_ids))
        for (_, one), place in zip(kept, places, strict=True)
        if place is not None
    ]
    rows = [(X, Y) for X, Y in rows if len(Y)]
    if not rows:
        width = packed.width
        return Taught(
            np.zeros((0, width)), np.zeros((0, len(label_ids)), np.int8), np.zeros(0, np.int64)
        )
    return Taught(
        np.concatenate([X for X, _ in rows]).astype(np.float64),
        np.concatenate([Y for _, Y in rows]),
        np.repeat(np.arange(len(rows)), [len(Y) for _, Y in rows]),
    )


def committee(said: Taught, model: ActionModel, seed: int, members: int = MEMBERS) -> Committee:
    """Fit the heads.

    Args:
        said: its columns are the C labels the committee answers for.
        model: the one in use: its scale is theirs.

    Raises:
        InvalidInput: too few reviewed tubes have features here.
    """
    from mlbackend.train.estimator import AXES, principal_axes

    tubes = int(said.tube.max()) + 1 if len(said.tube) else 0
    if tubes < FEWEST_TUBES:
        raise InvalidInput(
            f"A committee needs {FEWEST_TUBES} reviewed training tubes whose features are known; "
            f"there are {tubes}."
        )
    rng = np.random.default_rng(seed)
    Z = (said.X - model.mean) / model.scale
    axes = principal_axes(Z, AXES)
    P = Z @ axes
    fits = [_member(P, said, rng.integers(0, tubes, size=tubes)) for _ in range(members)]
    return Committee(
        model.mean,
        model.scale,
        axes,
        np.stack([weights for weights, _ in fits]),
        np.stack([bias for _, bias in fits]),
    )


def _member(P: Floats, said: Taught, drawn: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weights (C, A) and bias (C,) of one head, taught the tubes drawn, repeated ones as often."""
    times = np.bincount(drawn, minlength=int(said.tube.max()) + 1)[said.tube]
    lines = [_line(P, said.Y[:, c], times) for c in range(said.Y.shape[1])]
    return np.stack([weights for weights, _ in lines]), np.array([bias for _, bias in lines])


def _line(P: Floats, y: Truth, times: NDArray[np.int64]) -> tuple[Floats, float]:
    """One label of one head; where its draw has only yes or only no, their share and no more."""
    from sklearn.linear_model import LogisticRegression

    from mlbackend.train.estimator import RECIPES

    rows = (y >= 0) & (times > 0)
    yes, weight = y[rows] == 1, times[rows]
    if not rows.any() or yes.all() or not yes.any():
        share = (float(weight[yes].sum()) + 1.0) / (float(weight.sum()) + 2.0)
        return np.zeros(P.shape[1]), float(np.log(share / (1.0 - share)))
    solver: LogisticRegression = RECIPES["logistic"].solver(0)  # type: ignore[assignment]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solver.fit(P[rows], yes, sample_weight=weight)
    return solver.coef_[0].astype(np.float64), float(solver.intercept_[0])


def _reviewed(scene: VideoScene) -> list[ReviewedTube]:
    """The video's confirmed tubes with some coverage, as training sees them."""
    said: dict[str, Any] = scene.annotations.as_dict()
    video = scene.video
    content = {"videos": [{**said, "id": video.id, "sha256": video.sha256, "split": video.split}]}
    return reviewed_tubes(content)


def _rows(one: ReviewedTube, place: Place, label_ids: tuple[int, ...]) -> tuple[Floats, Truth]:
    """Features and truth of some of a tube's windows, spread over it."""
    kept = np.unique(np.linspace(0, place.count - 1, MOST_WINDOWS).round().astype(np.int64))
    Y = window_truth(one, place.windows[kept], label_ids)
    asked = (Y >= 0).any(axis=1)
    return place.rows[kept][asked].astype(np.float64), Y[asked]

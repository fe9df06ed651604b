"""Rows to learn from and rows to measure on, made from a snapshot and the features of its tubes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.classification import NOT_ASKED
from mlbackend.train import holdout
from mlbackend.train.truth import ReviewedTube, action_labels, reviewed_tubes, window_truth

# A class can be learned from this many windows on either side.
FEWEST_WINDOWS = 2

Floats = NDArray[np.float64]
# Windows (W, 2) int64 and features (W, D) of a tube.
Features = Callable[[ReviewedTube], tuple[NDArray[np.int64], NDArray[np.floating[Any]]]]


@dataclass(frozen=True, eq=False)
class Rows:
    """Windows with their features and truth.

    Attributes:
        X: (N, D) float64.
        Y: (N, C) int8 of 1, 0 and -1 (not asked); no row is all -1.
        tube_ids, video_ids: (N,) text.
        windows: (N, 2) int64 frames [start, end) of the video.
    """

    X: Floats
    Y: NDArray[np.int8]
    tube_ids: NDArray[np.str_]
    video_ids: NDArray[np.str_]
    windows: NDArray[np.int64]

    @property
    def groups(self) -> NDArray[np.int64]:
        """(N,) the number of each row's tube, in order of appearance."""
        return numbered(self.tube_ids)

    @property
    def tubes(self) -> int:
        """How many tubes the rows come from."""
        return len(np.unique(self.tube_ids))

    @property
    def videos(self) -> int:
        """How many videos the rows come from."""
        return len(np.unique(self.video_ids))

    def positives(self) -> NDArray[np.int64]:
        """(C,) rows with yes."""
        return (self.Y == 1).sum(axis=0)

    def tubes_showing(self, columns: NDArray[np.int64]) -> tuple[int, ...]:
        """How many tubes have a yes in each of these columns."""
        return tuple(len(np.unique(self.tube_ids[self.Y[:, c] == 1])) for c in columns)

    def negatives(self) -> NDArray[np.int64]:
        """(C,) rows with no."""
        return (self.Y == 0).sum(axis=0)


def numbered(names: NDArray[np.str_]) -> NDArray[np.int64]:
    """Replace (N,) names by 0, 1, … in order of appearance."""
    _, first, inverse = np.unique(names, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first, kind="stable"), kind="stable")[inverse]


@dataclass(frozen=True, eq=False)
class Dataset:
    """The two sets of one round; their tubes are disjoint.

    `unit` is what a tube is called here: for segments it is a stretch of the video.
    """

    label_ids: tuple[int, ...]
    label_names: tuple[str, ...]
    train: Rows
    hold_out: Rows
    rule: holdout.HoldOut
    unit: str = "tube"


def dataset_from(content: dict[str, Any], features: Features) -> Dataset:
    """Build both sets.

    Args:
        content: a snapshot's content.
        features: windows and features of a reviewed tube; called once per tube used.
    """
    tubes = reviewed_tubes(content)
    return dataset_of(action_labels(content), tubes, holdout.choose(tubes), features)


def dataset_of(
    labels: Sequence[dict[str, Any]],
    tubes: Sequence[ReviewedTube],
    rule: holdout.HoldOut,
    features: Features,
    unit: str = "tube",
) -> Dataset:
    """Build both sets of these labels and tubes under a rule; see `dataset_from`."""
    label_ids = tuple(int(label["id"]) for label in labels)
    trained = [tube for tube in tubes if holdout.is_trained_on(tube, rule)]
    held_out = [tube for tube in tubes if holdout.is_held_out(tube, rule)]
    return Dataset(
        label_ids=label_ids,
        label_names=tuple(str(label["name"]) for label in labels),
        train=_rows(trained, label_ids, features),
        hold_out=_rows(held_out, label_ids, features),
        rule=rule,
        unit=unit,
    )


def hold_out_rows(content: dict[str, Any], label_ids: tuple[int, ...], features: Features) -> Rows:
    """The hold-out alone, as another descriptor sees it: the same windows in the same order."""
    return _rows(_held_out(content), label_ids, features)


def held_out_only(content: dict[str, Any]) -> dict[str, Any]:
    """The content with no tubes but those of the hold-out: nothing else needs to be looked at."""
    kept = {(each.video_id, each.tube.id) for each in _held_out(content)}
    videos = [
        video | {"tubes": [t for t in video["tubes"] if (str(video["id"]), t["id"]) in kept]}
        for video in content["videos"]
    ]
    return content | {"videos": videos}


def _held_out(content: dict[str, Any]) -> list[ReviewedTube]:
    tubes = reviewed_tubes(content)
    rule = holdout.choose(tubes)
    return [tube for tube in tubes if holdout.is_held_out(tube, rule)]


def check_trainable(dataset: Dataset) -> None:
    """Raises InvalidInput, with what is missing and what to do, if no class can be learned."""
    if not dataset.label_ids:
        raise InvalidInput(
            "There is nothing to train on: the project has no action label. Add action labels "
            "and mark them on reviewed tubes.",
            code="nothing_to_train",
        )
    if len(dataset.train.Y) == 0:
        raise InvalidInput(
            "There is nothing to train on: no reviewed tube of a training video is covered. "
            "Accept or correct some tubes, mark their actions and finish them; one tube in four "
            "is kept back for measuring.",
            code="nothing_to_train",
        )
    few = np.minimum(dataset.train.positives(), dataset.train.negatives())
    if few.max() >= FEWEST_WINDOWS:
        return
    counts = ", ".join(
        f"{name}: {yes} with, {no} without"
        for name, yes, no in zip(
            dataset.label_names,
            dataset.train.positives(),
            dataset.train.negatives(),
            strict=True,
        )
    )
    raise InvalidInput(
        f"There is too little to train on: at least one action needs {FEWEST_WINDOWS} reviewed "
        f"windows with it and {FEWEST_WINDOWS} without it ({counts}). Review tubes that show "
        "different actions.",
        code="nothing_to_train",
    )


def _rows(tubes: Sequence[ReviewedTube], label_ids: tuple[int, ...], features: Features) -> Rows:
    parts = [_rows_of(tube, label_ids, features) for tube in tubes]
    parts = [part for part in parts if len(part.Y)]
    if not parts:
        return Rows(
            np.zeros((0, 0)),
            np.zeros((0, len(label_ids)), dtype=np.int8),
            np.zeros(0, dtype=str),
            np.zeros(0, dtype=str),
            np.zeros((0, 2), dtype=np.int64),
        )
    return Rows(
        np.concatenate([part.X for part in parts]),
        np.concatenate([part.Y for part in parts]),
        np.concatenate([part.tube_ids for part in parts]),
        np.concatenate([part.video_ids for part in parts]),
        np.concatenate([part.windows for part in parts]),
    )


def _rows_of(reviewed: ReviewedTube, label_ids: tuple[int, ...], features: Features) -> Rows:
    windows, X = features(reviewed)
    Y = window_truth(reviewed, windows, label_ids)
    asked = (Y != NOT_ASKED).any(axis=1)
    n = int(asked.sum())
    return Rows(
        np.asarray(X, dtype=np.float64)[asked],
        Y[asked],
        np.full(n, reviewed.tube.id),
        np.full(n, reviewed.video_id),
        windows[asked],
    )

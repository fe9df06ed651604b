"""HOG/HOF along the tube and the classifier of the rounds, from clips to class scores.

The tube is the annotated actor's; where nobody drew one, the whole picture is the tube.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from labeling.media import main_stream, open_video
from mlbackend.bench.clips import LabeledClip, tube_of
from mlbackend.bench.folds import Places, grouped_folds
from mlbackend.bench.jhmdb import clip_timebase
from mlbackend.bench.registry import Say
from mlbackend.data.descriptor import Clip, Described, Range
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.data.shared_decode import read_together
from mlbackend.data.windows import tube_windows
from mlbackend.train.estimator import RECIPES, ActionEstimator

INNER_FOLDS = 3
_EDGE = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DescribedClip:
    """windows: (W, D) of the tube's windows in order; whole: (1, D), all of the tube as one."""

    windows: NDArray[np.float32]
    whole: NDArray[np.float32]

    def rows(self, way: str) -> NDArray[np.float32]:
        return self.windows if way == "windows" else self.whole


@dataclass(frozen=True, slots=True)
class Choice:
    """What is tried on the training clips: which vectors, and which recipe of the rounds."""

    way: str
    recipe: str


CHOICES = [Choice(way, recipe) for way, recipe in product(("windows", "whole"), sorted(RECIPES))]


def clip_tube(clip: LabeledClip, timebase: Timebase) -> Tube:
    """The actor's tube, or one of the whole picture on every frame."""
    if clip.boxes is not None:
        return tube_of(clip.boxes, clip.start)
    with open_video(clip.path) as container:
        stream = main_stream(container)
        size = (stream.width, stream.height) if stream else (1, 1)
    return tube_of(np.tile([0.0, 0.0, *size], (timebase.frame_count, 1)))


def describe_clip(clip: LabeledClip) -> DescribedClip:
    """Decode a clip once and describe its tube."""
    timebase = clip_timebase(clip.path)
    tube = clip_tube(clip, timebase)
    windows = [(int(a), int(b)) for a, b in tube_windows(tube, timebase)]
    whole = (tube.start_frame, tube.end_frame)
    found: dict[Range, NDArray[np.float32]] = {}

    def keep(_place: int, described: Sequence[Described]) -> None:
        found.update({one.range: one.vector for one in described})

    source = Clip(clip.path, clip.path.stem, 0, timebase)
    wanted = list(dict.fromkeys([*windows, whole]))
    read_together(source, [HOG_HOF.reading(source, [tube], {0: wanted})], keep)
    return DescribedClip(np.stack([found[window] for window in windows]), found[whole][None])


def fitted(
    clips: Sequence[DescribedClip],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
    classes: int,
    choice: Choice,
) -> ActionEstimator:
    """Train on the clips and their mirror images; nothing else is looked at."""
    rows = [clip.rows(choice.way) for clip in clips]
    counts = [len(part) for part in rows]
    vectors = np.concatenate(rows)
    truth = np.eye(classes, dtype=np.int64)[np.repeat(labels, counts)]
    groups = np.unique(np.repeat(sources, counts), return_inverse=True)[1]
    model = ActionEstimator(tuple(range(classes)), recipe=choice.recipe)
    both = np.concatenate([vectors, HOG_HOF.mirrored(vectors)])
    return model.fit(both, np.tile(truth, (2, 1)), np.tile(groups, 2))


def clip_scores(model: ActionEstimator, clips: Sequence[DescribedClip], way: str) -> Floats:
    """(N, C): each class's log-odds, the mean over a clip's windows."""
    scores = []
    for clip in clips:
        p = np.clip(model.predict_proba(clip.rows(way).astype(np.float64)), _EDGE, 1 - _EDGE)
        scores.append(np.log(p / (1 - p)).mean(axis=0))
    return np.stack(scores)


def chosen(
    clips: Sequence[DescribedClip],
    labels: NDArray[np.int64],
    sources: NDArray[np.str_],
    classes: int,
) -> Choice:
    """The best of `CHOICES` in a grouped cross-validation of these clips alone."""
    inner = grouped_folds(labels.tolist(), sources.tolist(), INNER_FOLDS, seed=1)
    right = np.zeros(len(CHOICES))
    for (train, test), (place, choice) in product(inner, enumerate(CHOICES)):
        picked = [clips[i] for i in train]
        model = fitted(picked, labels[train], sources[train], classes, choice)
        scores = clip_scores(model, [clips[i] for i in test], choice.way)
        right[place] += (scores.argmax(axis=1) == labels[test]).sum()
    return CHOICES[int(right.argmax())]


def cross_scores(
    described: Sequence[DescribedClip],
    clips: Sequence[LabeledClip],
    classes: int,
    folds: Sequence[tuple[Places, Places]],
    say: Say,
) -> Floats:
    """(N, C) scores of each tested clip by a model that saw none of its source."""
    labels = np.array([clip.label for clip in clips])
    sources = np.array([clip.source for clip in clips])
    scores = np.full((len(clips), classes), np.nan)
    for number, (train, test) in enumerate(folds, start=1):
        seen = [described[i] for i in train]
        choice = chosen(seen, labels[train], sources[train], classes)
        model = fitted(seen, labels[train], sources[train], classes, choice)
        scores[test] = clip_scores(model, [described[i] for i in test], choice.way)
        right = (scores[test].argmax(axis=1) == labels[test]).sum()
        say(
            f"  fold {number} of {len(folds)}: {choice.recipe} on {choice.way}, "
            f"{right} of {len(test)} right"
        )
    return scores

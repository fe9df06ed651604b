"""Do successive champions still answer differently? Kappa on windows that nobody labeled.

The stop set is fixed by a hash: of the unreviewed tubes of training videos those with the smallest,
until there are enough windows. As tubes are reviewed the next ones take their place, so that no
model ever learned from it, and both models of a comparison see the very same windows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.data.descriptor import Descriptor
from mlbackend.evaluate.kappa import kappas
from mlbackend.evaluate.stop import FEWEST_WINDOWS
from mlbackend.train.dataset import Floats
from mlbackend.train.holdout import TRAIN_SPLIT
from mlbackend.train.learning.cached import Videos, known_windows, parted
from mlbackend.train.predictor import ActionModel, Champion

# Of a project whose tubes have no features, no more than so many are looked at.
MOST_TUBES = 2000


def agreement(
    content: dict[str, Any],
    new: ActionModel,
    descriptor: Descriptor,
    old: Champion,
    changed: frozenset[int],
) -> dict[str, Any]:
    """Kappa of a model with the one before: `value`, `windows`, `note` and `classes`.

    Args:
        content: the snapshot's, with its unreviewed tubes.
        changed: labels that do not mean the same to both.
    """
    shared = [i for i in new.label_ids if i in old.model.label_ids and i not in changed]
    both = (descriptor, old.descriptor)
    X = stop_windows(content, both)
    if not len(X) or not shared:
        return {"value": None, "windows": len(X), "classes": [], "note": _why_not(bool(shared))}
    ours, theirs = parted(X, both)
    each = kappas(
        new.predict(ours)[:, [new.label_ids.index(i) for i in shared]],
        old.model.predict(theirs)[:, [old.model.label_ids.index(i) for i in shared]],
    )
    known = [value for value in each if value is not None]
    return {
        "value": round(float(np.mean(known)), 6) if known else None,
        "windows": len(X),
        "classes": [
            {"label_id": i, "kappa": None if value is None else round(value, 6)}
            for i, value in zip(shared, each, strict=True)
        ],
        "note": "" if known else "Neither model sees any action there.",
    }


def stop_windows(content: dict[str, Any], descriptors: Sequence[Descriptor]) -> Floats:
    """(N, D) vectors, side by side, of the stop set: at least `FEWEST_WINDOWS` if there are."""
    videos, parts, found = Videos(), [], 0
    for number, (video_id, tube) in enumerate(_unreviewed(content)):
        video = videos.get(video_id)
        if number >= MOST_TUBES or found >= FEWEST_WINDOWS:
            break
        if video is not None:
            rows = known_windows(video, tube, descriptors)[1]
            parts.append(rows)
            found += len(rows)
    return np.concatenate(parts) if parts else np.zeros((0, 0))


def _unreviewed(content: dict[str, Any]) -> Iterator[tuple[str, Tube]]:
    """Proposed tubes of training videos, by their hash."""
    named = [
        (_place(video["sha256"], tube.get("number")), str(video["id"]), tube)
        for video in content["videos"]
        if video["split"] == TRAIN_SPLIT
        for tube in video["tubes"]
        if tube["state"] == State.PROPOSED
    ]
    for _, video_id, tube in sorted(named, key=lambda one: one[0]):
        yield video_id, Tube.of(tube)


def _place(sha256: str, number: int | None) -> str:
    return hashlib.sha256(f"stop set {sha256}/{number}".encode()).hexdigest()


def _why_not(shared: bool) -> str:
    if not shared:
        return "The two models share no action of one meaning."
    return "No unreviewed tube has features that both models read."

"""What is needed of two models, or of one and its features, to hold them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlbackend.models import ModelVersion
from mlbackend.train.truth import ReviewedTube, reviewed_tubes

if TYPE_CHECKING:
    from mlbackend.train.dataset import Dataset
    from mlbackend.train.learning.control import Bench
    from mlbackend.train.loop import Outcome
    from mlbackend.train.recipes import Learned, Work

DEFAULT_SOLVER = "logistic"


def diff_file(against: ModelVersion) -> str:
    """Where a model's folder keeps its cases against another."""
    return f"diff/{against.id}.json"


def tubes_of(content: dict[str, Any]) -> dict[tuple[str, str], ReviewedTube]:
    """Reviewed tubes of a snapshot by video id and tube id."""
    return {(each.video_id, each.tube.id): each for each in reviewed_tubes(content)}


def bench_rows(work: Work, learned: Learned, outcome: Outcome) -> tuple[Bench | None, str]:
    """Rows to train small heads on: the round's own, or those the champion reads.

    A round that trains a net has no features of the tubes it learns from, and training a net twice
    more would cost hours: its control is a head on what the champion sees.

    Returns:
        The bench, or None; and what must be said of it.
    """
    from mlbackend.train.dataset import dataset_from
    from mlbackend.train.learning.cached import Videos, cached_features
    from mlbackend.train.learning.control import Bench
    from mlbackend.train.recipes import RECIPES

    recipe = RECIPES[work.wish.recipe]
    if not recipe.trains_net:
        mirror = learned.descriptor.mirrored if work.mirror else None
        solver = getattr(recipe, "solver", DEFAULT_SOLVER)
        return Bench(outcome.dataset, solver, work.seed, mirror), ""
    if work.champion is None:
        return None, "A control of a net's training needs a champion, on whose features it learns."
    descriptor = work.champion.descriptor
    dataset = dataset_from(work.content, cached_features(Videos(), [descriptor]))
    if _lacks(dataset, outcome.dataset):
        return None, "The champion's features of the reviewed tubes are not all there."
    mirror = descriptor.mirrored if work.mirror else None
    note = "Heads on what the champion sees: the net itself was not trained twice more."
    return Bench(dataset, DEFAULT_SOLVER, work.seed, mirror), note


def _lacks(found: Dataset, wanted: Dataset) -> bool:
    """Whether tubes of the round are missing."""
    return any(
        set(getattr(wanted, part).tube_ids.tolist()) - set(getattr(found, part).tube_ids.tolist())
        for part in ("train", "hold_out")
    )

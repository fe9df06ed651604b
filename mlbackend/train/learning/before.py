"""Is the loop still getting better? The candidate against the champion of some rounds ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.classification import count_by_group
from mlbackend.evaluate.compare import paired_bootstrap
from mlbackend.evaluate.stop import ROUNDS
from mlbackend.models import ModelVersion
from mlbackend.train.champion import model_load
from mlbackend.train.dataset import Rows, hold_out_rows
from mlbackend.train.learning.cached import Videos, cached_features
from mlbackend.train.learning.meaning import changed_labels, learned_schema
from mlbackend.train.loop import answers, bootstrap_groups, shared_columns
from mlbackend.train.predictor import Champion

if TYPE_CHECKING:
    from mlbackend.train.loop import Outcome
    from mlbackend.train.recipes import Learned, Work


def gain_over_earlier(
    work: Work,
    learned: Learned,
    outcome: Outcome,
    champion: ModelVersion | None,
    changed: frozenset[int],
) -> dict[str, Any] | None:
    """Macro F1 of the candidate minus that of the champion `ROUNDS` before it, both on today's
    hold-out.

    Figures of earlier rounds were measured on the hold-out as it was; these are of one.

    Args:
        champion: the one before the candidate. changed: since it.

    Returns:
        `mean`, `lower`, `groups`, `against` (the model's name); None where there is no such
        champion, it cannot be used any more, or its features of the hold-out are not kept.
    """
    earlier = _earlier(champion)
    if earlier is None or not len(outcome.dataset.hold_out.Y):
        return None
    try:
        old = model_load(earlier)
    except InvalidInput:
        return None
    rows = _rows(work, learned, outcome, old)
    if rows is None:
        return None
    dataset = outcome.dataset
    meaning = changed | changed_labels(earlier.project_id, learned_schema(earlier))
    shared = shared_columns(dataset.label_ids, old.model, meaning)
    if not len(shared):
        return None
    truth, (groups, _) = dataset.hold_out.Y[:, shared], bootstrap_groups(dataset)
    new_said = answers(outcome.model, dataset.hold_out, dataset.label_ids)[:, shared]
    old_said = answers(old.model, rows, dataset.label_ids)[:, shared]
    found = paired_bootstrap(
        count_by_group(truth, new_said, groups),
        count_by_group(truth, old_said, groups),
        np.random.default_rng(work.seed),
    )
    return {
        "mean": round(found.mean, 6),
        "lower": round(found.lower, 6),
        "groups": found.groups,
        "against": earlier.name,
    }


def _earlier(champion: ModelVersion | None) -> ModelVersion | None:
    """The champion `ROUNDS` before a candidate that follows this one."""
    for _ in range(ROUNDS - 1):
        champion = champion and champion.parent
    return champion


def _rows(work: Work, learned: Learned, outcome: Outcome, old: Champion) -> Rows | None:
    """The hold-out as the earlier champion reads it; None where a window is not kept."""
    key, rows = old.descriptor.key, outcome.dataset.hold_out
    if key == learned.descriptor.key:
        return rows
    if work.champion is not None and key == work.champion.descriptor.key:
        return outcome.champion_rows
    features = cached_features(Videos(), [old.descriptor])
    found = hold_out_rows(work.content, outcome.dataset.label_ids, features)
    return found if np.array_equal(found.windows, rows.windows) else None

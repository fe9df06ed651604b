"""Which labels mean the same to two models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from labeling import api
from mlbackend.models import ModelVersion, Round

# A merge or a split changes what its labels mean; a new name, or a while in retirement, does not.
CHANGES_MEANING = ("merge", "split")


def changed_labels(project_id: int, since: int | None, until: int | None = None) -> frozenset[int]:
    """Ids of labels whose meaning changed between two versions of the project's schema.

    Args:
        since, until: of the schemas two models learned, in any order; None for `since` is the
            first version, for `until` the newest.
    """
    low, high = since or 0, until
    if high is not None and high < low:
        low, high = high, low
    return frozenset(
        label_id
        for change in api.schema_changes(project_id, low)
        if (high is None or change.version <= high) and change.operation in CHANGES_MEANING
        for label_id in _ids(change.detail)
    )


def changed_since(champion: ModelVersion | None, running: Round) -> frozenset[int]:
    """Labels that mean something else to a round than they did to the champion."""
    if champion is None:
        return frozenset()
    return changed_labels(running.project_id, learned_schema(champion), running.schema_version)


def learned_schema(model: ModelVersion) -> int | None:
    """The version of the schema a model learned; None if its round was before there were any."""
    made_by = Round.objects.filter(
        project_id=model.project_id, number=model.manifest.get("round")
    ).first()
    return made_by and made_by.schema_version


def _ids(detail: Any) -> Iterator[int]:
    """The ids of all labels that a change's detail names, wherever they stand in it."""
    if isinstance(detail, dict):
        if isinstance(detail.get("id"), int):
            yield detail["id"]
        for part in detail.values():
            yield from _ids(part)
    elif isinstance(detail, list):
        for part in detail:
            yield from _ids(part)

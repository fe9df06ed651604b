"""The segment model of a round and its place in the line of champions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.domain.errors import Conflict
from mlbackend.models import ModelVersion, Round
from mlbackend.train.segments import KIND, SegmentRound, segments_record

pytestmark = pytest.mark.django_db


def test_a_model_put_to_use_meanwhile_is_not_replaced_unseen(project: Any) -> None:
    running = Round.objects.create(project=project, number=2)
    used = ModelVersion.objects.create(
        project=project, kind=KIND, name="round 1 segments", status="champion", path="x/weights.npz"
    )
    better: Any = SimpleNamespace(decision=SimpleNamespace(promoted=True))
    with pytest.raises(Conflict, match="round 1 segments was put to use"):
        segments_record(running, SegmentRound(better, "", None), {})
    used.refresh_from_db()
    assert used.status == "champion"
    segments_record(running, SegmentRound(better, "", used), {})
    used.refresh_from_db()
    assert used.status == "retired"

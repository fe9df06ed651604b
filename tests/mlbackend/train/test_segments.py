"""The segment model of a round and its place in the line of champions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from labeling.domain.errors import Conflict
from mlbackend.models import ModelVersion, Round
from mlbackend.train.record import check_compared
from mlbackend.train.segments import KIND, SegmentRound, segment_model, segments_record

pytestmark = pytest.mark.django_db


def test_a_model_put_to_use_meanwhile_is_not_replaced_unseen(project: Any) -> None:
    running = Round.objects.create(project=project, number=2)
    used = ModelVersion.objects.create(
        project=project, kind=KIND, name="round 1 segments", status="champion", path="x/weights.npz"
    )
    better: Any = SimpleNamespace(decision=SimpleNamespace(promoted=True))
    segments_record(running, SegmentRound(better, "", None), {})
    made = segment_model(running)
    assert made is not None and made.status == "candidate"
    with pytest.raises(Conflict, match="round 1 segments was put to use"):
        check_compared(made, None)
    check_compared(made, used)
    used.refresh_from_db()
    assert used.status == "champion"

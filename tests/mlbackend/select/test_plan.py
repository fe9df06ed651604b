"""The plan of the queue, from the tables: what is asked, by whom chosen, the same every time."""

from typing import Any

import pytest

from mlbackend.select.plan import viewings_plan
from tests.mlbackend.annotating import propose_tubes

pytestmark = pytest.mark.django_db


def test_every_proposed_tube_is_planned_once(project: Any, video: Any) -> None:
    tubes = propose_tubes(video, 30)
    plan = viewings_plan(project.id)
    assert sorted(v.tube_id for v in plan.viewings) == sorted(tubes)
    assert all(v.questions and v.reason for v in plan.viewings)


def test_an_empty_project_has_an_empty_plan(project: Any) -> None:
    assert viewings_plan(project.id).viewings == []

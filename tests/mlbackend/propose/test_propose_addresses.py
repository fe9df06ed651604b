"""The two addresses of proposing, and who may use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mlbackend.propose.detect import DETECTORS
from tests.mlbackend.propose.conftest import Yard

pytestmark = pytest.mark.django_db


def test_proposing_makes_a_job_a_video(yard: Yard, teammate: Any, as_user: Callable) -> None:
    client = as_user(teammate)
    answer = client.post(f"/api/projects/{yard.project.id}/propose", {}, format="json")
    assert answer.status_code == 202
    (job,) = answer.json()
    assert (job["kind"], job["state"], job["video_name"]) == ("propose", "queued", "boxes.mp4")
    assert client.get(f"/api/jobs/{job['id']}").json() == job


def test_detectors_say_which_can_run_and_which_is_used(
    yard: Yard, teammate: Any, as_user: Callable
) -> None:
    answer = as_user(teammate).get(f"/api/projects/{yard.project.id}/detectors")
    found = {row["name"]: row for row in answer.json()}
    assert list(found) == list(DETECTORS)
    assert [name for name, row in found.items() if row["default"]] == ["boxes"]
    for row in found.values():
        assert row["available"] == (row["reason"] == "") and row["title"] and row["speed_note"]
    assert found["hog"]["available"]


def test_an_unknown_detector_is_refused(yard: Yard, teammate: Any, as_user: Callable) -> None:
    answer = as_user(teammate).post(
        f"/api/projects/{yard.project.id}/propose", {"detector": "magic"}, format="json"
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "detector_unavailable"


def test_strangers_see_nothing(yard: Yard, stranger: Any, as_user: Callable) -> None:
    client = as_user(stranger)
    assert client.post(f"/api/projects/{yard.project.id}/propose").status_code == 404
    assert client.get(f"/api/projects/{yard.project.id}/detectors").status_code == 404

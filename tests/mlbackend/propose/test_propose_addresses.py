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


def test_recognizers_say_which_can_work_and_why_not(
    yard: Yard, teammate: Any, as_user: Callable
) -> None:
    answer = as_user(teammate).get(f"/api/projects/{yard.project.id}/recognizers")
    found = {row["name"]: row for row in answer.json()}
    assert list(found)[:3] == ["auto", "hog_hof", "i3d"]
    assert [name for name, row in found.items() if row["default"]] == ["auto"]
    assert found["auto"]["available"] and "none is in use yet" in found["auto"]["speed_note"]
    assert "train a round" in found["hog_hof"]["reason"]
    assert found["i3d"]["reason"].startswith("I3D (Inception-v1), RGB's weights are not here.")


def test_an_unknown_recognizer_or_rate_is_refused(
    yard: Yard, teammate: Any, as_user: Callable
) -> None:
    address, client = f"/api/projects/{yard.project.id}/propose", as_user(teammate)
    answer = client.post(address, {"recognizer": "magic"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "recognizer_unavailable")
    answer = client.post(address, {"recognizer": "i3d"}, format="json")
    assert "cannot recognize here. I3D" in answer.json()["message"]
    answer = client.post(address, {"rate_hz": 0}, format="json")
    assert answer.status_code == 400 and "frames a second" in answer.json()["message"]


def test_runs_are_listed_with_what_they_used(yard: Yard, teammate: Any, as_user: Callable) -> None:
    from tests.mlbackend.propose.test_services import _champion, _run

    row = _champion(yard, "walk")
    job = _run(yard)
    (run,) = as_user(teammate).get(f"/api/videos/{yard.video.id}/runs").json()
    assert run["id"] == job.id
    assert (run["detector"], run["detector_title"]) == ("boxes", "Bright boxes")
    assert (run["recognizer"], run["recognizer_title"]) == ("hog_hof", "HOG/HOF, walk")
    assert (run["model_id"], run["model_name"]) == (str(row.id), "walk")
    assert run["detail"]["counts"]["tubes"] == 2 and len(run["detail"]["recognizer_sha256"]) == 64

"""Rounds over HTTP: who may do what, and what comes back."""

from typing import Any

import pytest

from labeling.models import Job
from mlbackend.train.tasks import run
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db

FIELDS = {
    *("id", "number", "state", "job_id", "snapshot_hash", "created_at", "finished_at", "counts"),
    *("model", "evaluated_on", "metrics", "decision", "reason"),
    *("recipe", "net", "params", "curves", "trigger", "waiting", "step", "steps", "seed", "code"),
    *("schema_version", "parent", "effort", "learning", "queue_hash", "started_at", "started_by"),
}


def test_a_round_is_started_and_read(as_user: Any, reviewed: Reviewed, teammate: Any) -> None:
    reviewed.review(60)
    client = as_user(teammate)
    path = f"/api/projects/{reviewed.project.id}/rounds"
    answer = client.post(path)
    started = answer.json()
    assert (answer.status_code, started["state"], started["number"]) == (202, "queued", 1)
    assert set(started) == FIELDS
    assert started["metrics"] == {"candidate": None, "champion": None}
    assert (started["waiting"], started["trigger"]) == (False, "person")
    assert started["started_by"] == teammate.username
    assert client.post(path).json()["id"] == started["id"]  # nobody has begun it yet
    other = client.post(path, {"recipe": "svm"}, format="json").json()
    assert (other["number"], other["state"], other["waiting"]) == (2, "queued", True)
    assert client.post(path, {"recipe": "svm"}, format="json").json()["id"] == other["id"]
    client.post(f"/api/jobs/{other['job_id']}/cancel")
    run(started["job_id"])
    done = client.get(f"/api/rounds/{started['id']}").json()
    assert (done["state"], done["model"]["status"]) == ("done", "champion")
    row = done["metrics"]["candidate"]["per_class"][0]
    assert set(row) == {"label_id", "name", "precision", "recall", "f1", "support"}
    assert client.get(path).json()[1] == done
    assert [step["name"] for step in done["steps"]] == [
        *("snapshot", "train", "calibrate", "compare", "promote", "propose", "queue")
    ]
    assert done["effort"]["labels"] == 60 and done["code"]["libraries"]["numpy"]


def test_only_a_manager_rolls_back(
    as_user: Any, reviewed: Reviewed, owner: Any, teammate: Any
) -> None:
    reviewed.review(60)
    started = as_user(owner).post(f"/api/projects/{reviewed.project.id}/rounds").json()
    run(started["job_id"])
    path = f"/api/rounds/{started['id']}/promote"
    assert as_user(teammate).post(path).status_code == 403
    assert as_user(owner).post(path).json()["model"]["status"] == "champion"


def test_strangers_get_404(as_user: Any, reviewed: Reviewed, owner: Any, stranger: Any) -> None:
    path = f"/api/projects/{reviewed.project.id}/rounds"
    started = as_user(owner).post(path).json()
    client = as_user(stranger)
    one = f"/api/rounds/{started['id']}"
    answers = [client.get(path), client.post(path), client.get(one), client.post(f"{one}/promote")]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_round_whose_worker_died_is_shown_as_failed(
    as_user: Any, reviewed: Reviewed, owner: Any
) -> None:
    client = as_user(owner)
    path = f"/api/projects/{reviewed.project.id}/rounds"
    started = client.post(path).json()
    Job.objects.filter(pk=started["job_id"]).update(
        state="failed", error={"code": "worker_died", "message": "The worker died.", "detail": None}
    )
    (shown,) = client.get(path).json()
    assert (shown["state"], shown["reason"]) == ("failed", "The worker died.")


def test_a_program_is_known_by_its_token(reviewed: Reviewed, teammate: Any) -> None:
    from rest_framework.authtoken.models import Token
    from rest_framework.test import APIClient

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=teammate).key}")
    started = client.post(f"/api/projects/{reviewed.project.id}/rounds").json()
    assert started["trigger"] == "api"


def test_how_the_loop_is_run_is_read_and_set(
    as_user: Any, reviewed: Reviewed, owner: Any, teammate: Any
) -> None:
    path = f"/api/projects/{reviewed.project.id}/loop"
    shown = as_user(teammate).get(path).json()
    assert (shown["promote_by"], shown["round_every_hours"]) == ("rule", 0)
    assert {"random", "badge"} <= {each["name"] for each in shown["acquisitions"]}
    assert shown["next"] == {"minutes_reviewed": 0.0, "minutes_wanted": 0, "at": None}
    assert as_user(teammate).patch(path, {"batch": 9}, format="json").status_code == 403
    client = as_user(owner)
    changed = client.patch(path, {"batch": 9, "acquisition": "random"}, format="json").json()
    assert (changed["batch"], changed["acquisition"]) == (9, "random")
    for wrong in ({"batch": 0}, {"batsh": 9}, {"acquisition": "magic"}, {"promote_by": "dice"}):
        assert client.patch(path, wrong, format="json").status_code == 400, wrong
    assert client.get(path).json()["batch"] == 9


def test_a_round_that_was_resumed_is_shown_as_waiting_for_its_turn(
    as_user: Any, reviewed: Reviewed, owner: Any
) -> None:
    client = as_user(owner)
    path = f"/api/projects/{reviewed.project.id}/rounds"
    failed = client.post(path).json()
    run(failed["job_id"])  # nothing is reviewed
    assert client.get(f"/api/rounds/{failed['id']}").json()["state"] == "failed"
    other = client.post(path, {"recipe": "svm"}, format="json").json()
    Job.objects.filter(pk=other["job_id"]).update(state="running")
    client.post(f"/api/jobs/{failed['job_id']}/resume")
    shown = client.get(f"/api/rounds/{failed['id']}").json()
    assert (shown["state"], shown["waiting"], shown["finished_at"]) == ("queued", True, None)
    assert client.get(path).json()[1] == shown

"""The learning curve and the classes over HTTP."""

from typing import Any

import pytest

from labeling import schema
from labeling.models import Label, Project
from labeling.teams.services import label_create
from mlbackend.models import QueueItem, Round
from tests.mlbackend.train.conftest import Reviewed
from tests.mlbackend.train.learning.conftest import answer, finished

pytestmark = pytest.mark.django_db


def get(client: Any, project: Project, what: str) -> Any:
    """The answer of an address of the project."""
    found = client.get(f"/api/projects/{project.id}/{what}")
    assert found.status_code == 200, found.content
    return found.json()


def test_a_project_without_rounds_is_told_so(as_user: Any, owner: Any, project: Project) -> None:
    client = as_user(owner)
    found = get(client, project, "learning")
    assert found["rounds"] == found["forecast"]["points"] == []
    assert found["forecast"]["next_hundred"] is None
    assert "needs 3 rounds" in found["forecast"]["note"]
    assert not found["stop"]["advised"] and len(found["stop"]["reasons"]) == 3
    assert {row["status"] for row in get(client, project, "classes")} == {"never seen"}


def test_the_curve_has_a_point_a_round(as_user: Any, owner: Any, measured: Reviewed) -> None:
    rounds = []
    for _ in range(3):
        measured.review(16)
        rounds.append(finished(measured.project))
    answer(measured, measured.tubes[:12], QueueItem.Slice.RANDOM)
    answer(measured, measured.tubes[12:14], QueueItem.Slice.RANDOM, answer="rejected")
    answer(measured, measured.tubes[14:16], QueueItem.Slice.RANDOM, blind=True)
    answer(measured, measured.tubes[16:26], QueueItem.Slice.CHOSEN, answer="corrected")
    found = get(as_user(owner), measured.project, "learning")
    assert [p["number"] for p in found["rounds"]] == [1, 2, 3]
    assert [p["round_id"] for p in found["rounds"]] == [str(done.id) for done in rounds]
    last = found["rounds"][-1]
    assert last["macro_f1"] == rounds[-1].metrics["candidate"]["macro"]["f1"]
    assert last["macro_f1_low"] <= last["macro_f1"] <= last["macro_f1_high"]
    assert last["hold_out"] == {"rule": "hold-out videos", "tubes": 24, "videos": 6}
    # Without the 24 tubes of the hold-out.
    assert [p["labels"] for p in found["rounds"]] == [16, 32, 48]
    assert sum(p["in_use"] for p in found["rounds"]) == 1
    assert found["acceptance"] == {
        "random": {"shown": 14, "accepted": 12},
        "chosen": {"shown": 10, "accepted": 0},
    }
    forecast = found["forecast"]
    assert len(forecast["points"]) == 12
    assert [p["labels"] for p in forecast["points"]] == sorted(
        p["labels"] for p in forecast["points"]
    )
    assert all(p["low"] <= p["f1"] <= p["high"] for p in forecast["points"])
    assert forecast["next_hundred_low"] <= forecast["next_hundred"] <= forecast["next_hundred_high"]
    assert "The next 100 labels" in forecast["note"]
    assert "could be compared" in found["stop"]["reasons"][0]["note"]


def test_a_changed_hold_out_is_said_of_the_forecast(
    as_user: Any, owner: Any, project: Project
) -> None:
    for number, tubes in enumerate((8, 8, 12), start=1):
        Round.objects.create(
            project=project, number=number, state="failed", effort={"labels": 50 * number},
            learning={"hold_out": {"rule": "hold-out videos", "tubes": tubes, "videos": 6}},
        )  # fmt: skip
    Round.objects.filter(project=project).update(state="done")
    points = get(as_user(owner), project, "learning")["rounds"]
    assert [p["macro_f1"] for p in points] == [None] * 3
    from mlbackend.train.learning.curve import forecast

    known = [p | {"macro_f1": 0.5 + 0.1 * i, "seconds": 60.0 * i} for i, p in enumerate(points)]
    found = forecast(known)
    assert "The hold-out changed between the rounds" in found["note"]
    # Of the rounds that know what they cost: 60 seconds for 50 labels.
    assert found["seconds_per_label"] == 1.2


def test_the_classes_say_how_they_do(as_user: Any, owner: Any, measured: Reviewed) -> None:
    measured.review(40)
    for _ in range(2):
        finished(measured.project)
    label_create(project=measured.project, kind="action", name="jump")
    retired = label_create(project=measured.project, kind="action", name="crawl")
    schema.label_retire(label=Label.objects.get(pk=retired.pk))
    rows = get(as_user(owner), measured.project, "classes")
    found = {row["name"]: row for row in rows}
    assert list(found) == ["walk", "run", "wave", "jump", "crawl"]
    run = found["run"]
    assert (run["status"], run["advice"]) == ("ok", "")
    assert [entry["round"] for entry in run["trend"]] == [1, 2]
    assert run["f1"] == run["trend"][-1]["f1"] > 0.9
    assert (run["train_tubes"], run["hold_out_tubes"]) == (20, 12)
    assert {name: found[name]["status"] for name in ("wave", "jump")} == {
        "wave": "never seen",
        "jump": "never seen",
    }
    assert "No reviewed tube" in found["wave"]["advice"]
    assert "No round has learned it" in found["jump"]["advice"]
    assert found["crawl"]["retired"] and "Retired" in found["crawl"]["advice"]


def test_strangers_get_404(as_user: Any, stranger: Any, project: Project) -> None:
    client = as_user(stranger)
    made = Round.objects.create(project=project, number=1)
    for path in (f"projects/{project.id}/learning", f"projects/{project.id}/classes"):
        assert client.get(f"/api/{path}").status_code == 404
    assert client.get(f"/api/rounds/{made.id}/diff").status_code == 404

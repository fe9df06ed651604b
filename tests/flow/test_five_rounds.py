"""Five rounds over the API alone: what the model learns, and what a clip costs a person.

    .venv/bin/python -m pytest tests/flow/test_five_rounds.py -s

prints the table of docs/benchmarks.md.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.flow.clips import ACTIONS, Clip, clip_write
from tests.flow.person import Person

pytestmark = [pytest.mark.flow, pytest.mark.django_db, pytest.mark.xdist_group("five")]

PROJECT = "Five rounds"
ROUNDS, HOLD_OUT = 5, 5
# The drawn person knows everything, so that corrections are what a careful person would do.
PEOPLE, DURATION_S = 3, 8.0
# An end of an action that is off by half a second is left alone: AVA asks once a second.
PATIENCE = 12


@dataclass
class Story:
    """A line for each round: the clip reviewed before it, then the round itself."""

    boxes: list[int] = field(default_factory=list)
    actions: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    learning: dict[str, Any] = field(default_factory=dict)

    @property
    def macro_f1(self) -> list[float]:
        """Of each round's own model, on the hold-out."""
        return [r["metrics"]["candidate"]["macro"]["f1"] for r in self.rounds]


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    folder = Path(tempfile.mkdtemp(prefix="tubelab-five-"))
    with django_db_blocker.unblock():
        try:
            yield _told(folder)
        finally:
            _forget()
            shutil.rmtree(folder, ignore_errors=True)


def _told(folder: Path) -> Story:
    from django.core.management import call_command

    train = [_clip(folder, f"yard_{i}", 300 + i) for i in range(ROUNDS)]
    hold_out = [_clip(folder, f"street_{i}", 400 + i) for i in range(HOLD_OUT)]
    client, project_id, labels = _project()
    call_command("ingest", PROJECT, *[str(clip.path) for clip in (*train, *hold_out)])
    videos = {v["name"]: v["id"] for v in client.get(f"/api/projects/{project_id}/videos").json()}
    clips = {videos[clip.name]: clip for clip in (*train, *hold_out)}
    for clip in hold_out:
        client.patch(f"/api/videos/{videos[clip.name]}", {"split": "hold-out"}, format="json")
        Person(client, clips, labels).finish(videos[clip.name])
    names = [clip.name for clip in train]
    call_command("propose", PROJECT, "--wait", "--detector", "hog", "--video", *names)

    told = Story()
    for clip in train:
        person = Person(client, clips, labels, patience=PATIENCE)
        person.finish(videos[clip.name])
        told.boxes.append(person.corrections["boxes"])
        told.actions.append(person.corrections["actions"])
        told.people.append(person.done["accepted"] + person.done["drawn"])
        told.rounds.append(_round(client, project_id))
    told.learning = client.get(f"/api/projects/{project_id}/learning").json()
    _print(told)
    return told


def _clip(folder: Path, name: str, seed: int) -> Clip:
    return clip_write(folder, name, seed, people=PEOPLE, duration_s=DURATION_S)


def _project() -> tuple[Any, int, dict[str, int]]:
    """A project, made over the API, and a client of its owner."""
    from django.contrib.auth import get_user_model
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_login(get_user_model().objects.create_user("fergus", password="a-long-password"))
    project = client.post("/api/projects", {"name": PROJECT}, format="json").json()
    path = f"/api/projects/{project['id']}/labels"
    for name in ACTIONS:
        client.post(path, {"kind": "action", "name": name}, format="json")
    found = client.get(f"/api/projects/{project['id']}").json()["labels"]
    return client, project["id"], {label["name"]: label["id"] for label in found}


def _round(client: Any, project_id: int) -> dict[str, Any]:
    """Ask for a round and run it, as a worker that is woken does."""
    from mlbackend.train import tasks

    asked = client.post(f"/api/projects/{project_id}/rounds", {}, format="json")
    assert asked.status_code == 202, asked.json()
    tasks.run(asked.json()["job_id"])
    done = client.get(f"/api/rounds/{asked.json()['id']}").json()
    assert done["state"] == "done", done["reason"]
    return done


def _print(told: Story) -> None:
    print("\nround  people  boxes corrected  actions corrected  a person  macro F1   mAP  decision")
    for i, done in enumerate(told.rounds):
        learned = told.learning["rounds"][i]
        print(
            f"{i + 1:>5}{told.people[i]:>8}{told.boxes[i]:>17}{told.actions[i]:>19}"
            f"{told.actions[i] / told.people[i]:>10.1f}{told.macro_f1[i]:>10.2f}"
            f"{learned['map'] or 0.0:>6.2f}  {done['decision']}"
        )


def _forget() -> None:
    """Leave the database as it was found."""
    from django.contrib.auth import get_user_model

    from labeling.models import Project

    Project.objects.filter(name=PROJECT).delete()
    get_user_model().objects.filter(username="fergus").delete()


def test_the_model_gets_better(story: Story) -> None:
    f1 = story.macro_f1
    assert f1[-1] > f1[0] + 0.2
    # Each round has more to learn from; a clip may be odd, two in a row are not.
    assert all(later > earlier - 0.05 for earlier, later in zip(f1, f1[1:], strict=False))


def test_a_clip_needs_fewer_corrections(story: Story) -> None:
    """Of actions: boxes are the detector's, which learns nothing here."""
    each = [n / people for n, people in zip(story.actions, story.people, strict=True)]
    assert (each[3] + each[4]) / 2 < 0.75 * each[0]


def test_all_rounds_are_measured_on_the_same_hold_out(story: Story) -> None:
    assert {done["evaluated_on"] for done in story.rounds} == {"hold-out videos"}
    assert len({done["metrics"]["candidate"]["n"] for done in story.rounds}) == 1


def test_the_learning_curve_says_the_same(story: Story) -> None:
    shown = story.learning["rounds"]
    assert [line["macro_f1"] for line in shown] == pytest.approx(story.macro_f1)
    labels = [line["labels"] for line in shown]
    assert labels == sorted(labels) and labels[0] > 0

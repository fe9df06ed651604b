"""The whole loop, run once on synthetic clips; the tests look at what it left."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.flow.clips import ACTIONS, Clip, clips_write
from tests.flow.person import Person

PROJECT = "Loop"
# Tubes that are people, reviewed from the queue before the first and the second round; before
# the third everything is finished.
FIRST, SECOND = 7, 7


@dataclass
class Story:
    """What happened, in order."""

    labels: dict[str, int]
    clips: dict[str, Clip] = field(default_factory=dict)
    rounds: list[dict[str, Any]] = field(default_factory=list)
    queues: list[list[dict[str, Any]]] = field(default_factory=list)
    # Annotations (wire form, by video id) before and after each round.
    before: list[dict[str, Any]] = field(default_factory=list)
    after: list[dict[str, Any]] = field(default_factory=list)
    export: Path = Path()
    person: Person | None = None


@pytest.fixture(scope="package")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Ingest, propose, review, train, re-propose, review by queue, … and export."""
    folder = Path(tempfile.mkdtemp(prefix="tubelab-flow-"))
    with django_db_blocker.unblock():
        # Outside a transaction: what follows a commit really follows it, as in the product.
        try:
            yield _told(folder)
        finally:
            _forget()
            shutil.rmtree(folder, ignore_errors=True)


def _told(folder: Path) -> Story:
    from django.core.management import call_command

    from labeling.models import Project, Video

    train, hold_out = clips_write(folder)
    client, told = _project()
    call_command("ingest", PROJECT, *[str(clip.path) for clip in (*train, *hold_out)])
    project = Project.objects.get(name=PROJECT)
    by_name = {clip.name: clip for clip in (*train, *hold_out)}
    told.clips = {str(v.id): by_name[v.name] for v in Video.objects.filter(project=project)}
    ids = {clip.name: video_id for video_id, clip in told.clips.items()}
    person = told.person = Person(client, told.clips, told.labels)
    for clip in hold_out:
        client.patch(f"/api/videos/{ids[clip.name]}", {"split": "hold-out"}, format="json")
        person.finish(ids[clip.name])
    names = [clip.name for clip in train]
    call_command("propose", PROJECT, "--wait", "--detector", "hog", "--video", *names)

    _review_queue(client, project.id, told, FIRST)
    _train(client, project.id, told)
    _review_queue(client, project.id, told, SECOND)
    _train(client, project.id, told)
    for clip in train:
        person.finish(ids[clip.name])
    _train(client, project.id, told)
    told.export = folder / "export"
    call_command("export", PROJECT, str(told.export), "--format", "ava")
    return told


def _project() -> tuple[Any, Story]:
    """A project with the synthetic actions, and a client of somebody who owns it."""
    from django.contrib.auth import get_user_model
    from rest_framework.test import APIClient

    from labeling.teams import services

    owner = get_user_model().objects.create_user("flora", password="a-long-password")
    client = APIClient()
    client.force_login(owner)
    project = services.project_create(name=PROJECT, owner=owner)
    for ava_id, name in enumerate(ACTIONS, start=1):
        services.label_create(project=project, kind="action", name=name, ava_id=ava_id)
    return client, Story({label.name: label.id for label in project.labels.all()})


def _review_queue(client: Any, project_id: int, told: Story, people: int) -> None:
    """Take tubes from the queue until this many were people; stretches are passed over."""
    path = f"/api/projects/{project_id}/queue"
    told.queues.append(client.get(path).json()["items"])
    assert told.person is not None
    found = 0
    while found < people:
        answer = client.post(f"{path}/next", {"filters": {"kind": "tube"}}, format="json")
        assert answer.status_code == 200, f"the queue ended after {found} people"
        item = answer.json()
        found += told.person.review(item["video_id"], item["tube_id"])


def _train(client: Any, project_id: int, told: Story) -> None:
    from django.core.management import call_command

    told.before.append(_annotations(client, told))
    call_command("train", PROJECT)
    told.rounds.append(client.get(f"/api/projects/{project_id}/rounds").json()[0])
    told.after.append(_annotations(client, told))


def _annotations(client: Any, told: Story) -> dict[str, Any]:
    return {i: client.get(f"/api/videos/{i}/annotations").json() for i in told.clips}


def _forget() -> None:
    """Leave the database as it was found."""
    from django.contrib.auth import get_user_model

    from labeling.models import Project

    Project.objects.filter(name=PROJECT).delete()
    get_user_model().objects.filter(username="flora").delete()

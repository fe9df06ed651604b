"""Every address and method below /api/ against everybody who might call it.

An address that is not in `access.RULES` fails the first test: somebody has to say who may call it.
"""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from labeling import revisions
from labeling.models import Export, Job, Label, Membership, Upload, Video
from labeling.models.job import JobKind
from labeling.models.project import Role
from labeling.models.revision import Origin
from mlbackend.models import Evaluation, ModelVersion, QueueItem, Round
from mlbackend.zoo import uploads
from tests.annotator import access
from tests.mlbackend.train.plain_card import plain_card

pytestmark = pytest.mark.django_db

REFUSED = (401, 403, 404)


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    """Folders of this test alone, with a picture for every frame."""
    folders = {name: tmp_path / name for name in settings.HOME_DIRS}
    for folder in folders.values():
        folder.mkdir()
    settings.HOME_DIRS = folders
    monkeypatch.setattr("labeling.ingest.picture.frame_jpeg", lambda *_: b"jpeg")
    return tmp_path


@pytest.fixture
def someone(django_user_model):
    return django_user_model.objects.create_user("sam", password="a-long-password")


def _model_with_card(project, number: int) -> uuid.UUID:
    """A model of the project whose card has a picture of this number."""
    model = ModelVersion.objects.create(project=project, name="m", path="m/weights.npz")
    pictures = model.file_path.parent / "pictures"
    pictures.mkdir(parents=True)
    (pictures / f"{number}.jpg").write_bytes(b"jpeg")
    (model.file_path.parent / "card.json").write_text(json.dumps(plain_card()))
    return model.id


@pytest.fixture
def objects(home, project, video, labels, owner, teammate):
    """One of everything in the project, and a member to be removed, by the names in addresses."""
    for noun in ("proxy", "thumbnail"):
        (home / "media" / noun).write_bytes(b"content")
    Video.objects.filter(pk=video.pk).update(proxy="proxy", thumbnail="thumbnail")
    job = Job.objects.create(project=project, kind=JobKind.EXPORT)
    (home / "exports" / "a.zip").write_bytes(b"zip")
    export = Export.objects.create(
        project=project, job=job, format="ava", state="reviewed", path="a.zip"
    )
    upload = Upload.objects.create(project=project, user=owner, filename="a.mp4", length=5)
    (home / "uploads" / f"{upload.id}.part").touch()
    checkpoint = SimpleUploadedFile("walks.pt", b"weights")
    item = QueueItem.objects.create(project=project, video_id=video.id, tube_id=uuid.uuid4())
    box = {"frame": 0, "box": [0, 0, 9, 9]}
    tube = {"id": str(uuid.uuid4()), "label_id": labels["person"], "keyframes": [box]}
    done = revisions.commit(
        video_id=video.id, operations=[{"op": "tube_add", "tube": tube}], origin=Origin.HAND
    )
    return {
        "project_id": project.id,
        "video_id": video.id,
        "number": done.revision,
        "frame": 0,
        "label_id": labels["walk"],
        "person_id": labels["person"],
        "job_id": job.id,
        "export_id": export.id,
        "upload_id": upload.id,
        "round_id": Round.objects.create(project=project, number=1, job_id=job.id).id,
        "model_id": _model_with_card(project, done.revision),
        "item_id": item.id,
        "evaluation_id": Evaluation.objects.create(project=project, metric="clips").id,
        "file_id": uuid.UUID(uploads.upload_keep(project.id, checkpoint)),
        "user_id": teammate.id,
        "username": teammate.username,
    }


@pytest.fixture
def as_role(as_user, someone, project, owner):
    """`as_role(role)` gives a client of somebody with this role in the project."""

    def log_in(role: str) -> APIClient:
        Membership.objects.update_or_create(project=project, user=someone, defaults={"role": role})
        return as_user(someone)

    return log_in


def test_every_address_says_who_may_call_it():
    found = {f"{method} {route}" for method, route in access.addresses()}
    assert found - access.RULES.keys() == set(), "new: say in access.RULES who may call it"
    assert access.RULES.keys() - found == set(), "gone: take it out of access.RULES"


@pytest.mark.parametrize("line", access.PROTECTED)
def test_nobody_gets_in_without_logging_in(line, objects):
    assert access.call(APIClient(), line, objects).status_code in (401, 403)


@pytest.mark.parametrize("line", access.OF_A_PROJECT)
def test_to_a_stranger_nothing_of_the_project_exists(line, objects, as_user, stranger):
    answer = access.call(as_user(stranger), line, objects)
    assert answer.status_code == 404
    absent = {name: _other(value) for name, value in objects.items()}
    same = access.call(as_user(stranger), line, {**absent, "frame": 0})
    assert same.status_code == 404
    assert same.content == answer.content


@pytest.mark.parametrize("line", access.OF_A_PROJECT)
def test_a_member_may_do_what_the_role_allows_and_no_more(line, objects, as_role, as_user, owner):
    needed = access.RULES[line]
    if needed == access.BEGINNER:
        for role in access.ROLES:
            assert access.call(as_role(role), line, objects).status_code == 404
        assert access.call(as_user(owner), line, objects).status_code not in REFUSED
        return
    for role in access.ROLES[: access.ROLES.index(needed)]:
        answer = access.call(as_role(role), line, objects)
        assert (role, answer.status_code) == (role, 403)
    assert access.call(as_role(needed), line, objects).status_code not in REFUSED


def test_a_viewer_changes_nothing():
    """Whatever may be called by a viewer only reads."""
    allowed = [line for line, rule in access.RULES.items() if rule == Role.VIEWER]
    assert {line.split()[0] for line in allowed} == {"GET"}


def test_a_stranger_sees_no_project_in_the_list(as_user, stranger, project):
    assert as_user(stranger).get("/api/projects").json() == []


@pytest.fixture
def abroad(as_user, stranger, project):
    """The stranger's own project, with a video, a label and a queue item: (client, project)."""
    client = as_user(stranger)
    return client, client.post("/api/projects", {"name": "Abroad"}, format="json").json()["id"]


def test_proposing_takes_no_videos_of_another_project(abroad, objects):
    client, own = abroad
    body = {"video_ids": [str(objects["video_id"])]}
    answer = client.post(f"/api/projects/{own}/propose", body, format="json")
    assert answer.status_code == 400
    assert not Job.objects.filter(kind=JobKind.PROPOSE).exists()


def test_the_next_item_is_not_told_by_an_item_of_another_project(abroad, objects):
    client, own = abroad
    body = {"after": str(objects["item_id"])}
    answer = client.post(f"/api/projects/{own}/queue/next", body, format="json")
    assert answer.status_code == 404


@pytest.mark.parametrize("op", ["tube_add", "span_add", "coverage_add"])
def test_a_commit_takes_no_label_of_another_project(op, abroad, objects, as_user, owner):
    _, own = abroad
    label = Label.objects.filter(project=own).first()
    item = {
        "id": str(uuid.uuid4()), "tube_id": None, "label_id": label.id, "label_ids": [label.id],
        "start_frame": 0, "end_frame": 5, "keyframes": [{"frame": 0, "box": [0, 0, 9, 9]}],
    }  # fmt: skip
    operation = {"op": op, op.removesuffix("_add"): item}
    body = {"commit_id": str(uuid.uuid4()), "base_revision": 0, "operations": [operation]}
    url = f"/api/videos/{objects['video_id']}/commits"
    answer = as_user(owner).post(url, body, format="json")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_operation"


@pytest.mark.parametrize("op", ["tube_add", "restore"])
def test_a_commit_reaches_no_tube_of_another_video(op, objects, as_user, owner, video):
    client = as_user(owner)
    (tube,) = client.get(f"/api/videos/{video.id}/annotations").json()["tubes"]
    other = Video.objects.create(
        project_id=video.project_id, name="b", sha256="1", state="ready", frame_count=100
    )
    sent = {**tube, "number": None, "keyframes": [{"frame": 3, "box": [1, 1, 2, 2]}]}
    operation = {"op": op, "tube": sent, "tubes": [sent]}
    body = {"commit_id": str(uuid.uuid4()), "base_revision": 1, "operations": [operation]}
    answer = client.post(f"/api/videos/{other.id}/commits", body, format="json")
    assert answer.status_code == 400
    assert client.get(f"/api/videos/{video.id}/annotations").json()["tubes"] == [tube]


@pytest.mark.parametrize("role", ["viewer", "annotator", "owner"])
def test_a_manager_does_not_change_an_owner(role, as_role, someone, project, owner, teammate):
    """Two owners, so that neither is the last one."""
    Membership.objects.filter(project=project, user=teammate).update(role=Role.OWNER)
    body = {"username": teammate.username, "role": role}
    answer = as_role("manager").post(f"/api/projects/{project.id}/members", body, format="json")
    assert answer.status_code == 403
    assert Membership.objects.get(project=project, user=teammate).role == Role.OWNER


def test_who_left_the_project_does_not_go_on_with_an_upload(objects, as_user, owner, teammate):
    Membership.objects.filter(user=teammate).update(role=Role.OWNER)
    for change in ({"role": Role.VIEWER}, None):
        mine = Membership.objects.filter(user=owner)
        mine.update(**change) if change else mine.delete()
        for line, rule in access.RULES.items():
            if rule == access.BEGINNER:
                status = access.call(as_user(owner), line, objects).status_code
                assert status == (403 if change else 404)


def _other(value):
    return uuid.uuid4() if isinstance(value, uuid.UUID) else 10**9

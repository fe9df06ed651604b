"""The page's side: what is listed, fetching as a job, and a file that is read, then added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.domain.errors import InvalidInput, NotFound
from labeling.models import Job, Membership
from mlbackend.models import ModelVersion, Round
from mlbackend.zoo import services, tasks
from mlbackend.zoo.manifest import WEIGHTS
from mlbackend.zoo.uploads import upload_found
from tests.mlbackend.zoo.tiny_net import TinyNet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny", "home")]


@pytest.fixture
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.HOME_DIRS = {name: tmp_path / name for name in settings.HOME_DIRS}
    for folder in settings.HOME_DIRS.values():
        folder.mkdir()
    settings.DETECTOR_WEIGHTS = ""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "weights"


@pytest.fixture
def client(project: Any, owner: Any, as_user: Callable) -> Any:
    return as_user(owner)


def _path(project: Any, rest: str = "") -> str:
    return f"/api/projects/{project.id}/models{rest}"


def _sent(checkpoint: Path, **said: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(checkpoint.name, checkpoint.read_bytes()), **said}


def _ended(job_id: str) -> Job:
    tasks.fetch(job_id)
    return Job.objects.get(pk=job_id)


def test_the_list_says_what_is_used_and_what_is_missing_once(project: Any, client: Any) -> None:
    shown = client.get(_path(project)).json()
    by_name = {item["name"]: item for item in shown["items"]}
    assert by_name["hog"]["state"] == "built in" and by_name["yolox_nano"]["state"] == "absent"
    assert by_name["r3d_18"]["can_fetch"] and not by_name["tiny"]["can_fetch"]
    assert shown["summary"].count("Its weights are not here.") == 1
    assert "OpenCV HOG" in shown["summary"] and "nothing was trained yet" in shown["summary"]
    assert [net["name"] for net in shown["nets"]] == ["tiny", "other"]
    assert shown["versions"] == [] and shown["max_bytes"] == 2 * 1024**3


def test_the_projects_own_versions_name_their_round(project: Any, client: Any) -> None:
    version = ModelVersion.objects.create(
        project=project, name="round-1", status="champion", snapshot_hash="ab" * 32, path="gone/w"
    )
    made_by = Round.objects.create(project=project, number=1, model=version, recipe="hog_hof")
    (row,) = client.get(_path(project)).json()["versions"]
    assert (row["name"], row["status"], row["round_number"]) == ("round-1", "champion", 1)
    assert (row["round_id"], row["here"]) == (str(made_by.id), False)
    assert "Actions are proposed by round-1." in client.get(_path(project)).json()["summary"]


def test_fetching_is_one_job_a_name(
    project: Any, client: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"names": ["r3d_18", "s3d", "r3d_18"]}
    answer = client.post(_path(project, "/fetch"), body, format="json")
    first, second = answer.json()
    assert answer.status_code == 202 and (first["kind"], first["state"]) == ("fetch", "queued")
    again = client.post(_path(project, "/fetch"), {"names": ["s3d"]}, format="json").json()
    assert [job["id"] for job in again] == [second["id"]]

    def come(name: str, folder: Path, progress: Callable, **_: Any) -> Path:
        progress(0.5, "Fetching: 60 of 120 MB")
        return folder / WEIGHTS[name].file_names[0]

    monkeypatch.setattr(services, "fetch", come)
    done = _ended(first["id"])
    assert (done.state, done.result["note"]) == ("done", "r3d_18-b3b3357e.pth is here now")


def test_a_fetch_without_a_way_out_fails_with_what_to_do(
    project: Any, client: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr("mlbackend.zoo.fetch._download", refuse)
    (job,) = client.post(_path(project, "/fetch"), {"names": ["r3d_18"]}, format="json").json()
    failed = _ended(job["id"])
    assert failed.state == "failed" and failed.error["code"] == "fetch_failed"
    assert f"Put r3d_18-b3b3357e.pth into {home}" in failed.error["message"]
    by_name = {item["name"]: item for item in client.get(_path(project)).json()["items"]}
    assert "Name or service not known" in by_name["r3d_18"]["failed"]


def test_unknown_names_are_refused(project: Any, client: Any) -> None:
    answer = client.post(_path(project, "/fetch"), {"names": ["r3d_19"]}, format="json")
    assert answer.status_code == 404 and "Known: " in answer.json()["message"]
    assert client.post(_path(project, "/fetch"), {"names": []}, format="json").status_code == 400


def test_a_file_is_read_then_added(
    project: Any, client: Any, home: Path, checkpoint: Path, names: Path
) -> None:
    sent = client.post(_path(project, "/files"), _sent(checkpoint), format="multipart").json()
    read = _ended(sent["job_id"])
    report = read.result["report"]
    assert read.state == "done" and read.result["file_name"] == "walks.pt"
    assert (report["net"], report["labels"], report["ready"]) == ("tiny", 3, False)
    assert "Say what they are" in report["problems"][0]
    address = _path(project, f"/files/{sent['file_id']}")
    body = {"labels_text": "1,walk\n2,run\n3,wave\n", "labels_name": "names.csv"}
    again = client.patch(address, body, format="json").json()
    report = _ended(again["job_id"]).result["report"]
    assert report["ready"] and report["classes"] == ["walk", "run", "wave"]
    labels = SimpleUploadedFile("names.txt", names.read_bytes())
    body = _sent(checkpoint, labels_file=labels, licence="CC0-1.0")
    sent = client.post(_path(project, "/files"), body, format="multipart").json()
    assert _ended(sent["job_id"]).result["report"]["ready"]
    body = {"licence": "CC0-1.0", "confirm": True}
    address = _path(project, f"/files/{sent['file_id']}")
    confirmed = client.patch(address, body, format="json").json()
    done = _ended(confirmed["job_id"])
    assert (done.state, done.result["name"]) == ("done", "walks")
    (item,) = [i for i in client.get(_path(project)).json()["items"] if i["state"] == "added"]
    assert (item["name"], item["classes"], item["licence"]) == ("walks", 3, "CC0-1.0")
    assert client.patch(address, {}, format="json").status_code == 404


def test_a_file_that_is_none_fails_its_job_by_its_own_name(
    project: Any, client: Any, tmp_path: Path
) -> None:
    path = tmp_path / "../evil.pt"
    sent = SimpleUploadedFile(str(path), b"not a checkpoint")
    answer = client.post(_path(project, "/files"), {"file": sent}, format="multipart").json()
    failed = _ended(answer["job_id"])
    assert failed.state == "failed"
    assert failed.error["message"].startswith("evil.pt is neither a PyTorch checkpoint")
    kept, _ = upload_found(project.id, answer["file_id"])
    assert kept.name == "evil.pt" and kept.parents[2].name == ".uploads"


def test_what_is_too_large_is_refused_with_the_limit(
    project: Any, client: Any, checkpoint: Path, settings: Any, home: Path
) -> None:
    settings.MODEL_MAX_BYTES = 100
    answer = client.post(_path(project, "/files"), _sent(checkpoint), format="multipart")
    assert answer.status_code == 400 and answer.json()["code"] == "too_large"
    assert not list(home.rglob("*.pt"))


def test_a_file_of_one_project_is_not_anothers(project: Any, client: Any, checkpoint: Path) -> None:
    sent = client.post(_path(project, "/files"), _sent(checkpoint), format="multipart").json()
    other = client.post("/api/projects", {"name": "Abroad"}, format="json").json()["id"]
    address = f"/api/projects/{other}/models/files/{sent['file_id']}"
    assert client.patch(address, {}, format="json").status_code == 404
    client.delete(address)
    upload_found(project.id, sent["file_id"])  # still there
    assert client.delete(_path(project, f"/files/{sent['file_id']}")).status_code == 204
    with pytest.raises(Exception, match="Send it again"):
        upload_found(project.id, sent["file_id"])


def test_a_file_being_read_is_not_read_twice_at_once(
    project: Any, client: Any, checkpoint: Path
) -> None:
    sent = client.post(_path(project, "/files"), _sent(checkpoint), format="multipart").json()
    address = _path(project, f"/files/{sent['file_id']}")
    assert client.patch(address, {}, format="json").status_code == 409


@pytest.mark.parametrize("role", ["viewer", "annotator", "reviewer"])
def test_only_managers_change_what_is_here(
    role: str, project: Any, teammate: Any, as_user: Callable, checkpoint: Path
) -> None:
    Membership.objects.filter(project=project, user=teammate).update(role=role)
    client = as_user(teammate)
    assert client.get(_path(project)).status_code == 200
    answers = [
        client.post(_path(project, "/fetch"), {"names": ["r3d_18"]}, format="json"),
        client.post(_path(project, "/files"), _sent(checkpoint), format="multipart"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_the_command_fetches_by_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlbackend.zoo.fetch._download", lambda *_: Path("net.pth"))
    assert services.weights_fetch("r3d_18", lambda *_: None) == Path("net.pth")
    with pytest.raises(InvalidInput, match="no public address"):
        monkeypatch.undo()
        services.weights_fetch("d2go_fasterrcnn", lambda *_: None)


def test_a_tiny_state_is_what_the_net_says(checkpoint: Path) -> None:
    assert set(torch.load(checkpoint, weights_only=True)) == set(TinyNet(3).state_dict())


def test_a_worker_that_dies_after_adding_adds_once(
    project: Any, client: Any, checkpoint: Path, names: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = _sent(checkpoint, labels_file=SimpleUploadedFile(names.name, names.read_bytes()))
    sent = client.post(_path(project, "/files"), body).json()
    _ended(sent["job_id"])
    again = client.patch(
        _path(project, f"/files/{sent['file_id']}"), {"confirm": True}, format="json"
    ).json()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services.api, "job_done", killed)
        with pytest.raises(KeyboardInterrupt):
            tasks.fetch(again["job_id"])
    Job.objects.filter(pk=again["job_id"]).update(state="queued", owner="")
    done = _ended(again["job_id"])
    assert (done.state, done.result["name"]) == ("done", "walks"), done.error
    with pytest.raises(NotFound):
        upload_found(project.id, sent["file_id"])

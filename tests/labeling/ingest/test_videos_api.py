import gzip
import json
import uuid

import cv2
import numpy as np
import pytest

from labeling import revisions
from labeling.ingest import services
from labeling.models import Job, Video
from labeling.models.revision import Origin
from tests.labeling import clips

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(made, home, project):
    return services.video_ingest(project=project, path=made).video


def add_tube(video, labels, state_op=None):
    tube_id = str(uuid.uuid4())
    keyframe = {"frame": 0, "box": [1, 1, 9, 9]}
    tube = {"id": tube_id, "label_id": labels["person"], "keyframes": [keyframe]}
    operations = [{"op": "tube_add", "tube": tube}]
    revisions.commit(video_id=video.id, operations=operations, origin=Origin.HAND)
    return tube_id


def test_a_video_says_all_that_is_known(as_user, owner, ready, labels):
    add_tube(ready, labels)
    found = as_user(owner).get(f"/api/videos/{ready.id}").json()
    assert (found["width"], found["height"], found["frame_count"]) == (128, 64, 30)
    assert (found["fps"], found["duration_s"], found["state"]) == ([10, 1], 3.0, "ready")
    assert found["counts"] == {
        "tubes": 1, "proposed": 0, "confirmed": 1, "rejected": 0, "covered_frames": 0,
    }  # fmt: skip
    assert found["media_url"].startswith(f"/api/videos/{ready.id}/media")
    assert (found["split"], found["start_s"], found["error"]) == ("train", 0.0, "")


def test_covered_frames_are_counted_once(as_user, owner, ready, labels):
    for start, end in ((0, 10), (5, 12), (20, 21)):
        coverage = {
            "id": str(uuid.uuid4()), "tube_id": None, "start_frame": start, "end_frame": end,
            "label_ids": [labels["walk"]],
        }  # fmt: skip
        operations = [{"op": "coverage_add", "coverage": coverage}]
        revisions.commit(video_id=ready.id, operations=operations, origin=Origin.HAND)
    found = as_user(owner).get(f"/api/videos/{ready.id}").json()
    assert found["counts"]["covered_frames"] == 13


def test_a_longer_list_needs_no_more_queries(
    as_user, owner, project, video, django_assert_num_queries
):
    client, path = as_user(owner), f"/api/projects/{project.id}/videos"
    with django_assert_num_queries(7):
        assert len(client.get(path).json()) == 1
    for index in range(5):
        copy = Video(project=project, name=f"v{index}", state="ready", sha256=f"{index + 1:064d}")
        copy.set_timebase(video.timebase())
        copy.save()
    with django_assert_num_queries(7):
        assert len(client.get(path).json()) == 6


@pytest.mark.parametrize("path", ["", "/timebase", "/media", "/thumbnail", "/frames/3"])
def test_members_see_a_video_and_strangers_do_not(
    as_user, owner, teammate, stranger, client, ready, path
):
    address = f"/api/videos/{ready.id}{path}"
    codes = [as_user(user).get(address).status_code for user in (owner, teammate, stranger)]
    assert codes == [200, 200, 404]
    assert client.get(address).status_code in (401, 403)


def test_a_stranger_sees_no_list(as_user, stranger, project):
    assert as_user(stranger).get(f"/api/projects/{project.id}/videos").status_code == 404


def test_a_manager_changes_what_is_known(as_user, owner, ready):
    sent = {"name": " Court ", "split": "hold-out", "external_id": "-abc", "start_s": 900}
    found = as_user(owner).patch(f"/api/videos/{ready.id}", sent, format="json").json()
    assert (found["name"], found["split"], found["external_id"], found["start_s"]) == (
        "Court", "hold-out", "-abc", 900.0,
    )  # fmt: skip


def test_an_annotator_neither_changes_nor_deletes(as_user, teammate, ready):
    client, path = as_user(teammate), f"/api/videos/{ready.id}"
    assert client.patch(path, {"name": "x"}, format="json").status_code == 403
    assert client.delete(path).status_code == 403


@pytest.mark.parametrize("sent", [{"split": "all"}, {"start_s": -1}, {"name": ""}])
def test_nonsense_is_refused(as_user, owner, ready, sent):
    answer = as_user(owner).patch(f"/api/videos/{ready.id}", sent, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_an_external_id_belongs_to_one_video(as_user, owner, ready, video):
    client = as_user(owner)
    client.patch(f"/api/videos/{ready.id}", {"external_id": "abc"}, format="json")
    answer = client.patch(f"/api/videos/{video.id}", {"external_id": "abc"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_deleting_takes_the_files_along(
    as_user, owner, ready, home, labels, django_capture_on_commit_callbacks
):
    add_tube(ready, labels)
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(owner).delete(f"/api/videos/{ready.id}").status_code == 204
    assert list((home / "media").iterdir()) == []
    assert not Video.objects.exists()


def test_a_video_in_work_is_not_deleted(as_user, owner, ready, project):
    Job.objects.create(project=project, video=ready, kind="propose", state="running")
    assert as_user(owner).delete(f"/api/videos/{ready.id}").status_code == 409


def test_the_timebase_can_be_kept_and_comes_compressed(as_user, owner, project, home, tmp_path):
    path = clips.clip(tmp_path / "long.mp4", range(90))
    ready = services.video_ingest(project=project, path=path).video
    answer = as_user(owner).get(f"/api/videos/{ready.id}/timebase")
    timebase = ready.timebase()
    assert answer.json() == {
        "time_base": list(timebase.time_base), "ticks": timebase.ticks.tolist(),
        "end_tick": timebase.end_tick,
    }  # fmt: skip
    assert "immutable" in answer["Cache-Control"]
    packed = as_user(owner).get(
        f"/api/videos/{ready.id}/timebase", headers={"Accept-Encoding": "gzip"}
    )
    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == answer.json()


def test_media_comes_in_parts_and_is_never_compressed(as_user, owner, ready):
    client, path = as_user(owner), f"/api/videos/{ready.id}/media"
    whole = ready.proxy_path.read_bytes()
    headers = {"Range": "bytes=100-199", "Accept-Encoding": "gzip", "Accept": "video/mp4"}
    part = client.get(path, headers=headers)
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[100:200])
    assert part["Content-Encoding"] == "identity"
    assert client.head(path)["Content-Length"] == str(len(whole))
    again = client.get(path, headers={"If-None-Match": part["ETag"]})
    assert again.status_code == 304


def test_an_exact_frame_is_that_frame(as_user, owner, ready):
    for frame in (0, 7, 29):
        answer = as_user(owner).get(f"/api/videos/{ready.id}/frames/{frame}")
        picture = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
        assert (answer["Content-Type"], clips.number(picture)) == ("image/jpeg", frame)
    missing = as_user(owner).get(f"/api/videos/{ready.id}/frames/30")
    assert (missing.status_code, "frames 0 to 29" in missing.json()["message"]) == (404, True)


def test_a_failed_video_says_why_it_has_no_pictures(as_user, owner, project):
    failed = Video.objects.create(
        project=project, name="a.mp4", state="failed", error="It is empty.", sha256="1" * 64
    )
    answer = as_user(owner).get(f"/api/videos/{failed.id}/media")
    assert (answer.status_code, "It is empty." in answer.json()["message"]) == (404, True)
    listed = as_user(owner).get(f"/api/videos/{failed.id}").json()
    assert (listed["media_url"], listed["duration_s"]) == (None, 0.0)

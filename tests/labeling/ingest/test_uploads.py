import base64
import uuid

import pytest

from labeling import jobs
from labeling.ingest import services, store, tasks, uploads
from labeling.models import Job, Upload, Video
from tests.labeling import clips

pytestmark = pytest.mark.django_db

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**values):
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in values.items()
    )


@pytest.fixture
def tus(as_user, project, home):
    class Tus:
        def create(self, user, length, filename="clip.mp4", project_id=project.id):
            headers = {
                **TUS, "Upload-Length": str(length),
                "Upload-Metadata": metadata(filename=filename, project=project_id),
            }  # fmt: skip
            return as_user(user).post("/api/uploads", headers=headers)

        def send(self, user, path, offset, data, content_type=PIECE):
            headers = {**TUS, "Upload-Offset": str(offset)}
            return as_user(user).generic(
                "PATCH", path, data, content_type=content_type, headers=headers
            )

        def head(self, user, path):
            return as_user(user).head(path, headers=TUS)

        def whole(self, user, data, filename="clip.mp4"):
            path = self.create(user, len(data), filename)["Location"]
            return self.send(user, path, 0, data)

    return Tus()


def left(home):
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def test_a_file_in_pieces_becomes_a_video(tus, owner, made, home):
    data = made.read_bytes()
    created = tus.create(owner, len(data))
    assert (created.status_code, created["Tus-Resumable"]) == (201, "1.0.0")
    path = created["Location"]
    middle = len(data) // 2
    first = tus.send(owner, path, 0, data[:middle])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(middle))
    assert "Tubelab-Job" not in first
    asked = tus.head(owner, path)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(middle), str(len(data)))
    assert asked["Cache-Control"] == "no-store"
    last = tus.send(owner, path, middle, data[middle:])
    job = Job.objects.get(pk=last["Tubelab-Job"])
    assert (job.kind, job.video.state, job.video.name) == ("ingest", "ingesting", "clip.mp4")
    tasks.run(str(job.id))
    job.refresh_from_db()
    assert (job.state, job.result["duplicate"]) == ("done", False)
    assert (job.video.state, job.video.frame_count) == ("ready", 30)
    assert left(home) == ["proxy.mp4", "source.mp4", "thumbnail.jpg"]


def test_a_known_file_is_recognized(tus, owner, made, home, project):
    known = services.video_ingest(project=project, path=made).video
    answer = tus.whole(owner, made.read_bytes(), "other name.mp4")
    assert answer["Tubelab-Video"] == str(known.id)
    job = Job.objects.get(pk=answer["Tubelab-Job"])
    assert (job.state, job.result) == ("done", {"video_id": str(known.id), "duplicate": True})
    assert Video.objects.count() == 1
    assert left(home) == ["proxy.mp4", "source.mp4", "thumbnail.jpg"]


def test_a_bad_file_is_named_with_the_reason_and_leaves_nothing(tus, owner, home, tmp_path):
    answer = tus.whole(owner, clips.sound(tmp_path / "s.mp4").read_bytes(), "talk.mp4")
    tasks.run(answer["Tubelab-Job"])
    job = Job.objects.get(pk=answer["Tubelab-Job"])
    assert (job.state, job.error["code"]) == ("failed", "audio_only")
    assert job.error["message"].startswith("talk.mp4 has sound but no picture")
    assert (job.video.state, job.video.error) == ("failed", job.error["message"])
    assert left(home) == []


def test_a_failed_file_may_be_sent_again(tus, owner, home, tmp_path):
    data = clips.sound(tmp_path / "s.mp4").read_bytes()
    for _ in range(2):
        tasks.run(tus.whole(owner, data)["Tubelab-Job"])
    assert Video.objects.get().state == "failed"


def test_a_cancelled_ingest_can_be_resumed(tus, owner, home, tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "_REPORT_EVERY_S", 0.0)
    data = clips.clip(tmp_path / "long.mp4", range(120)).read_bytes()
    job_id = tus.whole(owner, data)["Tubelab-Job"]
    Job.objects.filter(pk=job_id).update(cancel_requested=True)
    tasks.run(job_id)
    assert Job.objects.get(pk=job_id).state == "cancelled"
    assert [name for name in left(home) if not name.endswith(".part")] == []
    jobs.resume(job_id)
    tasks.run(job_id)
    assert Job.objects.get(pk=job_id).state == "done"
    assert Video.objects.get().frame_count == 120


def test_a_worker_that_died_after_the_move_is_made_good(tus, owner, made, home, monkeypatch):
    job_id = tus.whole(owner, made.read_bytes())["Tubelab-Job"]

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Video, "save", die)
        with pytest.raises(KeyboardInterrupt):
            tasks.run(job_id)
    Job.objects.filter(pk=job_id).update(state="queued", owner="")
    tasks.run(job_id)
    assert Job.objects.get(pk=job_id).state == "done"


def test_a_wrong_offset_is_refused(tus, owner):
    path = tus.create(owner, 10)["Location"]
    tus.send(owner, path, 0, b"abc")
    answer = tus.send(owner, path, 0, b"abc")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_offset")
    assert tus.head(owner, path)["Upload-Offset"] == "3"


def test_more_than_announced_is_refused(tus, owner):
    path = tus.create(owner, 4)["Location"]
    assert tus.send(owner, path, 0, b"abcdef").status_code == 413
    assert tus.head(owner, path)["Upload-Offset"] == "0"


def test_what_came_before_the_connection_broke_is_kept(tus, owner, home):
    path = tus.create(owner, 10)["Location"]
    upload = Upload.objects.get()

    class Broken:
        pieces = [b"abcd"]

        def read(self, size):
            if not self.pieces:
                raise OSError("connection reset")
            return self.pieces.pop()

    assert uploads.upload_append(upload=upload, offset=0, stream=Broken()) == 4
    assert tus.head(owner, path)["Upload-Offset"] == "4"


def test_only_one_request_writes_at_a_time(tus, owner):
    path = tus.create(owner, 10)["Location"]
    with uploads._alone(Upload.objects.get()):
        answer = tus.send(owner, path, 0, b"abc")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_busy")


def test_only_the_uploader_goes_on(tus, owner, teammate, stranger):
    path = tus.create(owner, 10)["Location"]
    for user in (teammate, stranger):
        assert tus.send(user, path, 0, b"abc").status_code == 404
        assert tus.head(user, path).status_code == 404


def test_a_stranger_may_not_begin(tus, stranger, teammate):
    assert tus.create(stranger, 10).status_code == 404
    assert tus.create(teammate, 10).status_code == 201


def test_an_upload_can_be_given_up(tus, owner, as_user, home):
    path = tus.create(owner, 10)["Location"]
    tus.send(owner, path, 0, b"abc")
    assert as_user(owner).delete(path, headers=TUS).status_code == 204
    assert tus.head(owner, path).status_code == 404
    assert left(home) == []


def test_sizes_are_checked_before_anything_is_sent(tus, owner, settings, home):
    settings.UPLOAD_MAX_BYTES = 100
    assert tus.create(owner, 101).status_code == 413
    empty = tus.create(owner, 0)
    assert (empty.status_code, empty.json()["code"]) == (400, "empty_file")
    assert left(home) == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.mp4", "a.mp4"),
        ("a\x00b\n.mp4", "ab.mp4"),
        ("/", "video"),
        ("é 漢.mp4", "é 漢.mp4"),
    ],
)
def test_a_name_is_for_people_alone(sent, kept):
    assert uploads.display_name(sent) == kept


def test_the_protocol_is_stated_and_held(as_user, owner, tus):
    client = as_user(owner)
    stated = client.options("/api/uploads")
    assert (stated.status_code, stated["Tus-Version"]) == (204, "1.0.0")
    assert stated["Tus-Extension"] == "creation,termination"
    assert int(stated["Tus-Max-Size"]) > 0
    path = tus.create(owner, 10)["Location"]
    assert client.head(path).status_code == 412
    assert tus.send(owner, path, 0, b"a", "text/plain").status_code == 415
    assert tus.head(owner, f"/api/uploads/{uuid.uuid4()}").status_code == 404


def test_a_browser_must_send_its_token(owner, project, home):
    from rest_framework.test import APIClient

    client = APIClient(enforce_csrf_checks=True)
    client.login(username="olga", password="a-long-password")
    headers = {
        **TUS, "Upload-Length": "3", "Upload-Metadata": metadata(filename="a", project=project.id)
    }  # fmt: skip
    assert client.post("/api/uploads", headers=headers).status_code == 403


def test_a_file_whose_job_was_cancelled_may_be_sent_again(tus, owner, made, home):
    data = made.read_bytes()
    jobs.cancel(tus.whole(owner, data)["Tubelab-Job"])
    again = tus.whole(owner, data)
    assert "Tubelab-Video" not in again
    tasks.run(again["Tubelab-Job"])
    assert Video.objects.get().state == "ready"


def test_a_file_that_is_on_its_way_is_recognized(tus, owner, made, home):
    data = made.read_bytes()
    first = tus.whole(owner, data)["Tubelab-Job"]
    assert "Tubelab-Video" in tus.whole(owner, data)
    tasks.run(first)
    assert Video.objects.get().state == "ready"


def test_an_upload_is_finished_once_however_often_it_is_asked_for(
    tus, owner, made, home, monkeypatch
):
    """A client that lost patience while the file is recognized asks where its upload stands."""
    data = made.read_bytes()
    path = tus.create(owner, len(data))["Location"]
    asked = []

    def slow(file):
        asked.append(tus.head(owner, path).status_code)
        return store.file_sha256(file)

    monkeypatch.setattr(uploads, "file_sha256", slow)
    job_id = tus.send(owner, path, 0, data)["Tubelab-Job"]
    assert asked == [409]
    assert tus.head(owner, path)["Tubelab-Job"] == job_id
    late = tus.send(owner, path, len(data), b"")
    assert late["Tubelab-Job"] == job_id
    tasks.run(job_id)
    assert Job.objects.get().state == "done"


def test_an_upload_whose_video_was_deleted_is_complete(tus, owner, made, home):
    data = made.read_bytes()
    path = tus.create(owner, len(data))["Location"]
    tasks.run(tus.send(owner, path, 0, data)["Tubelab-Job"])
    services.video_delete(video=Video.objects.get())
    assert tus.head(owner, path).status_code == 409

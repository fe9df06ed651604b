"""Backup → restore → backup: the same again, up to ids; and what is refused."""

import json
import threading
import uuid
import zipfile
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection

from labeling import jobs, revisions, snapshots
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.timebase import Timebase
from labeling.export import services
from labeling.export.restore import _Restoring, project_restore
from labeling.ingest import services as ingest
from labeling.ingest import tasks as ingest_tasks
from labeling.ingest.store import file_sha256
from labeling.models import HoldOutDraw, Job, Label, Project, Revision, Video
from labeling.models.video import VideoState
from labeling.teams import services as teams
from mlbackend.train.round_work import visible

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("home")]


@pytest.fixture
def full(annotated, project, owner, teammate):
    """What a project may hold: proposals decided and not, a deleted label, several authors."""
    hand, labels = annotated, annotated.labels
    Revision.objects.filter(number__lt=4).update(author=owner)
    Revision.objects.filter(number__gte=4).update(author=teammate, seconds=1.25, note="as seen")
    run = {"origin": "run", "run_id": str(uuid.uuid4())}
    guess = hand.tube(90, 95, box=[1.5, 2.25, 30.125, 40.0625], **run)
    span = hand.span(guess, "wave", 90, 96, **run)
    hand.commit({"op": "span_decide", "span_id": span, "decision": "rejected"})
    hand.tube(40, 60, **run)
    cut = hand.tube(10, 30)
    hand.commit({"op": "tube_split", "tube_id": cut, "frame": 20, "new_tube_id": str(uuid.uuid4())})
    (spare,) = [teams.label_create(project=project, kind="action", name="gone")]
    hand.labels = labels | {"gone": spare.id}
    gone = hand.span(cut, "gone", 10, 15)
    hand.commit({"op": "span_remove", "span_id": gone})
    spare.delete()
    Project.objects.filter(pk=project.pk).update(settings={"propose_on_ingest": False})
    Video.objects.filter(pk=hand.video.pk).update(
        is_gold=True, split="test", external_id="y1", start_s=12.5, warnings=["odd"], rotation=90
    )
    project.refresh_from_db()
    return project


def backup(project, path, **more):
    services.backup_to_file(project=project, target=path, **more)
    return path


def contents(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "manifest.json"}


def anonymous(path):
    """The texts of a backup with every id by its first appearance."""
    names = {}

    def plain(value, key=""):
        if isinstance(value, dict):
            items = [(plain(k), plain(v, k)) for k, v in sorted(value.items(), key=_by_key)]
            return dict(items)
        if isinstance(value, list):
            return [plain(item, key) for item in value]
        if key in ("label_id", "label_ids") or (key == "id" and isinstance(value, int)):
            return names.setdefault(("label", value), f"label {len(names)}")
        if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
            return value if key == "run_id" else names.setdefault(value, f"id {len(names)}")
        return value

    files = contents(path)
    head = json.loads(files.pop("project.json"))
    texts = {name: [json.loads(line) for line in data.splitlines()] for name, data in files.items()}
    for name in ("videos.jsonl", "revisions.jsonl"):
        for line in texts.get(name, ()):
            for kind in ("tubes", "spans", "coverage"):
                if kind in line:
                    line[kind].sort(
                        key=lambda x: (
                            x["revision"],
                            json.dumps(x.get("keyframes", x.get("start_frame"))),
                        )
                    )
    del head["name"], head["video_ids"]
    return plain(
        {"revisions": texts["revisions.jsonl"], "videos": _named_since(texts), "head": head}
    )


def _by_key(item):
    return ("id" not in item[0], item[0])


def _named_since(texts):
    return [{k: v for k, v in line.items() if k != "project"} for line in texts["videos.jsonl"]]


def test_a_backup_restores_to_the_same(full, tmp_path, owner):
    first = backup(full, tmp_path / "first.zip")
    restored = project_restore(path=first, owner=owner, name="Again")
    assert restored.project.name == "Again"
    assert anonymous(backup(restored.project, tmp_path / "second.zip")) == anonymous(first)
    made = restored.project
    assert (made.settings, made.revision) == (full.settings, full.revision)
    mine, theirs = (list(p.revisions.order_by("number", "video")) for p in (full, made))
    for one, other in zip(mine, theirs, strict=True):
        assert (one.number, one.author_id, one.created_at, one.note, one.seconds, one.run_id) == (
            other.number, other.author_id, other.created_at, other.note, other.seconds,
            other.run_id,
        )  # fmt: skip
        assert one.commit_id != other.commit_id
    (video,) = made.videos.all()
    assert (video.is_gold, video.split, video.external_id, video.start_s, video.rotation) == (
        True, "test", "y1", 12.5, 90,
    )  # fmt: skip
    assert video.timebase().ticks.tolist() == list(range(100))


def test_what_was_drawn_stays_drawn(full, tmp_path, owner):
    video = full.videos.get()
    Video.objects.filter(pk=video.pk).update(split="hold-out")
    other = str(uuid.uuid4())
    part = {"stratum": "street", "videos": 2, "drawn": [str(video.pk)], "passed": [other]}
    drawn = HoldOutDraw.objects.create(project=full, seed=7, share=0.2, strata=[part], author=owner)
    first = backup(full, tmp_path / "first.zip")
    restored = project_restore(path=first, owner=owner, name="Again")
    assert anonymous(backup(restored.project, tmp_path / "second.zip")) == anonymous(first)
    (again,) = restored.project.hold_out_draws.all()
    assert (again.seed, again.share, again.author, again.created_at) == (
        7, 0.2, owner, drawn.created_at,
    )  # fmt: skip
    assert again.strata[0]["drawn"] == [str(restored.project.videos.get().pk)]
    full.delete()
    (kept,) = project_restore(path=first, owner=None, name="Kept").project.hold_out_draws.all()
    assert kept.strata == [part]


def test_it_keeps_its_ids_where_they_are_free(full, tmp_path, owner):
    first = backup(full, tmp_path / "first.zip")
    before = contents(first)
    number = full.revision
    teams.project_delete(project=full)
    restored = project_restore(path=first, owner=owner)
    assert restored.project.name == "Yard"
    after = contents(backup(restored.project, tmp_path / "second.zip"))
    ids = [json.loads(line)["id"] for line in before["videos.jsonl"].splitlines()]
    assert [json.loads(line)["id"] for line in after["videos.jsonl"].splitlines()] == ids
    assert anonymous(tmp_path / "second.zip") == anonymous(first)
    video = restored.project.videos.get()
    for revision in range(number + 1):
        snapshots.annotations_at(video, revision)
    shape = [{"op": "tube_remove", "tube_id": next(iter(revisions.annotations(video.id).tubes))}]
    done = revisions.commit(video_id=video.id, operations=shape, origin="hand")
    assert done.revision == number + 1


def test_earlier_states_are_restored_too(full, tmp_path, owner):
    restored = project_restore(path=backup(full, tmp_path / "a.zip"), owner=owner).project
    for revision in range(full.revision + 1):
        mine, theirs = (
            snapshots.annotations_at(p.videos.get(), revision) for p in (full, restored)
        )
        for kind in ("tubes", "spans", "coverage"):
            assert len(getattr(mine, kind)) == len(getattr(theirs, kind)), (revision, kind)


def test_the_same_project_gives_the_same_bytes(full, tmp_path):
    one, two = (backup(full, tmp_path / f"{n}.zip").read_bytes() for n in (1, 2))
    assert one == two


def test_members_and_authors_without_an_account_are_said(full, tmp_path, owner, teammate):
    path = backup(full, tmp_path / "a.zip")
    teams.project_delete(project=full)
    teammate.delete()
    restored = project_restore(path=path, owner=owner)
    assert any("'tariq', who has no account here" in note for note in restored.notes)
    assert [m.user for m in restored.project.memberships.all()] == [owner]


def test_a_video_waits_for_its_file_and_takes_it_when_it_comes(
    full, tmp_path, owner, shared_data, stranger
):
    clip = sorted((shared_data / "clips").rglob("*.mp4"))[0]
    project = teams.project_create(name="Clips", owner=owner)
    video = ingest.video_ingest(project=project, path=clip, name="clip.mp4").video
    label = Label.objects.get(project=project)
    tube = {
        "id": str(uuid.uuid4()),
        "label_id": label.id,
        "keyframes": [{"frame": 0, "box": [0, 0, 9, 9]}],
    }
    revisions.commit(
        video_id=video.id, operations=[{"op": "tube_add", "tube": tube}], origin="hand"
    )
    path = backup(project, tmp_path / "a.zip")

    seen = project_restore(path=path, owner=owner).project.videos.get()
    assert (seen.state, seen.source) == (VideoState.READY, video.source)
    hidden = project_restore(path=path, owner=stranger).project.videos.get()
    assert (hidden.state, hidden.source) == (VideoState.FAILED, "")

    teams.project_delete(project=seen.project)
    teams.project_delete(project=project)
    restored = project_restore(path=path, owner=owner)
    waiting = restored.project.videos.get()
    assert waiting.state == VideoState.FAILED and "Upload it to this project" in waiting.error
    assert restored.counts["waiting"] == 1 and "1 videos wait" in restored.notes[0]
    assert len(snapshots.freeze(restored.project).content["videos"][0]["tubes"]) == 1
    found = ingest.video_ingest(project=restored.project, path=clip, name="renamed.mp4").video
    assert (found.id, found.state, found.name) == (waiting.id, VideoState.READY, "clip.mp4")
    assert found.source_path.is_file() and found.tubes.count() == 1


@pytest.fixture
def clip(owner, shared_data):
    """A video with its file, in a project of its own."""
    path = sorted((shared_data / "clips").rglob("*.mp4"))[0]
    project = teams.project_create(name="Clips", owner=owner)
    return ingest.video_ingest(project=project, path=path, name="clip.mp4").video


def test_a_file_whose_video_is_deleted_meanwhile_is_not_taken_over(
    clip, tmp_path, owner, monkeypatch
):
    path = backup(clip.project, tmp_path / "a.zip")
    plain = revisions.reinstate

    def deleting(video, found):
        Video.objects.filter(pk=clip.pk).delete()
        plain(video, found)

    monkeypatch.setattr(revisions, "reinstate", deleting)
    with pytest.raises(Conflict, match="'clip.mp4' was deleted here"):
        project_restore(path=path, owner=owner)
    assert list(Project.objects.all()) == [clip.project]
    monkeypatch.setattr(revisions, "reinstate", plain)
    assert project_restore(path=path, owner=owner).project.videos.get().source == clip.source


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="needs PostgreSQL: SQLite lets one connection write; the suite 'servers' has it",
)
def test_a_video_deleted_while_its_file_is_taken_over_leaves_the_file(
    clip, tmp_path, owner, monkeypatch
):
    """Needs a server's database: the deletion waits for the restored rows and sees them."""
    path = backup(clip.project, tmp_path / "a.zip")
    waited = []

    def delete():
        ingest.video_delete(video=Video.objects.get(pk=clip.pk))
        connection.close()

    deleter = threading.Thread(target=delete)

    def telling(restoring):
        deleter.start()
        deleter.join(0.5)
        waited.append(deleter.is_alive())

    monkeypatch.setattr(_Restoring, "_tell", telling)
    restored = project_restore(path=path, owner=owner).project.videos.get()
    deleter.join()
    assert waited == [True] and not Video.objects.filter(pk=clip.pk).exists()
    assert restored.source_path.is_file()


def test_a_file_that_is_read_with_other_frames_is_not_given_labels(project, shared_data):
    clip = sorted((shared_data / "clips").rglob("*.mp4"))[0]
    waiting = Video(project=project, name="a.mp4", sha256=file_sha256(clip), state="failed")
    waiting.set_timebase(Timebase((1, 10), [0, 1, 2], 3))
    waiting.save()
    with pytest.raises(InvalidInput, match="was labeled with 3 frames, but"):
        ingest.video_ingest(project=project, path=clip)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.frame_count) == (VideoState.FAILED, 3)


def test_training_looks_only_at_videos_whose_file_is_here(full, tmp_path, stranger):
    made = project_restore(path=backup(full, tmp_path / "a.zip"), owner=stranger).project
    content = snapshots.freeze(made).content
    assert len(content["videos"]) == 1
    assert visible(made.id, content)["videos"] == []
    Video.objects.filter(project=made).update(state=VideoState.READY)
    assert visible(made.id, content) == content


def test_files_travel_in_the_archive(tmp_path, owner, stranger, shared_data):
    clip = sorted((shared_data / "clips").rglob("*.mp4"))[0]
    project = teams.project_create(name="Clips", owner=owner)
    sha256 = ingest.video_ingest(project=project, path=clip).video.sha256
    path = backup(project, tmp_path / "a.zip", media=True)
    assert any(name.startswith(f"media/{sha256}/source.") for name in contents(path))
    teams.project_delete(project=project)
    video = project_restore(path=path, owner=stranger).project.videos.get()
    assert video.state == VideoState.INGESTING
    job = Job.objects.get(video=video)
    ingest_tasks.run(str(job.id))
    video.refresh_from_db()
    assert (video.state, jobs.job_value(str(job.id)).state) == (VideoState.READY, "done")
    assert video.source_path.read_bytes() == clip.read_bytes() and video.proxy_path.is_file()


def changed(path, name, change):
    """A copy of a backup with one file of it changed."""
    made = path.with_name(f"changed-{uuid.uuid4().hex}.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(made, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            target.writestr(entry, change(data) if entry == name else data)
    return made


def line_with(**fields):
    """Change fields of the first line."""

    def change(data):
        first, *rest = data.decode().splitlines()
        return "\n".join([json.dumps(json.loads(first) | fields), *rest]).encode()

    return change


def first_item(kind, **fields):
    def change(data):
        first, *rest = data.decode().splitlines()
        content = json.loads(first)
        content[kind][0] |= fields
        return "\n".join([json.dumps(content), *rest]).encode()

    return change


DAMAGE = [
    ("project.json", lambda data: b"{", "project.json"),
    ("project.json", lambda data: data.replace(b'"version": 1', b'"version": 9'), "version 9"),
    ("project.json", lambda data: data.replace(b"#4f9dff", b"red"), "project.json"),
    ("project.json", lambda data: data.replace(b'"name": "Yard"', b'"name": ""'), "project.json"),
    ("videos.jsonl", lambda data: data[:200], "videos.jsonl, line 1"),
    ("videos.jsonl", lambda data: b"\xff" + data, "videos.jsonl"),
    ("videos.jsonl", lambda data: data + data, "line 2"),
    ("videos.jsonl", line_with(ticks="AAAA"), "'ticks' cannot be unpacked"),
    ("videos.jsonl", line_with(ticks="?"), "line 1"),
    ("videos.jsonl", line_with(frame_count=7), "100 ticks for 7 frames"),
    ("videos.jsonl", line_with(end_tick=5), "must end after its last frame"),
    ("videos.jsonl", line_with(time_base=[1, 2.5]), "not whole"),
    ("videos.jsonl", line_with(split="none"), "is not a valid choice"),
    ("videos.jsonl", line_with(width=-4), "greater than or equal to 0"),
    ("videos.jsonl", line_with(name="n" * 400), "at most 300"),
    ("videos.jsonl", line_with(name="a\0b"), "NUL"),
    ("videos.jsonl", line_with(start_s=float("nan")), "NaN is no number"),
    ("videos.jsonl", line_with(sha256="../../x"), "'sha256' is not one"),
    ("videos.jsonl", line_with(id="x"), "line 1"),
    ("videos.jsonl", first_item("tubes", label_id=10**6), "not in this project"),
    ("videos.jsonl", first_item("tubes", number=None), "has no number"),
    ("videos.jsonl", first_item("tubes", number="one"), "number is whole"),
    ("videos.jsonl", first_item("tubes", state="sure"), "line 1"),
    ("videos.jsonl", first_item("tubes", keyframes=[]), "at least one keyframe"),
    ("videos.jsonl", first_item("spans", end_frame=10**6), "reaches frame"),
    ("videos.jsonl", first_item("spans", tube_id=str(uuid.uuid4())), "on a tube that is not there"),
    ("revisions.jsonl", line_with(video=str(uuid.uuid4())), "revisions.jsonl, line 1"),
    ("revisions.jsonl", line_with(number=99), "not one of 1 to"),
    ("revisions.jsonl", line_with(origin="magic"), "is not a valid choice"),
    ("revisions.jsonl", line_with(created_at="soon"), "no time with a zone"),
    ("revisions.jsonl", line_with(changes=[{"kind": "dog"}]), "line 1"),
    ("revisions.jsonl", line_with(note=5 * "x" * 100), "at most 300"),
    ("revisions.jsonl", lambda data: data + data, "does not fit what is stored"),
    ("revisions.jsonl", line_with(seconds=float("inf")), r"^[^:]*: revisions.jsonl, line 1: Inf"),
]


@pytest.mark.parametrize(("name", "damage", "words"), DAMAGE)
def test_a_damaged_backup_changes_nothing(full, tmp_path, owner, name, damage, words):
    path = changed(backup(full, tmp_path / "a.zip"), name, damage)
    before = Project.objects.count(), Video.objects.count(), Revision.objects.count()
    with pytest.raises(InvalidInput, match=words) as raised:
        project_restore(path=path, owner=owner)
    assert "Nothing was written" in raised.value.message
    assert (Project.objects.count(), Video.objects.count(), Revision.objects.count()) == before


def test_a_long_name_makes_room_for_its_number(full, tmp_path, owner):
    Project.objects.filter(pk=full.pk).update(name="n" * 200)
    full.refresh_from_db()
    path = backup(full, tmp_path / "a.zip")
    names = [project_restore(path=path, owner=owner).project.name for _ in range(2)]
    assert names == ["n" * 196 + " (2)", "n" * 196 + " (3)"]


def test_the_command_restores_what_is_larger_than_an_upload(full, tmp_path, owner, settings):
    path = backup(full, tmp_path / "a.zip")
    settings.UPLOAD_MAX_BYTES = 1000
    with pytest.raises(InvalidInput, match="have been unpacked"):
        project_restore(path=path, owner=owner)
    call_command("restore", path, stdout=StringIO())
    assert Project.objects.filter(name="Yard (2)").exists()


def test_what_is_no_backup_is_said(tmp_path, owner, home):
    notes = tmp_path / "notes.zip"
    with zipfile.ZipFile(notes, "w") as file:
        file.writestr("ava_reviewed.csv", "")
    with pytest.raises(InvalidInput, match="is no backup: it has no project.json"):
        project_restore(path=notes, owner=owner)
    with pytest.raises(InvalidInput, match="There is no file"):
        project_restore(path=tmp_path / "none.zip", owner=owner)
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as file:
        file.writestr("../../outside.txt", "x")
    with pytest.raises(InvalidInput, match="leads out of the folder"):
        project_restore(path=hostile, owner=owner)
    assert list((home / "imports").iterdir()) == []


def test_an_archive_that_unpacks_to_too_much_is_refused(full, tmp_path, owner, settings):
    path = backup(full, tmp_path / "a.zip")
    settings.UPLOAD_MAX_BYTES = 2000
    with pytest.raises(InvalidInput, match="have been unpacked"):
        project_restore(path=path, owner=owner)


def test_another_file_under_a_hash_is_refused(tmp_path, owner, shared_data, stranger):
    clip = sorted((shared_data / "clips").rglob("*.mp4"))[0]
    project = teams.project_create(name="Clips", owner=owner)
    ingest.video_ingest(project=project, path=clip)
    path = backup(project, tmp_path / "a.zip", media=True)
    (name,) = [name for name in contents(path) if name.startswith("media/")]
    wrong = changed(path, name, lambda data: b"not " + data)
    teams.project_delete(project=project)
    with pytest.raises(InvalidInput, match="the SHA-256 differs"):
        project_restore(path=wrong, owner=owner)
    assert not Project.objects.exists()


def test_the_commands_and_the_page_do_the_same(full, tmp_path, as_user, owner, stranger):
    out = StringIO()
    call_command("backup", "Yard", str(tmp_path / "a.zip"), stdout=out)
    assert "1 videos" in out.getvalue()
    call_command("restore", str(tmp_path / "a.zip"), "--owner", "olga", stdout=out)
    assert "Project 'Yard (2)'" in out.getvalue()
    with pytest.raises(CommandError, match="no project 'Yard'|already"):
        call_command("restore", str(tmp_path / "a.zip"), "--name", "Yard", stdout=out)
    sent = {"file": SimpleUploadedFile("a.zip", (tmp_path / "a.zip").read_bytes()), "name": "Mine"}
    answer = as_user(stranger).post("/api/restore", sent)
    assert answer.status_code == 201 and answer.json()["name"] == "Mine"
    assert as_user(stranger).get(f"/api/projects/{answer.json()['id']}").json()["role"] == "owner"
    refused = as_user(stranger).post("/api/restore", {"file": SimpleUploadedFile("a.zip", b"zip")})
    assert refused.status_code == 400 and refused.json()["code"] in ("bad_archive", "bad_backup")


def test_a_backup_is_of_the_whole_project(full, as_user, owner):
    post = as_user(owner).post
    url = f"/api/projects/{full.id}/exports"
    refused = post(url, {"format": "tubelab", "splits": ["val"]}, format="json")
    assert refused.status_code == 400 and "of the whole project" in refused.json()["message"]
    assert post(url, {"format": "tubelab"}, format="json").status_code == 202

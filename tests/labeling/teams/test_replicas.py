"""A replica has the original's videos and labels, none of its work, and keeps its files alive."""

import uuid

import pytest

from labeling import revisions
from labeling.models import Membership, Project, TubeRow, Video
from labeling.models.revision import Origin
from labeling.teams import services
from labeling.teams.replicas import replica_create

pytestmark = pytest.mark.django_db
FILES = ("source.mp4", "proxy.mp4", "thumbnail.jpg")


@pytest.fixture
def media(settings, tmp_path, video):
    """The media folder, with the video's files in it."""
    settings.HOME_DIRS = {name: tmp_path / name for name in settings.HOME_DIRS}
    folder = settings.HOME_DIRS["media"] / video.sha256
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes(b"content")
    source, proxy, thumbnail = (f"{video.sha256}/{name}" for name in FILES)
    Video.objects.filter(pk=video.pk).update(source=source, proxy=proxy, thumbnail=thumbnail)
    return folder


@pytest.fixture
def make(as_user, owner, project, video):
    """`make()` asks for a replica as a person would."""

    def post(user=owner, **body):
        body = {"name": "Yard, again", "video_ids": [str(video.id)], **body}
        return as_user(user).post(f"/api/projects/{project.id}/replicas", body, format="json")

    return post


def draw(video, labels):
    keyframe = {"frame": 0, "box": [1, 1, 9, 9]}
    tube = {"id": str(uuid.uuid4()), "label_id": labels["person"], "keyframes": [keyframe]}
    operations = [{"op": "tube_add", "tube": tube}]
    revisions.commit(video_id=video.id, operations=operations, origin=Origin.HAND)


def test_a_replica_begins_with_everything_but_the_work(make, project, video, labels, owner):
    draw(video, labels)
    Video.objects.filter(pk=video.pk).update(is_gold=True, split="val", external_id="yard")
    services.project_change(project=project, changes={"settings": {"detector": "hog"}})
    made = make()
    assert made.status_code == 201
    assert (made.json()["videos"], made.json()["members"], made.json()["confirmed"]) == (1, 1, 0)
    replica = Project.objects.get(pk=made.json()["id"])
    assert (replica.original, replica.settings) == (project, {"detector": "hog"})
    fields = ("kind", "name", "color", "hotkey", "ava_id", "ava_group", "position")
    assert list(replica.labels.values_list(*fields)) == list(project.labels.values_list(*fields))
    (copied,) = replica.videos.all()
    assert (copied.sha256, copied.split, copied.external_id) == (video.sha256, "val", "yard")
    assert copied.timebase().ticks.tolist() == video.timebase().ticks.tolist()
    assert (copied.is_gold, copied.last_tube_number, copied.id != video.id) == (False, 0, True)
    assert (copied.tubes.count(), replica.revision) == (0, 0)
    assert Membership.objects.get(project=replica).user == owner


def test_work_in_a_replica_leaves_the_original_alone(make, video, project, labels):
    replica = Project.objects.get(pk=make().json()["id"])
    draw(replica.videos.get(), {label.name: label.id for label in replica.labels.all()})
    assert TubeRow.objects.filter(video=video).count() == 0
    project.refresh_from_db()
    assert (project.revision, Project.objects.get(pk=replica.pk).revision) == (0, 1)


def test_the_list_counts_what_was_done(make, as_user, owner, project):
    replica = Project.objects.get(pk=make().json()["id"])
    labels = {label.name: label.id for label in replica.labels.all()}
    for _ in range(3):
        draw(replica.videos.get(), labels)
    (listed,) = as_user(owner).get(f"/api/projects/{project.id}/replicas").json()
    assert (listed["name"], listed["confirmed"], listed["videos"]) == ("Yard, again", 3, 1)


@pytest.mark.parametrize("gone", ["original video", "replica video", "original", "replica"])
def test_files_stay_as_long_as_a_video_needs_them(
    gone, make, media, as_user, owner, project, video, django_capture_on_commit_callbacks
):
    replica = Project.objects.get(pk=make().json()["id"])
    copied = replica.videos.get()
    doomed = {
        "original video": (f"/api/videos/{video.id}", copied),
        "replica video": (f"/api/videos/{copied.id}", video),
        "original": (f"/api/projects/{project.id}", copied),
        "replica": (f"/api/projects/{replica.id}", video),
    }
    path, left = doomed[gone]
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(owner).delete(path).status_code == 204
    assert sorted(file.name for file in media.iterdir()) == sorted(FILES)
    assert Video.objects.get(pk=left.pk).source_path.read_bytes() == b"content"
    with django_capture_on_commit_callbacks(execute=True):
        assert as_user(owner).delete(f"/api/videos/{left.id}").status_code == 204
    assert not media.exists()


def test_a_replica_outlives_its_original(make, as_user, owner, project):
    replica_id = make().json()["id"]
    as_user(owner).delete(f"/api/projects/{project.id}")
    assert Project.objects.get(pk=replica_id).original is None


def test_a_content_is_in_a_replica_once(make, owner, project):
    replica = Project.objects.get(pk=make().json()["id"])
    sha256 = replica.videos.get().sha256
    with pytest.raises(Exception, match="(?i)unique"):
        Video.objects.create(project=replica, name="again.mp4", sha256=sha256)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"video_ids": []}, 400, "at least one video"),
        ({"video_ids": [str(uuid.uuid4())]}, 400, "1 of the 1 chosen videos"),
        ({"name": "Yard"}, 409, "already"),
        ({"name": " "}, 400, ""),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_nothing(make, body, status, words):
    answer = make(**body)
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert Project.objects.count() == 1


def test_a_video_that_is_not_ready_is_refused(make, video):
    Video.objects.filter(pk=video.pk).update(state="ingesting")
    assert make().status_code == 400


def test_a_video_of_another_project_is_refused(make, owner):
    other = services.project_create(name="Garden", owner=owner)
    foreign = Video.objects.create(project=other, name="b", sha256="1" * 64, state="ready")
    assert make(video_ids=[str(foreign.id)]).status_code == 400


def test_a_replica_has_no_replicas(make, as_user, owner):
    replica = Project.objects.get(pk=make().json()["id"])
    body = {"name": "Third", "video_ids": [str(replica.videos.get().id)]}
    answer = as_user(owner).post(f"/api/projects/{replica.id}/replicas", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_who_annotates_a_replica_does_not_see_the_original(
    make, as_user, stranger, project, video, owner
):
    replica = Project.objects.get(pk=make().json()["id"])
    services.member_set(project=replica, username=stranger.username, role="annotator")
    client = as_user(stranger)
    assert client.get(f"/api/projects/{replica.id}").status_code == 200
    for path in (
        f"projects/{project.id}", f"projects/{project.id}/quality/agreement",
        f"projects/{project.id}/quality/suspicious", f"videos/{video.id}/annotations",
        f"videos/{video.id}/media",
    ):  # fmt: skip
        assert client.get(f"/api/{path}").status_code == 404
    assert [row["id"] for row in client.get("/api/projects").json()] == [replica.id]
    assert "original" not in client.get(f"/api/projects/{replica.id}").json()
    listed = client.get(f"/api/projects/{replica.id}/videos").json()
    assert [row["is_gold"] for row in listed] == [False]


def test_managing_a_replica_shows_no_agreement_with_the_original(make, as_user, stranger, project):
    replica = Project.objects.get(pk=make().json()["id"])
    services.member_set(project=replica, username=stranger.username, role="manager")
    found = as_user(stranger).get(f"/api/projects/{replica.id}/quality/agreement").json()
    assert (found["is_replica"], found["pairs"]) == (True, [])
    assert [rater["project_id"] for rater in found["raters"]] == [replica.id]


def test_a_member_of_the_original_is_no_member_of_its_replica(make, as_user, teammate):
    replica_id = make().json()["id"]
    assert as_user(teammate).get(f"/api/projects/{replica_id}").status_code == 404


def test_gold_is_set_by_managers(as_user, owner, teammate, video):
    path = f"/api/videos/{video.id}"
    assert as_user(teammate).patch(path, {"is_gold": True}, format="json").status_code == 403
    answer = as_user(owner).patch(path, {"is_gold": True}, format="json")
    assert (answer.status_code, answer.json()["is_gold"]) == (200, True)
    assert as_user(owner).patch(path, {"is_gold": "much"}, format="json").status_code == 400


def test_several_replicas_stand_side_by_side(project, video, owner):
    names = ["One", "Two", "Three"]
    for name in names:
        replica_create(original=project, name=name, video_ids=[video.id], owner=owner)
    assert [replica.name for replica in project.replicas.order_by("id")] == names
    assert Video.objects.filter(sha256=video.sha256).count() == 4

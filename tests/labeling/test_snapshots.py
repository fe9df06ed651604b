import gzip
import hashlib
import uuid

import pytest

from labeling import revisions, snapshots
from labeling.domain.errors import InvalidInput, NotFound
from labeling.models import Snapshot, Video

pytestmark = pytest.mark.django_db


def draw(video, labels):
    tube_id = str(uuid.uuid4())
    tube = {"id": tube_id, "label_id": labels["person"]}
    tube["keyframes"] = [{"frame": 3, "box": [1, 1, 9, 9]}, {"frame": 30, "box": [5, 1, 19, 9]}]
    revisions.commit(
        video_id=video.id, operations=[{"op": "tube_add", "tube": tube}], origin="hand"
    )
    return tube_id


def test_the_same_labels_give_the_same_hash(project, video, labels):
    draw(video, labels)
    first, again = snapshots.freeze(project), snapshots.freeze(project)
    assert first == again
    assert Snapshot.objects.count() == 1
    assert snapshots.read(first.hash) == first


def test_any_change_gives_another_hash(project, video, labels):
    tube_id = draw(video, labels)
    before = snapshots.freeze(project)
    change = {"op": "keyframe_set", "tube_id": tube_id, "frame": 10, "box": [0, 0, 5, 5]}
    revisions.commit(video_id=video.id, operations=[change], origin="hand")
    assert snapshots.freeze(project).hash != before.hash


def test_only_a_video_that_is_annotated_blind_says_so(project, video, labels):
    draw(video, labels)
    assert "blind" not in snapshots.freeze(project).content["videos"][0]
    Video.objects.filter(pk=video.pk).update(split="hold-out")
    assert snapshots.freeze(project).content["videos"][0]["blind"] is True
    project.settings = {"hold_out_blind": False}
    project.save()
    assert "blind" not in snapshots.freeze(project).content["videos"][0]


def test_an_earlier_revision_can_be_frozen_later(project, video, labels):
    tube_id = draw(video, labels)
    before = snapshots.freeze(project)
    remove = [{"op": "tube_remove", "tube_id": tube_id}]
    revisions.commit(video_id=video.id, operations=remove, origin="hand")
    assert snapshots.freeze(project).content["videos"][0]["tubes"] == []
    assert snapshots.freeze(project, 1) == before


def test_unknown_revisions_and_hashes_are_refused(project, video):
    with pytest.raises(InvalidInput, match="revisions 0 to 0"):
        snapshots.freeze(project, 5)
    for name in ("0" * 64, "../../etc/passwd"):
        with pytest.raises(NotFound):
            snapshots.read(name)


@pytest.mark.parametrize("damage", [b"", b"not compressed", None])
def test_freezing_again_mends_a_damaged_file(damage, project, video, labels, settings):
    """As a machine leaves it that lost power; None: the file was cut off."""
    draw(video, labels)
    frozen = snapshots.freeze(project)
    path = settings.HOME_DIRS["snapshots"] / f"{frozen.hash}.json.gz"
    path.write_bytes(path.read_bytes()[:40] if damage is None else damage)
    with pytest.raises(NotFound, match="damaged on disk; freeze the project again"):
        snapshots.read(frozen.hash)
    snapshots.freeze(project)
    assert snapshots.read(frozen.hash) == frozen


def second_video(project, video):
    made = Video(project=project, name="b.mp4", state="ready", sha256="9" * 64, width=9, height=9)
    made.set_timebase(video.timebase())
    made.save()
    return made


def test_videos_come_one_by_one_and_are_found_by_their_place(project, video, labels):
    draw(video, labels)
    second_video(project, video)
    frozen = snapshots.freeze(project)
    assert frozen.header["revision"] == 1 and "videos" not in frozen.header
    videos = list(snapshots.stream(frozen.hash))
    assert [found["id"] for found in videos] == sorted(found["id"] for found in videos)
    assert {found["name"]: len(found["tubes"]) for found in videos} == {"yard.mp4": 1, "b.mp4": 0}
    places = [place for place, _ in snapshots.places(frozen.hash)]
    assert [snapshots.video_at(frozen.hash, place) for place in reversed(places)] == videos[::-1]
    assert frozen.content == {**frozen.header, "videos": videos}


def test_what_is_committed_meanwhile_is_not_in_it(project, video, labels, monkeypatch):
    """Freezing holds nobody up, so work may come in between any two of its steps."""
    tube_id = draw(video, labels)
    before = snapshots.freeze(project)
    plain = revisions.annotations

    def interrupted(video_id):
        found = plain(video_id)
        monkeypatch.setattr(revisions, "annotations", plain)
        draw(video, labels)
        change = {"op": "keyframe_set", "tube_id": tube_id, "frame": 10, "box": [0, 0, 5, 5]}
        revisions.commit(video_id=video_id, operations=[change], origin="hand")
        return found

    monkeypatch.setattr(revisions, "annotations", interrupted)
    assert snapshots.freeze(project) == before
    assert revisions.annotations is plain


def test_a_snapshot_of_the_first_version_is_still_read(project, video, labels, settings):
    draw(video, labels)
    content = snapshots.freeze(project).content | {"version": 1}
    text = snapshots.canonical(content)
    digest = hashlib.sha256(text).hexdigest()
    path = settings.HOME_DIRS["snapshots"] / f"{digest}.json.gz"
    path.write_bytes(gzip.compress(text))
    assert snapshots.read(digest).content == content


def test_a_file_with_lines_missing_is_damaged(project, video, labels, settings):
    """Cut between two lines, where unpacking meets no error."""
    draw(video, labels)
    frozen = snapshots.freeze(project)
    ((place, _),) = snapshots.places(frozen.hash)
    path = settings.HOME_DIRS["snapshots"] / f"{frozen.hash}.json.gz"
    path.write_bytes(path.read_bytes()[:place])
    with pytest.raises(NotFound, match="damaged"):
        snapshots.read(frozen.hash)

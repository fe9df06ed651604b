"""One revision of many videos, and taking a revision back."""

import uuid

import pytest

from labeling import revisions, snapshots
from labeling.correct import selectors
from labeling.domain.errors import Conflict, InvalidInput, InvalidOperation, NotFound
from labeling.models import Project, Revision, TubeRow, Video
from labeling.models.revision import Origin

pytestmark = pytest.mark.django_db

BOX = [0, 0, 10, 10]


def tube_add(labels, tube_id=None, frame=0):
    tube_id = tube_id or str(uuid.uuid4())
    keyframes = [{"frame": frame, "box": BOX}]
    tube = {"id": tube_id, "label_id": labels["person"], "keyframes": keyframes}
    return {"op": "tube_add", "tube": tube}


@pytest.fixture
def videos(video):
    """The video and two more like it."""
    made = [video]
    for n in (1, 2):
        other = Video(project=video.project, name=f"yard{n}.mp4", state="ready",
                      sha256=str(n) * 64, width=640, height=360)  # fmt: skip
        other.set_timebase(video.timebase())
        other.save()
        made.append(other)
    return made


@pytest.fixture
def many(project):
    def commit(entries, **more):
        return revisions.commit_many(
            project_id=project.id, entries=entries, origin=Origin.IMPORT, **more
        )

    return commit


def undo(project, number):
    return revisions.revision_undo(project_id=project.id, number=number).revision


def head(project):
    return Project.objects.get(pk=project.pk).revision


def test_many_videos_are_one_revision(many, videos, labels, project, owner):
    tube_id = str(uuid.uuid4())
    entries = [(v.id, [tube_add(labels)], 0) for v in videos[:2]]
    entries.append((videos[2].id, [tube_add(labels, tube_id)], None))
    assert many(iter(entries), note="merge of a.csv", author_id=owner.id) == 1
    rows = Revision.objects.filter(project=project)
    assert {(row.number, row.note, row.author_id) for row in rows} == {
        (1, "merge of a.csv", owner.id)
    }
    assert {row.video_id for row in rows} == {v.id for v in videos}
    assert TubeRow.objects.get(pk=tube_id).revision == 1
    assert head(project) == 1
    for video in videos:
        newest, changed, _ = revisions.changes_since(video.id, 0)
        assert (newest, len(changed.tubes)) == (1, 1)
        assert [row.number for row in selectors.history(video)] == [1]
        assert snapshots.annotations_at(video, 0).tubes == {}


def test_one_bad_entry_and_none_is_written(many, videos, labels, project):
    bad = tube_add(labels, frame=100)
    with pytest.raises(InvalidOperation, match="has frames 0 to 99"):
        many([(videos[0].id, [tube_add(labels)], 0), (videos[1].id, [bad], 0)])
    assert not TubeRow.objects.exists() and not Revision.objects.exists()
    assert head(project) == 0


def test_a_video_of_another_project_is_refused(many, videos, labels, owner):
    from labeling.teams.services import project_create

    Video.objects.filter(pk=videos[1].pk).update(project=project_create(name="B", owner=owner))
    with pytest.raises(InvalidInput, match="is not in project 'Yard'"):
        many([(videos[1].id, [tube_add(labels)], 0)])


def test_nothing_is_no_revision(many, project):
    assert many([]) is None
    assert head(project) == 0


def test_a_repeated_commit_changes_nothing(many, videos, labels, project):
    commit_id = uuid.uuid4()
    assert revisions.committed(project.id, commit_id) is None
    for _ in range(2):
        entries = [(v.id, [tube_add(labels)], 0) for v in videos]
        assert many(entries, commit_id=commit_id) == 1
    # What is asked of the videos anew does not matter: an import finds them unchanged then.
    assert many([], commit_id=commit_id) == 1
    assert TubeRow.objects.count() == 3
    assert head(project) == 1


def test_what_changed_since_the_base_is_a_conflict(many, videos, labels):
    tube_id = str(uuid.uuid4())
    many([(videos[0].id, [tube_add(labels, tube_id)], 0)])
    move = {"op": "keyframe_set", "tube_id": tube_id, "frame": 0, "box": [1, 1, 9, 9]}
    with pytest.raises(Conflict):
        many([(videos[1].id, [tube_add(labels)], 0), (videos[0].id, [move], 0)])
    assert Revision.objects.count() == 1


def test_undo_takes_all_videos_back_and_can_be_undone(many, videos, labels, project):
    kept = tube_add(labels)
    many([(videos[0].id, [kept], 0)])
    kept_id = kept["tube"]["id"]
    replaced = [{"op": "tube_remove", "tube_id": kept_id}, tube_add(labels, frame=9)]
    assert many([(videos[0].id, replaced, 1), (videos[1].id, [tube_add(labels)], 1)]) == 2
    before = [snapshots.annotations_at(v, 1).as_dict()["tubes"] for v in videos]
    assert undo(project, 2) == 3
    now = [revisions.annotations(v.id) for v in videos]
    assert [[{**t.as_dict(), "revision": 1} for t in a.tubes.values()] for a in now] == before
    rows = Revision.objects.filter(project=project, number=3)
    assert {(row.undoes, row.origin, row.note) for row in rows} == {
        (2, "hand", "undo of revision 2")
    }
    assert undo(project, 3) == 4
    assert kept_id not in revisions.annotations(videos[0].id).tubes
    assert TubeRow.objects.count() == 2


def span_on(tube_id, labels):
    return {"op": "span_add", "span": {
        "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": labels["walk"],
        "start_frame": 0, "end_frame": 1}}  # fmt: skip


@pytest.mark.parametrize("later", ["moved", "removed", "added to"])
def test_work_done_since_is_not_undone(many, videos, labels, project, later):
    added = tube_add(labels)
    tube_id = added["tube"]["id"]
    many([(videos[0].id, [added], 0), (videos[1].id, [tube_add(labels)], 0)])
    operation = {
        "moved": {"op": "keyframe_set", "tube_id": tube_id, "frame": 0, "box": [1, 1, 9, 9]},
        "removed": {"op": "tube_remove", "tube_id": tube_id},
        "added to": span_on(tube_id, labels),
    }[later]
    revisions.commit(video_id=videos[0].id, operations=[operation], origin=Origin.HAND)
    with pytest.raises(Conflict, match="1 of the tubes, spans and reviewed ranges it changed have"):
        undo(project, 1)
    assert TubeRow.objects.filter(video=videos[1]).count() == 1
    assert head(project) == 2


def test_a_revision_is_undone_once(many, videos, labels, project):
    many([(videos[0].id, [tube_add(labels)], 0)])
    undo(project, 1)
    with pytest.raises(Conflict):
        undo(project, 1)
    with pytest.raises(NotFound, match="has no revision 9"):
        undo(project, 9)


def test_undoing_by_address(many, videos, labels, project, owner, as_user):
    from labeling.correct import services

    told = []
    added = tube_add(labels)
    many([(videos[0].id, [added], 0)])
    path = f"/api/projects/{project.id}/revisions/1/undo"
    services.undone_handlers.append(lambda *args: told.append(args))
    try:
        answer = as_user(owner).post(path)
    finally:
        services.undone_handlers.pop()
    assert (answer.status_code, answer.json()) == (200, {"revision": 2})
    assert told == [(project.id, [added["tube"]["id"]])]
    again = as_user(owner).post(path)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")

"""Commits through the API, as the page sends them."""

import uuid

import pytest
from django.db import connection

from labeling import revisions
from labeling.domain.errors import HumanWorkProtected, InvalidOperation
from labeling.models import Revision, TubeRow
from labeling.models.revision import Origin

pytestmark = pytest.mark.django_db


def new_id() -> str:
    return str(uuid.uuid4())


def tube_add(label_id, tube_id=None, frame=0, **more):
    keyframes = [
        {"frame": frame, "box": [10, 10, 50, 90]},
        {"frame": frame + 20, "box": [30, 10, 70, 90]},
    ]
    tube = {"id": tube_id or new_id(), "label_id": label_id, "keyframes": keyframes, **more}
    return {"op": "tube_add", "tube": tube}


def body(operations, base=0, commit_id=None):
    return {
        "commit_id": commit_id or new_id(),
        "base_revision": base,
        "operations": operations,
        "seconds": 2.5,
    }


@pytest.fixture
def send(as_user, owner, video):
    client = as_user(owner)

    def post(operations, base=0, commit_id=None, user=None):
        sender = as_user(user) if user else client
        path = f"/api/videos/{video.id}/commits"
        return sender.post(path, body(operations, base, commit_id), format="json")

    return post


@pytest.fixture
def proposed(video, labels):
    """A proposed tube with one proposed action, as a run leaves them."""
    tube_id, span_id, run_id = new_id(), new_id(), new_id()
    span = {"id": span_id, "tube_id": tube_id, "label_id": labels["walk"]}
    span |= {"start_frame": 0, "end_frame": 21, "score": 0.7}
    operations = [tube_add(labels["person"], tube_id, score=0.9), {"op": "span_add", "span": span}]
    revisions.commit(video_id=video.id, operations=operations, origin=Origin.RUN, run_id=run_id)
    return {"tube": tube_id, "span": span_id, "run": run_id}


def test_a_drawn_tube_is_stored_and_numbered(send, video, labels):
    first = send([tube_add(labels["person"])]).json()
    second = send([tube_add(labels["person"])], base=first["revision"]).json()
    assert [first["tubes"][0]["number"], second["tubes"][0]["number"]] == [1, 2]
    assert first["tubes"][0]["state"] == "manual"


def test_the_same_commit_twice_is_one_revision(send, labels):
    commit_id = new_id()
    operations = [tube_add(labels["person"])]
    first, again = (send(operations, commit_id=commit_id).json() for _ in range(2))
    assert first == again
    assert (Revision.objects.count(), TubeRow.objects.count()) == (1, 1)


def test_a_change_made_meanwhile_is_a_conflict_that_shows_it(send, labels, teammate):
    tube_id = new_id()
    base = send([tube_add(labels["person"], tube_id)]).json()["revision"]
    move = {"op": "keyframe_set", "tube_id": tube_id, "frame": 5, "box": [0, 0, 9, 9]}
    theirs = send([move], base, user=teammate).json()
    mine = send([{**move, "box": [1, 1, 8, 8]}], base)
    assert mine.status_code == 409
    assert mine.json()["code"] == "conflict"
    assert mine.json()["detail"]["objects"][0]["theirs"] == theirs["tubes"][0]
    assert Revision.objects.count() == 2


def test_two_people_on_two_tubes_do_not_meet(send, labels, teammate):
    first = send([tube_add(labels["person"])]).json()["revision"]
    assert send([tube_add(labels["person"])], base=0, user=teammate).status_code == 200
    changed = send([tube_add(labels["person"])], base=first)
    assert changed.json()["revision"] == 3


def test_a_bad_operation_leaves_nothing_behind(send, labels):
    operations = [tube_add(labels["person"]), {"op": "tube_remove", "tube_id": new_id()}]
    answer = send(operations)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_operation")
    assert answer.json()["detail"] == {"index": 1, "op": "tube_remove"}
    assert TubeRow.objects.count() == Revision.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [({"label": "walk"}, "object"), ({"frame": 90}, "frame"), ({"tube_id": "x"}, "UUID")],
)
def test_what_does_not_fit_the_video_or_schema_is_refused(send, labels, change, word):
    label = labels[change.get("label", "person")]
    answer = send([tube_add(label, change.get("tube_id"), change.get("frame", 0))])
    assert answer.status_code == 400
    assert word in answer.json()["message"]


def test_a_stranger_sees_no_video(as_user, stranger, video):
    answer = as_user(stranger).get(f"/api/videos/{video.id}/annotations")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_viewer_may_not_commit(send, project, stranger, labels):
    project.memberships.create(user=stranger, role="viewer")
    answer = send([tube_add(labels["person"])], user=stranger)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_run_may_not_touch_what_a_person_touched(send, video, labels, proposed):
    accept = {"op": "tube_decide", "tube_id": proposed["tube"], "decision": "accepted"}
    send([accept], base=1)
    with pytest.raises(HumanWorkProtected):
        revisions.commit(
            video_id=video.id, origin=Origin.RUN, run_id=proposed["run"],
            operations=[{"op": "tube_remove", "tube_id": proposed["tube"]}],
        )  # fmt: skip
    assert TubeRow.objects.get(pk=proposed["tube"]).state == "accepted"


def test_a_person_cannot_pass_work_off_as_a_proposal(send, labels):
    forged = tube_add(labels["person"], state="proposed", score=0.9, run_id=new_id())
    tube = send([forged]).json()["tubes"][0]
    assert (tube["state"], tube["run_id"], tube["score"]) == ("manual", None, None)


def test_what_was_proposed_stays_known_after_corrections(send, proposed):
    move = {"op": "keyframe_set", "tube_id": proposed["tube"], "frame": 0, "box": [0, 0, 9, 9]}
    tube = send([move], base=1).json()["tubes"][0]
    assert tube["state"] == "corrected"
    assert tube["proposed"]["keyframes"][0]["box"] == [10, 10, 50, 90]


def test_it_answers_what_changed_since(send, as_user, owner, video, labels, proposed):
    made = send([tube_add(labels["person"])], base=1).json()
    send([{"op": "span_remove", "span_id": proposed["span"]}], base=1)
    since = as_user(owner).get(f"/api/videos/{video.id}/revisions?after=1").json()
    assert [tube["id"] for tube in since["tubes"]] == [made["tubes"][0]["id"]]
    assert since["removed"]["spans"] == [proposed["span"]]


def test_a_removed_number_is_not_given_again(send, labels):
    tube_id = new_id()
    send([tube_add(labels["person"], tube_id)])
    send([{"op": "tube_remove", "tube_id": tube_id}], base=1)
    assert send([tube_add(labels["person"])], base=2).json()["tubes"][0]["number"] == 2


def test_history_says_who_did_what(send, as_user, owner, video, labels, proposed):
    send([tube_add(labels["person"])], base=1)
    log = as_user(owner).get(f"/api/videos/{video.id}/history").json()
    assert [(r["number"], r["author"], r["origin"], r["summary"]) for r in log] == [
        (2, "olga", "hand", "tube drawn"),
        (1, None, "run", "tube drawn, label marked"),
    ]


def test_annotations_load_in_few_queries(
    as_user, owner, send, video, labels, django_assert_max_num_queries
):
    send([tube_add(labels["person"]) for _ in range(20)])
    client = as_user(owner)
    with django_assert_max_num_queries(9):
        assert len(client.get(f"/api/videos/{video.id}/annotations").json()["tubes"]) == 20


def test_an_empty_commit_is_refused(video):
    with pytest.raises(InvalidOperation):
        revisions.commit(video_id=video.id, operations=[], origin=Origin.HAND)


def test_every_operation_has_words_for_the_history():
    from labeling.correct.serializers import SAID
    from labeling.domain.operations import OPERATIONS

    assert SAID.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("place", range(4))
def test_reading_while_somebody_commits_never_claims_what_was_not_seen(place, video, labels, owner):
    """A commit lands before the first, second, … query of a reader."""
    added = tube_add(labels["person"])
    queries = 0

    def between(execute, sql, params, many, context):
        nonlocal queries
        queries += 1
        if queries == place + 1:
            revisions.commit(
                video_id=video.id, operations=[added], origin=Origin.HAND, author_id=owner.id
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        seen = revisions.annotations(video.id)
    assert queries > place
    assert added["tube"]["id"] in seen.tubes or seen.revision == 0

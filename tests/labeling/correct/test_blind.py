"""On a hold-out video people neither see nor touch what a model proposed."""

import uuid

import pytest

from labeling import revisions
from labeling.models import TubeRow
from labeling.models.revision import Origin
from labeling.snapshots import annotations_at
from labeling.teams import services as teams

pytestmark = pytest.mark.django_db

BOX = [10, 10, 50, 90]
RUN = str(uuid.uuid4())


def tube(labels, frames=(0, 40)):
    keyframes = [{"frame": frame, "box": BOX} for frame in frames]
    return {"id": str(uuid.uuid4()), "label_id": labels["person"], "keyframes": keyframes}


def span(labels, tube_id, name="walk", start=0, end=20):
    return {
        "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": labels[name],
        "start_frame": start, "end_frame": end,
    }  # fmt: skip


def add(kind, item):
    return {"op": f"{kind}_add", kind: item}


def propose(video, *operations):
    return revisions.commit(
        video_id=video.id, operations=list(operations), origin=Origin.RUN, run_id=RUN
    )


@pytest.fixture
def proposed(video, labels):
    """A tube with an action and a segment, proposed; their ids."""
    person = tube(labels)
    action = span(labels, person["id"])
    segment = span(labels, None, "crowded")
    propose(video, add("tube", person), add("span", action), add("span", segment))
    return {"tube": person["id"], "span": action["id"], "segment": segment["id"]}


@pytest.fixture
def held_out(video, proposed):
    video.split = "hold-out"
    video.save(update_fields=["split"])
    return video


@pytest.fixture
def client(as_user, owner):
    """The owner's: not even who manages the project sees a proposal there."""
    return as_user(owner)


@pytest.fixture
def send(client, held_out):
    def commit(*operations, base=None, commit_id=None):
        known = client.get(f"/api/videos/{held_out.id}/annotations").json()["revision"]
        body = {
            "commit_id": commit_id or str(uuid.uuid4()), "operations": list(operations),
            "base_revision": known if base is None else base,
        }  # fmt: skip
        return client.post(f"/api/videos/{held_out.id}/commits", body, format="json")

    return commit


def seen(client, video):
    found = client.get(f"/api/videos/{video.id}/annotations").json()
    return {table: {item["id"] for item in found[table]} for table in ("tubes", "spans")}


def since(client, video, revision):
    return client.get(f"/api/videos/{video.id}/revisions?after={revision}").json()


def test_proposals_are_in_no_answer(client, held_out, proposed):
    assert seen(client, held_out) == {"tubes": set(), "spans": set()}
    told = since(client, held_out, 0)
    assert told["tubes"] == told["spans"] == []
    assert told["removed"] == {"tubes": [], "spans": [], "coverage": []}
    assert client.get(f"/api/videos/{held_out.id}/history").json() == []
    assert TubeRow.objects.filter(video=held_out).count() == 1


def test_they_do_not_count(client, held_out, project):
    video = client.get(f"/api/videos/{held_out.id}").json()
    assert (video["counts"]["tubes"], video["counts"]["proposed"], video["is_blind"]) == (
        0,
        0,
        True,
    )
    counts = client.get(f"/api/projects/{project.id}").json()["counts"]
    assert (counts["tubes"], counts["proposed"]) == (0, 0)


@pytest.mark.parametrize("own", [{"hold_out_blind": False}, {"hold_out_blind": True}, {}])
def test_the_project_says_whether_they_are_hidden(client, held_out, project, proposed, own):
    teams.project_change(project=project, changes={"settings": own})
    shown = own.get("hold_out_blind") is False
    assert seen(client, held_out)["tubes"] == ({proposed["tube"]} if shown else set())
    counts = client.get(f"/api/projects/{project.id}").json()["counts"]
    assert counts["proposed"] == counts["tubes"] == int(shown)


def test_other_videos_show_theirs(client, held_out, proposed):
    held_out.split = "train"
    held_out.save(update_fields=["split"])
    assert seen(client, held_out)["tubes"] == {proposed["tube"]}
    assert client.get(f"/api/videos/{held_out.id}").json()["counts"]["proposed"] == 1


def test_whoever_names_one_is_told_that_it_is_not_there(send, held_out, proposed, labels):
    nowhere = str(uuid.uuid4())
    for known, unknown in ((proposed["tube"], nowhere),):
        for decision in ("accepted", "rejected"):
            said = [
                send({"op": "tube_decide", "tube_id": i, "decision": decision})
                for i in (known, unknown)
            ]
            assert [answer.status_code for answer in said] == [400, 400]
            first, second = (answer.json()["message"] for answer in said)
            assert first.replace(known, unknown) == second
    for operation in (
        {"op": "span_remove", "span_id": proposed["span"]},
        {"op": "span_decide", "span_id": proposed["segment"], "decision": "accepted"},
        add("span", span(labels, proposed["tube"], "run")),
    ):
        assert "There is no" in send(operation).json()["message"]
    assert {row.state for row in TubeRow.objects.all()} == {"proposed"}


def test_even_with_an_old_base_a_conflict_tells_nothing(send, held_out, proposed):
    answer = send({"op": "tube_remove", "tube_id": proposed["tube"]}, base=0)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_operation")


def test_what_is_drawn_is_seen_and_saved(client, send, held_out, labels):
    mine = tube(labels)
    done = send(add("tube", mine), add("span", span(labels, mine["id"]))).json()
    assert [found["id"] for found in done["tubes"]] == [mine["id"]]
    assert seen(client, held_out)["tubes"] == {mine["id"]}
    again = client.get(f"/api/videos/{held_out.id}").json()["counts"]
    assert (again["tubes"], again["confirmed"]) == (1, 1)


def test_a_decision_taken_back_makes_the_tube_go_and_undoing_brings_all_of_it(
    client, send, video, labels, proposed
):
    video.split = "train"
    video.save(update_fields=["split"])
    revisions.commit(
        video_id=video.id, origin=Origin.HAND,
        operations=[
            {"op": "tube_decide", "tube_id": proposed["tube"], "decision": "accepted"},
            {"op": "span_decide", "span_id": proposed["span"], "decision": "accepted"},
        ],
    )  # fmt: skip
    video.split = "hold-out"
    video.save(update_fields=["split"])
    before = client.get(f"/api/videos/{video.id}/annotations").json()
    assert {item["id"] for item in before["tubes"]} == {proposed["tube"]}
    back = {"op": "tube_decide", "tube_id": proposed["tube"], "decision": "proposed"}
    commit_id = str(uuid.uuid4())
    first = send(back, commit_id=commit_id).json()
    assert first["removed"] == {
        "tubes": [proposed["tube"]], "spans": [proposed["span"]], "coverage": [],
    }  # fmt: skip
    assert send(back, commit_id=commit_id).json()["removed"]["tubes"] == [proposed["tube"]]
    assert since(client, video, before["revision"])["removed"]["tubes"] == [proposed["tube"]]
    restore = {"op": "restore", "tubes": before["tubes"], "spans": [], "coverage": []}
    told = send(restore).json()
    assert [item["id"] for item in told["tubes"]] == [proposed["tube"]]
    assert [item["id"] for item in told["spans"]] == [proposed["span"]]


def test_what_is_hidden_on_a_tube_goes_with_it_and_stays_in_the_log(
    client, send, held_out, labels, proposed
):
    mine = tube(labels)
    send(add("tube", mine))
    guess = span(labels, mine["id"], "run", 10, 35)
    propose(held_out, add("span", guess))
    number = client.get(f"/api/videos/{held_out.id}/annotations").json()["revision"]
    split = {
        "op": "tube_split",
        "tube_id": mine["id"],
        "frame": 20,
        "new_tube_id": str(uuid.uuid4()),
    }
    assert send(split).status_code == 200
    assert revisions.annotations(held_out.id).spans[guess["id"]].end_frame == 20
    told = send({"op": "tube_remove", "tube_id": mine["id"]}).json()
    assert told["removed"] == {"tubes": [mine["id"]], "spans": [], "coverage": []}
    was = annotations_at(held_out, number)
    assert was.spans[guess["id"]].end_frame == 35
    assert guess["id"] not in revisions.annotations(held_out.id).spans

"""Over HTTP: what people see of a planted proposal, at once and beside each other."""

from functools import partial

import pytest

from labeling import revisions
from labeling.checks import services
from labeling.domain.span import Span
from labeling.models import PlantedProposal, Revision
from labeling.models.revision import Origin
from tests.labeling.checks.conftest import new_id
from tests.mlbackend.at_once import AtOnce

pytestmark = pytest.mark.django_db(transaction=True)


def body(video, *operations):
    return {
        "commit_id": new_id(), "base_revision": revisions.annotations(video.id).revision,
        "operations": list(operations),
    }  # fmt: skip


def decide(tube_id, decision):
    return {"op": "tube_decide", "tube_id": tube_id, "decision": decision}


@pytest.fixture
def path(video):
    return f"/api/videos/{video.id}/commits"


def test_of_several_at_once_one_answers_and_everybodys_page_goes_on(
    video, planted_tube, path, as_user, owner, teammate, tmp_path
):
    """Both send what they decided at the same moment, on the same base."""
    at_once = AtOnce(tmp_path)
    bodies = [body(video, decide(planted_tube, word)) for word in ("accepted", "rejected")]
    people = [as_user(user) for user in (owner, teammate)]
    sends = [
        partial(client.post, path, sent, format="json")
        for client, sent in zip(people, bodies, strict=True)
    ]
    answers = at_once(*sends)
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert all(answer.status_code in (200, 400, 409) for answer in answers)
    assert sum(len(a.json().get("notices", ())) for a in answers) == 1
    first = next(i for i, answer in enumerate(answers) if answer.status_code == 200)
    (row,) = at_once(PlantedProposal.objects.select_related("shown_to").get)
    assert (row.answer, row.shown_to) == [("missed", owner), ("caught", teammate)][first]
    # Whoever was late hears what became of it when they ask.
    (since,) = at_once(partial(people[1 - first].get, f"/api/videos/{video.id}/revisions?after=1"))
    assert planted_tube in since.json()["removed"]["tubes"]


def test_two_planted_ones_in_one_commit_are_two_answers(
    video, planted_tube, planted_span, path, as_user, teammate, real
):
    sent = body(
        video,
        decide(planted_tube, "rejected"),
        {"op": "span_decide", "span_id": planted_span, "decision": "accepted"},
    )
    told = as_user(teammate).post(path, sent, format="json").json()["notices"]
    assert sorted((one["kind"], one["caught"]) for one in told) == [("span", False), ("tube", True)]
    assert list(revisions.annotations(video.id).tubes) == [real]


def test_a_crash_between_deciding_and_taking_away_is_mended_by_the_next_commit(
    video, planted_tube, path, as_user, owner, teammate, labels, monkeypatch
):
    def crash(video_id):
        raise SystemError("the machine went off")

    from labeling.correct import services as correct

    working = list(correct.notice_handlers)
    correct.notice_handlers[:] = [crash]
    try:
        sent = body(video, decide(planted_tube, "accepted"))
        answer = as_user(teammate).post(path, sent, format="json")
    finally:
        correct.notice_handlers[:] = working
    assert (answer.status_code, answer.json()["notices"]) == (200, [])
    assert PlantedProposal.objects.get().answer == "open"
    box = {"frame": 0, "box": [1, 1, 9, 9]}
    drawn = {"id": new_id(), "label_id": labels["person"], "keyframes": [box]}
    sent = body(video, {"op": "tube_add", "tube": drawn})
    told = as_user(owner).post(path, sent, format="json").json()["notices"]
    assert [one["caught"] for one in told] == [False]
    assert PlantedProposal.objects.get().shown_to == teammate, "not who came next"
    assert planted_tube not in revisions.annotations(video.id).tubes


def test_recording_and_taking_away_is_one_transaction(video, planted_tube, by_hand, monkeypatch):
    by_hand(decide(planted_tube, "accepted"))

    def crash(*args, **kwargs):
        raise SystemError("the machine went off")

    with monkeypatch.context() as broken:
        broken.setattr(services.revisions, "commit", crash)
        with pytest.raises(SystemError):
            services.planted_settle(video_id=video.id)
    assert PlantedProposal.objects.get().answer == "open"
    services.planted_settle(video_id=video.id)
    assert PlantedProposal.objects.get().answer == "missed"


def test_planting_that_fails_leaves_nothing(video, labels, real, run_id):
    span = Span(new_id(), new_id(), labels["wave"], 0, 41, state="proposed", run_id=run_id)
    with pytest.raises(Exception, match="no tube"):
        services.plant_span(video_id=video.id, span=span, what="on a tube that is not there")
    assert not PlantedProposal.objects.exists()
    assert not Revision.objects.filter(origin=Origin.CHECK).exists()

"""Planting in the queue: how many, where, and what follows when one is decided."""

import pytest

from labeling import api, revisions
from labeling.domain.state import State
from labeling.models import PlantedProposal
from labeling.models.revision import Origin
from mlbackend.guards import services
from mlbackend.models import QueueItem
from mlbackend.propose.commit import free_tubes
from mlbackend.select.leases import queue_next, queue_skip
from tests.mlbackend.annotating import commit, person_label, propose_tubes, uid
from tests.mlbackend.guards.conftest import REASON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reviewed")]


def planted_items():
    return QueueItem.objects.filter(slice="planted")


def plant(project, loop, **more):
    loop(planted_share=0.05, batch=20, **more)
    assert services.plants_place(project.id) == 1
    return planted_items().get()


def test_off_by_default(project, queued):
    assert services.plants_place(project.id) == 0
    assert not PlantedProposal.objects.exists()


def test_one_of_twenty_looks_like_the_others(project, queued, loop, video):
    item = plant(project, loop)
    row = PlantedProposal.objects.get()
    assert (row.kind, str(row.object_id), row.answer) == ("tube", str(item.tube_id), "open")
    assert (item.reason, item.kind, item.blind, item.state) == (REASON, "tube", False, "open")
    assert 0 <= item.rank <= 10
    seen = api.annotations_with_planted(video.id)
    tube, other = seen.tubes[str(item.tube_id)], seen.tubes[queued[0]]
    assert (tube.state, tube.run_id, tube.label_id) == (
        State.PROPOSED,
        other.run_id,
        other.label_id,
    )
    assert tube.number == item.tube_number == 11
    assert tube.score is not None and 0.05 <= tube.score <= 0.99


def test_planting_again_plants_no_more_until_others_were_answered(
    project, queued, loop, answered, owner
):
    item = plant(project, loop)
    assert services.plants_place(project.id) == 0
    commit_decision(item)
    services.planted_told(item.video_id)
    assert services.plants_place(project.id) == 0, "nothing was answered since"
    from django.utils import timezone

    for one in answered(owner, 20):
        QueueItem.objects.filter(pk=one.pk).update(done_at=timezone.now())
    assert services.plants_place(project.id) == 1


def commit_decision(item, decision="accepted", author=None):
    revisions.commit(
        video_id=item.video_id, origin=Origin.HAND, author_id=author and author.pk,
        operations=[{"op": "tube_decide", "tube_id": str(item.tube_id), "decision": decision}],
    )  # fmt: skip


@pytest.mark.parametrize(("decision", "answer"), [("accepted", "missed"), ("rejected", "caught")])
def test_who_decides_it_is_told_and_it_is_gone(
    decision, answer, project, queued, loop, video, as_user, teammate, owner
):
    item = plant(project, loop)
    body = {
        "commit_id": uid("c"), "base_revision": revisions.annotations(video.id).revision,
        "operations": [
            {"op": "tube_decide", "tube_id": str(item.tube_id), "decision": decision}
        ],
    }  # fmt: skip
    path = f"/api/videos/{video.id}/commits"
    told = as_user(teammate).post(path, body, format="json")
    (notice,) = told.json()["notices"]
    assert notice["caught"] == (answer == "caught")
    assert "planted to check attention" in notice["message"]
    again = as_user(teammate).post(path, body, format="json").json()
    assert again["notices"] == [], "a repeated commit is no second answer"
    row = PlantedProposal.objects.get()
    assert (row.answer, row.shown_to) == (answer, teammate)
    item.refresh_from_db()
    assert (item.state, item.done_by) == ("done", teammate)
    assert str(item.tube_id) not in revisions.annotations(video.id).tubes


def test_other_commits_say_nothing(project, queued, loop, video, as_user, teammate):
    plant(project, loop)
    body = {"commit_id": uid("c"), "base_revision": revisions.annotations(video.id).revision}
    body["operations"] = [{"op": "tube_decide", "tube_id": queued[0], "decision": "accepted"}]
    path = f"/api/videos/{video.id}/commits"
    assert as_user(teammate).post(path, body, format="json").json()["notices"] == []


def test_a_run_neither_replaces_nor_repeats_it(project, queued, loop, video):
    item = plant(project, loop)
    assert {tube.id for tube in free_tubes(api.video(video.id))} == set(queued)
    before = api.annotations(video.id)
    gone = [{"op": "tube_remove", "tube_id": tube_id} for tube_id in before.tubes]
    api.commit_run(video_id=video.id, run_id=uid("next"), operations=gone)
    propose_tubes(video, 2, run="next")
    assert str(item.tube_id) in revisions.annotations(video.id).tubes


def test_ranking_anew_keeps_it_in_the_queue_and_never_ranks_it(project, queued, loop):
    from mlbackend.select.services import queue_rebuild

    item = plant(project, loop)
    queue_rebuild(project.id)
    assert [(i.pk, i.state) for i in planted_items()] == [(item.pk, "open")]
    assert QueueItem.objects.filter(tube_id=item.tube_id).count() == 1


def test_switched_off_it_is_taken_back_unless_somebody_has_it_open(
    project, queued, loop, video, teammate
):
    item = plant(project, loop)
    QueueItem.objects.exclude(pk=item.pk).update(state="skipped")
    assert queue_next(teammate, project.id) == item
    loop(planted_share=0.0)
    services.plants_place(project.id)
    assert PlantedProposal.objects.get().answer == "open"
    QueueItem.objects.update(leased_until=None, leased_by=None)
    services.plants_place(project.id)
    assert PlantedProposal.objects.get().answer == "withdrawn"
    item.refresh_from_db()
    assert (item.state, item.answer) == ("done", "gone")
    assert str(item.tube_id) not in revisions.annotations(video.id).tubes


def test_one_that_was_skipped_is_taken_back_and_another_can_be_planted(
    project, queued, loop, video, teammate
):
    item = plant(project, loop)
    queue_skip(teammate, item.pk)
    assert services.plants_place(project.id) == 1, "nothing that counts was planted yet"
    first, second = PlantedProposal.objects.order_by("planted_at")
    assert (first.answer, second.answer) == ("withdrawn", "open")
    assert str(item.tube_id) not in revisions.annotations(video.id).tubes
    item.refresh_from_db()
    assert item.state == "skipped"


def test_what_a_crash_left_is_mended_when_the_queue_is_made_anew(
    project, queued, loop, video, teammate
):
    item = plant(project, loop)
    commit_decision(item, author=teammate)
    services.plants_place(project.id)
    row = PlantedProposal.objects.exclude(answer="open").get()
    assert (row.answer, row.shown_to) == ("missed", teammate)
    item.refresh_from_db()
    assert (item.state, item.answer, item.done_by) == ("done", "accepted", teammate)
    assert str(item.tube_id) not in revisions.annotations(video.id).tubes


def test_nothing_is_planted_where_it_would_stand_out_or_in_the_hold_out(
    project, queued, loop, video
):
    loop(planted_share=0.05, batch=20)
    type(video).objects.filter(pk=video.pk).update(split="hold-out")
    assert services.plants_place(project.id) == 0
    type(video).objects.filter(pk=video.pk).update(split="train")
    QueueItem.objects.filter(rank__gt=1).update(state="skipped")
    assert services.plants_place(project.id) == 0


def test_an_action_known_to_be_wrong_can_be_planted(project, video, labels, queued, loop):
    """On a tube that was looked through for it; a run proposed something else there."""
    from mlbackend.guards import planting

    looked_at = propose_tubes(video, 1, run="seen")[0]
    span = {"id": uid("s"), "tube_id": looked_at, "label_id": labels["walk"], "score": 0.7}
    span |= {"start_frame": 0, "end_frame": 40}
    api.commit_run(
        video_id=video.id, run_id=uid("seen"), operations=[{"op": "span_add", "span": span}]
    )
    covered = {"id": uid("cov"), "tube_id": looked_at, "start_frame": 0, "end_frame": 40}
    commit(
        video,
        [
            {"op": "tube_decide", "tube_id": looked_at, "decision": "accepted"},
            {"op": "span_decide", "span_id": span["id"], "decision": "accepted"},
            {"op": "coverage_add", "coverage": covered | {"label_ids": [labels["run"]]}},
        ],
    )
    planting.SPAN_SHARE, before = 1.0, planting.SPAN_SHARE
    try:
        item = plant(project, loop)
    finally:
        planting.SPAN_SHARE = before
    row = PlantedProposal.objects.get()
    assert (row.kind, str(item.tube_id)) == ("span", looked_at)
    made = api.annotations_with_planted(video.id).spans[str(row.object_id)]
    assert (made.label_id, made.start_frame, made.end_frame) == (labels["run"], 0, 40)
    assert "looked through" in row.what
    assert person_label(project)
    rejected = {"op": "span_decide", "span_id": made.id, "decision": "rejected"}
    commit(video, [rejected])
    (told,) = services.planted_told(video.id)
    assert told["caught"]
    item.refresh_from_db()
    assert (item.state, item.answer) == ("done", "rejected")
    assert api.tube_states([looked_at]) == {looked_at: "accepted"}


@pytest.mark.parametrize("seed", range(20))
def test_its_times_are_its_own_and_its_actions_lie_on_it(project, video, labels, queued, seed):
    """Two tubes with the same keyframes' times would tell of each other."""
    import numpy as np

    from mlbackend.guards.planting import planting

    span = {"id": uid("s"), "tube_id": queued[0], "label_id": labels["walk"], "score": 0.7}
    span |= {"start_frame": 10, "end_frame": 30}
    api.commit_run(
        video_id=video.id, run_id=uid("run"), operations=[{"op": "span_add", "span": span}]
    )
    gone = [{"op": "tube_remove", "tube_id": tube_id} for tube_id in queued[1:]]
    api.commit_run(video_id=video.id, run_id=uid("run"), operations=gone)
    rng = np.random.default_rng(seed)
    made = planting(project.id, api.videos(project.id), rng, "key")
    assert made is not None and made.tube is not None
    tube = made.tube
    assert 20 <= tube.start_frame < tube.end_frame <= 90, "where nobody is missing, for sure"
    assert 24 <= tube.end_frame - tube.start_frame <= 40
    assert all(
        tube.start_frame <= s.start_frame < s.end_frame <= tube.end_frame for s in made.spans
    )
    assert all(s.tube_id == tube.id and s.label_id == labels["walk"] for s in made.spans)


def test_nothing_is_planted_where_somebody_may_have_been_overlooked(project, video, queued, loop):
    (covered,) = api.annotations(video.id).coverage_of(None)
    commit(video, [{"op": "coverage_remove", "coverage_id": covered.id}])
    loop(planted_share=0.05, batch=20)
    assert services.plants_place(project.id) == 0
    assert not PlantedProposal.objects.exists()


def test_it_takes_over_no_reason_that_is_of_another_alone(project, queued, loop):
    """A time, a score or the number of a tube in it would give it away."""
    questions = [
        {"kind": "actions", "reason": "detector score 0.83"},
        {"kind": "tube", "reason": "may change places"},
    ]
    QueueItem.objects.filter(project=project).update(questions=questions)
    item = plant(project, loop)
    asked = [(question["kind"], question["reason"]) for question in item.questions]
    assert asked == [("person", "typical of what nobody has reviewed yet")]
    assert item.reason == asked[0][1]

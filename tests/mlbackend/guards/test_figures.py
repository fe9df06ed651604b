"""Figures per person, and what follows from answers that were too fast."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labeling.models import PlantedProposal
from mlbackend.guards.fast import fast_ones_ask, is_fast, plausible_s
from mlbackend.guards.selectors import figures, guards
from mlbackend.guards.wilson import difference_of, share_of, wilson
from mlbackend.models import QueueItem
from tests.mlbackend.annotating import propose_tubes, review_tube, uid

pytestmark = pytest.mark.django_db


def shown(project, video, person, caught, missed):
    for i, answer in enumerate(["caught"] * caught + ["missed"] * missed):
        PlantedProposal.objects.create(
            project=project, video=video, kind="tube", object_id=uid("p", i), what="nobody",
            answer=answer, shown_to=person, answered_at=timezone.now(),
        )  # fmt: skip


def of(project, person):
    (row,) = [p for p in guards(project.id)["people"] if p["username"] == person.username]
    return row


def test_wilson_is_as_published():
    """Newcombe 1998, table I: 81 of 263, and 0 of 20; table of differences: 56/70 - 48/80."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(0, 0) is None
    found = difference_of((56, 70), (48, 80))
    assert (found["low"], found["high"]) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_nothing_yet(project):
    found = guards(project.id)
    assert found["people"] == []
    assert found["everybody"]["planted"]["rate"] is None
    assert found["settings"]["planted_share"] == 0.0


def test_the_catch_rate_has_its_interval_and_says_where_it_is_of_few(project, video, teammate):
    shown(project, video, teammate, caught=3, missed=1)
    planted = of(project, teammate)["planted"]
    assert (planted["shown"], planted["caught"], planted["missed"]) == (4, 3, 1)
    assert (planted["rate"], planted["low"], planted["high"]) == (0.75, 0.3006, 0.9544)
    assert "says little" in of(project, teammate)["notes"][0]


def test_who_misses_most_is_said_once_it_is_sure(project, video, teammate):
    shown(project, video, teammate, caught=2, missed=12)
    assert of(project, teammate)["notes"] == ["misses more than half of what is planted"]


def test_acceptance_by_slice_and_what_blind_answers_say(project, answered, teammate, owner):
    answered(teammate, 18, slice="random")
    answered(teammate, 2, slice="random", answer="corrected")
    answered(teammate, 8, slice="random", blind=True)
    answered(teammate, 12, slice="random", blind=True, answer="corrected")
    answered(teammate, 5, slice="chosen")
    answered(teammate, 5, slice="chosen", answer="rejected")
    answered(owner, 1, slice="second", answer="second")
    row = of(project, teammate)
    assert (row["random"]["hits"], row["random"]["n"]) == (18, 20)
    assert (row["chosen"]["hits"], row["chosen"]["n"]) == (5, 10)
    assert (row["blind"]["hits"], row["blind"]["n"]) == (8, 20)
    assert (row["shown"], row["accepts"], row["untouched"]) == (30, 25, 23)
    assert row["blind"]["anchoring"]["rate"] == 0.5
    assert row["blind"]["anchoring"]["low"] > 0
    assert "more often when its answer is shown" in row["notes"][0]


def test_showing_is_compared_on_tubes_alone(project, answered, teammate):
    answered(teammate, 10, slice="random")
    answered(teammate, 30, slice="random", kind="segment", answer="corrected")
    answered(teammate, 10, slice="random", blind=True)
    row = of(project, teammate)
    assert (row["random"]["hits"], row["random"]["n"]) == (10, 40)
    assert row["blind"]["anchoring"]["rate"] == 0.0, "segments are never shown blind"


def test_planted_and_schema_items_are_no_ordinary_answers(project, answered, teammate):
    answered(teammate, 3, slice="planted")
    answered(teammate, 3, slice="schema")
    assert of(project, teammate)["shown"] == 0


def test_second_looks_agree_or_not(project, answered, teammate, owner):
    same = {"person": True, "label_ids": [1, 2]}
    details = [
        {**same, "first": {"person": True, "label_ids": [2, 1]}},
        {**same, "first": {"person": True, "label_ids": [2]}},
        {"unsure_said": True, "first": same},
        {**same, "first": None},
    ]
    for detail in details:
        answered(
            teammate, 1, slice="second", blind=True, answer="second", answer_detail=detail,
            first_by=owner,
        )  # fmt: skip
    looks = of(project, teammate)["second_looks"]
    assert (looks["hits"], looks["n"]) == (1, 2)
    assert guards(project.id)["everybody"]["second_looks"]["n"] == 2


@pytest.mark.parametrize(
    ("seconds", "length_s", "fast"),
    [
        (0.9, 2.0, True),
        (1.0, 2.0, False),
        (2.4, 20.0, True),
        (2.5, 20.0, False),
        (None, 9.0, False),
    ],
)
def test_too_fast_is_less_than_half_of_it_at_the_fastest_rate(seconds, length_s, fast):
    item = QueueItem(answer="accepted", seconds=seconds, answer_detail={"length_s": length_s})
    assert is_fast(item) == fast
    assert plausible_s(length_s) >= 1.0


def test_what_was_corrected_or_blind_is_never_too_fast():
    fields = {"seconds": 0.1, "answer_detail": {"length_s": 5.0}}
    assert not is_fast(QueueItem(answer="corrected", **fields))
    assert not is_fast(QueueItem(answer="accepted", blind=True, **fields))


def test_a_fast_answer_is_asked_about_again_of_somebody_else(
    project, video, queued, labels, teammate, owner, as_user
):
    commit = {"commit_id": uid("c"), "base_revision": 1, "seconds": 0.4}
    commit["operations"] = [{"op": "tube_decide", "tube_id": queued[0], "decision": "accepted"}]
    path = f"/api/videos/{video.id}/commits"
    assert as_user(teammate).post(path, commit, format="json").status_code == 200
    item = QueueItem.objects.get(tube_id=queued[0])
    assert (item.answer, item.answer_detail["length_s"], is_fast(item)) == ("accepted", 4.0, True)
    assert fast_ones_ask(project.id, 20) == 0, "its author may still change it"
    earlier = timezone.now() - timedelta(minutes=11)
    QueueItem.objects.filter(pk=item.pk).update(done_at=earlier)
    assert fast_ones_ask(project.id, 20) == 1
    assert fast_ones_ask(project.id, 20) == 0
    look = QueueItem.objects.get(slice="second")
    assert (str(look.tube_id), look.first_by, look.blind) == (queued[0], teammate, True)
    row = of(project, teammate)
    assert (row["fast_untouched"]["hits"], row["fast_untouched"]["n"]) == (1, 1)


def test_alone_in_a_project_nobody_is_asked_again(project, video, answered, owner, teammate):
    project.memberships.filter(user=teammate).delete()
    tube_id = propose_tubes(video, 1)[0]
    review_tube(video, tube_id, [], [])
    (item,) = answered(owner, 1, seconds=0.2)
    QueueItem.objects.filter(pk=item.pk).update(tube_id=tube_id)
    assert fast_ones_ask(project.id, 20) == 0


def test_shares_of_nothing_are_no_zero():
    assert share_of(0, 0)["rate"] is None
    assert figures([], [], [])["notes"] == []

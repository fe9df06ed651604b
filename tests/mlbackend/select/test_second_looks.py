"""Second looks: drawn by chance, seen by another, compared; annotations stay as they are."""

from typing import Any

import numpy as np
import pytest

from labeling import api
from labeling.domain.errors import Conflict, InvalidInput
from mlbackend.models import QueueItem
from mlbackend.select.agreement import agreement, figures
from mlbackend.select.leases import queue_next
from mlbackend.select.second import is_drawn, second_answer
from tests.mlbackend.annotating import propose_tubes, uid
from tests.mlbackend.select.asking import add_span, ask_tubes, decide, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def tubes(project: Any, video: Any) -> list[str]:
    """Four tubes of a project in which half of what is decided is looked at twice."""
    api.settings_change(project.id, {"loop": {"double_share": 0.5}})
    made = propose_tubes(video, 24)
    ask_tubes(video, made)
    return made


def look(tube_id: str | None = None) -> QueueItem:
    rows = QueueItem.objects.filter(slice="second")
    return rows.get(tube_id=tube_id) if tube_id else rows.order_by("rank").first()


def drawn(video: Any, tubes: list[str]) -> list[str]:
    return [t for i, t in enumerate(tubes, start=1) if is_drawn(7, video.sha256, i, 0.5)]


def test_chance_draws_about_the_share_and_the_same_again(video: Any) -> None:
    found = [is_drawn(1, "f" * 64, number, 0.2) for number in range(5000)]
    assert 900 < sum(found) < 1100
    assert found == [is_drawn(1, "f" * 64, number, 0.2) for number in range(5000)]
    assert found != [is_drawn(2, "f" * 64, number, 0.2) for number in range(5000)]
    assert not any(is_drawn(1, "f" * 64, number, 0.0) for number in range(50))


def test_a_share_of_what_is_decided_is_asked_of_somebody_else(
    tubes: list[str], video: Any, project: Any, owner: Any, teammate: Any
) -> None:
    for tube in tubes:
        say(owner, video, decide(tube))
    found = QueueItem.objects.filter(slice="second")
    assert [str(item.tube_id) for item in found.order_by("rank")] == drawn(video, tubes)
    assert 0 < found.count() < 24
    first = found.order_by("rank")[0]
    assert (first.first_by, first.blind, first.state, first.probability) == (
        owner,
        True,
        "open",
        0.5,
    )
    assert queue_next(owner, project.id) is None
    assert queue_next(teammate, project.id) == first


def test_a_tube_is_looked_at_twice_and_no_more(
    tubes: list[str], video: Any, owner: Any, teammate: Any
) -> None:
    (tube, *_) = drawn(video, tubes)
    say(owner, video, decide(tube))
    say(owner, video, decide(tube, "rejected"))
    assert QueueItem.objects.filter(slice="second").count() == 1
    second_answer(teammate, look(tube).pk, person=False)
    say(owner, video, decide(tube))
    assert QueueItem.objects.filter(slice="second").count() == 1


def test_while_an_action_is_undecided_nobody_else_is_asked(
    tubes: list[str], video: Any, owner: Any, labels: Any
) -> None:
    (tube, *_) = drawn(video, tubes)
    guess = add_span(uid("guess"), tube, labels["walk"], 0, 20)
    api.commit_run(video_id=video.id, run_id=uid("m"), operations=[guess])
    keyframe = {"frame": 0, "box": [1, 2, 30, 90]}
    say(owner, video, {"op": "keyframe_set", "tube_id": tube, **keyframe})
    assert look() is None
    say(owner, video, {"op": "span_decide", "span_id": uid("guess"), "decision": "accepted"})
    assert look() is not None


def test_an_answer_is_compared_and_changes_nothing(
    tubes: list[str], video: Any, project: Any, owner: Any, teammate: Any, labels: Any
) -> None:
    (tube, *_) = drawn(video, tubes)
    say(owner, video, decide(tube), add_span(uid("s"), tube, labels["walk"]))
    item = queue_next(teammate, project.id)
    before = api.annotations(video.id)
    done = second_answer(teammate, item.pk, person=True, label_ids=[labels["run"]], seconds=6.2)
    assert api.annotations(video.id) == before
    assert (done.state, done.answer, done.done_by, done.seconds) == (
        "done",
        "second",
        teammate,
        6.2,
    )
    assert done.answer_detail == {
        "person": True, "label_ids": [labels["run"]],
        "first": {"person": True, "label_ids": [labels["walk"]]},
    }  # fmt: skip
    (differing,) = agreement(project.id)["disagreements"]
    assert (differing["first_by"], differing["second_by"]) == ("olga", "tariq")
    assert differing["first"]["label_ids"] == [labels["walk"]]


def test_what_cannot_be_an_answer_is_refused(
    tubes: list[str], video: Any, owner: Any, teammate: Any, labels: Any
) -> None:
    (tube, *_) = drawn(video, tubes)
    ordinary = QueueItem.objects.exclude(tube_id=tube).first()
    with pytest.raises(InvalidInput, match="Only second looks"):
        second_answer(owner, ordinary.pk, person=True)
    say(owner, video, decide(tube))
    pk = look(tube).pk
    with pytest.raises(Conflict, match="somebody else"):
        second_answer(owner, pk, person=True)
    with pytest.raises(InvalidInput, match="no action"):
        second_answer(teammate, pk, person=True, label_ids=[labels["crowded"]])
    with pytest.raises(InvalidInput, match="no actions"):
        second_answer(teammate, pk, person=False, label_ids=[labels["run"]])
    with pytest.raises(InvalidInput, match="Say whether"):
        second_answer(teammate, pk, person=None)
    second_answer(teammate, pk, person=None, unsure=True)
    with pytest.raises(Conflict, match="answered"):
        second_answer(teammate, pk, person=True)


def test_a_second_look_outlives_a_rebuild_and_goes_with_its_tube(
    tubes: list[str], video: Any, owner: Any
) -> None:
    (tube, *_) = drawn(video, tubes)
    say(owner, video, decide(tube))
    ask_tubes(video, tubes)
    assert look(tube).state == "open"
    say(owner, video, {"op": "tube_remove", "tube_id": tube})
    ask_tubes(video, tubes)
    assert (look(tube).state, look(tube).answer) == ("done", "gone")


def test_kappa_of_answers_counted_by_hand() -> None:
    """Cohen 1960: 45 yes-yes, 15 yes-no, 25 no-yes, 15 no-no gives (.60 - .54) / (1 - .54)."""
    first = np.repeat([True, True, False, False], [45, 15, 25, 15])
    second = np.repeat([True, False, True, False], [45, 15, 25, 15])
    found = figures(first, second)
    assert (found["both"], found["first_only"], found["second_only"], found["neither"]) == (
        45, 15, 25, 15,
    )  # fmt: skip
    assert found["kappa"] == pytest.approx(0.06 / 0.46)
    assert found["low"] < found["kappa"] < found["high"]
    assert found["low"] == pytest.approx(-0.07, abs=0.05)


def test_few_answers_have_no_interval_nor_has_one_sided_agreement() -> None:
    few = figures(np.array([True, False, True]), np.array([True, False, False]))
    assert few["kappa"] is not None and (few["low"], few["high"]) == (None, None)
    always = figures(np.ones(30, dtype=bool), np.arange(30) % 2 == 0)
    assert (always["kappa"], always["low"], always["high"]) == (0.0, None, None)


def test_where_all_say_the_same_there_is_no_kappa() -> None:
    same = np.ones(12, dtype=bool)
    assert figures(same, same)["kappa"] is None
    assert figures(same[:0], same[:0])["n"] == 0


def test_the_addresses(
    as_user: Any, tubes: list[str], video: Any, project: Any, owner: Any, teammate: Any, labels: Any
) -> None:
    say(owner, video, *(decide(tube) for tube in tubes))
    client, path = as_user(teammate), f"/api/projects/{project.id}/queue"
    item = client.post(f"{path}/next", {}, format="json").json()
    assert (item["slice"], item["blind"], "first" in item["asked_by"]) == ("second", True, False)
    answer = {"person": True, "label_ids": [labels["walk"]]}
    said = client.post(f"/api/queue/{item['id']}/answer", answer, format="json")
    assert said.status_code == 204
    another = client.post(f"{path}/next", {}, format="json").json()
    said = client.post(f"/api/queue/{another['id']}/answer", {"unsure": True}, format="json")
    assert said.status_code == 204
    found = as_user(owner).get(f"{path}/agreement").json()
    assert (found["looks"], found["unsure"], found["open"]) == (1, 1, len(drawn(video, tubes)) - 2)
    assert found["person"]["both"] == 1
    walk = next(row for row in found["labels"] if row["name"] == "walk")
    assert (walk["n"], walk["second_only"]) == (1, 1)
    assert client.get(f"{path}/agreement").status_code == 403

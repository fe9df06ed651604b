"""The queue as rows: brought in line with a plan, and its addresses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from labeling.domain.errors import Conflict, NotFound
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select.closing import queue_close  # noqa: F401  the pipeline's door
from mlbackend.select.leases import queue_next, queue_skip
from mlbackend.select.selectors import queue_hash
from mlbackend.select.services import item_insert, queue_drop_video, queue_rebuild, queue_store
from mlbackend.select.viewing import Question, QuestionKind
from tests.mlbackend.annotating import propose_tubes, review_tube, uid
from tests.mlbackend.select import asking
from tests.mlbackend.select.asking import ask, ask_tubes, order, tube_viewing

pytestmark = pytest.mark.django_db

ASKED = [Question(QuestionKind.ACTIONS, "detector score 0.88")]


@pytest.fixture
def tubes(video: Any) -> list[str]:
    """Ten proposed tubes, asked about in their order."""
    made = propose_tubes(video, 10)
    assert ask_tubes(video, made) == 10
    return made


def rows(project: Any) -> list[tuple[Any, ...]]:
    found = QueueItem.objects.filter(project=project, state="open").order_by("rank")
    return list(found.values_list("pk", "rank", "reason"))


def test_a_rebuild_asks_about_every_proposed_tube(project: Any, video: Any) -> None:
    made = propose_tubes(video, 10)
    queue_rebuild(project.id)
    assert set(made) <= set(order(project))
    item = QueueItem.objects.get(tube_id=made[0])
    assert item.tube_number == 1 and item.reason and item.questions[0]["reason"] == item.reason


def test_the_same_plan_changes_nothing(tubes: list[str], project: Any, video: Any) -> None:
    before = rows(project)
    assert ask_tubes(video, tubes) == 10
    assert rows(project) == before


def test_items_that_stay_keep_their_id_and_take_what_is_asked_now(
    tubes: list[str], project: Any, video: Any
) -> None:
    before = {str(item.tube_id): item.pk for item in QueueItem.objects.all()}
    asked = (Question(QuestionKind.TUBE, "loses the person"), *ASKED)
    changed = {"questions": asked, "blind": True, "slice": "random", "probability": 0.2}
    ask(project, [tube_viewing(video, t, i, **changed) for i, t in enumerate(reversed(tubes))])
    assert order(project) == tubes[::-1]
    item = QueueItem.objects.get(tube_id=tubes[9])
    assert item.pk == before[tubes[9]]
    assert (item.rank, item.blind, item.slice, item.probability) == (0, True, "random", 0.2)
    assert [q["kind"] for q in item.questions] == ["tube", "actions"]


def test_a_decided_tube_leaves_and_a_new_one_joins(
    tubes: list[str], project: Any, video: Any, labels: dict[str, int]
) -> None:
    review_tube(video, tubes[3], [], [labels["run"]])
    added = propose_tubes(video, 2, run="again")
    assert ask_tubes(video, [*added, *tubes]) == 11
    assert order(project) == [*added, *(tube for tube in tubes if tube != tubes[3])]
    assert QueueItem.objects.get(tube_id=tubes[3]).state == "done"


def test_what_the_plan_leaves_out_is_closed_as_not_asked(
    tubes: list[str], project: Any, video: Any
) -> None:
    assert ask_tubes(video, tubes[:4]) == 4
    assert QueueItem.objects.get(tube_id=tubes[7]).answer == "gone"


def test_a_held_item_stays_exactly_as_it_is_though_nobody_asks_for_it_any_more(
    tubes: list[str], project: Any, video: Any, owner: Any
) -> None:
    held = queue_next(owner, project.id)
    assert held is not None
    ask_tubes(video, tubes[5:], blind=True)
    now = QueueItem.objects.get(pk=held.pk)
    assert (now.state, now.leased_by, now.blind, now.rank) == ("open", owner, False, 0)
    assert order(project) == [tubes[0], *tubes[5:]]
    QueueItem.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    ask_tubes(video, tubes[5:])
    assert order(project) == tubes[5:]


def test_segments_and_stretches_wait_beside_tubes(project: Any, video: Any, labels: Any) -> None:
    from labeling import api

    (tube,) = propose_tubes(video, 1)
    span = uid("segment")
    api.commit_run(
        video_id=video.id, run_id=uid("r"),
        operations=[asking.add_span(span, None, labels["crowded"], 0, 50)],
    )  # fmt: skip
    plan = [
        asking.stretch_viewing(video, 10, 60, slice="random", probability=0.5),
        asking.segment_viewing(video, span, label_id=labels["crowded"]),
        tube_viewing(video, tube, 1),
    ]
    assert ask(project, plan) == 3
    found = QueueItem.objects.order_by("rank")
    assert [item.kind for item in found] == ["stretch", "segment", "tube"]
    assert (found[0].start_frame, found[0].end_frame) == (10, 60)
    assert ask(project, plan[::-1]) == 3
    assert {item.pk for item in QueueItem.objects.filter(state="open")} == {i.pk for i in found}


def test_a_tube_asked_about_twice_is_asked_once(project: Any, video: Any) -> None:
    (tube,) = propose_tubes(video, 1)
    assert ask(project, [tube_viewing(video, tube, 1), tube_viewing(video, tube, 1)]) == 1


def test_a_hold_out_video_is_never_queried(tubes: list[str], project: Any, video: Any) -> None:
    video.split = "hold-out"
    video.save()
    assert ask_tubes(video, tubes) == 0
    with pytest.raises(IntegrityError, match="never queried"), transaction.atomic():
        QueueItem.objects.create(project=project, video_id=video.id, tube_id=uid("x"))
    with pytest.raises(Conflict, match="hold-out"):
        item_insert(
            project_id=project.id, video_id=video.id, rank=0, slice="planted", questions=ASKED,
            tube_id=uid("x"),
        )  # fmt: skip


def test_a_video_that_is_drawn_for_the_hold_out_leaves_the_queue(
    tubes: list[str], project: Any, video: Any, owner: Any
) -> None:
    queue_next(owner, project.id)
    assert queue_drop_video(video.id) == 10
    assert set(QueueItem.objects.values_list("answer", "state")) == {("gone", "done")}
    video.split = "hold-out"
    video.save()
    assert queue_next(owner, project.id) is None


def test_an_item_put_in_by_hand_has_its_place_and_keeps_it(
    tubes: list[str], project: Any, video: Any
) -> None:
    (wrong,) = propose_tubes(video, 1, run="wrong")
    item_insert(
        project_id=project.id, video_id=video.id, rank=3, slice="planted", questions=ASKED,
        tube_id=wrong, tube_number=11,
    )  # fmt: skip
    assert order(project)[4] == wrong
    ask_tubes(video, [*reversed(tubes), wrong])
    assert order(project)[3] == wrong and len(order(project)) == 11
    assert QueueItem.objects.get(tube_id=wrong).slice == "planted"


def test_what_waits_already_is_not_put_in_again(tubes: list[str], project: Any, video: Any) -> None:
    with pytest.raises(Conflict, match="waits there already"):
        item_insert(
            project_id=project.id, video_id=video.id, rank=0, slice="planted", questions=ASKED,
            tube_id=tubes[2],
        )  # fmt: skip


def test_a_skipped_tube_comes_back_with_another_model(
    tubes: list[str], project: Any, video: Any, owner: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    queue_skip(owner, item.pk)
    assert ask_tubes(video, tubes) == 9
    model = ModelVersion.objects.create(project=project, name="round 1", path="x/weights.npz")
    asked = [tube_viewing(video, tube, i) for i, tube in enumerate(tubes, start=1)]
    assert ask(project, asked, model) == 10
    assert ask(project, asked, model) == 10


def test_what_happens_while_the_queue_is_planned_is_not_undone(
    tubes: list[str], project: Any, video: Any, labels: dict[str, int]
) -> None:
    """A tube is decided, and a faster plan stored, before the slow one is."""
    began = timezone.now()
    slow = [tube_viewing(video, tube, i) for i, tube in enumerate(tubes, start=1)]
    review_tube(video, tubes[3], [], [labels["run"]])
    added = propose_tubes(video, 2, run="again")
    ask_tubes(video, [*tubes, *added])
    queue_store(project.id, slow, None, began)
    assert set(order(project)) == {*tubes, *added} - {tubes[3]}


def test_the_hash_is_of_what_is_asked_and_not_of_ids(
    tubes: list[str], project: Any, video: Any
) -> None:
    first = queue_hash(project.id)
    QueueItem.objects.all().delete()
    ask_tubes(video, tubes)
    assert queue_hash(project.id) == first
    ask_tubes(video, tubes[::-1])
    assert queue_hash(project.id) != first
    ask_tubes(video, tubes, questions=tuple(ASKED))
    assert queue_hash(project.id) != first


def test_thousands_take_as_many_queries_as_their_chunks(
    project: Any, video: Any, django_assert_max_num_queries: Any
) -> None:
    made = propose_tubes(video, 300)
    ask_tubes(video, made)
    with django_assert_max_num_queries(15):
        ask_tubes(video, made[::-1])
    assert order(project) == made[::-1]


def test_a_stranger_sees_no_item(tubes: list[str], stranger: Any) -> None:
    with pytest.raises(NotFound, match="no such queue item"):
        queue_skip(stranger, QueueItem.objects.first().pk)


def test_the_addresses(
    as_user: Any, tubes: list[str], project: Any, video: Any, owner: Any, teammate: Any
) -> None:
    path = f"/api/projects/{project.id}/queue"
    mine, theirs = as_user(owner), as_user(teammate)
    item = mine.post(f"{path}/next", {}, format="json").json()
    assert (item["rank"], item["video_name"], item["leased_by"]) == (0, "yard.mp4", "olga")
    assert set(item) == {
        *("id", "video_id", "video_name", "tube_id", "tube_number", "span_id", "kind", "reason"),
        *("score", "rank", "state", "leased_by", "leased_until", "label_id", "start_frame"),
        *("end_frame", "questions", "slice", "probability", "blind", "unsure_by", "asked_by"),
    }
    assert item["questions"] == [{"kind": "actions", "reason": "not sure about 1"}]
    listed = theirs.get(path).json()
    assert (listed["total"], [i["rank"] for i in listed["items"]]) == (10, list(range(10)))
    assert listed["items"][0] == item
    assert (listed["open"], listed["kinds"]) == (10, {"tube": 10})
    assert listed["waiting"] == {"held": 1, "unsure": 0, "second": 0}
    renewed = mine.post(f"/api/queue/{item['id']}/renew").json()
    assert renewed["leased_until"] > item["leased_until"]
    assert theirs.post(f"/api/queue/{item['id']}/renew").json()["code"] == "conflict"
    after = {"after": item["id"]}
    assert mine.post(f"{path}/next", after, format="json").json()["rank"] == 1
    assert theirs.post(f"/api/queue/{item['id']}/skip").status_code == 204
    assert theirs.get(path).json()["total"] == 9


def test_a_page_begins_where_it_is_asked_to(
    as_user: Any, tubes: list[str], project: Any, owner: Any
) -> None:
    found = as_user(owner).get(f"/api/projects/{project.id}/queue?offset=7").json()
    assert [item["rank"] for item in found["items"]] == [7, 8, 9]
    assert (found["offset"], found["total"]) == (7, 10)


def test_an_empty_queue_answers_204(as_user: Any, project: Any, owner: Any) -> None:
    path = f"/api/projects/{project.id}/queue/next"
    assert as_user(owner).post(path, {}, format="json").status_code == 204


def test_strangers_get_404(as_user: Any, tubes: list[str], project: Any, stranger: Any) -> None:
    client = as_user(stranger)
    path = f"/api/projects/{project.id}/queue"
    item = QueueItem.objects.first()
    answers = [
        client.get(path),
        client.post(f"{path}/next"),
        *(client.post(f"/api/queue/{item.pk}/{verb}") for verb in ("skip", "unsure", "renew")),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"not_found"}


def test_the_list_takes_as_many_queries_for_ten_as_for_one(
    as_user: Any, tubes: list[str], project: Any, owner: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_user(owner)
    with django_assert_max_num_queries(12):
        client.get(f"/api/projects/{project.id}/queue")


def test_reviewed_tubes_are_asked_about_again_only_as_long_as_the_plan_wants_it(
    tubes: list[str], project: Any, video: Any, labels: dict[str, int]
) -> None:
    """What was put in by hand for the same reason stays until it is answered."""
    for tube in tubes[:3]:
        review_tube(video, tube, [], [labels["run"]])
    again = [tube_viewing(video, tube, i, slice="schema") for i, tube in enumerate(tubes[:2], 1)]
    rest = [tube_viewing(video, tube, i) for i, tube in enumerate(tubes[3:], 4)]
    assert ask(project, [*again, *rest]) == 9
    item_insert(
        project_id=project.id, video_id=video.id, rank=4, slice="schema", questions=ASKED,
        tube_id=tubes[2], tube_number=3,
    )  # fmt: skip
    assert ask(project, [again[0], *rest]) == 9
    assert set(order(project)) == {tubes[0], tubes[2], *tubes[3:]}

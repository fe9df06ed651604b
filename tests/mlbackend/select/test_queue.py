"""The queue: rebuilt, leased to one person at a time, skipped, closed; and its addresses."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from labeling.domain.errors import Conflict, NotFound
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.select import services
from mlbackend.select.services import queue_close, queue_next, queue_rebuild, queue_skip
from mlbackend.train.holdout import is_reserved
from tests.mlbackend.annotating import propose_tubes, review_tube

pytestmark = pytest.mark.django_db


@pytest.fixture
def tubes(video: Any) -> list[str]:
    """Ten proposed tubes, ranked."""
    made = propose_tubes(video, 10)
    assert queue_rebuild(video.project_id) == 10
    return made


def order(project: Any) -> list[str]:
    """Tube ids of the open items in order."""
    rows = QueueItem.objects.filter(project=project, state="open").order_by("rank")
    return [str(item.tube_id) for item in rows]


def test_what_is_not_reserved_is_ranked_by_score_before_there_are_features(
    tubes: list[str], project: Any, video: Any
) -> None:
    reserved = {tube for i, tube in enumerate(tubes, start=1) if is_reserved(video.sha256, i)}
    assert 0 < len(reserved) < 10
    free = [tube for tube in order(project) if tube not in reserved]
    assert free == [tube for tube in reversed(tubes) if tube not in reserved]
    item = QueueItem.objects.get(tube_id=tubes[0])
    assert (item.tube_number, item.reason.split()[0]) in {(1, "detector"), (1, "random")}


def test_rebuilding_changes_nothing_without_a_reason(tubes: list[str], project: Any) -> None:
    before = list(QueueItem.objects.order_by("rank").values_list("pk", "rank", "reason"))
    assert queue_rebuild(project.id) == 10
    assert list(QueueItem.objects.order_by("rank").values_list("pk", "rank", "reason")) == before


def test_a_decided_tube_leaves_and_a_new_one_joins(
    tubes: list[str], project: Any, video: Any, labels: dict[str, int]
) -> None:
    review_tube(video, tubes[3], [], [labels["run"]])
    added = propose_tubes(video, 2, run="again")
    assert queue_rebuild(project.id) == 11
    assert set(order(project)) == {*tubes, *added} - {tubes[3]}
    assert QueueItem.objects.get(tube_id=tubes[3]).state == "done"


def test_a_hold_out_video_is_never_queried(tubes: list[str], project: Any, video: Any) -> None:
    video.split = "hold-out"
    video.save()
    assert queue_rebuild(project.id) == 0


def test_a_lease_survives_a_rebuild(tubes: list[str], project: Any, owner: Any) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    queue_rebuild(project.id)
    item.refresh_from_db()
    assert item.leased_by == owner


def test_three_people_get_three_items_in_order(
    tubes: list[str], project: Any, owner: Any, teammate: Any, django_user_model: Any
) -> None:
    from labeling.teams.services import member_set

    third = django_user_model.objects.create_user("uma")
    member_set(project=project, username="uma", role="annotator")
    given = [queue_next(user, project.id) for user in (owner, teammate, third)]
    assert [item.rank for item in given if item] == [0, 1, 2]


def test_asking_again_gives_the_same_item(tubes: list[str], project: Any, owner: Any) -> None:
    assert queue_next(owner, project.id) == queue_next(owner, project.id)


def test_going_on_gives_the_next_and_frees_the_one_left(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    first = queue_next(owner, project.id)
    assert first is not None
    second = queue_next(owner, project.id, after=first.pk)
    assert second is not None and second.rank == 1
    assert queue_next(teammate, project.id) == first


def test_after_the_last_item_comes_the_first(tubes: list[str], project: Any, owner: Any) -> None:
    last = QueueItem.objects.get(project=project, rank=9)
    item = queue_next(owner, project.id, after=last.pk)
    assert item is not None and item.rank == 0


def test_a_lease_that_ran_out_is_free(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    QueueItem.objects.filter(pk=item.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert queue_next(teammate, project.id) == item


def test_a_lost_race_gives_the_next_item(
    tubes: list[str], project: Any, owner: Any, teammate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = services._lease

    def beaten(item: QueueItem, user: Any, project_id: int) -> bool:
        monkeypatch.setattr(services, "_lease", real)
        assert real(item, teammate, project_id)
        return real(item, user, project_id)

    monkeypatch.setattr(services, "_lease", beaten)
    item = queue_next(owner, project.id)
    assert item is not None and item.rank == 1


def test_a_closed_item_is_not_given(tubes: list[str], project: Any, owner: Any) -> None:
    first = order(project)[0]
    assert queue_close(project.id, [first, "00000000-0000-0000-0000-000000000000"]) == 1
    item = queue_next(owner, project.id)
    assert item is not None and item.rank == 1


def test_nothing_left_is_none(project: Any, owner: Any) -> None:
    assert queue_next(owner, project.id) is None


def test_a_skipped_tube_comes_back_with_another_model(
    tubes: list[str], project: Any, owner: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    queue_skip(owner, item.pk)
    assert queue_rebuild(project.id) == 9
    QueueItem.objects.filter(pk=item.pk).update(
        model=ModelVersion.objects.create(project=project, name="round 1", path="x/weights.npz")
    )
    assert queue_rebuild(project.id) == 10


def test_nobody_skips_what_another_holds(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    with pytest.raises(Conflict, match="somebody else"):
        queue_skip(teammate, item.pk)


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
        *("id", "video_id", "video_name", "tube_id", "tube_number", "kind", "reason"),
        *("score", "rank", "state", "leased_by"),
    }
    listed = theirs.get(path).json()
    assert (listed["total"], [i["rank"] for i in listed["items"]]) == (10, list(range(10)))
    assert listed["items"][0] == item
    after = {"after": item["id"]}
    assert mine.post(f"{path}/next", after, format="json").json()["rank"] == 1
    assert theirs.post(f"/api/queue/{item['id']}/skip").status_code == 204
    assert theirs.get(path).json()["total"] == 9


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
        client.post(f"/api/queue/{item.pk}/skip"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["code"] for answer in answers} == {"not_found"}


def test_the_list_takes_as_many_queries_for_ten_as_for_one(
    as_user: Any, tubes: list[str], project: Any, owner: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_user(owner)
    with django_assert_max_num_queries(8):
        client.get(f"/api/projects/{project.id}/queue")


def test_what_happens_while_the_queue_is_ranked_is_not_undone(
    tubes: list[str], project: Any, video: Any, labels: dict[str, int], monkeypatch: Any
) -> None:
    """A tube is decided, and a faster ranking queues new ones, before the slow one stores."""
    store, added = services._store, []

    def slow(*ranking: Any) -> int:
        monkeypatch.setattr(services, "_store", store)
        review_tube(video, tubes[3], [], [labels["run"]])
        queue_close(project.id, [tubes[3]])
        added.extend(propose_tubes(video, 2, run="again"))
        queue_rebuild(project.id)
        return store(*ranking)

    monkeypatch.setattr(services, "_store", slow)
    queue_rebuild(project.id)
    assert set(order(project)) == {*tubes, *added} - {tubes[3]}

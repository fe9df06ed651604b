"""Handing out: one person an item, in the order of all, for a while."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from labeling.domain.errors import Conflict
from labeling.teams.services import member_set
from mlbackend.models import QueueItem
from mlbackend.select import leases
from mlbackend.select.filters import Filters
from mlbackend.select.leases import queue_next, queue_renew, queue_skip, queue_unsure
from mlbackend.select.services import item_insert
from mlbackend.select.viewing import Question, QuestionKind
from tests.mlbackend.annotating import propose_tubes, uid
from tests.mlbackend.at_once import AtOnce
from tests.mlbackend.select.asking import ask, ask_tubes, decide, say, stretch_viewing, tube_viewing

pytestmark = pytest.mark.django_db


@pytest.fixture
def tubes(video: Any) -> list[str]:
    made = propose_tubes(video, 10)
    ask_tubes(video, made)
    return made


@pytest.fixture
def third(project: Any, django_user_model: Any) -> Any:
    user = django_user_model.objects.create_user("uma")
    member_set(project=project, username="uma", role="annotator")
    return user


def run_out() -> None:
    QueueItem.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_three_people_get_three_items_in_order(
    tubes: list[str], project: Any, owner: Any, teammate: Any, third: Any
) -> None:
    given = [queue_next(user, project.id) for user in (owner, teammate, third)]
    assert [item.rank for item in given if item] == [0, 1, 2]


def test_asking_again_gives_the_same_item(tubes: list[str], project: Any, owner: Any) -> None:
    first = queue_next(owner, project.id)
    again = queue_next(owner, project.id)
    assert first == again and first is not None and again is not None
    assert first.leased_at == again.leased_at


def test_going_on_gives_the_next_and_frees_the_one_left(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    first = queue_next(owner, project.id)
    assert first is not None
    second = queue_next(owner, project.id, after=first.pk)
    assert second is not None and second.rank == 1
    assert queue_next(teammate, project.id) == first


def test_what_was_put_in_by_hand_comes_behind_the_one_whose_rank_it_has(
    tubes: list[str], project: Any, video: Any, owner: Any
) -> None:
    item_insert(
        project_id=project.id, video_id=video.id, rank=1, slice="random", kind="stretch",
        start_frame=0, end_frame=9, questions=[Question(QuestionKind.MISSING, "random check")],
    )  # fmt: skip
    given, item = [], queue_next(owner, project.id)
    for _ in range(11):
        given.append((item.rank, item.kind))
        item = queue_next(owner, project.id, after=item.pk)
    assert given[:4] == [(0, "tube"), (1, "tube"), (1, "stretch"), (2, "tube")]
    assert len(set(given)) == 11 and item.rank == 0


def test_after_the_last_item_comes_the_first(tubes: list[str], project: Any, owner: Any) -> None:
    last = QueueItem.objects.get(project=project, rank=9)
    item = queue_next(owner, project.id, after=last.pk)
    assert item is not None and item.rank == 0


def test_a_lease_that_ran_out_is_free(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    run_out()
    assert queue_next(teammate, project.id) == item
    with pytest.raises(Conflict, match="somebody else"):
        queue_renew(owner, item.pk)


def test_who_still_works_keeps_the_item(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    soon = timezone.now() + timedelta(seconds=2)
    QueueItem.objects.filter(pk=item.pk).update(leased_until=soon)
    assert queue_renew(owner, item.pk).leased_until > soon + timedelta(minutes=9)
    theirs = queue_next(teammate, project.id)
    assert theirs is not None and theirs.rank == 1


def test_a_commit_is_a_sign_of_life(tubes: list[str], project: Any, video: Any, owner: Any) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    soon = timezone.now() + timedelta(seconds=2)
    QueueItem.objects.filter(pk=item.pk).update(leased_until=soon)
    say(owner, video, decide(tubes[5]))
    item.refresh_from_db()
    assert item.leased_until > soon + timedelta(minutes=9)


def test_a_lost_race_gives_the_next_item(
    tubes: list[str], project: Any, owner: Any, teammate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = leases._lease

    def beaten(item: QueueItem, user: Any, project_id: int) -> bool:
        monkeypatch.setattr(leases, "_lease", real)
        assert real(item, teammate, project_id)
        return real(item, user, project_id)

    monkeypatch.setattr(leases, "_lease", beaten)
    item = queue_next(owner, project.id)
    assert item is not None and item.rank == 1


def test_nothing_left_is_none(project: Any, owner: Any) -> None:
    assert queue_next(owner, project.id) is None


def test_nobody_skips_what_another_holds(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    with pytest.raises(Conflict, match="somebody else"):
        queue_skip(teammate, item.pk)


def test_what_one_is_unsure_of_goes_to_another_in_its_place(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    assert queue_unsure(owner, item.pk) == 1
    mine = queue_next(owner, project.id)
    assert mine is not None and mine.rank == 1
    theirs = queue_next(teammate, project.id)
    assert theirs == item and theirs is not None and theirs.unsure_by == owner


def test_it_never_comes_back_to_anybody_who_was_unsure(
    tubes: list[str], project: Any, owner: Any, teammate: Any, third: Any
) -> None:
    item = queue_next(owner, project.id)
    assert item is not None
    assert [queue_unsure(user, item.pk) for user in (owner, teammate)] == [2, 1]
    for user in (owner, teammate):
        given = [queue_next(user, project.id, after=QueueItem.objects.get(rank=9).pk)]
        assert given[0] is not None and given[0].rank > 0
    assert queue_next(third, project.id) == item
    assert queue_unsure(third, item.pk) == 0
    ask_tubes(QueueItem.objects.get(pk=item.pk) and _video(project), tubes)
    assert QueueItem.objects.get(pk=item.pk).unsure_by == third


def _video(project: Any) -> Any:
    return project.videos.get()


def test_alone_in_the_project_nobody_else_is_there_to_ask(
    tubes: list[str], project: Any, owner: Any, teammate: Any
) -> None:
    member_set(project=project, username=teammate.username, role="viewer")
    item = queue_next(owner, project.id)
    assert item is not None and queue_unsure(owner, item.pk) == 0


def test_filters_keep_the_order(project: Any, video: Any, owner: Any, labels: Any) -> None:
    tubes = propose_tubes(video, 4)
    plan = [
        tube_viewing(video, tubes[0], 1, label_id=labels["run"]),
        stretch_viewing(video, 0, 50),
        tube_viewing(video, tubes[1], 2, slice="random"),
        tube_viewing(video, tubes[2], 3, label_id=labels["walk"]),
        tube_viewing(video, tubes[3], 4, label_id=labels["walk"]),
    ]
    ask(project, plan)

    def given(**wanted: Any) -> int | None:
        item = queue_next(owner, project.id, filters=Filters(**wanted))
        return item.rank if item else None

    assert given(kind="stretch") == 1
    assert given(slice="random") == 2
    assert given(label=labels["walk"]) == 3
    assert given(mine=True) == 3
    assert given(about=tubes[3]) == 4
    assert given(video=video.id) == 0
    assert given(video=uid("another")) is None
    assert given(unsure=True) is None
    item = queue_next(owner, project.id, filters=Filters(label=labels["walk"]))
    assert item is not None
    queue_unsure(owner, item.pk)
    assert given(label=labels["walk"]) == 4


def test_nobody_but_a_manager_learns_what_is_planted(
    as_user: Any, tubes: list[str], project: Any, video: Any, owner: Any, teammate: Any
) -> None:
    (wrong,) = propose_tubes(video, 1, run="wrong")
    item_insert(
        project_id=project.id, video_id=video.id, rank=1, slice="planted", tube_id=wrong,
        questions=[Question(QuestionKind.ACTIONS, "fairly sure of run")],
        asked_by={"seed": 7, "planted": "a copy"},
    )  # fmt: skip
    path = f"/api/projects/{project.id}/queue"
    for user, slices in ((owner, {"chosen": 10, "planted": 1}), (teammate, {"chosen": 11})):
        found = as_user(user).get(path).json()
        assert found["slices"] == slices
        (item,) = [entry for entry in found["items"] if entry["tube_id"] == wrong]
        is_manager = user == owner
        assert item["slice"] == ("planted" if is_manager else "chosen")
        assert ("planted" in item["asked_by"]) == is_manager
        totals = [
            as_user(user).get(f"{path}?slice={name}").json()["total"]
            for name in ("chosen", "planted")
        ]
        assert totals == ([10, 1] if is_manager else [11, 0])


# -- at once -------------------------------------------------------------------------------------


@pytest.fixture
def at_once(tmp_path: Path) -> AtOnce:
    return AtOnce(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_three_at_once_never_hold_the_same_item_and_see_one_order(
    video: Any, project: Any, owner: Any, teammate: Any, third: Any, at_once: AtOnce
) -> None:
    """Each takes and decides item after item; all together answer each item once, in order."""
    made = propose_tubes(video, 24)
    ask_tubes(video, made)

    def work(user: Any) -> list[tuple[int, str]]:
        answered, item = [], queue_next(user, project.id)
        while item is not None:
            mine = QueueItem.objects.filter(pk=item.pk, leased_by=user, state="open")
            assert mine.update(state="done", done_by=user, leased_by=None, leased_until=None) == 1
            answered.append((item.rank, str(item.tube_id)))
            item = queue_next(user, project.id)
        return answered

    said = at_once(*[partial(work, user) for user in (owner, teammate, third)])
    assert sorted(tube for part in said for _, tube in part) == sorted(made)
    assert all(part == sorted(part) for part in said), "the order is the same for everybody"


@pytest.mark.django_db(transaction=True)
def test_three_who_want_the_same_item_at_once_get_three(
    video: Any, project: Any, owner: Any, teammate: Any, third: Any, at_once: AtOnce
) -> None:
    ask_tubes(video, propose_tubes(video, 6))
    users = (owner, teammate, third)

    def free() -> None:
        QueueItem.objects.update(leased_by=None, leased_until=None)

    def held() -> list[int]:
        rows = QueueItem.objects.filter(leased_until__gt=timezone.now()).order_by("leased_by")
        return list(rows.values_list("leased_by", flat=True))

    for _ in range(5):
        at_once(free)
        given = at_once(*[partial(queue_next, user, project.id) for user in users])
        assert sorted(item.rank for item in given) == [0, 1, 2]
        assert at_once(held) == [sorted(user.pk for user in users)]


@pytest.mark.django_db(transaction=True)
def test_the_queue_is_made_anew_while_two_take_from_it(
    video: Any, project: Any, owner: Any, teammate: Any, at_once: AtOnce
) -> None:
    made = propose_tubes(video, 12)
    ask_tubes(video, made)

    def take(user: Any) -> Any:
        item = None
        for _ in range(4):
            item = queue_next(user, project.id, after=item and item.pk)
            assert item is not None
        return item.pk if item else None

    def state() -> tuple[int, dict[int, Any]]:
        rows = QueueItem.objects.filter(state="open")
        held = rows.filter(leased_until__gt=timezone.now()).values_list("leased_by", "pk")
        return rows.count(), dict(held)

    mine, theirs, _ = at_once(
        partial(take, owner), partial(take, teammate), partial(ask_tubes, video, made[::-1])
    )
    assert at_once(state) == [(12, {owner.pk: mine, teammate.pk: theirs})]

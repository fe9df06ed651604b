"""What a round proposes anew, and what it leaves alone because somebody has it open."""

import uuid
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from labeling import api
from mlbackend.models import QueueItem, Run
from mlbackend.propose import commit, services
from mlbackend.propose.held import check_still_free, held
from mlbackend.select.services import queue_drop_video
from mlbackend.train.services import round_start
from mlbackend.train.tasks import run
from tests.mlbackend.at_once import AtOnce
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db


def lease(reviewed: Reviewed, user: Any, minutes: float = 5.0, **about: Any) -> QueueItem:
    """Give somebody an item, for so long from now on."""
    rows = QueueItem.objects.filter(state="open", tube_id=about.get("tube_id"))
    rows.filter(tube_id__isnull=False).delete()
    return QueueItem.objects.create(
        project=reviewed.project, video_id=reviewed.video.id, leased_by=user,
        leased_at=timezone.now(), leased_until=timezone.now() + timedelta(minutes=minutes),
        **about,
    )  # fmt: skip


def spans_on(reviewed: Reviewed, tube_id: str) -> list[Any]:
    return [s.as_dict() for s in api.annotations(reviewed.video.id).spans_of(tube_id)]


def promoted(reviewed: Reviewed) -> None:
    started = round_start(project_id=reviewed.project.id, send=False)
    run(str(started.job_id))
    started.refresh_from_db()
    assert started.decision == "promoted", started.reason


@pytest.mark.parametrize("kind", ["tube", "stretch"])
def test_what_somebody_has_open_gets_no_proposal(reviewed: Reviewed, owner: Any, kind: str) -> None:
    reviewed.review(60)
    opened, other = reviewed.tubes[-1], reviewed.tubes[-2]
    if kind == "tube":
        lease(reviewed, owner, tube_id=opened)
    else:
        lease(reviewed, owner, kind="stretch", start_frame=0, end_frame=10)
    promoted(reviewed)
    assert spans_on(reviewed, opened) == []
    assert bool(spans_on(reviewed, other)) == (kind == "tube")


def test_a_lease_that_has_run_out_protects_nothing(reviewed: Reviewed, owner: Any) -> None:
    reviewed.review(60)
    lease(reviewed, owner, -1.0, tube_id=reviewed.tubes[-1])
    promoted(reviewed)
    assert spans_on(reviewed, reviewed.tubes[-1])


def test_what_is_opened_while_a_run_looks_is_left_alone(
    reviewed: Reviewed, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed.review(60)
    opened, before = reviewed.tubes[-1], commit.held
    asked: list[int] = []

    def opening(video_id: Any, **kwargs: Any) -> Any:
        found = before(video_id, **kwargs)
        asked.append(1)
        if len(asked) == 2:  # after it was looked at, before anything is written
            lease(reviewed, owner, tube_id=opened)
        return found

    monkeypatch.setattr(commit, "held", opening)
    promoted(reviewed)
    assert len(asked) == 3, "it looked again"
    assert spans_on(reviewed, opened) == [] and spans_on(reviewed, reviewed.tubes[-2])


def test_an_open_segment_is_held(reviewed: Reviewed, owner: Any) -> None:
    from labeling.domain.errors import Conflict

    span_id = str(uuid.uuid4())
    lease(reviewed, owner, kind="segment", span_id=span_id)
    now = api.annotations(reviewed.video.id)
    assert held(reviewed.video.id).segments(now) == {span_id}
    with pytest.raises(Conflict, match="opened"):
        check_still_free(reviewed.video.id, now, segments={span_id})
    check_still_free(reviewed.video.id, now, segments={"another"}, tubes=set(reviewed.tubes))


def test_proposing_twice_under_one_key_is_once(reviewed: Reviewed) -> None:
    reviewed.review(60)
    promoted(reviewed)
    key, project_id = str(uuid.uuid4()), reviewed.project.id
    first = services.actions_propose(project_id=project_id, key=key)
    revision, runs = api.project(project_id).revision, Run.objects.count()
    told: list[float] = []
    again = services.actions_propose(
        project_id=project_id, key=key, tell=lambda share, _: told.append(share)
    )
    assert first == again > 0
    assert (api.project(project_id).revision, Run.objects.count()) == (revision, runs)


def test_jobs_made_twice_under_one_key_are_one(reviewed: Reviewed) -> None:
    key, project_id = str(uuid.uuid4()), reviewed.project.id
    wish = {"project_id": project_id, "actions_only": True, "key": key, "send": False}
    (job_id,) = services.propose_start(**wish)
    assert services.propose_start(**wish) == [job_id]
    api.job_claim(job_id, "worker")
    api.job_done(job_id, "worker", {})
    assert services.propose_start(**wish) == [job_id], "also when it is done"
    assert services.propose_start(**{**wish, "key": str(uuid.uuid4())}) != [job_id]


@pytest.mark.django_db(transaction=True)
def test_proposing_and_holding_out_at_once_wait_for_each_other(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both lock the project and the video's items: in one order, or neither would ever go on."""
    reviewed.review(60)
    promoted(reviewed)
    before, checked, project_id = commit.check_still_free, Event(), reviewed.project.id

    def checking(*args: Any, **kwargs: Any) -> None:
        before(*args, **kwargs)
        checked.set()
        sleep(0.5)  # the other one is under way

    def holding_out() -> int:
        checked.wait(30)
        with transaction.atomic():
            api.project_lock(project_id)
            return queue_drop_video(reviewed.video.id)

    monkeypatch.setattr(commit, "check_still_free", checking)
    key = str(uuid.uuid4())
    made, closed = AtOnce(tmp_path)(
        lambda: services.actions_propose(project_id=project_id, key=key), holding_out
    )
    assert made > 0 and closed > 0

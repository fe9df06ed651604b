"""Rounds that start by themselves: after minutes of reviewing, or by the clock."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from annotator import pipeline
from annotator.celery import app
from labeling import api
from labeling.models import Revision
from mlbackend.models import Round
from mlbackend.train import triggers
from mlbackend.train.tasks import due, run
from tests.mlbackend.at_once import AtOnce
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def look_every_time() -> None:
    cache.clear()


def looped(reviewed: Reviewed, **values: Any) -> None:
    """Set how the loop is run."""
    triggers.loop_change(api.project(reviewed.project.id), values)


def worked(reviewed: Reviewed, seconds: float, n: int = 1) -> None:
    """Review the next n tubes, each taking so long."""
    for _ in range(n):
        reviewed.review(1)
        newest = Revision.objects.order_by("-number").first()
        Revision.objects.filter(pk=newest.pk).update(seconds=seconds)


def hours_ago(hours: float) -> Any:
    return timezone.now() - timedelta(hours=hours)


def test_of_two_managers_who_change_the_loop_neither_takes_back_the_others_change(
    reviewed: Reviewed,
) -> None:
    seen = api.project(reviewed.project.id)  # as both had read it
    triggers.loop_change(seen, {"batch": 7})
    triggers.loop_change(seen, {"random_share": 0.2})
    shown = triggers.loop_of(api.project(reviewed.project.id))
    assert (shown["batch"], shown["random_share"]) == (7, 0.2)


def test_nothing_starts_by_itself_unless_it_is_said(reviewed: Reviewed) -> None:
    worked(reviewed, 200.0, 20)
    assert triggers.rounds_due() == []
    assert triggers.reviewed(reviewed.project.id) is None


def test_so_many_minutes_of_reviewing_start_a_round(reviewed: Reviewed) -> None:
    looped(reviewed, round_every_minutes=10)
    worked(reviewed, 100.0, 5)
    assert triggers.rounds_due() == []
    shown = triggers.loop_of(api.project(reviewed.project.id))["next"]
    assert shown == {"minutes_reviewed": 8.3, "minutes_wanted": 10, "at": None}
    worked(reviewed, 100.0)
    (started,) = triggers.rounds_due()
    assert (started.trigger, started.state) == ("minutes", "queued")
    assert triggers.rounds_due() == [], "one is under way"


def test_pauses_are_no_work(reviewed: Reviewed) -> None:
    looped(reviewed, round_every_minutes=10)
    worked(reviewed, 8 * 3600.0)
    assert triggers.rounds_due() == []
    assert triggers.standing(reviewed.project.id).seconds == 300.0


def test_minutes_count_from_the_last_rounds_snapshot(reviewed: Reviewed) -> None:
    looped(reviewed, round_every_minutes=5)
    worked(reviewed, 30.0, 30)
    (first,) = triggers.rounds_due()
    run(str(first.job_id))
    assert Round.objects.get().state == "done"
    assert triggers.rounds_due() == []
    worked(reviewed, 150.0, 2)
    (second,) = triggers.rounds_due()
    assert second.number == 2


def test_a_round_that_failed_is_not_tried_again_on_the_same_work(reviewed: Reviewed) -> None:
    looped(reviewed, round_every_minutes=1)
    worked(reviewed, 100.0)
    (first,) = triggers.rounds_due()
    run(str(first.job_id))
    assert Round.objects.get().state == "failed"
    assert triggers.rounds_due() == []


def test_the_clock_starts_a_round_if_something_was_reviewed(reviewed: Reviewed) -> None:
    looped(reviewed, round_every_hours=6)
    assert triggers.rounds_due() == []
    worked(reviewed, 1.0, 30)
    Revision.objects.update(created_at=hours_ago(5))
    assert triggers.rounds_due() == []
    Revision.objects.update(created_at=hours_ago(7))
    (first,) = triggers.rounds_due()
    assert first.trigger == "schedule"
    run(str(first.job_id))
    Round.objects.update(started_at=hours_ago(7))
    assert triggers.rounds_due() == [], "nothing was reviewed since"
    worked(reviewed, 1.0)
    at = triggers.loop_of(api.project(reviewed.project.id))["next"]["at"]
    assert at == Round.objects.get().started_at + timedelta(hours=6)
    assert len(triggers.rounds_due()) == 1


def test_a_commit_asks_seldom_and_starts_a_round(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labeling.correct import services as correct

    looped(reviewed, round_every_minutes=1)
    worked(reviewed, 100.0)
    asked: list[int] = []
    standing = triggers.standing
    monkeypatch.setattr(triggers, "standing", lambda i: asked.append(i) or standing(i))
    settled = correct.Settled(
        reviewed.project.id, str(reviewed.video.id), None, 1, tubes={reviewed.tubes[0]: "accepted"}
    )
    assert pipeline.start_when_reviewed in correct.decided_handlers
    pipeline.start_when_reviewed(settled)
    assert Round.objects.get().trigger == "minutes"
    n = len(asked)
    pipeline.start_when_reviewed(settled)
    assert len(asked) == n, "not looked at again so soon"


def test_the_beat_asks_and_is_not_kept_waiting_by_a_training() -> None:
    entry = app.conf.beat_schedule["rounds"]
    assert entry["task"] == due.name
    assert app.amqp.router.route({}, due.name)["queue"].name == "media"
    assert app.amqp.router.route({}, run.name)["queue"].name == "models"
    due()


def test_one_projects_wrong_settings_stop_no_other(reviewed: Reviewed, owner: Any) -> None:
    from labeling.teams.services import project_create

    wrong = project_create(name="Wrong", owner=owner)
    api.settings_change(wrong.id, {"loop": {"round_every_minutes": -1}})
    looped(reviewed, round_every_minutes=1)
    worked(reviewed, 100.0)
    assert len(triggers.rounds_due()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_round(reviewed: Reviewed, tmp_path: Path) -> None:
    looped(reviewed, round_every_minutes=1)
    worked(reviewed, 100.0)
    at_once = AtOnce(tmp_path)
    at_once(*[triggers.rounds_due] * 3)
    assert at_once(Round.objects.count) == [1]

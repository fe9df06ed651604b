"""Rounds of a project take turns: one runs, the others wait, and nobody waits for ever."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from labeling import api, jobs
from labeling.domain.errors import JobCancelled
from labeling.models import Job
from mlbackend.models import ModelVersion, Round
from mlbackend.train import services, turns
from mlbackend.train.champion import champion_set
from mlbackend.train.following import follow_start
from mlbackend.train.selectors import is_waiting
from mlbackend.train.services import round_start
from mlbackend.train.tasks import run
from tests.mlbackend.at_once import AtOnce
from tests.mlbackend.train.conftest import Reviewed

pytestmark = pytest.mark.django_db


def start(project: Any, recipe: str = "logistic") -> Round:
    """A round that differs from another by its recipe."""
    made = round_start(project_id=project.id, send=False, wish={"recipe": recipe})
    assert made is not None
    return made


def seeded(project: Any) -> Round:
    """A third one."""
    wish = {"recipe": "svm", "params": {"seed": 5}}
    made = round_start(project_id=project.id, send=False, wish=wish)
    assert made is not None
    return made


def test_a_second_round_waits_and_a_third_alike_is_the_second(project: Any) -> None:
    first = start(project)
    assert start(project) == first, "nobody has begun it"
    turns.turn_claim(str(first.job_id), "worker")
    second, third = start(project, "svm"), start(project, "svm")
    assert second == third != first
    assert [is_waiting(row) for row in (second, first)] == [True, False]
    assert turns.turn_claim(str(second.job_id), "other") is None
    assert api.job_value(str(second.job_id)).state == "queued"
    # What has begun is not waited for: more was reviewed since its snapshot.
    Round.objects.filter(pk=first.pk).update(state="running", snapshot_hash="f" * 64)
    fourth = start(project)
    assert fourth.number == 3


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_the_next_is_woken_however_the_first_ends(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    if end != "failed":
        reviewed.review(60)
    first = start(reviewed.project)
    second = start(reviewed.project, "svm")
    woken: list[str] = []
    monkeypatch.setattr(api, "enqueue", woken.append)
    if end == "cancelled":

        def cancelling(*args: Any) -> None:
            jobs.cancel(str(first.job_id))
            raise JobCancelled("The job was cancelled.")

        monkeypatch.setattr("mlbackend.train.round_work.RoundWork._snapshot", cancelling)
    run(str(first.job_id))
    assert api.job_value(str(first.job_id)).state == end
    assert woken == [str(second.job_id)]
    assert turns.turn_claim(str(second.job_id), "worker") is not None


def test_one_that_was_cancelled_while_it_waited_lets_the_next_pass(project: Any) -> None:
    first, second, third = start(project), start(project, "svm"), seeded(project)
    jobs.cancel(str(second.job_id))
    turns.turn_claim(str(first.job_id), "worker")
    api.job_failed(str(first.job_id), "worker", {"code": "x", "message": "x", "detail": None})
    assert turns.turn_claim(str(third.job_id), "worker") is not None


def test_a_resumed_round_waits_for_the_one_that_runs(project: Any) -> None:
    first, second = start(project), start(project, "svm")
    turns.turn_claim(str(first.job_id), "worker")
    api.job_failed(str(first.job_id), "worker", {"code": "x", "message": "x", "detail": None})
    turns.turn_claim(str(second.job_id), "worker")
    jobs.resume(str(first.job_id))
    assert turns.turn_claim(str(first.job_id), "worker") is None
    api.job_failed(str(second.job_id), "worker", {"code": "x", "message": "x", "detail": None})
    assert turns.turn_claim(str(first.job_id), "worker") is not None


def test_the_waiting_one_takes_its_snapshot_when_it_starts(reviewed: Reviewed) -> None:
    reviewed.review(50)
    first, second = start(reviewed.project), start(reviewed.project, "svm")
    run(str(second.job_id))
    assert Round.objects.get(pk=second.pk).snapshot_hash == ""
    run(str(first.job_id))
    reviewed.review(10)
    run(str(second.job_id))
    efforts = [Round.objects.get(pk=row.pk).effort["labels"] for row in (first, second)]
    assert efforts == [50, 60]


def test_what_follows_is_waited_for_only_if_it_is_all_that_is_wanted(project: Any) -> None:
    first, done = start(project), start(project, "svm")
    turns.turn_claim(str(first.job_id), "worker")
    actions = follow_start(done, ["action"], None, False)
    assert follow_start(done, ["action"], None, False) == actions
    both = follow_start(done, ["action", "segment"], None, False)
    assert both != actions, "segments would not be proposed"
    assert follow_start(done, ["segment"], None, False) == both


@pytest.fixture
def at_once(tmp_path: Path) -> AtOnce:
    return AtOnce(tmp_path)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_run_two_rounds_at_once(project: Any, at_once: AtOnce) -> None:
    rounds = [start(project), start(project, "svm")]
    ids = [str(row.job_id) for row in rounds]
    claims = [partial(turns.turn_claim, job_id, "worker") for job_id in [*ids, *ids]]
    assert [job.id for job in at_once(*claims) if job] == ids[:1]
    assert at_once(Job.objects.filter(state="running").count) == [1]


@pytest.mark.django_db(transaction=True)
def test_of_those_who_choose_a_model_at_once_the_last_has_it(project: Any, at_once: AtOnce) -> None:
    made = [
        ModelVersion.objects.create(project=project, kind="action", name=f"round {n}", path="")
        for n in range(6)
    ]
    champion_set(made[0])
    assert at_once(*(partial(champion_set, model) for model in made[1:])) == [None] * 5
    assert at_once(ModelVersion.objects.filter(status="champion").count) == [1]


@pytest.mark.django_db(transaction=True)
def test_those_who_press_at_once_start_one_round(project: Any, at_once: AtOnce) -> None:
    press = partial(services.round_start, project_id=project.id, send=False)
    assert len({row.id for row in at_once(*[press] * 4)}) == 1
    assert at_once(Round.objects.count, Job.objects.count) == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_two_workers_end_rounds_one_after_the_other(reviewed: Reviewed, at_once: AtOnce) -> None:
    reviewed.review(60)
    rounds = [start(reviewed.project, name) for name in ("logistic", "svm")]
    ids = [str(row.job_id) for row in rounds]

    def worker() -> None:
        while any(api.job_value(job_id).state == "queued" for job_id in ids):
            for job_id in reversed(ids):
                run(job_id)

    def times() -> list[Any]:
        done = Round.objects.filter(state="done").order_by("number")
        return list(done.values_list("started_at", "finished_at"))

    assert at_once(worker, worker) == [None, None]
    ((first, second),) = at_once(times)
    assert first[1] <= second[0]

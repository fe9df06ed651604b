"""A silent step is not taken for a dead one."""

from typing import Any

import pytest

from labeling import api, jobs
from labeling.models import Job
from mlbackend.train import heartbeat

pytestmark = pytest.mark.django_db


class Ends:
    """An event that is set after so many waits; `between` is called before each."""

    def __init__(self, waits: int, between: Any = lambda: None) -> None:
        self.left, self.between = waits, between

    def wait(self, timeout: float) -> bool:
        assert 0 < timeout <= heartbeat.EVERY_S
        self.between()
        self.left -= 1
        return self.left < 0


@pytest.fixture
def job_id(project: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(heartbeat.connection, "close", lambda: None)
    made = jobs.job_create(project_id=project.id, kind="train")
    api.job_claim(made, "worker")
    api.job_progress(made, "worker", 0.4, "Training on 9 windows.")
    Job.objects.filter(pk=made).update(heartbeat_at=None)
    return made


def test_it_repeats_what_was_said_last(job_id: str) -> None:
    heartbeat._beat(job_id, "worker", Ends(1))  # type: ignore[arg-type]
    job = Job.objects.get(pk=job_id)
    assert (job.progress, job.message) == (0.4, "Training on 9 windows.")
    assert job.heartbeat_at is not None


def test_it_ends_when_the_job_is_anothers(job_id: str) -> None:
    Job.objects.filter(pk=job_id).update(owner="another")
    heartbeat._beat(job_id, "worker", Ends(10**6))  # type: ignore[arg-type]
    assert Job.objects.get(pk=job_id).heartbeat_at is None


def test_nothing_is_started_inside_a_transaction(job_id: str, monkeypatch: Any) -> None:
    started: list[Any] = []
    monkeypatch.setattr(heartbeat.threading, "Thread", lambda **about: started.append(about))
    with heartbeat.beating(job_id, "worker"):
        pass
    assert started == []

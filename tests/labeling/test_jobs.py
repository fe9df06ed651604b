import subprocess
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from labeling import jobs
from labeling.domain.errors import Conflict, InvalidInput, JobCancelled
from labeling.models import Job, Project
from labeling.models.job import JobKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Ids of the jobs whose message was sent."""
    ids: list[str] = []
    monkeypatch.setattr(jobs, "_send", ids.append)
    return ids


@pytest.fixture
def job_id(project):
    return jobs.job_create(project_id=project.id, kind="export", params={"format": "ava"})


def state(job_id):
    return Job.objects.get(pk=job_id).state


def test_only_one_worker_gets_a_job(job_id):
    assert jobs.job_claim(job_id, "a").params == {"format": "ava"}
    assert jobs.job_claim(job_id, "b") is None


def test_a_worker_that_lost_its_job_stops(job_id, sent):
    jobs.job_claim(job_id, "a")
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert jobs.sweep() == 1
    assert sent == [job_id]
    assert jobs.job_claim(job_id, "b") is not None
    with pytest.raises(JobCancelled):
        jobs.job_progress(job_id, "a", 0.5, "half")
    jobs.job_progress(job_id, "b", 0.5, "half")


def test_a_job_of_a_process_that_is_gone_is_given_away_at_once(job_id, sent):
    ended = subprocess.Popen(["true"])
    ended.wait()
    host, _, mark = jobs.owner_name().rsplit(":", 2)
    jobs.job_claim(job_id, f"{host}:{ended.pid}:{mark}")
    assert jobs.sweep() == 1
    assert sent == [job_id]


def test_a_job_of_a_process_that_lives_here_or_elsewhere_is_left_to_it(project, sent):
    for owner in (jobs.owner_name(), "another-machine:1:ab12", "a"):
        jobs.job_claim(jobs.job_create(project_id=project.id, kind="export"), owner)
    assert jobs.sweep() == 0


def test_a_job_that_kills_every_worker_is_given_up(job_id, sent):
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.job_claim(job_id, "a")
        Job.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
        jobs.sweep()
    assert state(job_id) == "failed"
    assert Job.objects.get().error["code"] == "worker_died"


def test_a_queued_job_is_cancelled_at_once_and_resumed(
    job_id, sent, django_capture_on_commit_callbacks
):
    jobs.cancel(job_id)
    assert state(job_id) == "cancelled"
    with pytest.raises(Conflict):
        jobs.cancel(job_id)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.resume(job_id)
    assert (state(job_id), sent) == ("queued", [job_id])


def test_a_running_job_stops_at_its_next_report(job_id):
    jobs.job_claim(job_id, "a")
    jobs.cancel(job_id)
    with jobs.running(job_id, "a"):
        jobs.job_progress(job_id, "a", 0.1, "at work")
        pytest.fail("it must have stopped")
    assert state(job_id) == "cancelled"


def test_a_failure_is_recorded_with_its_reason(job_id):
    jobs.job_claim(job_id, "a")
    with jobs.running(job_id, "a"):
        raise InvalidInput("clip.mp4 has no picture.")
    assert Job.objects.get().error["message"] == "clip.mp4 has no picture."


def test_a_reason_that_no_database_keeps_is_made_storable(job_id):
    jobs.job_claim(job_id, "a:1:x")
    with jobs.running(job_id, "a:1:x"):
        raise InvalidInput("no video 'a\0b\ud800'")
    job = jobs.job_value(job_id)
    assert job.error["message"] == "no video 'a\ufffdb\ufffd'"


def test_an_unexpected_failure_is_recorded_and_goes_on(job_id):
    jobs.job_claim(job_id, "a")
    with pytest.raises(ZeroDivisionError), jobs.running(job_id, "a"):
        _ = 1 / 0
    assert (state(job_id), Job.objects.get().error["code"]) == ("failed", "internal_error")


def test_what_follows_a_job_cannot_undo_it(job_id, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    failing = [lambda job: 1 / 0, lambda job: told.append(job.result)]
    monkeypatch.setitem(jobs.done_handlers, "export", failing)
    jobs.job_claim(job_id, "a")
    with django_capture_on_commit_callbacks(execute=True):
        jobs.job_done(job_id, "a", {"rows": 3})
    assert (told, state(job_id)) == ([{"rows": 3}], "done")


def test_reporting_is_throttled_and_stops_a_cancelled_job(project, monkeypatch):
    job_id, owner = _running(project)
    monkeypatch.setattr(jobs, "REPORT_EVERY_S", 60)
    with jobs.reporting(job_id, owner) as report:
        report(0.25, "first")
        report(0.5, "second")
    assert Job.objects.get(pk=job_id).message == "first"
    monkeypatch.setattr(jobs, "REPORT_EVERY_S", 0)
    jobs.cancel(job_id)
    with pytest.raises(JobCancelled), jobs.reporting(job_id, owner) as report:
        report(0.75, "third")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="needs PostgreSQL: SQLite lets one connection write; the suite 'servers' has it",
)
def test_progress_is_seen_and_cancel_heard_while_a_transaction_runs(project, monkeypatch):
    """Needs a server's database: what a thread writes there is seen before the transaction ends."""
    job_id, owner = _running(project)
    monkeypatch.setattr(jobs, "REPORT_EVERY_S", 0.02)
    seen = []

    def watch():
        while len(seen) < 2:
            seen[:] = {*seen, Job.objects.get(pk=job_id).progress} - {0.0}
            time.sleep(0.02)
        jobs.cancel(job_id)
        connection.close()

    watcher = threading.Thread(target=watch)
    stopped = pytest.raises(JobCancelled)
    with stopped, jobs.reporting(job_id, owner) as report, transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        watcher.start()
        for step in range(1000):
            report(0.001 * (step + 1), "writing")
            time.sleep(0.01)
    watcher.join()
    assert len(seen) == 2


def _running(project):
    job_id = jobs.job_create(project_id=project.id, kind=JobKind.IMPORT)
    owner = jobs.owner_name()
    jobs.job_claim(job_id, owner)
    return job_id, owner

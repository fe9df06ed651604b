"""`manage.py propose`: with --wait it needs no worker."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from labeling import api
from labeling.models import Job
from tests.mlbackend.propose.conftest import Yard

pytestmark = pytest.mark.django_db


def _propose(*args: str) -> str:
    out = io.StringIO()
    call_command("propose", *args, stdout=out, stderr=out)
    return out.getvalue()


def test_waiting_runs_the_job_here_and_counts(yard: Yard) -> None:
    said = _propose("Yard", "--wait")
    assert "boxes.mp4: 2 tubes with " in said.splitlines()[-1]
    assert len(api.annotations(yard.video.id).tubes) == 2


def test_without_waiting_the_job_is_left_to_the_workers(yard: Yard) -> None:
    said = _propose("Yard", "--video", "boxes.mp4")
    job = Job.objects.get(kind="propose")
    assert said.strip() == f"boxes.mp4: sent to the workers as job {job.id}"
    assert job.state == "queued"


def test_a_job_a_worker_has_is_waited_for(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlbackend.management.commands import propose as command
    from mlbackend.propose import services

    (job_id,) = services.propose_start(project_id=yard.project.id, send=False)
    job = api.job_claim(job_id, "a worker")
    assert job is not None

    def works_meanwhile(seconds: float) -> None:
        services.propose_step(job, "a worker", send=False)

    monkeypatch.setattr(command.time, "sleep", works_meanwhile)
    assert "boxes.mp4: 2 tubes" in _propose("Yard", "--wait")
    assert Job.objects.filter(kind="propose").count() == 1


def test_mistakes_are_said_in_words(yard: Yard) -> None:
    with pytest.raises(CommandError, match="There is no project 'Garden'"):
        _propose("Garden")
    with pytest.raises(CommandError, match=r"no ready video called x.mp4. There are: boxes.mp4"):
        _propose("Yard", "--video", "x.mp4")
    with pytest.raises(CommandError, match="there is no detector 'magic'"):
        _propose("Yard", "--detector", "magic", "--wait")


def test_actions_only_detects_nothing(yard: Yard) -> None:
    from tests.mlbackend.propose.test_services import _actions, _champion

    _propose("Yard", "--wait", "--rate", "5")
    seen = yard.detector.frames
    assert seen < 60 and _actions(yard) == []
    _champion(yard, "walk")
    said = _propose("Yard", "--wait", "--actions-only", "--recognizer", "hog_hof")
    assert said.splitlines()[-1] == "boxes.mp4: 2 actions proposed by HOG/HOF, walk."
    assert len(_actions(yard)) == 2 and yard.detector.frames == seen

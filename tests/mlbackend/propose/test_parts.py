"""A long video over several workers: the same bytes as alone, whoever dies or is cancelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labeling import api, jobs
from labeling.models import Job
from labeling.teams import selectors as teams
from mlbackend.propose import observe, parts, plan, services, tasks
from mlbackend.propose.detect import DETECTORS, Option
from mlbackend.propose.detectors.base import Detections, detections
from mlbackend.propose.moving import moved
from tests.mlbackend.propose.conftest import FPS, SECONDS, Yard

pytestmark = pytest.mark.django_db


@pytest.fixture
def long(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Yard:
    """The nine seconds count as long: chunks of one, parts of three, looked at 4 to 10 times."""
    monkeypatch.setattr(plan, "CHUNK_S", 1.0)
    monkeypatch.setattr(parts, "CHUNK_S", 1.0)
    monkeypatch.setattr(parts, "PART_S", 3.0)
    monkeypatch.setattr(parts, "SHARED_FROM_S", 5.0)
    monkeypatch.setattr(observe, "REPORT_EVERY_S", 0.0)
    option = Option("Bright boxes", "", 5.0, "fast", lambda path, host: yard.detector)
    monkeypatch.setitem(DETECTORS, "boxes", option)
    return yard


def _start(yard: Yard) -> str:
    (job_id,) = services.propose_start(project_id=yard.project.id, send=False)
    return job_id


def _parts(yard: Yard) -> list[Job]:
    rows = Job.objects.filter(project_id=yard.project.id, kind="detect")
    return sorted(rows, key=lambda row: row.params["chunks"])


def _finish(job_id: str) -> api.JobValue:
    for _ in range(40):
        tasks.step(job_id)
        job = api.job_value(job_id)
        if job.state != "queued":
            return job
    raise AssertionError("the job never ends")


def _shapes(yard: Yard) -> list[Any]:
    return [
        (tube.label_id, tube.keyframes, tube.score)
        for tube in api.annotations(yard.video.id).tubes.values()
    ]


def _forget(yard: Yard, settings: Any) -> None:
    for path in Path(settings.HOME_DIRS["features"]).rglob("detections/*/*.npz"):
        path.unlink()


def _whole(yard: Yard, settings: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    """Found and proposed alone and uncut; then all is forgotten."""
    with monkeypatch.context() as alone:
        alone.setattr(plan, "CHUNK_S", 1000.0)
        alone.setattr(parts, "SHARED_FROM_S", 1e9)
        assert _finish(_start(yard)).state == "done"
    video, work = api.video(yard.video.id), None
    with monkeypatch.context() as alone:
        alone.setattr(plan, "CHUNK_S", 1000.0)
        work = plan.plan(video, "boxes").read()
    assert work is not None
    shapes = _shapes(yard)
    _forget(yard, settings)
    return work[0], shapes


def _same(found: list, other: list) -> bool:
    return len(found) == len(other) and all(
        (a.frame, a.time_s) == (b.frame, b.time_s)
        and all(
            getattr(a, name).tobytes() == getattr(b, name).tobytes()
            for name in ("boxes", "scores", "looks", "categories")
        )
        for a, b in zip(found, other, strict=True)
    )


def test_shared_work_gives_the_bytes_of_the_uncut_run(
    long: Yard, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shapes = _whole(long, settings, monkeypatch)
    job_id = _start(long)
    tasks.step(job_id)  # makes the parts and does the first
    made = _parts(long)
    assert [row.params["chunks"] for row in made] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert [row.state for row in made] == ["done", "queued", "queued"]
    tasks.detect(str(made[2].id))
    tasks.detect(str(made[1].id))
    assert [row.state for row in _parts(long)] == ["done"] * 3
    job = _finish(job_id)
    assert job.state == "done" and job.cursor["shared"] == 1
    found = plan.plan(api.video(long.video.id), "boxes").read()
    assert found is not None and _same(found[0], whole)
    assert _shapes(long) == shapes and len(shapes) == 2
    assert len(_parts(long)) == 3


def test_parts_are_not_listed_among_the_jobs(long: Yard) -> None:
    tasks.step(_start(long))
    assert {row.kind for row in teams.jobs(long.project, [])} == {"propose"}


def test_alone_it_does_every_part_itself(
    long: Yard, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, shapes = _whole(long, settings, monkeypatch)
    assert _finish(_start(long)).state == "done"
    found = plan.plan(api.video(long.video.id), "boxes").read()
    assert found is not None and _same(found[0], whole) and _shapes(long) == shapes
    assert [row.state for row in _parts(long)] == ["done"] * 3


def test_it_waits_without_a_worker_while_others_are_at_it_and_is_woken(
    long: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr("labeling.api.enqueue", sent.append)
    job_id = _start(long)
    tasks.step(job_id)
    second, third = (str(row.id) for row in _parts(long)[1:])
    assert api.job_claim(second, "other:1") and api.job_claim(third, "other:2")
    sent.clear()
    tasks.step(job_id)
    job = api.job_value(job_id)
    assert job.state == "queued" and job.cursor["waiting"] and sent == []
    assert "3 of 9 parts" in job.message
    parts.detect_part(api.job_value(second), "other:1")
    parts.wake_parent(second)
    assert sent == [job_id]


def test_the_parts_of_a_dead_or_failed_worker_are_done_all_the_same(
    long: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _start(long)
    tasks.step(job_id)
    dead, broken = _parts(long)[1:]
    # Killed in its second chunk: the sweep gives the part back, its first chunk is there.
    work = plan.plan(api.video(long.video.id), "boxes")
    assert api.job_claim(str(dead.id), "gone:1")
    work.detect(dead.params["chunks"][0])
    Job.objects.filter(pk=dead.id).update(state="queued", owner="")
    Job.objects.filter(pk=broken.id).update(state="failed")
    seen = long.detector.frames
    assert _finish(job_id).state == "done" and len(_shapes(long)) == 2
    assert [row.state for row in _parts(long)] == ["done", "done", "failed"]
    assert long.detector.frames - seen < 6 * FPS
    assert work.missing() == []


def test_a_job_that_died_while_sharing_finds_its_parts_again(long: Yard) -> None:
    job_id = _start(long)
    job = api.job_claim(job_id, "dead:1")
    assert job is not None
    work = plan.plan(api.video(long.video.id), "boxes")
    assert parts.share(job, {}, work, work.missing())  # and dies before it says so
    Job.objects.filter(pk=job_id).update(state="queued", owner="")
    assert _finish(job_id).state == "done"
    assert len(_parts(long)) == 3


def test_cancelling_stops_the_parts_and_resuming_goes_on(long: Yard) -> None:
    job_id = _start(long)
    tasks.step(job_id)
    jobs.cancel(job_id)
    for row in _parts(long)[1:]:
        tasks.detect(str(row.id))
    assert [row.state for row in _parts(long)] == ["done", "cancelled", "cancelled"]
    seen = long.detector.frames
    jobs.resume(job_id)
    assert _finish(job_id).state == "done"
    assert 0 < long.detector.frames - seen < SECONDS * FPS


def test_a_cancel_while_it_works_on_a_part_stops_at_once(
    long: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = _start(long)
    detect = long.detector.detect

    def cancels(frames: Any) -> list[Detections]:
        if long.detector.frames == 2:
            jobs.cancel(job_id)
        return detect(frames)

    monkeypatch.setattr(long.detector, "detect", cancels)
    assert _finish(job_id).state == "cancelled"
    assert _parts(long)[0].state == "cancelled" and long.detector.frames < 10


def test_a_rate_asked_for_is_kept_to(long: Yard) -> None:
    video = api.video(long.video.id)
    work = plan.plan(video, "boxes", 2)
    assert sum(len(each.always) for each in work.chunks) == 2 * SECONDS + 1
    assert not any(each.maybe for each in work.chunks)
    with pytest.raises(Exception, match="The rate is 'fast'; give frames a second, from 0.2"):
        plan.plan(video, "boxes", "fast")


def test_frames_between_are_looked_at_only_where_somebody_moved_far(
    long: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The boxes drift by 1.5 px a frame: no more looks."""
    video = api.video(long.video.id)
    work = plan.plan(video, "boxes")
    work.detect(0)
    steady = [seen.frame for seen in work.store.read(0)]
    assert steady == list(work.chunks[0].always)
    far = np.array([[0.0, 0, 10, 10]]), np.array([[30.0, 0, 40, 10]])
    one, other = (detections(boxes, np.array([0.8]), (99, 99)) for boxes in far)
    nobody = detections(np.empty((0, 4)), np.empty(0), (99, 99))
    assert moved(one, other, ("person",)) and moved(one, nobody, ("person",))
    assert not moved(one, one, ("person",)) and not moved(nobody, nobody, ("person",))
    assert not moved(one, other, ("ball", "person")) and moved(one, other, ("ball",))
    monkeypatch.setattr(observe, "moved", lambda *_: True)
    work.detect(0)
    every = {*work.chunks[0].always, *work.chunks[0].maybe}
    assert {seen.frame for seen in work.store.read(0)} == every and len(every) == FPS

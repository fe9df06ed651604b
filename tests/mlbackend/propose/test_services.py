"""Proposing on a real file: chunks without seams, cancel, resume, and what people did is kept."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from labeling import api, jobs, revisions
from labeling.domain.errors import Conflict, InvalidInput
from labeling.domain.state import State
from labeling.domain.tube import Tube
from labeling.models import Job, Project, Video
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.models import ModelVersion, QueueItem
from mlbackend.nets.hog_hof import LENGTH
from mlbackend.propose import observe, plan, services, tasks
from mlbackend.propose.thin import pair_iou
from mlbackend.train.checkpoint import checkpoint_write
from mlbackend.train.predictor import ActionModel
from tests.mlbackend.propose.conftest import FPS, MOVES, SECONDS, Yard, box_at

pytestmark = pytest.mark.django_db


def _run(yard: Yard, **options: Any) -> api.JobValue:
    """Propose to the end, as a worker would: a task for every step."""
    (job_id,) = services.propose_start(project_id=yard.project.id, send=False, **options)
    for _ in range(60):
        tasks.step(job_id)
        job = api.job_value(job_id)
        if job.state != "queued":
            return job
    raise AssertionError("the job never ends")


def _tubes(yard: Yard) -> list[Tube]:
    return sorted(api.annotations(yard.video.id).tubes.values(), key=lambda tube: tube.number or 0)


def _thin_less(yard: Yard) -> None:
    """From now on tubes come out with other keyframes."""
    wanted = {"detector": "boxes", "keyframe_iou": 0.97}
    Project.objects.filter(pk=yard.project.pk).update(settings=wanted)


def _by_hand(yard: Yard, *operations: dict) -> None:
    revisions.commit(video_id=yard.video.id, operations=list(operations), origin="hand")


def test_people_become_tubes_with_few_keyframes(yard: Yard) -> None:
    job = _run(yard)
    assert job.state == "done" and job.result is not None
    assert job.result["tubes"] == 2 and job.result["detector"] == "boxes"
    tubes = _tubes(yard)
    assert [tube.state for tube in tubes] == [State.PROPOSED] * 2
    for tube, move in zip(tubes, MOVES, strict=True):
        frames, boxes = tube.dense()
        assert (frames[0], frames[-1]) == (0, FPS * SECONDS - 1)
        true = np.array([box_at(move, int(frame)) for frame in frames], dtype=float)
        assert pair_iou(boxes, true).mean() > 0.85
        assert len(tube.keyframes) <= 9
        assert tube.score == pytest.approx(0.8, abs=1e-3)
        assert tube.proposed is not None and tube.run_id == job.id


def test_chunks_leave_no_seam(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CHUNK_S", 1000.0)
    _run(yard)
    whole = [tube.keyframes for tube in _tubes(yard)]
    monkeypatch.setattr(plan, "CHUNK_S", 1.3)
    monkeypatch.setattr("mlbackend.propose.store.VERSION", -1)
    for tube in _tubes(yard):
        _by_hand(yard, {"op": "tube_remove", "tube_id": tube.id})
    job = _run(yard)
    assert job.cursor["chunk"] == 7
    assert [tube.keyframes for tube in _tubes(yard)] == whole


def test_cancelled_between_chunks_and_resumed_from_there(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CHUNK_S", 3.0)
    monkeypatch.setattr(observe, "REPORT_EVERY_S", 0.0)
    (job_id,) = services.propose_start(project_id=yard.project.id, send=False)
    tasks.step(job_id)
    seen = yard.detector.frames
    assert api.job_value(job_id).cursor["chunk"] == 1 and 0 < seen < FPS * SECONDS
    Job.objects.filter(pk=job_id).update(cancel_requested=True)
    tasks.step(job_id)
    assert api.job_value(job_id).state == "cancelled"
    assert _tubes(yard) == []
    jobs.resume(job_id)
    while api.job_value(job_id).state == "queued":
        tasks.step(job_id)
    assert api.job_value(job_id).state == "done" and len(_tubes(yard)) == 2
    assert yard.detector.frames < FPS * SECONDS + seen


def test_progress_only_rises_and_says_what_is_done(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "CHUNK_S", 3.0)
    monkeypatch.setattr(observe, "REPORT_EVERY_S", 0.0)
    told: list[tuple[float, str]] = []
    (job_id,) = services.propose_start(project_id=yard.project.id, send=False)
    while (job := api.job_claim(job_id, "me")) is not None:
        services.propose_step(
            job, "me", tell=lambda share, text: told.append((share, text)), send=False
        )
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[-1] <= 1.0
    assert "Finding people in boxes.mp4 with Bright boxes: second 3 of 9." in [t for _, t in told]


def test_a_job_repeated_after_a_crash_adds_nothing(yard: Yard) -> None:
    job = _run(yard)
    before = api.annotations(yard.video.id)
    Job.objects.filter(pk=job.id).update(state="queued")
    tasks.step(job.id)
    after = api.annotations(yard.video.id)
    assert api.job_value(job.id).state == "done"
    assert after.tubes == before.tubes


def test_a_lost_chunk_is_detected_again(yard: Yard, settings: Any) -> None:
    _run(yard)
    for path in settings.HOME_DIRS["features"].rglob("detections/*/*.npz"):
        path.write_bytes(b"damaged")
    seen = yard.detector.frames
    assert _run(yard).state == "done"
    assert yard.detector.frames == 2 * seen and len(_tubes(yard)) == 2


def test_proposing_again_reads_what_was_detected_and_keeps_the_same_tubes(yard: Yard) -> None:
    _run(yard)
    before, seen = _tubes(yard), yard.detector.frames
    _run(yard)
    assert _tubes(yard) == before and yard.detector.frames == seen


def test_only_untouched_proposals_are_replaced(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    _run(yard)
    first, second = _tubes(yard)
    _by_hand(yard, {"op": "tube_decide", "tube_id": first.id, "decision": "accepted"})
    _thin_less(yard)
    job = _run(yard)
    assert job.result is not None
    assert (job.result["repeated"], job.result["replaced"], job.result["tubes"]) == (1, 1, 1)
    kept, new = _tubes(yard)
    assert (kept.id, kept.state) == (first.id, State.ACCEPTED)
    assert new.id != second.id and len(new.keyframes) > len(second.keyframes)


def test_what_was_rejected_is_not_proposed_again(yard: Yard) -> None:
    _run(yard)
    first, second = _tubes(yard)
    _by_hand(yard, {"op": "tube_decide", "tube_id": second.id, "decision": "rejected"})
    _run(yard)
    assert [(t.id, t.state) for t in _tubes(yard)] == [
        (first.id, State.PROPOSED),
        (second.id, State.REJECTED),
    ]


def test_a_tube_somebody_has_open_is_left_alone(yard: Yard, owner: Any) -> None:
    _run(yard)
    first, second = _tubes(yard)
    QueueItem.objects.create(
        project_id=yard.project.id,
        video_id=yard.video.id,
        tube_id=first.id,
        leased_by=owner,
        leased_until=timezone.now() + timedelta(minutes=5),
    )
    _thin_less(yard)
    _run(yard)
    ids = {tube.id for tube in _tubes(yard)}
    assert first.id in ids and second.id not in ids and len(ids) == 2


def _champion(yard: Yard, name: str) -> ModelVersion:
    """A model that says `name` to every window and nothing else."""
    ids = tuple(sorted(yard.labels[label] for label in ("walk", "run", "wave")))
    model = ActionModel(
        label_ids=ids,
        mean=np.zeros(LENGTH),
        scale=np.ones(LENGTH),
        coefficients=np.zeros((3, LENGTH)),
        intercepts=np.array([2.0 if i == yard.labels[name] else -2.0 for i in ids]),
        constants=np.full(3, np.nan),
        thresholds=np.full(3, 0.5),
    )
    ModelVersion.objects.filter(project_id=yard.project.id).update(status="retired")
    row = ModelVersion(
        id=uuid.uuid4(), project_id=yard.project.id, name=name, status="champion", path="x"
    )
    row.path = f"{row.id}/weights.npz"
    row.save()
    checkpoint_write(row.file_path.parent, model, {"features": {"descriptor": HOG_HOF.key}})
    return row


def _actions(yard: Yard) -> list[tuple[str, int, int, int]]:
    spans = api.annotations(yard.video.id).spans.values()
    return sorted((str(s.tube_id), s.label_id, s.start_frame, s.end_frame) for s in spans)


def test_without_a_champion_no_action_is_proposed(yard: Yard) -> None:
    job = _run(yard)
    assert job.result is not None and job.result["spans"] == 0
    assert services.actions_propose(project_id=yard.project.id) == 0
    assert _actions(yard) == []


def test_a_champion_that_cannot_be_used_proposes_nothing(yard: Yard) -> None:
    row = _champion(yard, "walk")
    row.file_path.write_bytes(b"damaged")
    job = _run(yard)
    assert job.state == "done" and _actions(yard) == []


def test_the_champions_actions_are_proposed_with_the_tubes(yard: Yard) -> None:
    _champion(yard, "walk")
    _run(yard)
    tubes = _tubes(yard)
    walk = yard.labels["walk"]
    assert _actions(yard) == sorted((t.id, walk, 0, FPS * SECONDS) for t in tubes)
    span = next(iter(api.annotations(yard.video.id).spans.values()))
    assert span.state is State.PROPOSED and span.score == pytest.approx(0.8808, abs=1e-3)


def test_a_new_champion_proposes_again_only_where_nobody_has_been(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    _champion(yard, "walk")
    _run(yard)
    first, second = _tubes(yard)
    own = next(s for s in api.annotations(yard.video.id).spans.values() if s.tube_id == first.id)
    _by_hand(yard, {"op": "span_decide", "span_id": own.id, "decision": "rejected"})
    _champion(yard, "run")
    monkeypatch.setattr(
        "mlbackend.data.shared_decode.read_frames", None
    )  # nothing is decoded any more
    assert services.actions_propose(project_id=yard.project.id) == 1
    assert _actions(yard) == sorted(
        [
            (first.id, yard.labels["walk"], 0, FPS * SECONDS),
            (second.id, yard.labels["run"], 0, FPS * SECONDS),
        ]
    )
    assert api.annotations(yard.video.id).spans[own.id].state is State.REJECTED
    assert [tube.id for tube in _tubes(yard)] == [first.id, second.id]


def test_one_job_a_video_at_a_time(yard: Yard) -> None:
    start = services.propose_start
    assert start(project_id=yard.project.id) == start(project_id=yard.project.id)
    with pytest.raises(Conflict, match="another detector"):
        start(project_id=yard.project.id, detector="hog")


def test_a_conflict_on_one_video_starts_nothing_on_others(yard: Yard) -> None:
    other = Video(
        project=yard.project, name="a.mp4", state="ready", sha256="a", width=640, height=360
    )
    other.set_timebase(yard.video.timebase())
    other.save()
    Job.objects.all().delete()
    services.propose_start(project_id=yard.project.id, video_ids=[yard.video.id])
    with pytest.raises(Conflict, match="another detector"):
        services.propose_start(project_id=yard.project.id, detector="hog")
    assert Job.objects.filter(kind="propose").count() == 1


def test_looking_for_segments_keeps_nobody_from_looking_for_people(yard: Yard) -> None:
    (segments,) = services.propose_start(project_id=yard.project.id, segments_only=True)
    (actions,) = services.propose_start(project_id=yard.project.id, actions_only=True)
    assert actions != segments
    assert services.propose_start(project_id=yard.project.id, actions_only=True) == [actions]


def test_what_cannot_be_proposed_on_is_said(yard: Yard, settings: Any, tmp_path: Any) -> None:
    settings.HOME_DIRS = {**settings.HOME_DIRS, "weights": tmp_path / "none"}
    settings.DETECTOR_WEIGHTS = ""
    with pytest.raises(InvalidInput, match="not in this project or not ready"):
        services.propose_start(project_id=yard.project.id, video_ids=[uuid.uuid4()])
    with pytest.raises(InvalidInput, match="there is no detector 'magic'"):
        services.propose_start(project_id=yard.project.id, detector="magic")
    with pytest.raises(InvalidInput, match="cannot run. .*Put yolox_nano.onnx"):
        services.propose_start(project_id=yard.project.id, detector="yolox_nano")


def test_a_detector_that_dies_fails_the_job_in_words(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlbackend.propose.detect import DetectorFailed

    def dies(frames: Any) -> None:
        raise DetectorFailed("the detector's process died")

    monkeypatch.setattr(yard.detector, "detect", dies)
    job = _run(yard)
    assert job.state == "failed" and job.error is not None
    assert job.error["code"] == "detector_failed"
    assert job.error["message"] == "boxes.mp4: the detector's process died"

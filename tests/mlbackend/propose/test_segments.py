"""Segments of the video: learned from reviewed ranges, proposed where nobody has looked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.conf import settings

from labeling import api, jobs
from labeling.domain.annotations import Annotations
from labeling.domain.span import Coverage, Span
from labeling.domain.timebase import Timebase
from labeling.ingest.services import video_ingest
from labeling.models import Label
from labeling.schema import label_retire
from mlbackend.management.commands.propose import summary
from mlbackend.models import ModelVersion, Round, Run
from mlbackend.propose import services
from mlbackend.propose.segment_curve import found_segments
from mlbackend.propose.segments import fresh, outside, segmenter
from mlbackend.train.services import round_promote, round_start
from mlbackend.train.tasks import run as train_run
from tests.mlbackend.annotating import (
    commit,
    keep_features,
    propose_tubes,
    review_operations,
    uid,
)
from tests.mlbackend.train.conftest import Reviewed, reviewed

__all__ = ["reviewed"]

FPS = 10
CROWDS_A, CROWDS_B = [(6.0, 14.0), (24.0, 33.0)], [(4.0, 9.0), (15.0, 21.5)]


def draw(path: Path, seconds: int, crowds: list[tuple[float, float]], seed: int) -> None:
    """A still yard; in each stretch of time a crowd of bright blocks runs through it."""
    rng = np.random.default_rng(seed)
    yard = rng.integers(20, 60, (12, 16, 1)).repeat(10, 0).repeat(10, 1).astype(np.uint8)
    blocks = rng.uniform(0, 150, (14, 2))
    speeds = rng.uniform(4, 9, 14) * rng.choice([-1, 1], 14)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for frame in range(seconds * FPS):
            picture = yard.repeat(3, 2).copy()
            if any(a <= frame / FPS < b for a, b in crowds):
                for (x, y), speed in zip(blocks, speeds, strict=True):
                    left, top = int(x + speed * frame) % 150, int(y * 0.65)
                    picture[top : top + 20, left : left + 10] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())


@dataclass
class Crowds:
    """Two videos, a segment label, and what a person says about the first."""

    project: Any
    label: int
    learned: Any
    other: Any

    def mark(self, video: Any, spans: list[tuple[float, float]]) -> None:
        """Mark segments by hand."""
        commit(
            video,
            [
                {
                    "op": "span_add",
                    "span": {
                        "id": uid(video.name, a, b),
                        "tube_id": None,
                        "label_id": self.label,
                        "start_frame": round(a * FPS),
                        "end_frame": round(b * FPS),
                    },
                }
                for a, b in spans
            ],
        )

    def cover(self, video: Any, start_s: float, end_s: float) -> None:
        """Say that nothing is missing there."""
        covered = {
            "id": uid(video.name, "covered", start_s),
            "tube_id": None,
            "start_frame": round(start_s * FPS),
            "end_frame": round(end_s * FPS),
            "label_ids": [self.label],
        }
        commit(video, [{"op": "coverage_add", "coverage": covered}])

    def round(self) -> Round:
        """Run a round as a worker would."""
        started = round_start(project_id=self.project.id, send=False)
        train_run(str(started.job_id))
        started.refresh_from_db()
        return started

    def put_to_use(self) -> Round:
        """Run a round whose hold-out is too small to decide by, and decide as a person would."""
        done = self.round()
        assert done.decision == "undecided", done.reason
        return round_promote(done)

    def segments(self, video: Any) -> list[Span]:
        """The segments of a video, in order."""
        return sorted(api.annotations(video.id).spans_of(None), key=lambda s: s.start_frame)


@pytest.fixture
def crowds(
    project: Any, labels: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Crowds:
    folders = {"features": tmp_path / "f", "models": tmp_path / "m"}
    monkeypatch.setattr(settings, "HOME_DIRS", {**settings.HOME_DIRS, **folders})
    draw(tmp_path / "a.mp4", 40, CROWDS_A, 1)
    draw(tmp_path / "b.mp4", 26, CROWDS_B, 2)
    a, b = (video_ingest(project=project, path=tmp_path / f"{n}.mp4").video for n in "ab")
    return Crowds(project, labels["crowded"], a, b)


def enough_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reserve enough of 40 s for the rule to decide by: shorter stretches, and every other one."""
    monkeypatch.setattr("mlbackend.train.stretches.STRETCH_S", 1.25)
    monkeypatch.setattr("mlbackend.train.holdout.RESERVED_ONE_IN", 2)


def propose(video: Any) -> dict[str, Any]:
    """Propose segments on a video as a worker would; what the job says in the end."""
    (job_id,) = services.propose_start(
        project_id=video.project_id, video_ids=[video.id], segments_only=True, send=False
    )
    job = api.job_claim(job_id, "test")
    services.propose_step(job, "test", send=False)
    return api.job_value(job_id).result


@pytest.mark.django_db
def test_segments_are_learned_and_proposed_where_nobody_looked(crowds: Crowds) -> None:
    crowds.mark(crowds.learned, CROWDS_A)
    crowds.cover(crowds.learned, 0, 40)
    done = crowds.put_to_use()
    assert (done.state, done.decision, done.model) == ("done", "promoted", None), done.reason
    assert "only 1 stretch reserved to measure on is reviewed, at least 8" in done.reason
    assert "No action model: There is" in done.reason
    assert done.evaluated_on == "reserved stretches"
    model = ModelVersion.objects.get(project=crowds.project, kind="segment")
    assert (model.name, model.status) == ("round 1 segments", "champion")
    assert model.manifest["labels"] == [{"id": crowds.label, "name": "crowded"}]

    result = propose(crowds.other)
    found = crowds.segments(crowds.other)
    assert result["segments"] == len(found) == len(CROWDS_B)
    assert "2 segments of the video" in summary(result)
    for span, (start, end) in zip(found, CROWDS_B, strict=True):
        assert abs(span.start_frame / FPS - start) <= 0.5
        assert abs(span.end_frame / FPS - end) <= 0.5
        assert span.state == "proposed" and 0.5 < span.score <= 1.0 and span.tube_id is None
    (run,) = Run.objects.filter(video_id=crowds.other.id)
    assert (str(run.id), run.model) == (found[0].run_id, model)

    again = propose(crowds.other)
    assert again["segments"] == 2 and crowds.segments(crowds.other) == found
    # All of the first video was reviewed: nothing is proposed there.
    assert propose(crowds.learned)["segments"] == 0
    assert services.segments_propose(project_id=crowds.project.id) == []
    assert segmenter(crowds.project.id) is not None
    label_retire(label=Label.objects.get(pk=crowds.label))
    assert segmenter(crowds.project.id) is None, "what is retired is not proposed any more"


@pytest.mark.django_db
def test_what_a_person_said_is_left_alone(crowds: Crowds) -> None:
    crowds.mark(crowds.learned, CROWDS_A)
    crowds.cover(crowds.learned, 0, 40)
    crowds.put_to_use()
    propose(crowds.other)
    first, second = crowds.segments(crowds.other)
    commit(crowds.other, [{"op": "span_decide", "span_id": first.id, "decision": "rejected"}])
    crowds.cover(crowds.other, 15.0, 18.0)
    assert propose(crowds.other)["segments"] == 1
    rejected, cut = crowds.segments(crowds.other)
    assert (rejected.id, rejected.state) == (first.id, "rejected")
    assert (cut.start_frame, cut.end_frame) == (180, second.end_frame)
    accepted = {"op": "span_decide", "span_id": cut.id, "decision": "accepted"}
    commit(crowds.other, [accepted])
    propose(crowds.other)
    assert [s.state for s in crowds.segments(crowds.other)] == ["rejected", "accepted"]


@pytest.mark.django_db
def test_a_promoted_segment_model_proposes_on_its_own(
    crowds: Crowds, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough_held_out(monkeypatch)
    crowds.mark(crowds.learned, CROWDS_A)
    crowds.cover(crowds.learned, 0, 40)
    done = crowds.round()
    (job_id,) = jobs.active(crowds.project.id, "propose")
    job = api.job_value(job_id)
    assert job.video_id == str(crowds.other.id) and job.params["segments_only"]
    assert api.job_value(str(done.job_id)).result["segments_promoted"] is True


@pytest.mark.django_db
def test_too_little_is_said_and_nothing_is_decoded(
    crowds: Crowds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlbackend.train.features.window_features", None)
    crowds.mark(crowds.learned, [(6.0, 14.0)])
    crowds.cover(crowds.learned, 6.0, 14.0)
    failed = crowds.round()
    assert failed.state == "failed"
    assert "No segment model: at least one segment needs 2 windows" in failed.reason
    assert "crowded: " in failed.reason and "no reviewed tube" in failed.reason


@pytest.mark.django_db
def test_both_models_come_from_one_round_also_after_a_crash(
    crowds: Crowds, labels: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowds.mark(crowds.learned, CROWDS_A)
    crowds.cover(crowds.learned, 0, 40)
    enough_held_out(monkeypatch)
    tubes = propose_tubes(crowds.learned, 40, frames=24)
    sides = {tube: 6.0 if n % 2 else -6.0 for n, tube in enumerate(tubes)}
    keep_features(crowds.learned, {tube: [side] * 8 for tube, side in sides.items()})
    both = [labels["run"], labels["walk"]]
    for tube, side in sides.items():
        commit(crowds.learned, review_operations(tube, [(both[side > 0], 0, 24)], both, 24))
    started = round_start(project_id=crowds.project.id, send=False)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("mlbackend.train.record.model_record", killed)
        with pytest.raises(KeyboardInterrupt):
            train_run(str(started.job_id))
    assert not ModelVersion.objects.filter(project=crowds.project).exists()
    (first,) = Path(settings.HOME_DIRS["models"]).glob("*-segments/weights.npz")
    before = load_arrays(first)
    jobs.Job.objects.filter(pk=started.job_id).update(state="queued", owner="")
    train_run(str(started.job_id))
    started.refresh_from_db()
    assert started.model.name == "round 1" and "Segments: First model" in started.reason
    status = dict(ModelVersion.objects.values_list("kind", "status"))
    assert status == {"action": "champion", "segment": "champion"}
    after = load_arrays(first)
    assert before.keys() == after.keys()
    assert all(np.array_equal(before[name], after[name], equal_nan=True) for name in before)


@pytest.mark.django_db
def test_a_segment_model_that_fails_does_not_stop_the_actions(
    reviewed: Reviewed, labels: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlbackend.train.stretches.STRETCH_S", 2.5)
    reviewed.review(30)
    span = {"id": uid("s"), "tube_id": None, "label_id": labels["crowded"]}
    covered = {"id": uid("c"), "tube_id": None, "label_ids": [labels["crowded"]]}
    commit(
        reviewed.video,
        [
            {"op": "span_add", "span": {**span, "start_frame": 50, "end_frame": 75}},
            {"op": "coverage_add", "coverage": {**covered, "start_frame": 0, "end_frame": 100}},
        ],
    )
    # The video's file is not there, so that its picture cannot be looked at.
    started = round_start(project_id=reviewed.project.id, send=False)
    train_run(str(started.job_id))
    started.refresh_from_db()
    assert (started.state, started.model.name) == ("done", "round 1")
    assert "No segment model: " in started.reason and "windows with it" not in started.reason
    assert not ModelVersion.objects.filter(kind="segment").exists()


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a weights file."""
    with np.load(path) as stored:
        return dict(stored)


def _span(start: int, end: int, state: str = "manual", label: int = 1) -> Span:
    return Span(str(uuid.uuid4()), None, label, start, end, state, run_id=str(uuid.UUID(int=1)))


def test_only_unreviewed_and_unknown_parts_are_fresh() -> None:
    timebase = Timebase((1, 10), np.arange(200), 200)
    said = Annotations(
        spans={s.id: s for s in (_span(100, 140, "rejected"), _span(0, 40, label=2))},
        coverage={"c": Coverage("c", None, 20, 30, (1,)), "d": Coverage("d", None, 0, 99, (2,))},
    )
    found = [_span(0, 60), _span(105, 145), _span(150, 170)]
    kept = fresh(found, said, set(), timebase)
    assert [(s.start_frame, s.end_frame) for s in kept] == [(0, 20), (30, 60), (150, 170)]
    assert len({s.id for s in kept}) == 3
    # A remainder of less than a second is not worth a question.
    assert fresh([_span(12, 35)], said, set(), timebase) == []
    assert outside((0, 10), [(2, 4), (3, 5), (8, 20)]) == [(0, 2), (5, 8)]


def test_a_pause_parts_two_segments_and_a_flicker_does_not() -> None:
    timebase = Timebase((1, 10), np.arange(400), 400)
    windows = np.array([[s, s + 12] for s in range(0, 389, 4)])
    middles = windows.mean(axis=1) / 10
    p = np.full((len(windows), 2), 0.03)
    p[(middles > 5) & (middles < 15) & (np.abs(middles - 10) > 0.3), 0] = 0.95
    p[((middles > 20) & (middles < 25)) | ((middles > 29) & (middles < 36)), 0] = 0.9
    found = found_segments(p, windows, (7, 8), timebase, np.array([0.5, 0.5]))
    edges = [(s.label_id, s.start_frame / 10, s.end_frame / 10) for s in found]
    assert [label for label, *_ in edges] == [7, 7, 7]
    for (_, start, end), (a, b) in zip(edges, [(5, 15), (20, 25), (29, 36)], strict=True):
        assert abs(start - a) <= 0.4 and abs(end - b) <= 0.4
    assert 0.8 < found[0].score < 0.95

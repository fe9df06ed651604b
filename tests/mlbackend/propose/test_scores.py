"""Scores that say how likely a person agrees, learnt from what people decided."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import pytest

from labeling import api, revisions
from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from mlbackend.evaluate.calibration import Platt
from mlbackend.models import Run
from mlbackend.propose.runs import RunValue
from mlbackend.propose.scores import ENOUGH, calibrated, decided

pytestmark = pytest.mark.django_db
COUNT = 8 * ENOUGH
# What the detector's scores are really worth.
TRULY = Platt(1.0, -2.0)


def _tube(label_id: int, score: float, run_id: str) -> Tube:
    line = (Keyframe(0, Box(0, 0, 40, 90)), Keyframe(20, Box(20, 0, 60, 90)))
    return Tube(str(uuid.uuid4()), label_id, line, State.PROPOSED, score=score, run_id=run_id)


def _scores(count: int = COUNT) -> tuple[np.ndarray, np.ndarray]:
    """Raw scores of a detector that is far too sure, and whether people agreed."""
    rng = np.random.default_rng(5)
    scores = rng.uniform(0.5, 0.98, count).round(4)
    return scores, rng.random(count) < TRULY.apply(scores)


def _decided(project: Any, video: Any, scores: np.ndarray, right: np.ndarray) -> None:
    """A run proposed tubes with these scores, and a person decided on all of them."""
    person = project.labels.get(kind="object", name="person")
    video.split = "hold-out"
    video.save()
    run_id = str(uuid.uuid4())
    Run.objects.create(id=run_id, project=project, video=video, detector="yolox_nano")
    tubes = [_tube(person.id, float(score), run_id) for score in scores]
    adds = [{"op": "tube_add", "tube": tube.as_dict()} for tube in tubes]
    api.commit_run(video_id=video.id, run_id=run_id, operations=adds)
    words = [
        {
            "op": "tube_decide",
            "tube_id": tube.id,
            "decision": "accepted" if good else "rejected",
        }
        for tube, good in zip(tubes, right, strict=True)
    ]
    revisions.commit(video_id=video.id, operations=words, origin="hand")


def _drawn_blind(project: Any, video: Any, scores: np.ndarray, right: np.ndarray) -> None:
    """A run proposed a tube each ten frames; a person drew those that are right, unseen."""
    person = project.labels.get(kind="object", name="person")
    video.set_timebase(Timebase((1, 10), np.arange(10 * len(scores)), 10 * len(scores)))
    video.split = "hold-out"
    video.save()
    run_id = str(uuid.uuid4())
    Run.objects.create(id=run_id, project=project, video=video, detector="yolox_nano")

    def line(at: int, x: float) -> list[dict]:
        return [{"frame": f, "box": [x, 0, x + 40, 90]} for f in (10 * at, 10 * at + 9)]

    proposed = [
        {"id": str(uuid.uuid4()), "label_id": person.id, "score": float(s), "keyframes": line(i, 0)}
        for i, s in enumerate(scores)
    ]
    adds = [{"op": "tube_add", "tube": tube} for tube in proposed]
    api.commit_run(video_id=video.id, run_id=run_id, operations=adds)
    drawn: list[dict] = [
        {
            "op": "tube_add",
            "tube": {"id": str(uuid.uuid4()), "label_id": person.id, "keyframes": line(i, 4)},
        }
        for i in np.flatnonzero(right).tolist()
    ]
    whole = {
        "id": str(uuid.uuid4()), "tube_id": None, "start_frame": 0,
        "end_frame": 10 * len(scores), "label_ids": [person.id],
    }  # fmt: skip
    drawn.append({"op": "coverage_add", "coverage": whole})
    revisions.commit(video_id=video.id, operations=drawn, origin="hand", blind=True)


def _scored(video: Any, detector: str, *scores: float) -> tuple[list[float | None], dict]:
    run = RunValue(str(uuid.uuid4()), detector)
    tubes = [_tube(1, score, run.id) for score in scores]
    shown, _ = calibrated(api.video(video.id), run, "", tubes, [])
    return [tube.score for tube in shown], run.detail["calibration"]["tubes"]


def test_scores_become_the_share_people_agreed_with(
    project: Any, video: Any, owner: Any, as_user: Any
) -> None:
    scores, right = _scores()
    _decided(project, video, scores, right)
    found, said = _scored(video, "yolox_nano", 0.55, 0.95)
    assert found == pytest.approx(TRULY.apply(np.array([0.55, 0.95])), abs=0.08)
    assert said["decided"] == COUNT and said["note"] == ""
    report = as_user(owner).get(f"/api/projects/{project.id}/calibration").json()
    report = report["tubes"]["yolox_nano"]
    assert report["ece"] < 0.5 * report["ece_raw"]
    assert report["confirmed"] + report["rejected"] == COUNT


def test_another_detector_or_too_few_decisions_keep_the_raw_score(project: Any, video: Any) -> None:
    scores, right = _scores(ENOUGH)
    _decided(project, video, scores, right)
    for detector in ("yolox_nano", "hog"):
        found, said = _scored(video, detector, 0.55, 0.95)
        assert found == [0.55, 0.95]
        assert "30 of both are needed" in said["note"]


def test_the_next_fit_starts_from_raw_scores_again(project: Any, video: Any) -> None:
    scores, right = _scores()
    _decided(project, video, scores, right)
    used = {"tubes": {"slope": 0.5, "intercept": -0.3}}
    Run.objects.update(detail={"calibration": used})
    odds = np.log(scores / (1 - scores))
    again = np.sort(decided(project.id)[0]["yolox_nano"].scores)
    assert again == pytest.approx(np.sort(1 / (1 + np.exp(-(odds + 0.3) / 0.5))), abs=1e-4)


def test_scores_are_calibrated_by_what_was_drawn_without_seeing_them(
    project: Any, video: Any
) -> None:
    scores, right = _scores()
    _drawn_blind(project, video, scores, right)
    found = decided(project.id)[0]["yolox_nano"]
    order = np.argsort(scores)
    assert np.sort(found.scores) == pytest.approx(scores[order])
    assert found.right.sum() == right.sum() and len(found.right) == COUNT
    shown, said = _scored(video, "yolox_nano", 0.55, 0.95)
    assert shown == pytest.approx(TRULY.apply(np.array([0.55, 0.95])), abs=0.08)
    assert said["decided"] == COUNT and said["note"] == ""


def test_what_is_drawn_later_counts_at_once(project: Any, video: Any) -> None:
    nobody = np.zeros(4, dtype=bool)
    _drawn_blind(project, video, np.array([0.6, 0.7, 0.8, 0.9]), nobody)
    assert decided(project.id)[0]["yolox_nano"].right.sum() == 0
    person = project.labels.get(kind="object", name="person")
    line = [{"frame": f, "box": [0, 0, 40, 90]} for f in (0, 9)]
    tube = {"id": str(uuid.uuid4()), "label_id": person.id, "keyframes": line}
    draw = [{"op": "tube_add", "tube": tube}]
    revisions.commit(video_id=video.id, operations=draw, origin="hand", blind=True)
    assert decided(project.id)[0]["yolox_nano"].right.sum() == 1
    remove = [{"op": "tube_remove", "tube_id": tube["id"]}]
    revisions.commit(video_id=video.id, operations=remove, origin="hand", blind=True)
    assert decided(project.id)[0]["yolox_nano"].right.sum() == 0


def test_where_proposals_are_seen_undecided_ones_say_nothing(project: Any, video: Any) -> None:
    _drawn_blind(project, video, *_scores())
    project.settings = {"hold_out_blind": False}
    project.save()
    assert decided(project.id) == ({}, {})


def test_other_videos_say_nothing(project: Any, video: Any) -> None:
    _decided(project, video, *_scores())
    video.split = "train"
    video.save()
    assert decided(project.id) == ({}, {})


def test_another_detector_of_the_project_begins_anew(project: Any, video: Any) -> None:
    _decided(project, video, *_scores())
    Run.objects.update(detector="project", detail={"detector_title": "detector-1"})
    for title, decisions in (("detector-1", COUNT), ("detector-2", 0)):
        run = RunValue(str(uuid.uuid4()), "project", title)
        calibrated(api.video(video.id), run, "", [], [])
        assert run.detail["calibration"]["tubes"]["decided"] == decisions


def test_how_much_was_proposed_is_hidden_where_proposals_are(
    project: Any, video: Any, owner: Any, as_user: Any
) -> None:
    detail = {"detector_title": "YOLOX-nano", "counts": {"tubes": 7}}
    Run.objects.create(id=uuid.uuid4(), project=project, video=video, detail=detail)
    path = f"/api/videos/{video.id}/runs"
    assert as_user(owner).get(path).json()[0]["detail"] == detail
    type(video).objects.filter(pk=video.pk).update(split="hold-out")
    assert as_user(owner).get(path).json()[0]["detail"] == {"detector_title": "YOLOX-nano"}

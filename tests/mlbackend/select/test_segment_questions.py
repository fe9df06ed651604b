"""Segments: which are least certain, and whether it is the start, the end or all of it."""

from pathlib import Path

import numpy as np
import pytest

from labeling.domain.span import Span
from labeling.domain.state import State
from mlbackend.data.features import Clip, FeatureCache, tube_windows
from mlbackend.data.hog_hof_descriptor import HOG_HOF
from mlbackend.select.candidates import SegmentCandidate
from mlbackend.select.plan import planned
from mlbackend.select.segments import Curve, asked_segment, asked_segments
from mlbackend.train.predictor import ActionModel, Champion
from mlbackend.train.stretches import picture_tube
from tests.mlbackend.select.planning import GOAL, known, labels, scene, tube, waiting_of


def segment(start: int, end: int, score: float | None = 0.9, n: int = 0) -> Span:
    return Span(f"s{n}{start}", None, GOAL, start, end, State.PROPOSED, score)


def candidate(start: int, end: int, score: float | None = 0.9) -> SegmentCandidate:
    span = segment(start, end, score)
    return SegmentCandidate(("segment", "v", "goal", start, end), scene(spans=[span]), span, "goal")


def segment_model() -> Champion:
    """Its log-odds of a goal is feature 0."""
    weights = np.zeros((1, HOG_HOF.length))
    weights[0, 0] = 1.0
    model = ActionModel(
        (GOAL,), np.zeros(HOG_HOF.length), np.ones(HOG_HOF.length), weights, np.zeros(1),
        np.full(1, np.nan), np.full(1, 0.5),
    )  # fmt: skip
    return Champion(model, {}, HOG_HOF)


def test_a_score_near_one_half_is_least_certain() -> None:
    asked = [asked_segment(candidate(100, 140, score), None) for score in (0.55, 0.95, None)]
    assert [one.score for one in asked] == pytest.approx([0.9, 0.1, 0.0])
    assert asked[0].reason == "'goal' from 0:10 to 0:14, score 0.55"
    assert asked[2].reason == "'goal' from 0:10 to 0:14"


def test_a_slow_rise_makes_the_start_uncertain() -> None:
    times_s = np.arange(0, 40, 0.5)
    p = np.clip((times_s - 8.0) / 8.0, 0.02, 0.98)  # from 0.25 at 10 s to 0.75 at 14 s
    p[times_s > 25] = 0.02
    asked = asked_segment(candidate(120, 255), Curve(times_s, p, 0.5))
    assert asked.reason == "start uncertain: 'goal' begins between 0:10 and 0:14"
    assert asked.score == 1.0


def test_a_slow_fall_makes_the_end_uncertain() -> None:
    times_s = np.arange(0, 40, 0.5)
    p = np.where(times_s < 10, 0.02, np.clip((30 - times_s) / 8.0, 0.02, 0.98))
    asked = asked_segment(candidate(100, 260), Curve(times_s, p, 0.5))
    assert asked.reason == "end uncertain: 'goal' ends between 0:24 and 0:28"


def test_a_sharp_edge_is_certain() -> None:
    times_s = np.arange(0, 40, 0.5)
    p = np.where((times_s > 10) & (times_s < 20), 0.95, 0.03)
    asked = asked_segment(candidate(102, 198), Curve(times_s, p, 0.5))
    assert asked.score == pytest.approx(0.2)
    assert "uncertain" not in asked.reason


def test_the_curve_is_read_from_the_cached_picture(tmp_path: Path) -> None:
    one = scene(spans=[segment(120, 255)])
    picture = picture_tube(640, 360, one.video.frame_count)
    windows = tube_windows(picture, one.video.timebase)
    rows = np.zeros((len(windows), HOG_HOF.length), dtype=np.float32)
    middles = windows.mean(axis=1) / 10
    rows[:, 0] = np.where(middles > 25, -9, np.clip(1.1 * (middles - 12) / 2, -9, 9))
    clip = Clip(one.video.source_path, one.video.sha256, 0, one.video.timebase)
    written = {(int(a), int(b)): row for (a, b), row in zip(windows, rows, strict=True)}
    FeatureCache(tmp_path).write(clip, picture, HOG_HOF, written)
    waits = waiting_of([one], labels(segments=True))
    (asked,) = asked_segments(waits.segments, segment_model(), tmp_path)
    assert asked.reason == "start uncertain: 'goal' begins between 0:10 and 0:13"
    (plain,) = asked_segments(waits.segments, segment_model(), tmp_path / "empty")
    assert plain.reason == "'goal' from 0:12 to 0:25, score 0.90"


def test_segments_and_tubes_share_the_queue(tmp_path: Path) -> None:
    spans = [segment(10 * n, 10 * n + 8, 0.5 + 0.01 * n, n) for n in range(1, 21)]
    one = scene([tube(i) for i in range(1, 61)], spans)
    waits = waiting_of([one], labels(2, 3, 4, segments=True))
    plan = planned(known(waits, tmp_path))
    kinds = [v.kind for v in plan.viewings]
    assert (kinds.count("segment"), kinds.count("tube")) == (20, 60)
    assert 3 <= kinds[:20].count("segment") <= 8  # a quarter of all
    first = next(v for v in plan.viewings if v.kind == "segment" and v.slice == "chosen")
    assert (str(first.questions[0].kind), first.label_id, first.tube_id) == ("boundary", GOAL, None)
    assert not any(v.blind for v in plan.viewings if v.kind == "segment")


def test_a_project_of_segments_alone(tmp_path: Path) -> None:
    spans = [segment(20 * n, 20 * n + 15, 0.5 + 0.02 * n, n) for n in range(1, 11)]
    plan = planned(known(waiting_of([scene(spans=spans)], labels(segments=True)), tmp_path))
    chosen = [v.score for v in plan.viewings if v.slice == "chosen"]
    assert len(plan.viewings) == 10 and chosen == sorted(chosen, reverse=True)

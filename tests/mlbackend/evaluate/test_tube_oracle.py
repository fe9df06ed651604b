"""Frame- and video-AP against plain loops, on small inputs full of ties and touching boxes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlbackend.evaluate import frame_map, video_map
from mlbackend.evaluate.detection_map import Figures
from mlbackend.evaluate.tubes import Boxes, Tubes
from tests.mlbackend.evaluate import tube_oracle as oracle

SCORES = st.sampled_from([0.1, 0.5, 0.5, 0.9])
CORNERS = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 5), st.integers(0, 5)).map(
    lambda box: (float(box[0]), float(box[1]), float(box[0] + box[2]), float(box[1] + box[3]))
)
KEYS = st.tuples(st.integers(0, 1), st.integers(1, 2))
TRUTHS = st.lists(st.tuples(KEYS, CORNERS), max_size=6)
FOUNDS = st.lists(st.tuples(SCORES, KEYS, CORNERS), max_size=8)


def boxes(rows) -> Boxes:
    """(score, (video, frame), corners) of class 0."""
    return Boxes(
        np.array([row[1][0] for row in rows], np.int64),
        np.array([row[1][1] for row in rows], np.int64),
        np.zeros(len(rows), np.int64),
        np.array([row[2] for row in rows], np.float64).reshape(-1, 4),
        np.array([row[0] for row in rows], np.float64),
    )


def tubes(rows) -> Tubes:
    """(score, video, {frame: corners}) of class 0."""
    return Tubes(
        np.array([row[1] for row in rows], np.int64),
        np.zeros(len(rows), np.int64),
        np.array([min(row[2]) for row in rows], np.int64),
        np.array([len(row[2]) for row in rows], np.int64),
        np.array([box for row in rows for box in row[2].values()], np.float64).reshape(-1, 4),
        np.array([row[0] for row in rows], np.float64),
    )


def ap(figures: list[Figures], threshold: float) -> float | None:
    return next(one for one in figures if one.threshold == threshold).classes[0].ap


@given(TRUTHS.filter(bool), FOUNDS)
@settings(max_examples=60, deadline=None)
def test_frame_ap(truths, founds):
    truth, found = boxes([(0.0, *row) for row in truths]), boxes(founds)
    for threshold in frame_map.THRESHOLDS:
        for name, extra, only, area in (
            ("act", 1, False, oracle.trapezoid),
            ("gurkirt", 0, False, oracle.envelope),
            ("yowo", 1, True, oracle.envelope),
        ):
            marks = oracle.hits(
                truths,
                oracle.by_score(founds),
                lambda a, b, extra=extra: oracle.box_iou(a, b, extra),
                lambda value, threshold=threshold: value >= threshold,
                only,
            )
            ours = ap(frame_map.evaluate(truth, found, ["A"], name), threshold)
            assert oracle.close(ours, area(marks, len(truths))), (name, threshold, marks)


TUBE = st.tuples(st.integers(1, 4), st.lists(CORNERS, min_size=1, max_size=3)).map(
    lambda drawn: {drawn[0] + i: box for i, box in enumerate(drawn[1])}
)


@given(
    st.lists(st.tuples(st.integers(0, 1), TUBE), min_size=1, max_size=4),
    st.lists(st.tuples(SCORES, st.integers(0, 1), TUBE), max_size=6),
    st.sampled_from([0.2, 0.5, 0.75]),
)
@settings(max_examples=60, deadline=None)
def test_video_ap(truths, founds, threshold):
    truth, found = tubes([(0.0, *row) for row in truths]), tubes(founds)
    for name, matlab, area in (
        ("act", False, oracle.trapezoid),
        ("3d-retinanet", False, oracle.trapezoid),
        ("gurkirt", True, oracle.envelope),
    ):

        def overlap(a, b, matlab=matlab):
            return oracle.tube_iou(a, b, matlab)

        ordered = oracle.by_score(founds)
        if name == "act":
            ordered = oracle.thinned(ordered, overlap, 0.3)
        marks = oracle.hits(
            truths,
            ordered,
            overlap,
            lambda value, matlab=matlab: value > threshold if matlab else value >= threshold,
        )
        results = video_map.evaluate(truth, found, ["A"], ["v", "w"], name)
        assert oracle.close(ap(results, threshold), area(marks, len(truths))), (name, marks)


@pytest.mark.parametrize("name", frame_map.RULES)
def test_class_without_truth(name):
    nothing, found = boxes([]), boxes([(0.5, (0, 1), (0.0, 0.0, 9.0, 9.0))])
    if name == "act":
        with pytest.raises(ValueError, match="'A' has detections but no truth"):
            frame_map.evaluate(nothing, found, ["A"], name)
    else:
        expected = None if name == "yowo" else 0.0
        assert ap(frame_map.evaluate(nothing, found, ["A"], name), 0.5) == expected
    assert frame_map.evaluate(nothing, nothing, ["A"], "yowo")[0].mean is None


def test_many_boxes_are_compared_in_portions(monkeypatch):
    rng = np.random.default_rng(3)
    rows = [
        (float(rng.random()), (int(v), int(f)), (x, x, x + 5.0, x + 5.0))
        for v, f, x in zip(
            rng.integers(0, 3, 300), rng.integers(1, 9, 300), rng.random(300) * 4, strict=True
        )
    ]
    truth, found = boxes(rows[:80]), boxes(rows[80:])
    whole = frame_map.evaluate(truth, found, ["A"], "yowo")
    monkeypatch.setattr("mlbackend.evaluate.matching.PAIRS_AT_ONCE", 7)
    assert frame_map.evaluate(truth, found, ["A"], "yowo")[0].mean == whole[0].mean
    long = [(0.5, 0, {i: (0.0, 0.0, 5.0, 5.0 + i % 3) for i in range(1, 40)})] * 4
    plain = video_map.evaluate(tubes(long[:1]), tubes(long), ["A"], ["v"], "3d-retinanet")
    monkeypatch.setattr("mlbackend.evaluate.tubes.FRAMES_AT_ONCE", 50)
    parts = video_map.evaluate(tubes(long[:1]), tubes(long), ["A"], ["v"], "3d-retinanet")
    assert [one.mean for one in parts] == [one.mean for one in plain]

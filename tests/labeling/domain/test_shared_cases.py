"""The cases that Python and TypeScript are both held to."""

import json
from pathlib import Path

import pytest

from labeling.domain.annotations import Annotations
from labeling.domain.box import Box, iou
from labeling.domain.errors import TubelabError
from labeling.domain.operations import apply, inverse
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube

FOLDER = Path(__file__).resolve().parents[2] / "shared"


def cases(name: str) -> list:
    loaded = json.loads((FOLDER / f"{name}.json").read_text())["cases"]
    return [pytest.param(case, id=case.get("name", str(i))) for i, case in enumerate(loaded)]


def by_id(annotations: Annotations) -> dict:
    data = annotations.as_dict()
    return {t: {item["id"]: item for item in data[t]} for t in ("tubes", "spans", "coverage")}


@pytest.mark.parametrize("case", cases("operations"))
def test_it_applies_operations(case):
    before = Annotations.of(case["before"])
    if "error" in case:
        with pytest.raises(TubelabError) as raised:
            apply(before, case["operations"])
        found = {"code": raised.value.code, **raised.value.detail}
        assert found == case["error"]
        return
    after, changes = apply(before, case["operations"])
    assert by_id(after) == by_id(Annotations.of(case["after"]))
    assert sorted(f"{c.kind}:{c.id}" for c in changes) == case["changed"]


@pytest.mark.parametrize("case", [c for c in cases("operations") if "after" in c.values[0]])
def test_it_undoes_what_it_did(case):
    before = Annotations.of(case["before"])
    after, changes = apply(before, case["operations"])
    back, _ = apply(after, [inverse(changes)])
    assert by_id(back) == by_id(before)


@pytest.mark.parametrize("case", cases("interpolation"))
def test_it_interpolates(case):
    tube = Tube("t", 1, tuple(map(Keyframe.of, case["keyframes"])))
    for expected in case["boxes"]:
        box = tube.box_at(expected["frame"])
        found = box and box.as_list()
        assert found == pytest.approx(expected["box"]) if found else expected["box"] is None


@pytest.mark.parametrize("case", cases("interpolation"))
def test_dense_boxes_are_those_of_each_frame(case):
    tube = Tube("t", 1, tuple(map(Keyframe.of, case["keyframes"])))
    frames, boxes = tube.dense()
    assert list(frames) == [f for f in range(tube.start_frame, tube.end_frame) if tube.box_at(f)]
    for frame, box in zip(frames, boxes, strict=True):
        assert list(box) == pytest.approx(tube.box_at(int(frame)).as_list())


@pytest.mark.parametrize("case", cases("iou"))
def test_it_measures_overlap(case):
    assert iou(Box.of(case["a"]), Box.of(case["b"])) == pytest.approx(case["iou"], abs=1e-12)


@pytest.mark.parametrize("case", cases("timebase"))
def test_it_reads_times_from_ticks(case):
    timebase = Timebase(tuple(case["time_base"]), case["ticks"], case["end_tick"])
    assert timebase.duration_s == pytest.approx(case["duration_s"])
    for expected in case["frames"]:
        assert timebase.time_s(expected["frame"]) == pytest.approx(expected["time_s"])
        assert timebase.middle_s(expected["frame"]) == pytest.approx(expected["middle_s"])
    for expected in case["at"]:
        assert timebase.frame_at(expected["time_s"]) == expected["frame"]

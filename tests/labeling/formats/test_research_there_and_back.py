"""From a snapshot's video through each research format's files and back onto the same video."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from labeling.domain.tube import Tube
from labeling.formats.dataset import FileLabel
from labeling.formats.from_video import file_video
from labeling.formats.onto_video import Clip, plan
from labeling.formats.registry import FORMATS
from tests.labeling.formats.migration import written
from tests.labeling.formats.test_there_and_back import LABELS, SIZE, shown, videos

FILE_LABELS = [FileLabel(label["name"], label["kind"]) for label in LABELS.values()]


def back(format_name, made, folder):
    """The plan for the same video, of what was written and read again."""
    timebase, video = made
    format_ = FORMATS[format_name]
    wanted = file_video(video, timebase, format_, LABELS, "yard.mp4")
    (again,), bad, _ = written(format_, folder, [wanted], FILE_LABELS)
    assert not bad
    planned = plan(again, Clip(timebase, *SIZE, Fraction(0)))
    assert not planned.bad
    return planned


def acted(keyframes, ranges):
    """Frame → box of every frame of an action, the actor being seen."""
    boxes, _ = shown(Tube("t", 1, tuple(keyframes)))
    frames = {frame for start, end in ranges for frame in range(start, end)}
    return {frame: boxes[frame] for frame in sorted(frames & boxes.keys())}


def to_decimals(boxes):
    return {(frame, *(round(value, 4) for value in box)) for frame, box in boxes.items()}


@pytest.mark.parametrize("name", ["ucf101-24", "ucf101-24-mat", "multisports"])
@settings(max_examples=25, deadline=None)
@given(made=videos())
def test_who_does_what_where_comes_back(tmp_path_factory, name, made):
    planned = back(name, made, tmp_path_factory.mktemp("there"))
    video, expected, found = made[1], {}, {}
    for data in video["tubes"]:
        for span in video["spans"]:
            if span["tube_id"] == data["id"]:
                ranges = [(span["start_frame"], span["end_frame"])]
                boxes = acted(Tube.of(data).keyframes, ranges)
                action = LABELS[span["label_id"]]["name"]
                expected.setdefault(action, set()).update(to_decimals(boxes))
    for tube in planned.tubes:
        for action, ranges in tube.spans.items():
            found.setdefault(action, set()).update(to_decimals(acted(tube.keyframes, ranges)))
    assert found == {action: boxes for action, boxes in expected.items() if boxes}


@pytest.mark.parametrize(
    "name", ["activitynet", "activitynet-results", "thumos14", "thumos14-detections"]
)
@settings(max_examples=25, deadline=None)
@given(made=videos().filter(lambda one: any(s["label_id"] == 5 for s in one[1]["spans"])))
def test_segments_come_back_to_the_frame(tmp_path_factory, name, made):
    planned = back(name, made, tmp_path_factory.mktemp("there"))
    expected = [
        ("goal", span["start_frame"], span["end_frame"])
        for span in made[1]["spans"]
        if span["label_id"] == 5
    ]
    found = [(span.label, span.start_frame, span.end_frame) for span in planned.segments]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("name", ["kinetics", "kinetics-json", "ucf101"])
@settings(max_examples=10, deadline=None)
@given(made=videos().filter(lambda one: any(s["label_id"] == 6 for s in one[1]["spans"])))
def test_a_class_of_the_video_comes_back(tmp_path_factory, name, made):
    planned = back(name, made, tmp_path_factory.mktemp("there"))
    found = [(span.label, span.start_frame, span.end_frame) for span in planned.classes]
    assert found == [("football", 0, made[1]["frame_count"])]


@settings(max_examples=20, deadline=None)
@given(made=videos().filter(lambda one: len(one[1]["tubes"]) == 1))
def test_one_person_of_jhmdb_comes_back(tmp_path_factory, made):
    timebase, video = made
    spans = [span for span in video["spans"] if span["tube_id"]][:1]
    (data,) = video["tubes"]
    ranges = [(span["start_frame"], span["end_frame"]) for span in spans]
    expected = acted(Tube.of(data).keyframes, ranges)
    if not expected:
        return
    planned = back("jhmdb", (timebase, video | {"spans": spans}), tmp_path_factory.mktemp("there"))
    (tube,) = planned.tubes
    (ranges,) = tube.spans.values()
    found = acted(tube.keyframes, ranges)
    assert found.keys() == expected.keys()
    for frame, box in expected.items():
        assert found[frame] == pytest.approx(box, abs=1e-9)

"""From a snapshot's video through each tool's files and back onto the same video."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe, Tube
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo, Holds
from labeling.formats.from_video import file_video
from labeling.formats.onto_video import Clip, plan
from labeling.formats.registry import FORMATS
from tests.labeling.formats.migration import LABELS, sorted_out, written

FRAMES, WIDTH, HEIGHT = 40, 640, 360
# Frames of 1, 2, 1, 2 … sixtieths of a second, the first shown at tick 7.
TICKS = 7 + np.cumsum([0, *([1, 2] * 20)])[:FRAMES]
TIMEBASE = Timebase((1, 60), TICKS, int(TICKS[-1]) + 2)
BY_ID = {n: {"id": n, "name": label.name, "kind": label.kind} for n, label in enumerate(LABELS)}
NAMED = {label["name"]: n for n, label in BY_ID.items()}
TOLERANCE_PX = {"vatic": 0.5, "coco": 1e-5, "mot": 1e-5, "via": 1e-5}


def span(name, start, end, tube_id=None):
    return {
        "id": f"{name}-{start}", "tube_id": tube_id, "label_id": NAMED[name],
        "start_frame": start, "end_frame": end, "state": "manual", "score": None,
    }  # fmt: skip


@st.composite
def boxes(draw):
    x, y = draw(st.floats(0, 500)), draw(st.floats(0, 300))
    return x, y, x + draw(st.floats(5, 140)), y + draw(st.floats(5, 60))


@st.composite
def tubes(draw, number):
    frames = sorted(draw(st.sets(st.integers(0, FRAMES - 1), min_size=1, max_size=6)))
    keyframes = [
        Keyframe(frame, Box(*draw(boxes())), draw(st.booleans()), i > 0 and draw(st.booleans()))
        for i, frame in enumerate(frames)
    ]
    label = draw(st.sampled_from(["person", "dog"]))
    return Tube(f"t{number}", NAMED[label], tuple(keyframes), number=number)


@st.composite
def snapshot_videos(draw):
    made = [draw(tubes(number)) for number in range(draw(st.integers(0, 3)))]
    spans = []
    for tube in made:
        ends = sorted(draw(st.sets(st.integers(tube.start_frame, tube.end_frame), max_size=4)))
        pairs = zip(ends[::2], ends[1::2], strict=False)
        spans += [span("walk", start, end, tube.id) for start, end in pairs]
    if draw(st.booleans()):
        spans += [span("crowded", 3, 9), span("outdoors", 0, FRAMES)]
    return {
        "id": "v", "name": "yard.mp4", "external_id": "", "start_s": 0, "width": WIDTH,
        "height": HEIGHT, "frame_count": FRAMES, "split": "", "coverage": [],
        "tubes": [tube.as_dict() | {"score": None} for tube in made], "spans": spans,
    }  # fmt: skip


def shown(keyframes):
    """Frame → (box, occluded) as seen on the video."""
    frames, corners = Tube("t", 1, tuple(keyframes)).dense()
    own = [k.frame for k in keyframes]
    before = [keyframes[i - 1] for i in np.searchsorted(own, frames, side="right")]
    flags = (keyframe.occluded for keyframe in before)
    return dict(zip(frames.tolist(), zip(corners.tolist(), flags, strict=True), strict=True))


def acted(ranges, seen):
    """Frames with the action on which the actor is seen."""
    return {frame for start, end in ranges for frame in range(start, end) if frame in seen}


RECOGNIZED = {
    "coco": "coco/*.json", "cvat": "cvat/**/*.xml", "vatic": "vatic/*.txt", "mot": "mot/*/*t.txt",
    "via": "via/*.*n", "label-studio": "label_studio/*data*.json",
    "activitynet": "activitynet/*anno*.json", "kinetics-json": "kinetics/*sample2.json",
}  # fmt: skip


@pytest.mark.parametrize("name", RECOGNIZED)
def test_a_real_file_is_taken_for_no_other_tools(shared_data, name):
    others = {"coco", "cvat", "vatic", "mot", "via", "label-studio"} - {name}
    paths = list(shared_data.glob(RECOGNIZED[name]))
    assert paths
    for path in paths:
        assert [n for n in others if FORMATS[n].looks_like(path)] == [], path


@pytest.mark.parametrize("name", ["coco", "cvat", "label-studio", "mot", "vatic", "via"])
@settings(max_examples=40, deadline=None)
@given(video=snapshot_videos())
def test_what_a_tool_can_hold_comes_back_onto_the_same_frames(tmp_path_factory, name, video):
    format_ = FORMATS[name]
    made = file_video(video, TIMEBASE, format_, BY_ID, "yard.mp4")
    found, bad, _ = written(format_, tmp_path_factory.mktemp(name), [made])
    assert bad == []
    (again,) = found
    assert again.key == "yard.mp4"
    planned = plan(again, Clip(TIMEBASE, WIDTH, HEIGHT))
    assert planned.bad == []
    by_number = {tube.number: tube for tube in planned.tubes}
    source = {data["number"]: Tube.of(data) for data in video["tubes"]}
    source = {number: tube for number, tube in source.items() if len(tube.dense()[0])}
    assert by_number.keys() == source.keys()
    for number, tube in source.items():
        back = by_number[number]
        assert back.label == BY_ID[tube.label_id]["name"]
        before, after = shown(tube.keyframes), shown(back.keyframes)
        assert after.keys() == before.keys()
        tolerance = TOLERANCE_PX.get(name, 1e-8)
        for frame, (box, occluded) in before.items():
            assert after[frame][0] == pytest.approx(box, abs=tolerance)
            assert after[frame][1] == (occluded and Holds.OCCLUSION in format_.holds)
        if Holds.ACTIONS in format_.holds:
            walks = [
                (s["start_frame"], s["end_frame"])
                for s in video["spans"]
                if s["tube_id"] == tube.id
            ]
            assert acted(back.spans.get("walk", []), after) == acted(walks, before)
    if Holds.SEGMENTS in format_.holds:
        segments = [(s.start_frame, s.end_frame) for s in planned.segments]
        wanted = [s for s in video["spans"] if s["label_id"] == NAMED["crowded"]]
        assert segments == [(s["start_frame"], s["end_frame"]) for s in wanted]
        assert [s.label for s in planned.classes] == ["outdoors"] * len(wanted)


FULL = FileVideo(
    "yard.mp4",
    tubes=(
        FileTube(
            (FileBox(1, (1, 2, 11, 22)), FileBox(5, (2, 2, 12, 22), True, True),
             FileBox(7, (3, 2, 13, 22))), 4, "person", (FileSpan("walk", 1, 3),),
        ),
    ),
    segments=(FileSpan("crowded", 1, 5),), classes=(FileSpan("outdoors"),), size=(640, 360),
    frame_rate=Fraction(25), frame_count=12, duration_s=Fraction(1, 2),
)  # fmt: skip
JUNK = ["", "x", '"', "<", ">", "{", "[", ",", "0", "-", "e9", ".", " ", "null", "\n", "\0", "é"]


@pytest.mark.parametrize("name", ["coco", "cvat", "label-studio", "mot", "vatic", "via"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_in_part_or_refused(tmp_path_factory, name, data):
    folder = tmp_path_factory.mktemp(name)
    FORMATS[name].write(folder, [FULL], LABELS)
    path = max((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    text = path.read_text()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        until = at + data.draw(st.sampled_from([0, 1, 4, 20]))
        text = text[:at] + data.draw(st.sampled_from(JUNK)) + text[until:]
    path.write_text(text)
    try:
        videos, bad, _ = sorted_out(FORMATS[name].read, path, name="mine")
    except InvalidInput as refused:
        assert "mine" in refused.message
        return
    assert all(row.row > 0 and row.file == "mine" and row.reason for row in bad)
    for video in videos:
        plan(video, Clip(TIMEBASE, WIDTH, HEIGHT))


def independent(name, folder):
    """What Datumaro finds in a format's files: (frame, box, track, occluded, walks)."""
    import datumaro

    if name == "coco":
        # It wants COCO's own layout, pictures included.
        (folder / "images/default").mkdir(parents=True)
        (folder / "annotations").mkdir()
        (folder / "annotations.json").rename(folder / "annotations/instances_default.json")
    path = folder / "yard.mp4" if name == "mot" else folder
    # It does not take off the 1 from which MOTChallenge counts frames and pixels.
    first = 1 if name == "mot" else 0
    kind = {"mot": "mot_seq"}.get(name, name)
    for item in datumaro.Dataset.import_from(str(path), kind):
        for found in item.annotations:
            said = found.attributes
            if not said.get("outside"):
                frame = int(re.findall(r"\d+", item.id)[-1]) - first
                box = tuple(round(value - first, 3) for value in found.points)
                yield frame, box, said["track_id"], said["occluded"], said.get("walk")


@pytest.mark.parametrize("name", ["coco", "cvat", "mot"])
def test_an_independent_reader_sees_the_same(tmp_path, name):
    tube = FileTube(
        tuple(FileBox(f, (f + 1.5, 2.25, 11.5 + f, 22), f == 2) for f in (1, 2, 3)),
        4, "person", (FileSpan("walk", 1, 3),),
    )  # fmt: skip
    video = FileVideo(
        "yard.mp4", tubes=(tube,), size=(640, 360), frame_rate=Fraction(25), frame_count=6
    )
    FORMATS[name].write(tmp_path, [video], LABELS)
    walks = {1: True, 2: True, 3: False} if name == "cvat" else {}
    assert sorted(independent(name, tmp_path)) == [
        (box.at, box.box, 4, box.occluded, walks.get(box.at)) for box in tube.boxes
    ]

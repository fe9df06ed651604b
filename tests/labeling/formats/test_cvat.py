import json
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats import motion
from labeling.formats.archive import opened
from labeling.formats.cvat import FORMAT, looks_like, read
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo
from tests.labeling.formats.migration import (
    LABELS,
    are_close,
    corners,
    dense,
    names,
    sorted_out,
    spans_within,
    texts,
    written,
)  # fmt: skip

META = """<meta><task><id>1</id><name>yard</name><size>{size}</size><mode>interpolation</mode>
<start_frame>{start}</start_frame><stop_frame>{stop}</stop_frame><frame_filter>{filter}</frame_filter>
<labels><label><name>person</name><attributes>
<attribute><name>walk</name><mutable>True</mutable><input_type>checkbox</input_type></attribute>
<attribute><name>pose</name><mutable>True</mutable><input_type>select</input_type></attribute>
<attribute><name>remark</name><mutable>True</mutable><input_type>text</input_type></attribute>
</attributes></label></labels></task><source>yard.mp4</source></meta>"""


def meta(size=100, start=0, stop=None, frame_filter=""):
    stop = start + size - 1 if stop is None else stop
    return META.format(size=size, start=start, stop=stop, filter=frame_filter)


def box(frame, xyxy=(1, 2, 11, 22), attributes=None, **flags):
    flags = {"keyframe": 1, "outside": 0, "occluded": 0} | flags
    said = "".join(f'<attribute name="{k}">{v}</attribute>' for k, v in (attributes or {}).items())
    sides = " ".join(f'{s}="{v}"' for s, v in zip(("xtl", "ytl", "xbr", "ybr"), xyxy, strict=True))
    flag = " ".join(f'{name}="{value}"' for name, value in flags.items() if value is not None)
    return f'<box frame="{frame}" {sides} {flag}>{said}</box>\n'


def track(*boxes, label="person", **more):
    extra = " ".join(f'{name}="{value}"' for name, value in more.items())
    return f'<track id="3" label="{label}" {extra}>{"".join(boxes)}</track>'


def file(tmp_path, *parts):
    path = tmp_path / "annotations.xml"
    path.write_text(f'<?xml version="1.0"?>\n<annotations>{"".join(parts)}</annotations>')
    return path


def test_the_published_video_task_is_read(shared_data):
    (video,), bad, notes = sorted_out(read, shared_data / "cvat/for_video/annotations.xml")
    assert (video.key, video.aliases, video.size) == ("t.mp4", ("v1",), (25, 20))
    assert video.frame_count is None, "the task has every third frame from 10 on"
    two, points, line = video.tubes
    assert two == FileTube(
        (
            FileBox(10, (3.0, 4.0, 10.0, 5.0), occluded=True),
            FileBox(13, (7.0, 6.0, 14.0, 8.0), outside=True),
            FileBox(16, (8.0, 7.0, 14.0, 17.0), outside=True),
        ),
        0,
        "II",
    )
    assert points.boxes[0].box == (2.23, 3.16, 21.95, 15.09)
    assert points.spans == (FileSpan("hgl: hgkf", 10, 13),)
    assert (line.label, line.number, line.boxes[0].row) == ("II", 2, 87)
    assert not bad
    assert notes == [
        "A points is taken as the box around it. (2×)",
        "A polyline is taken as the box around it. (2×)",
    ]


def test_the_documented_examples_are_read_but_for_skeletons(shared_data):
    folder = shared_data / "cvat/docs"
    (video,), bad, _ = sorted_out(read, folder / "xml_format_example_interpolation.xml")
    assert [row.row for row in bad] == [89, 97, 105, 113, 121, 129]
    assert {row.column for row in bad} == {"skeleton"}
    (car,) = video.tubes
    assert [(b.at, b.outside) for b in car.boxes] == [
        (0, False), (1, True), (6, False), (7, True), (13, False),
    ]  # fmt: skip
    (images,), bad, _ = sorted_out(read, folder / "xml_format_example_annotation.xml")
    assert [row.row for row in bad] == [93]
    assert images.segments == (FileSpan("good_frame", 0, 1),)
    assert images.tubes[0].boxes == (FileBox(0, (797.33, 870.92, 965.52, 928.94)),)
    assert images.tubes[5].boxes[0].box == (707, 888, 720, 903), "the mask"
    assert images.size == (1600, 1200)


def test_image_tasks_and_projects_are_read(shared_data):
    folder = shared_data / "cvat/for_images"
    videos, bad, notes = sorted_out(read, folder / "export_project/annotations.xml")
    assert [(v.key, v.split, len(v.tubes)) for v in videos] == [
        ("Test", "Test", 4), ("train", "Train", 4), ("Validation", "Validation", 4),
    ]  # fmt: skip
    assert not bad
    assert any("subset 'Train'; what is marked so is taken for task 37" in note for note in notes)
    assert any("Attribute 'a4' is a number and is left out. (3×)" in note for note in notes)
    first = videos[0].tubes[0]
    assert first.boxes == (FileBox(0, (0.0, 2.0, 4.0, 4.0), occluded=True),)
    assert [span.label for span in first.spans] == ["a1", "a2: v3"]
    (task,), bad, _ = sorted_out(read, folder / "export_task/train.xml")
    assert [(row.row, row.column) for row in bad] == [(50, "polyline@label"), (53, "polygon@label")]
    assert (task.key, task.aliases, len(task.tubes)) == ("", ("train",), 2)


@pytest.mark.parametrize("name", ["for_video/annotations.xml", "for_images/export_task/train.xml",
                                  "docs/xml_format_example_interpolation.xml"])  # fmt: skip
def test_a_published_file_is_the_same_after_writing(shared_data, tmp_path, name):
    videos, _, _ = sorted_out(read, shared_data / "cvat" / name)
    plain = [with_numbers(replace(video, segments=())) for video in videos]
    again, bad, _ = written(FORMAT, tmp_path / "a", plain)
    assert not bad
    assert [video.tubes for video in again] == [video.tubes for video in plain]
    written(FORMAT, tmp_path / "b", again)
    assert texts(tmp_path / "a") == texts(tmp_path / "b")


def with_numbers(video):
    tubes = [replace(tube, number=n) for n, tube in enumerate(video.tubes)]
    last = max((int(tube.boxes[-1].at) for tube in tubes), default=0)
    return replace(video, tubes=tuple(tubes), frame_count=last + 5)


def golden(shared_data):
    return json.loads((shared_data / "golden/interpolation.json").read_text())["cvat"]["cases"]


def test_what_cvat_shows_frame_by_frame_is_what_is_read(shared_data, tmp_path):
    cases = golden(shared_data)
    assert cases
    for case in cases:
        shapes = [
            box(s["frame"], s["points"], outside=int(s["outside"]), rotation=s["rotation"])
            for s in case["shapes"]
        ]
        size = case["end_frame_exclusive"] - case["start_frame"]
        path = file(tmp_path, meta(size, case["start_frame"]), track(*shapes))
        (video,), bad, _ = sorted_out(read, path)
        assert not bad, case["name"]
        expected = {
            s["frame"]: upright(s["points"], s["rotation"])
            for s in case["expected"]
            if not s["outside"]
        }
        assert are_close(dense(video.tubes[0]), expected), case["name"]


def upright(points, degrees):
    x1, y1, x2, y2 = points
    return motion.enclosing(((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1), degrees)


def test_a_turned_box_is_the_upright_one_around_it(tmp_path):
    quarter = box(4, (10, 20, 30, 24), rotation=90)
    path = file(tmp_path, meta(5), track(box(0, (10, 20, 30, 24)), quarter))
    (video,), _, notes = sorted_out(read, path)
    shown = dense(video.tubes[0])
    assert shown[0] == (10, 20, 30, 24)
    assert shown[4] == pytest.approx((18, 12, 22, 32))
    half = 2**-0.5 * (10 + 2)
    assert shown[2] == pytest.approx((20 - half, 22 - half, 20 + half, 22 + half))
    assert any("A turned box" in note for note in notes)


def test_a_job_says_by_its_boxes_how_long_the_last_one_is_held(tmp_path):
    head = meta(1000).replace("task>", "job>")
    boxes = box(20), *(box(frame, keyframe=0) for frame in range(21, 31))
    (video,), _, _ = sorted_out(read, file(tmp_path, head, track(*boxes)))
    assert [b.at for b in video.tubes[0].boxes] == [20, 30]
    assert video.frame_count is None


def test_jobs_of_one_video_have_people_of_their_own(tmp_path):
    head = meta(1000).replace("task>", "job>")
    for name, frame in (("job_1", 0), ("job_2", 500)):
        (tmp_path / name).mkdir()
        file(tmp_path / name, head, track(box(frame)), track(box(frame + 1)).replace("3", "4"))
    videos, _, _ = sorted_out(read, tmp_path)
    assert [[tube.number for tube in video.tubes] for video in videos] == [[3, 4], [8, 9]]
    assert [video.key for video in videos] == ["yard.mp4", "yard.mp4"]


def test_a_step_between_frames_counts_in_frames_of_the_source(tmp_path):
    path = file(tmp_path, meta(4, 10, 20, "step=3"), track(box(10), box(13)))
    (video,), _, _ = sorted_out(read, path)
    assert [b.at for b in video.tubes[0].boxes] == [10, 13, 19]


def test_attributes_become_actions_by_one_rule(tmp_path):
    boxes = (
        box(0, attributes={"walk": "true", "pose": "", "remark": "tall"}),
        box(5, attributes={"walk": "true", "pose": "bent"}),
        box(8, attributes={"walk": "false", "pose": "bent", "limp": "left"}),
        box(10, outside=1, attributes={"walk": "true", "pose": "bent"}),
        box(12, attributes={"walk": "true", "pose": "__undefined__"}),
        box(15, outside=1),
    )
    (video,), _, notes = sorted_out(read, file(tmp_path, meta(), track(*boxes)))
    assert video.tubes[0].spans == (
        FileSpan("walk", 0, 8), FileSpan("pose: bent", 5, 10), FileSpan("limp: left", 8, 10),
        FileSpan("walk", 12, 15),
    )  # fmt: skip
    assert "Attribute 'remark' is a text and is left out. (1×)" in notes
    assert any("does not describe attribute 'limp'" in note for note in notes)


def test_tracks_of_several_tasks_go_to_their_videos(tmp_path):
    head = """<meta><project><name>p</name><tasks>
    <task><id>7</id><name>a.mp4</name><size>10</size></task>
    <task><id>8</id><name>b.mp4</name><size>20</size></task></tasks></project></meta>"""
    one, two = track(box(0), task_id=8), track(box(1), box(2, outside=1), task_id=7)
    lost = track(box(0), task_id=9)
    videos, bad, _ = sorted_out(read, file(tmp_path, head, one, two, lost))
    assert {v.key: [b.at for b in v.tubes[0].boxes] for v in videos} == {
        "b.mp4": [0, 19], "a.mp4": [1],
    }  # fmt: skip
    assert [(row.column, row.reason) for row in bad] == [
        ("@task_id", "is 9, which <meta> does not list")
    ]


def test_a_task_without_labels_is_a_video_without_tubes(tmp_path):
    (video,), bad, _ = sorted_out(read, file(tmp_path, meta(7)))
    assert (video.key, video.tubes, video.frame_count) == ("yard.mp4", (), 7)


@st.composite
def tubes(draw, number, frame_count):
    frames = sorted(draw(st.sets(st.integers(0, frame_count - 1), min_size=1, max_size=6)))
    boxes = []
    for frame in frames:
        outside = bool(boxes) and draw(st.booleans())
        boxes.append(FileBox(frame, draw(corners()), draw(st.booleans()), outside))
    boxes = motion.without_closing(tuple(boxes))
    visible = [b.at for b in boxes if not b.outside]
    end = boxes[-1].at + (0 if boxes[-1].outside else 1)
    actions = draw(spans_within([b.at for b in boxes] + [end]))
    gaps = {b.at for b in boxes if b.outside}
    actions = tuple(s for s in actions if not gaps & set(range(s.start, s.end)) and visible)
    return FileTube(boxes, number, draw(st.sampled_from(["person", "dog"])), actions)


@st.composite
def videos(draw):
    made = []
    for key in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        frame_count = draw(st.integers(1, 40))
        numbers = sorted(draw(st.sets(st.integers(0, 99), max_size=3)))
        made.append(
            FileVideo(
                key=key,
                tubes=tuple(draw(tubes(number, frame_count)) for number in numbers),
                size=draw(st.none() | st.just((640, 360))),
                frame_count=frame_count,
                split=draw(st.sampled_from(["", "train"])),
            )
        )
    return made


@settings(max_examples=60, deadline=None)
@given(videos())
def test_reading_undoes_writing(tmp_path_factory, made):
    found, bad, _ = written(FORMAT, tmp_path_factory.mktemp("cvat"), made)
    assert not bad
    assert sorted(found, key=lambda v: v.key) == sorted(made, key=lambda v: v.key)


def test_an_action_that_begins_between_keyframes_gets_one(tmp_path):
    moving = FileTube(
        (FileBox(0, (0, 0, 10, 10)), FileBox(10, (10, 20, 20, 30))),
        1, "person", (FileSpan("walk", 3, 7), FileSpan("wave", 5, 11)),
    )  # fmt: skip
    made = FileVideo("a.mp4", tubes=(moving,), frame_count=30)
    (video,), _, _ = written(FORMAT, tmp_path, [made])
    assert video.tubes[0].spans == moving.spans
    assert [b.at for b in video.tubes[0].boxes] == [0, 3, 5, 7, 10]
    assert are_close(dense(video.tubes[0]), dense(moving))


def test_what_is_written_is_what_cvat_takes(tmp_path):
    made = FileVideo(
        "yard.mp4",
        tubes=(
            FileTube((FileBox(4, (1, 2.5, 3, 1 / 3 + 4), True),), 5, "", (FileSpan("walk", 4, 5),)),
        ),
        size=(640, 360),
        frame_count=9,
    )
    counts = FORMAT.write(tmp_path, [made], LABELS)
    assert counts == {"videos": 1, "tubes": 1, "boxes": 1, "actions": 1}
    root = ElementTree.parse(tmp_path / "yard.mp4.xml").getroot()
    assert [child.tag for child in root] == ["version", "meta", "track"]
    assert root.findtext("meta/task/stop_frame") == "8"
    assert [e.text for e in root.findall("meta/task/labels/label/name")] == ["person", "dog"]
    label = root.find("meta/task/labels/label")
    assert [e.text for e in label.findall("attributes/attribute/name")] == ["walk", "wave"]
    first, closing = root.findall("track/box")
    assert first.attrib == {
        "frame": "4", "keyframe": "1", "outside": "0", "occluded": "1", "xtl": "1.00",
        "ytl": "2.50", "xbr": "3.00", "ybr": "4.333333333333333", "z_order": "0",
    }  # fmt: skip
    assert (closing.get("frame"), closing.get("outside")) == ("5", "1")
    assert [a.text for a in root.iter("attribute") if a.get("name") == "walk"] == ["true", "false"]
    raw = json.loads((tmp_path / "labels.json").read_text())
    assert raw[0]["name"] == "person"
    assert raw[0]["attributes"][0] == {
        "name": "walk", "mutable": True, "input_type": "checkbox", "default_value": "false",
        "values": ["false"],
    }  # fmt: skip


BAD = [
    (box(0, ("a", 2, 3, 4)), "box@xtl", "is not a number: 'a'"),
    (box(0, ("nan", 2, 3, 4)), "box@xtl", "is not a number: 'nan'"),
    (box(0, ("1e999", 2, 3, 4)), "box@xtl", "no usable number"),
    (box(0, (5, 2, 3, 4)), "box", "has no area"),
    (box("1.5"), "box@frame", "is not a whole number: '1.5'"),
    (box(-1), "box@frame", "is -1; it counts from 0"),
    ('<box frame="0" keyframe="1" xtl="1" ytl="1" xbr="2"/>', "box@ybr", "is missing"),
    ('<box keyframe="1" xtl="1" ytl="1" xbr="2" ybr="2"/>', "box@frame", "is missing"),
    (box(0, keyframe=None), "box@keyframe", "is missing"),
    (box(0, keyframe="yes"), "box@keyframe", "CVAT writes 0 or 1"),
    (box(0, outside="true"), "box@outside", "CVAT writes 0 or 1"),
    (box(9), "box@frame", "is 9, for the second time"),
    ('<polygon frame="0" keyframe="1" points="1,2;3"/>', "polygon@points", "not written x,y;x,y"),
    ('<polygon frame="0" keyframe="1" points="1,2"/>', "polygon@points", "has no area"),
    ('<ellipse frame="0" keyframe="1" cx="1" cy="1" rx="0" ry="2"/>', "ellipse", "has no area"),
    ('<mask frame="0" keyframe="1" left="1" top="1" width="0" height="2"/>', "mask", "no area"),
    ('<cuboid frame="0" keyframe="1"/>', "cuboid", "is a cuboid"),
    ('<skeleton frame="0" keyframe="1"/>', "skeleton", "is a skeleton"),
    ('<star frame="0" keyframe="1"/>', "star", "is no shape"),
]


@pytest.mark.parametrize(("entry", "column", "reason"), BAD)
def test_a_bad_entry_is_named_and_the_rest_is_read(tmp_path, entry, column, reason):
    path = file(tmp_path, meta(10), "\n", track("\n", box(9, keyframe=1), entry))
    (video,), (bad,), _ = sorted_out(read, path, name="mine.xml")
    assert (bad.file, bad.column) == ("mine.xml", column)
    assert reason in bad.reason
    assert path.read_text().splitlines()[bad.row - 1].startswith(entry.strip()[:6])
    assert [b.at for b in video.tubes[0].boxes] == [9]


@pytest.mark.parametrize(
    ("entry", "column", "reason"),
    [
        (track(box(0), label=""), "track@label", "names no label"),
        (track(box(0)).replace('id="3"', 'id="x"'), "track@id", "not a whole number"),
        (track(box(0, keyframe=0)), "box@keyframe", "is 1 for no box"),
        ('<image name="a.jpg"/>', "image@id", "is missing"),
        ('<image id="0" name="a.jpg"><tag/></image>', "tag@label", "names no label"),
        ('<meta><task><size>ten</size></task></meta>', "meta/task/size", "not a whole number"),
    ],
)  # fmt: skip
def test_a_bad_track_is_named(tmp_path, entry, column, reason):
    _, (bad,), _ = sorted_out(read, file(tmp_path, meta(10), entry))
    assert bad.column == column
    assert reason in bad.reason


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><annotations>&b;</annotations>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1, column 1: not XML: no element found"),
        ("<annotations><track></annotations>", "line 1, column 23: not XML: mismatched tag"),
        ("<svg/>", "line 1: begins with <svg>, not with <annotations>"),
        ("<annotations></annotations>", "holds no <meta>, <track> or <image>"),
        (BOMB, "declares or uses an XML entity"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotations>&x;</annotations>',
         "declares or uses an XML entity"),
        ('<!DOCTYPE a SYSTEM "http://x.invalid/a.dtd"><annotations>&x;</annotations>',
         "declares or uses an XML entity"),
        ("<annotations>" + "<a>" * 100, "is nested too deep"),
        ('<?xml version="1.0" encoding="klingon"?><annotations/>', "encoding"),
        ("\x00\x01", "not XML"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_cvats_is_refused(tmp_path, text, reason):
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="a.xml") as refused:
        sorted_out(read, path)
    assert reason in refused.value.message


def test_an_uploaded_archive_is_read(shared_data, tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(shared_data / "cvat/for_video/annotations.xml", "annotations.xml")
        archive.writestr("images/a.txt", "no annotation")
    with opened(path, name="export.zip") as folder:
        (video,), bad, _ = sorted_out(read, folder, name="export.zip")
    assert (video.key, len(video.tubes), bad) == ("t.mp4", 3, [])


def test_a_folder_without_xml_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="up.zip holds no file that ends in .xml"):
        sorted_out(read, tmp_path, name="up.zip")


def test_the_format_is_recognized(shared_data):
    assert all(looks_like(path) for path in (shared_data / "cvat").rglob("*.xml"))
    assert not looks_like(shared_data / "label_studio/converter_test_export_yolo__label_config.xml")

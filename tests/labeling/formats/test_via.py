import csv
import io
import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo, Unit
from labeling.formats.via import FORMAT, looks_like, read
from tests.labeling.formats.migration import (
    LABELS,
    corners,
    names,
    seconds,
    sorted_out,
    spans_within,
    texts,
    written,
)  # fmt: skip


def file(tmp_path, data, name="project.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_tracks_on_pictures_are_read(shared_data, ending):
    path = shared_data / f"via/sherlock_ep01_tracks_FRCNN.{ending}"
    (video,), bad, notes = sorted_out(read, path)
    assert not bad
    source = json.loads((shared_data / "via/sherlock_ep01_tracks_FRCNN.json").read_text())
    assert sum(len(t.boxes) for t in video.tubes) == sum(len(p["regions"]) for p in source.values())
    assert notes[0].startswith("Pictures are frames of a video")
    assert notes[1] == f"The pictures' attribute 'shot' is left out. ({len(source)}×)"
    first = video.tubes[0]
    assert (first.number, first.label) == (320, "")
    assert first.boxes[:2] == (
        FileBox(11384, (325, 113, 428, 245)), FileBox(11385, (330, 111, 420, 262)),
    )  # fmt: skip
    assert video.unit is Unit.FRAME


def test_csv_and_json_of_the_same_project_say_the_same(shared_data):
    one, two = (
        sorted_out(read, shared_data / f"via/sherlock_ep01_tracks_FRCNN.{ending}")[0]
        for ending in ("csv", "json")
    )
    assert one == two


@pytest.mark.parametrize("name", ["unit_test_annotation1.csv", "unit_test_annotation2.json"])
def test_pictures_that_are_no_frames_are_videos_of_their_own(shared_data, name):
    videos, bad, notes = sorted_out(read, shared_data / "via" / name)
    assert [video.key for video in videos] == [
        "test_pattern_qbist.jpg", "sinus_test_pattern.jpg", "a_swan_swimming_in_geneve_lake.jpg",
    ]  # fmt: skip
    assert len(bad) == 5
    assert all("is a point, which has no area" in row.reason for row in bad)
    assert "The pictures' attribute 'caption' is left out. (2×)" in notes
    pattern = videos[0].tubes
    assert [tube.label for tube in pattern] == ['ellipse "red"', "rectangle 'black'", "", ""]
    assert pattern[1].boxes == (FileBox(0, (290, 208, 417, 321)),)
    assert pattern[0].boxes == (FileBox(0, (225, 164, 279, 216)),), "the ellipse"
    assert videos[1].tubes[0].boxes == (FileBox(0, (105, 135, 428, 299)),), "the polygon"


def test_the_documented_video_project_is_read(shared_data):
    videos, bad, notes = sorted_out(read, shared_data / "via/via3_project_sample.json")
    assert (bad, notes) == ([], [])
    alioli, mouse = videos
    assert (alioli.key, alioli.unit, mouse.key) == ("Alioli.ogv", Unit.SECOND, "mouse.mp4")
    assert alioli.segments == (
        FileSpan("Break Egg", Fraction(2), Fraction("6.5")),
        FileSpan("Pour Liquid", Fraction(9), Fraction(20)),
        FileSpan("Pour Liquid", Fraction(24), Fraction(26)),
    )
    assert alioli.tubes == (
        FileTube((FileBox(Fraction("0.917"), (263, 184, 280, 197)),), None, "Egg"),
    )
    assert mouse.tubes == ()


def test_real_projects_are_the_same_after_writing(shared_data, tmp_path):
    names_ = ["via3_project_sample.json", "sherlock_ep01_tracks_FRCNN.json"]
    for name in names_:
        videos, _, _ = sorted_out(read, shared_data / "via" / name)
        made = [as_written(video) for video in videos]
        again, bad, _ = written(FORMAT, tmp_path / name, made)
        assert not bad
        assert [replace(video, aliases=()) for video in again] == made


def as_written(video):
    """In seconds, with numbers, labels and a name, as the format is given it."""
    tubes = [
        replace(
            tube,
            boxes=tuple(replace(box, at=Fraction(box.at)) for box in tube.boxes),
            number=index if tube.number is None else tube.number,
            label=tube.label or "person",
        )
        for index, tube in enumerate(video.tubes, start=1)
    ]
    return replace(video, key=video.key or "a.mp4", aliases=(), unit=Unit.SECOND,
                   every_frame=False, tubes=tuple(tubes))  # fmt: skip


def via3(metadata, attribute=None, **more):
    return {
        "project": {"vid_list": ["1"]},
        "attribute": attribute or {
            "1": {"aname": "Activity", "type": 4, "options": {"1": "Mix", "2": "Cut"}},
            "2": {"aname": "Object", "type": 1, "options": {}},
            "3": {"aname": "Does", "type": 2, "options": {"1": "walk", "2": "wave"}},
            "4": {"aname": "Person ID", "type": 1},
        },
        "file": {"1": {"fid": 1, "fname": "a.mp4", "src": "b/a.mp4"}},
        "view": {"1": {"fid_list": [1]}},
        "metadata": metadata,
    } | more  # fmt: skip


def entry(z, xy, av, vid="1"):
    return {"vid": vid, "flg": 0, "z": z, "xy": xy, "av": av}


def test_attributes_make_tubes_actions_and_labels(tmp_path):
    metadata = {
        "a": entry([0.5], [2, 1, 2, 3, 4], {"2": "man", "3": "1,2", "4": "7", "1": "Mix"}),
        "b": entry([0.25], [2, 1, 2, 3, 4], {"2": "man", "3": "2", "4": "7"}),
        "c": entry([1], [3, 10, 10, 5], {"2": "_DEFAULT"}),
        "d": entry([0.25, 0.75], [], {"1": "2", "4": "7"}),
        "e": entry([2, 3], [], {"1": "1", "2": "a remark"}),
        "f": entry([], [], {"3": "1"}),
        "g": entry([1], [9, 0, 5, 5, 0, 10, 5], {"9": "unknown"}),
    }
    (video,), bad, notes = sorted_out(read, file(tmp_path, via3(metadata)))
    man, circle, extreme = video.tubes
    assert (man.number, man.label, man.spans) == (
        7, "man", (FileSpan("Cut", Fraction("0.25"), Fraction("0.75")),),
    )  # fmt: skip
    assert [(box.at, box.actions) for box in man.boxes] == [
        (Fraction("0.25"), ("wave",)), (Fraction("0.5"), ("Mix", "walk", "wave")),
    ]  # fmt: skip
    assert circle.boxes[0].box == (5, 5, 15, 15)
    assert extreme.boxes[0].box == pytest.approx((0, 0, 10, 10))
    assert [span.label for span in video.segments] == ["Mix", "a remark"]
    assert [span.label for span in video.classes] == ["walk"]
    assert (video.aliases, bad) == (("b/a.mp4",), [])
    assert "Attribute 9 is not described and is left out. (1×)" in notes


CSV3 = """# Exported using VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)
# SHAPE_ID = {"POINT":1,"RECTANGLE":2}
# ATTRIBUTE = {"1":{"aname":"Scene","anchor_id":"FILE1_Z2_XY0","type":4,"options":{"1":"title"}},\
"4":{"aname":"Type","anchor_id":"FILE1_Z1_XY1","type":3,"options":{"0":"Chart"}}}
# CSV_HEADER = metadata_id,file_list,flags,temporal_coordinates,spatial_coordinates,metadata
"1_a","[""x/film.mp4""]",0,"[1.124,5.31493]","[]","{""1"":""1""}"
"1_b","[""x/film.mp4""]",0,"[2.41892]","[2,162.262,176.21971,639.45,192.49481]","{""4"":""0""}"
"""


def test_csv_of_a_video_project_is_read(tmp_path):
    (video,), bad, _ = sorted_out(read, file(tmp_path, CSV3, "a.csv"))
    assert (video.key, video.aliases, bad) == ("x/film.mp4", ("film.mp4",), [])
    assert video.segments == (FileSpan("title", Fraction("1.124"), Fraction("5.31493")),)
    (chart,) = video.tubes
    assert (chart.label, chart.row) == ("Chart", 6)
    assert chart.boxes[0].box == (162.262, 176.21971, 801.712, 368.71452)


def test_ticked_options_of_pictures_are_segments_and_actions(tmp_path):
    pictures = {
        f"f{n}": {
            "filename": f"yard_{n:03d}.jpg", "size": 1, "file_attributes": {"busy": {"on": n < 3}},
            "regions": [{
                "shape_attributes": {"name": "rect", "x": n, "y": 0, "width": 5, "height": 5},
                "region_attributes": {"track": "4", "kind": "dog", "does": {"run": n == 2}},
            }],
        }
        for n in (1, 2, 3)
    }  # fmt: skip
    (video,), bad, _ = sorted_out(read, file(tmp_path, {"_via_img_metadata": pictures}))
    assert (video.key, bad) == ("yard", [])
    assert video.segments == (FileSpan("on", 1, 3),)
    (dog,) = video.tubes
    assert (dog.number, dog.label, dog.spans) == (4, "dog", (FileSpan("run", 2, 3),))


def test_what_is_written_is_a_project_of_via_3(tmp_path):
    tube = FileTube(
        (FileBox(Fraction(1, 3), (1, 2, 3.5, 5), True),
         FileBox(Fraction(2), (1, 2, 3, 1 / 3 + 4), False, True)),
        4, "", (FileSpan("walk", Fraction(1, 3), Fraction(2)),),
    )  # fmt: skip
    video = FileVideo("a.mp4", unit=Unit.SECOND, tubes=(tube,), classes=(FileSpan("outdoors"),),
                      segments=(FileSpan("crowded", Fraction(0), Fraction(1)),))  # fmt: skip
    counts = FORMAT.write(tmp_path, [video], LABELS)
    assert counts == {
        "videos": 1, "tubes": 1, "boxes": 2, "actions": 1, "segments": 1, "classes": 1,
    }  # fmt: skip
    made = json.loads((tmp_path / "via_project.json").read_text())
    assert made["file"]["1"]["fname"] == "a.mp4"
    assert made["view"] == {"1": {"fid_list": [1]}}
    assert made["attribute"]["4"] == {
        "aname": "action", "anchor_id": "FILE1_Z2_XY0", "type": 4, "desc": "",
        "options": {"1": "walk", "2": "wave"}, "default_option_id": "",
    }  # fmt: skip
    assert list(made["metadata"].values()) == [
        entry([0.333333], [2, 1, 2, 2.5, 3], {"1": "1", "2": "4", "3": "1"}),
        entry([2], [2, 1, 2, 2, 2.333333], {"1": "1", "2": "4", "3": "2"}),
        entry([0.333333, 2], [], {"4": "1", "5": "4"}),
        entry([0, 1], [], {"6": "1"}),
        entry([], [], {"7": "1"}),
    ]


@st.composite
def videos(draw):
    made = []
    for key in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        tubes = []
        for number in draw(st.lists(st.integers(0, 99), max_size=3, unique=True)):
            micros = sorted(draw(st.sets(st.integers(0, 10**8), min_size=1, max_size=5)))
            times = list(map(seconds, micros))
            boxes = (
                FileBox(at, draw(corners()), draw(st.booleans()), draw(st.booleans()))
                for at in times
            )
            spans = draw(spans_within(times))
            label = draw(st.sampled_from(["person", "cat"]))
            tubes.append(FileTube(tuple(boxes), number, label, spans))
        when = [seconds(m) for m in draw(st.lists(st.integers(0, 10**8), max_size=4, unique=True))]
        classes = draw(st.sets(st.sampled_from(["outdoors", "night, rain"])))
        made.append(FileVideo(
            key, unit=Unit.SECOND, tubes=tuple(tubes),
            segments=draw(spans_within(sorted(when), ("crowded", "a & b"))),
            classes=tuple(FileSpan(name) for name in sorted(classes)),
        ))  # fmt: skip
    return made


@settings(max_examples=60, deadline=None)
@given(videos())
def test_reading_undoes_writing(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("via")
    found, bad, notes = written(FORMAT, folder / "a", made)
    assert (bad, notes) == ([], [])
    assert [replace(video, aliases=()) for video in found] == made
    written(FORMAT, folder / "b", found)
    assert texts(folder / "a") == texts(folder / "b")


BAD = [
    ("word", "metadata.b", "is not an object {…}: 'word'"),
    (entry([1], [], {}, vid="9"), "metadata.b.vid", "is '9', which 'view' has not"),
    ({"vid": "1", "z": [], "av": {}}, "metadata.b.xy", "is missing"),
    (entry(1, [], {}), "metadata.b.z", "is not a list […]: 1"),
    (entry(["1s"], [], {}), "metadata.b.z", "is not a number: '1s'"),
    (entry([-1], [], {}), "metadata.b.z", "seconds count from 0"),
    (entry([1, 2, 3], [], {}), "metadata.b.z", "has more times"),
    (entry([1, 2], [2, 1, 1, 1, 1], {}), "metadata.b.z", "has more times"),
    (entry([2, 1], [], {}), "metadata.b.z", "ends before it begins"),
    (entry([1], [2, 1, 1, 1], {}), "metadata.b.xy", "has 3 numbers, which make no rect"),
    (entry([1], [[2], 1, 1, 1, 1], {}), "metadata.b.xy", "begins with [2], which is no shape"),
    (entry([1], [12, 1, 1, 1], {}), "metadata.b.xy", "begins with 12, which is no shape"),
    (entry([1], [2, 1, 1, 0, 1], {}), "metadata.b.xy", "has no area"),
    (entry([1], [1, 1, 1], {}), "metadata.b.xy", "is a point, which has no area"),
    (entry([1], [3, 1, 1, 0], {}), "metadata.b.xy", "has no area: radius 0"),
    (entry([1], [7, 1, 1, 2], {}), "metadata.b.xy", "which make no polygon"),
    (entry([1], [9, 0, 0, 1, 1, 2, 2], {}), "metadata.b.xy", "three points on a line"),
    (entry([1], [2, 1, 1, 1, 1], []), "metadata.b.av", "is not an object"),
    (entry([0], [2, 5, 1, 1, 1], {"4": "1"}), "metadata.b.z", "is a second box of track 1 at 0 s"),
    (entry([0, 1], [], {"1": "1", "4": "8"}), "av", "is an action of track 8, which has no box"),
]


@pytest.mark.parametrize(("second", "column", "reason"), BAD)
def test_a_bad_entry_is_named_and_the_rest_is_read(tmp_path, second, column, reason):
    first = entry([0], [2, 1, 1, 1, 1], {"4": "1"})
    path = file(tmp_path, via3({"a": first, "b": second}))
    (video,), (bad,), _ = sorted_out(read, path, name="mine.json")
    assert (bad.file, bad.row, bad.column) == ("mine.json", 2, column)
    assert reason in bad.reason
    assert [b.at for t in video.tubes for b in t.boxes] == [0]


def region(shape, attributes=None):
    return {"shape_attributes": shape, "region_attributes": attributes or {}}


SHAPES = [
    ({"x": 1}, "shape_attributes.name", "is missing"),
    ({"name": "star"}, "shape_attributes.name", "is 'star', which is no shape"),
    ({"name": "rect", "x": 1, "y": 1, "width": 2}, "shape_attributes.height", "is missing"),
    ({"name": "rect", "x": "a", "y": 1, "width": 2, "height": 1}, "shape_attributes.x",
     "is not a number: 'a'"),
    ({"name": "rect", "x": 1, "y": 1, "width": 2, "height": -1}, "shape_attributes", "no area"),
    ({"name": "circle", "cx": 1, "cy": 1, "r": 0}, "shape_attributes", "has no area"),
    ({"name": "point", "cx": 1, "cy": 1}, "shape_attributes", "is a point"),
    ({"name": "polygon", "all_points_x": [], "all_points_y": [1]}, "shape_attributes.all_points_x",
     "is empty"),
    ({"name": "polygon", "all_points_x": 3, "all_points_y": [1]}, "shape_attributes.all_points_x",
     "is not a list"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "column", "reason"), SHAPES)
def test_a_bad_region_of_a_picture_is_named(tmp_path, shape, column, reason):
    good = {"name": "rect", "x": 1, "y": 1, "width": 2, "height": 1}
    pictures = {"k": {"filename": "a.jpg", "regions": {"0": region(shape), "1": region(good)}}}
    (video,), (bad,), _ = sorted_out(read, file(tmp_path, pictures))
    assert bad.column == f"k.regions[0].{column}"
    assert reason in bad.reason
    assert len(video.tubes) == 1
    header = ["filename", "file_size", "file_attributes", "region_count", "region_id",
              "region_shape_attributes", "region_attributes"]  # fmt: skip
    out = io.StringIO()
    rows = (["a.jpg", 1, "{}", 2, n, json.dumps(s), "{}"] for n, s in enumerate((shape, good)))
    csv.writer(out).writerows([header, *rows])
    (video,), (bad,), _ = sorted_out(read, file(tmp_path, out.getvalue(), "a.csv"))
    assert (bad.row, bad.column) == (2, column)
    assert len(video.tubes) == 1


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("{", "a.json", "not JSON"),
        ("[]", "a.json", "is no VIA project"),
        ('{"images": []}', "a.json", "is no VIA project"),
        ('{"metadata": [], "file": {}, "view": {}}', "a.json", "metadata is not an object"),
        ('{"metadata": {}, "file": {}, "view": {}, "attribute": {"1": {}}}', "a.json",
         "attribute.1.aname is not a name"),
        ("a,b\n1,2\n", "a.csv", "is no CSV of VIA's"),
        ("# CSV_HEADER = metadata_id,file_list\n", "a.csv", "has no column temporal_coordinates"),
        ("# ATTRIBUTE = {\n", "a.csv", "'# ATTRIBUTE =' is no JSON"),
        ("", "a.csv", "is no CSV of VIA's"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_vias_is_refused(tmp_path, text, name, reason):
    with pytest.raises(InvalidInput, match=name) as refused:
        sorted_out(read, file(tmp_path, text, name))
    assert reason in refused.value.message


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ('"x","[""a.mp4""]"', "", "has 2 columns"),
        ('"x","a.mp4",0,"[1]","[]","{}"', "file_list", "is not JSON"),
        ('"x","[]",0,"[1]","[]","{}"', "file_list", "names no file"),
        ('"x","[""a.mp4""]",0,"[1","[]","{}"', "temporal_coordinates", "is not JSON"),
    ],
)
def test_a_bad_line_of_a_video_projects_csv_is_named(tmp_path, line, column, reason):
    (_,), (bad,), _ = sorted_out(read, file(tmp_path, f"{CSV3}{line}\n", "a.csv"))
    assert (bad.row, bad.column) == (7, column)
    assert reason in bad.reason


def test_the_format_is_recognized(shared_data, tmp_path):
    assert all(looks_like(p) for p in (shared_data / "via").iterdir() if p.suffix != ".md")
    FORMAT.write(tmp_path, [FileVideo("a", unit=Unit.SECOND, classes=(FileSpan("b"),))], [])
    assert looks_like(tmp_path)
    assert not looks_like(shared_data / "coco/instances_val2014_fakebbox100_results.json")

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo
from labeling.formats.vatic import FILLED, FORMAT, looks_like, read
from tests.labeling.formats.migration import dense, sorted_out, spans_within, texts, written

SDD = "vatic/sdd_deathCircle_video2_annotations.txt"


def file(tmp_path, text):
    path = tmp_path / "annotations.txt"
    path.write_text(text)
    return path


def test_a_real_dump_is_read(shared_data):
    (video,), bad, notes = sorted_out(read, shared_data / SDD, name="annotations.txt")
    assert (video.key, video.aliases, video.every_frame) == (
        "", ("annotations", "sdd_deathCircle_video2_annotations"), True,
    )  # fmt: skip
    assert (bad, notes) == ([], [])
    assert len(video.tubes) == 35
    assert sum(len(tube.boxes) for tube in video.tubes) == 15085 - 4580
    cart = video.tubes[0]
    assert (cart.number, cart.label) == (0, "Cart")
    assert cart.boxes[:2] == (FileBox(0, (789, 399, 815, 436)), FileBox(1, (787, 391, 815, 432)))
    assert cart.boxes[1].row == 2


def test_a_real_dump_is_the_same_after_writing(shared_data, tmp_path):
    (video,), _, _ = sorted_out(read, shared_data / SDD)
    (again,), bad, _ = written(FORMAT, tmp_path / "a", [video])
    assert not bad
    assert again.tubes == video.tubes
    source = [line.split() for line in (shared_data / SDD).read_text().splitlines()]
    visible = {(row[0], row[5]): row for row in source if row[6] == "0"}
    for line in (tmp_path / "a/video.txt").read_text().splitlines():
        cells = line.split()
        row = visible.get((cells[0], cells[5]))
        if cells[6] == "0":
            # Nothing but `generated` differs on a visible frame.
            assert [*cells[:8], cells[9]] == [*row[:8], row[9]]
            del visible[cells[0], cells[5]]
        else:
            assert row is None
    assert not visible


def test_attributes_are_actions_on_their_frames(shared_data):
    (video,), bad, notes = sorted_out(read, shared_data / "vatic/motmetrics_iotest_vatic.txt")
    assert not bad
    assert notes == ["Track 0 changes its label; 'worker' is taken. (1×)"]
    assert [(tube.number, tube.label) for tube in video.tubes] == [
        (0, "worker"), (1, "pc"), (2, "worker"),
    ]  # fmt: skip
    assert video.tubes[0].spans == (FileSpan("attr1", 1, 2), FileSpan("attr3", 1, 2))
    assert [span.label for span in video.tubes[2].spans] == ["attr1", "attr2", "attr4"]
    assert video.tubes[1].boxes == (FileBox(1, (412, 0, 842, 124)),)


def line(k):
    attributes = " ".join(f'"{name}"' for name in k["attributes"])
    return (
        f"0 {k['xtl']} {k['ytl']} {k['xbr']} {k['ybr']} {k['frame']} {k['lost']} {k['occluded']} "
        f'{k["generated"]} "person" {attributes}\n'
    )


def test_what_vatic_shows_frame_by_frame_is_what_is_read(shared_data, tmp_path):
    cases = json.loads((shared_data / "golden/interpolation.json").read_text())["vatic"]["cases"]
    assert cases
    for case in cases:
        expected = {
            e["frame"]: (tuple(e[side] for side in ("xtl", "ytl", "xbr", "ybr")), e["occluded"])
            for e in case["expected"]
            if not e["lost"]
        }
        for rows in (case["keyframes"], case["expected"]):
            (video,), bad, _ = sorted_out(read, file(tmp_path, "".join(map(line, rows))))
            (tube,) = video.tubes
            found = {box.at: (box.box, box.occluded) for box in tube.boxes}
            assert (found, bad) == (expected, []), case["name"]


def test_a_hole_in_a_dump_is_filled_without_touching_its_lines(tmp_path):
    rows = (
        '4 0 0 10 10 5 0 1 0 "dog" "runs"\n4 1 1 11 11 6 0 0 1 "dog"\n'
        '4 8 8 18 18 9 1 0 0 "dog"\n4 8 8 18 18 10 0 0 0 "dog"\n4 7 7 15 15 12 0 0 1 "dog"\n'
    )
    (video,), _, notes = sorted_out(read, file(tmp_path, rows))
    (dog,) = video.tubes
    assert [box.at for box in dog.boxes] == [5, 6, 10, 11, 12]
    assert dog.boxes[3].box == (7, 7, 16, 16)
    assert dog.spans == (FileSpan("runs", 5, 6),)
    assert notes == [f"{FILLED} (1×)"]


def test_pixels_are_rounded_as_stated(tmp_path):
    boxes = (
        FileBox(0, (0.5, 1.49, 10.5, 11.51)),
        FileBox(1, (3.2, 3.2, 3.4, 3.4)),
        FileBox(2, (-5.0, -5.0, 5.0, 5.0)),
        FileBox(3, (-9.0, 1.0, -2.0, 5.0)),
        FileBox(5, (1.0, 1.0, 2.0, 2.0), occluded=True),
    )
    tube = FileTube(boxes, 7, "", (FileSpan('says "hi"', 0, 2),))
    FORMAT.write(tmp_path, [FileVideo("a/b.mp4", every_frame=True, tubes=(tube,))], [])
    assert (tmp_path / "a_b.mp4.txt").read_text().splitlines() == [
        '7 1 1 11 12 0 0 0 0 "person" "says \'hi\'"',
        '7 3 3 4 4 1 0 0 0 "person" "says \'hi\'"',
        '7 0 0 5 5 2 0 0 0 "person"',
        '7 0 1 1 5 3 1 0 0 "person"',
        '7 0 1 1 5 4 1 0 0 "person"',
        '7 1 1 2 2 5 0 1 0 "person"',
    ]


@st.composite
def tubes(draw, number):
    frames = sorted(draw(st.sets(st.integers(0, 20), min_size=1, max_size=12)))
    boxes = []
    for frame in frames:
        x, y = draw(st.integers(0, 2000)), draw(st.integers(0, 2000))
        width, height = draw(st.integers(1, 500)), draw(st.integers(1, 500))
        boxes.append(FileBox(frame, (x, y, x + width, y + height), draw(st.booleans())))
    spans = draw(spans_within([*frames, frames[-1] + 1]))
    whole = [s for s in spans if set(range(s.start, s.end)) <= set(frames)]
    return FileTube(
        tuple(boxes), number, draw(st.sampled_from(["person", "big dog"])), tuple(whole)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=0, max_size=4, unique=True).flatmap(
    lambda numbers: st.tuples(*map(tubes, numbers))))  # fmt: skip
def test_reading_undoes_writing(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("vatic")
    video = FileVideo("yard.mp4", every_frame=True, tubes=made)
    found, bad, _ = written(FORMAT, folder / "a", [video])
    assert (found, bad) == ([video], [])
    assert all(dense(tube, True) for tube in found[0].tubes)
    written(FORMAT, folder / "b", found)
    assert texts(folder / "a") == texts(folder / "b")


BAD = [
    ('0 1 2 3 4 1 0 0 "p"', "", "is not nine numbers and a label"),
    ("0 1 2 3 4 1 0 0 0 person", "", "is not nine numbers and a label"),
    ('0 1 2 3 4 1 0 0 0 "p" attr', "", "is not nine numbers and a label"),
    ('0 1 2 3 4 1 0 0 0 "p', "", "is not nine numbers and a label"),
    ('0 1 2 3 4 1 0 0 0 ""', "label", "is empty"),
    ('x 1 2 3 4 1 0 0 0 "p"', "track_id", "is not a whole number: 'x'"),
    ('0 1 2 inf 4 1 0 0 0 "p"', "xmax", "is not a number: 'inf'"),
    ('0 3 2 3 4 1 0 0 0 "p"', "box", "has no area"),
    ('0 1 2 3 4 1.5 0 0 0 "p"', "frame", "is not a whole number"),
    ('0 1 2 3 4 -1 0 0 0 "p"', "frame", "is -1; it counts from 0"),
    ('0 1 2 3 4 1 2 0 0 "p"', "lost", "is '2', not 0 or 1"),
    ('0 1 2 3 4 1 0 yes 0 "p"', "occluded", "is 'yes', not 0 or 1"),
    ('0 1 2 3 4 0 0 0 0 "p"', "frame", "is 0, for the second time in track 0"),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD)
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path, row, column, reason):
    path = file(tmp_path, f'0 1 2 3 4 0 0 0 0 "p"\n\n{row}\n')
    (video,), (bad,), _ = sorted_out(read, path, name="mine.txt")
    assert (bad.file, bad.row, bad.column) == ("mine.txt", 3, column)
    assert reason in bad.reason
    assert len(video.tubes) == 1


def test_a_file_that_is_not_vatics_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="annotations.txt is not VATIC text: line 1"):
        sorted_out(read, file(tmp_path, "1,1,399,182,121,229,1,-1,-1,-1\n"))
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        sorted_out(read, path)
    with pytest.raises(InvalidInput, match="line 1: binary data"):
        sorted_out(read, file(tmp_path, "\0"))


def test_the_format_is_recognized(shared_data):
    assert looks_like(shared_data / SDD)
    assert looks_like(shared_data / "vatic/motmetrics_iotest_vatic.txt")
    assert not looks_like(shared_data / "mot/TUD-Campus/gt.txt")

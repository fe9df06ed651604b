from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import FileBox, FileLabel, FileTube, FileVideo
from labeling.formats.mot import FORMAT, FROM_ZERO, IGNORED, looks_like, read
from tests.labeling.formats.migration import corners, names, sorted_out, texts, written


def file(tmp_path, text, name="gt.txt"):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "rows", "people"),
    [("TUD-Campus/gt.txt", 359, 8), ("TUD-Campus/test.txt", 222, 13),
     ("TUD-Stadtmitte/gt.txt", 1156, 10), ("TUD-Stadtmitte/test.txt", 749, 12)],
)  # fmt: skip
def test_real_sequences_are_read_and_are_the_same_after_writing(
    shared_data, tmp_path, name, rows, people
):
    path = shared_data / "mot" / name
    (video,), bad, notes = sorted_out(read, path)
    assert (bad, notes, video.every_frame) == ([], [], True)
    assert (len(video.tubes), sum(len(t.boxes) for t in video.tubes)) == (people, rows)
    video = replace(video, tubes=tuple(replace(t, label="person") for t in video.tubes))
    (again,), bad, _ = written(FORMAT, tmp_path, [replace(video, key="TUD", aliases=())])
    assert not bad
    assert again.tubes == tuple(sorted(video.tubes, key=lambda t: (t.boxes[0].at, t.number)))
    assert six(path) == six(tmp_path / "TUD/gt/gt.txt"), "frame, id and box of every line"


def six(path):
    rows = (line.split(",") for line in path.read_text().splitlines())
    return sorted(tuple(Decimal(cell) for cell in row[:6]) for row in rows)


def test_values_of_a_real_sequence(shared_data):
    (truth,), _, notes = sorted_out(read, shared_data / "mot/TUD-Campus")
    assert notes == ["TUD-Campus/test.txt is not read: there is ground truth."]
    assert (truth.key, truth.aliases) == ("", ("TUD-Campus",))
    first = truth.tubes[0]
    assert (first.number, first.label, first.score) == (1, "", None)
    assert first.boxes[0] == FileBox(0, (398, 181, 398 + 121, 181 + 229))
    (result,), _, _ = sorted_out(read, shared_data / "mot/TUD-Campus/test.txt")
    assert result.tubes[0].boxes[0].box == (112.84, 273.5, 170.147, 403.55)
    assert result.aliases == ("test",)


def test_cvats_folders_are_read(shared_data):
    (video,), bad, notes = sorted_out(read, shared_data / "mot/mot_seq_with_seqinfo")
    assert (video.key, video.size, video.frame_rate, video.frame_count) == (
        "Test", (16, 16), 10, 1,
    )  # fmt: skip
    assert video.tubes == (FileTube((FileBox(0, (0, 4, 4, 12)),), None, "label_2"),)
    assert (bad, notes) == ([], [FROM_ZERO])
    (plain,), _, _ = sorted_out(read, shared_data / "mot/mot_seq", name="export.zip")
    assert (plain.key, plain.aliases, plain.tubes) == (
        "", ("export", "mot_seq"), video.tubes,
    )  # fmt: skip


def test_pages_of_text_are_no_mot_files(shared_data):
    for name in ("KITTI", "MOTChallenge", "TAO"):
        with pytest.raises(InvalidInput, match=f"trackeval_{name}-format.txt is not MOT text"):
            sorted_out(read, shared_data / f"mot/trackeval_{name}-format.txt")


def test_ground_truth_of_mot16_is_read(tmp_path):
    rows = (
        "1,4,11,21,10,20,1,1,1\n2,4,11,21,10,20,1,1,0.4\n3,4,11,21,10,20,0,1,1\n"
        "1,2,5,5,1,1,1,3,0.5\n1,9,5,5,1,1,0,8,1\n"
    )
    (video,), bad, notes = sorted_out(read, file(tmp_path, rows))
    assert (bad, notes) == ([], [f"{IGNORED} (2×)"])
    assert video.tubes == (
        FileTube(
            (FileBox(0, (10, 20, 20, 40)), FileBox(1, (10, 20, 20, 40), True)), 4, "pedestrian"
        ),
        FileTube((FileBox(0, (4, 4, 5, 5)),), 2, "car"),
    )


def test_detections_are_boxes_of_nobody_with_a_score(tmp_path):
    rows = "1,-1,11,21,10,20,0.25,-1,-1,-1\n1,-1,12,21,10,20,0.75,-1,-1,-1\n"
    (video,), _, _ = sorted_out(read, file(tmp_path, rows, "det.txt"))
    assert [(tube.number, tube.score) for tube in video.tubes] == [(None, 0.25), (None, 0.75)]


def test_a_results_file_has_the_mean_confidence(tmp_path):
    rows = "1,3,11,21,10,20,0.25,-1,-1,-1\n2,3,12,21,10,20,0.75,-1,-1,-1\n1,4,1,1,1,1,-1,-1,-1,-1"
    (video,), _, _ = sorted_out(read, file(tmp_path, rows, "MOT16-02.txt"))
    assert [tube.score for tube in video.tubes] == [0.5, None]


def test_several_sequences_and_results_are_named_by_folder_and_file(tmp_path):
    row = "1,1,11,21,10,20,1,1,1\n"
    for name in ("a/gt/gt.txt", "a/det/det.txt", "b/gt/gt.txt"):
        file(tmp_path / "truth", row, name)
    videos, _, notes = sorted_out(read, tmp_path / "truth")
    assert [video.key for video in videos] == ["a", "b"]
    assert notes == ["truth/a/det/det.txt is not read: there is ground truth."]
    for name in ("MOT16-01.txt", "MOT16-03.txt"):
        file(tmp_path / "results", row, name)
    videos, _, _ = sorted_out(read, tmp_path / "results")
    assert [video.key for video in videos] == ["MOT16-01", "MOT16-03"]


def test_frames_and_pixels_are_written_from_one(tmp_path):
    tube = FileTube((FileBox(0, (0, 0, 10, 20)), FileBox(2, (0.1, 1 / 3, 10, 20), True)), 5, "dog")
    video = FileVideo(
        "a.mp4", every_frame=True, tubes=(tube,), size=(640, 360), frame_rate=Fraction(30000, 1001)
    )
    labels = [FileLabel("person", "object"), FileLabel("walk", "action")]
    assert FORMAT.write(tmp_path, [video], labels) == {"videos": 1, "tubes": 1, "boxes": 2}
    home = tmp_path / "a.mp4"
    assert (home / "gt/gt.txt").read_text() == (
        "1,5,1,1,10,20,1,2,1\n3,5,1.1,1.333333,9.9,19.666667,1,2,0\n"
    )
    assert (home / "gt/labels.txt").read_text() == "person\ndog\n"
    assert (home / "seqinfo.ini").read_text() == (
        "; pixels count from 1\n[Sequence]\nname=a.mp4\nimDir=img1\nframeRate=30\nseqLength=3\n"
        "imWidth=640\nimHeight=360\nimExt=.jpg\n"
    )


@st.composite
def videos(draw):
    made = []
    for key in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        tubes = []
        for number in draw(st.lists(st.integers(0, 99), max_size=3, unique=True)):
            frames = sorted(draw(st.sets(st.integers(0, 30), min_size=1, max_size=8)))
            boxes = (FileBox(f, draw(corners()), draw(st.booleans())) for f in frames)
            tubes.append(FileTube(tuple(boxes), number, draw(st.sampled_from(["person", "cat"]))))
        tubes.sort(key=lambda tube: (tube.boxes[0].at, tube.number))
        size = draw(st.none() | st.just((640, 360)))
        rate = draw(st.none() | st.just(Fraction(25)))
        made.append(FileVideo(key, every_frame=True, tubes=tuple(tubes), size=size,
                              frame_rate=rate, frame_count=draw(st.integers(31, 90))))  # fmt: skip
    return made


@settings(max_examples=60, deadline=None)
@given(videos())
def test_reading_undoes_writing(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("mot")
    found, bad, notes = written(FORMAT, folder / "a", made)
    assert (bad, notes) == ([], [])
    assert sorted(found, key=lambda v: v.key) == sorted(made, key=lambda v: v.key)
    written(FORMAT, folder / "b", made)
    assert texts(folder / "a") == texts(folder / "b")


BAD = [
    ("1,1,10,10,5", "", "has 5 columns"),
    ("1,1,10,10,5,5,1,1,1,1,1", "", "has 11 columns"),
    ("0,1,10,10,5,5,1,1,1", "frame", "is 0; it counts from 1"),
    ("1.5,1,10,10,5,5,1,1,1", "frame", "is not a whole number: '1.5'"),
    ("2,-2,10,10,5,5,1,1,1", "id", "is -2; it counts from -1"),
    ("2,one,10,10,5,5,1,1,1", "id", "is not a whole number: 'one'"),
    ("2,1,left,10,5,5,1,1,1", "left", "is not a number: 'left'"),
    ("2,1,10,nan,5,5,1,1,1", "top", "is not a number: 'nan'"),
    ("2,1,10,10,0,5,1,1,1", "box", "has no area: width 0"),
    ("2,1,10,10,5,-5,1,1,1", "box", "has no area: width 5, height -5"),
    ("2,1,10,10,5,5,x,1,1", "conf", "is not a number"),
    ("2,1,10,10,5,5,1,13,1", "class", "is 13; the classes are 1 to 12"),
    ("2,1,10,10,5,5,1,1,half", "visibility", "is not a number"),
    ("1,1,10,10,5,5,1,1,1", "frame", "is 1, for the second time for id 1"),
]


@pytest.mark.parametrize(("row", "column", "reason"), BAD)
def test_a_bad_line_is_named_and_the_rest_is_read(tmp_path, row, column, reason):
    path = file(tmp_path, f"1,1,10,10,5,5,1,1,1\n\n{row}\n")
    (video,), (bad,), _ = sorted_out(read, path, name="mine.txt")
    assert (bad.file, bad.row, bad.column) == ("mine.txt", 3, column)
    assert reason in bad.reason
    assert len(video.tubes) == 1


@pytest.mark.parametrize(
    ("info", "reason"),
    [("name=a", "no section headers"), ("[Other]\nname=a", "Sequence"),
     ("[Sequence]\nimWidth=wide", "imWidth is not a whole number: 'wide'"),
     ("[Sequence]\nframeRate=fast", "Invalid literal for Fraction")],
)  # fmt: skip
def test_a_bad_description_is_refused(tmp_path, info, reason):
    file(tmp_path, "1,1,10,10,5,5,1,1,1\n", "gt/gt.txt")
    file(tmp_path, info, "seqinfo.ini")
    with pytest.raises(InvalidInput, match="seqinfo.ini") as refused:
        sorted_out(read, tmp_path)
    assert reason in refused.value.message


def test_the_format_is_recognized(shared_data):
    assert looks_like(shared_data / "mot/TUD-Campus/gt.txt")
    assert looks_like(shared_data / "mot/mot_seq")
    assert not looks_like(shared_data / "mot/trackeval_MOTChallenge-format.txt")
    assert not looks_like(shared_data / "vatic/motmetrics_iotest_vatic.txt")


def test_a_name_keeps_its_spaces(tmp_path):
    (found,), _, _ = written(FORMAT, tmp_path, [FileVideo("a  b", every_frame=True)])
    assert found.key == "a  b"

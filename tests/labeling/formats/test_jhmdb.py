import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo
from labeling.formats.jhmdb import CLASSES, FORMAT, OTHER_CLASSES, looks_like, read
from tests.labeling.formats.migration import sorted_out, texts, written


@pytest.fixture(scope="module")
def found(shared_data):
    return sorted_out(read, shared_data / "jhmdb/groundtruths_jhmdb.zip")


def test_the_real_archive_is_read_completely(found):
    videos, bad, notes = found
    assert (len(videos), bad) == (268, [])
    assert sum(len(tube.boxes) for video in videos for tube in video.tubes) == 9126
    assert {len(video.tubes) for video in videos} == {1}
    assert {video.tubes[0].spans[0].label for video in videos} == set(CLASSES)
    assert {video.frame_count for video in videos} <= set(range(15, 41))
    assert notes == ["Class numbers are taken as those of JHMDB's 21 classes, by alphabet."]


def test_a_clip_by_hand(found):
    video = next(v for v in found[0] if v.key == "Boom_Snap_Clap_clap_u_nm_np1_fr_med_1")
    (tube,) = video.tubes
    assert tube.boxes[37].box == (113, 11, 230, 240) and tube.boxes[37].at == 37
    assert tube.spans == (FileSpan("clap", 0, len(tube.boxes)),)


def test_the_real_archive_is_the_same_after_writing(found, shared_data, tmp_path):
    FORMAT.write(tmp_path, iter(found[0]), ())
    with zipfile.ZipFile(shared_data / "jhmdb/groundtruths_jhmdb.zip") as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        source = {entry.filename.rpartition("/")[2]: archive.read(entry) for entry in entries}
    assert texts(tmp_path / "groundtruths") == source
    assert (tmp_path / "classes.txt").read_text().startswith("1 brush_hair\n2 catch\n")
    again, bad, _ = sorted_out(read, tmp_path)
    assert again == found[0] and not bad


def test_splits_of_files_and_frames_are_put_together(tmp_path):
    (tmp_path / "clap_test_split1.txt").write_text("one.avi 1\ntwo.avi 2\nno.avi 0\na b.avi 0\n\n")
    (tmp_path / "clap_test_split2.txt").write_text("one.avi 2\n")
    (tmp_path / "clap_one_00001.txt").write_text("3 1 2 3 4\n")
    (tmp_path / "readme.txt").write_text("hello")
    videos, bad, notes = sorted_out(read, tmp_path)
    found = {video.key: (video.split, bool(video.tubes), video.classes) for video in videos}
    assert found == {
        "one": ("train01,test02", True, ()),
        "two": ("test01", False, (FileSpan("clap"),)),
        "no": ("", False, (FileSpan("clap"),)),
        "a b": ("", False, (FileSpan("clap"),)),
    }
    assert not bad and any("readme.txt is not read" in note for note in notes)
    (tmp_path / "new").mkdir()
    FORMAT.write(tmp_path / "new", iter(videos), ())
    assert (tmp_path / "new/clap_test_split1.txt").read_text() == "one.avi 1\ntwo.avi 2\n"


def test_several_boxes_on_a_frame_are_not_told_apart(tmp_path):
    (tmp_path / "clap_one_00001.txt").write_text("3 1 2 3 4\n3 5 6 7 8\n")
    (tmp_path / "clap_one_00002.txt").write_text("3 1 2 3 4\n")
    (video,), bad, notes = sorted_out(read, tmp_path)
    assert [(tube.number, tube.boxes[0].at) for tube in video.tubes] == [
        (None, 0), (None, 0), (None, 1),
    ]  # fmt: skip
    assert not bad and any("several boxes" in note for note in notes)


def test_other_classes_come_from_a_list(tmp_path):
    (tmp_path / "classes.txt").write_text("1 Long Jump\n2 Long\n")
    (tmp_path / "Long%20Jump_v_1_00003.txt").write_text("1 1 2 3.5 4\n")
    (video,), bad, _ = sorted_out(read, tmp_path)
    assert (video.key, video.tubes[0].spans[0].label, bad) == ("v_1", "Long Jump", [])
    assert video.tubes[0].boxes == (FileBox(2, (1, 2, 3.5, 4)),)
    assert looks_like(tmp_path)


def test_the_layout_of_act(tmp_path):
    path = tmp_path / "JHMDB-GT.pkl"
    rows = np.array([[1, 1, 2, 3, 4]], dtype=np.float32)
    tables = {"labels": ["clap"], "gttubes": {"clap/v": {0: [rows]}}, "nframes": {"clap/v": 1}}
    path.write_bytes(pickle.dumps(tables, 2))
    (video,), bad, _ = sorted_out(read, path)
    assert (video.key, video.aliases, len(video.tubes), bad) == ("clap/v", ("v",), 1, [])


names = st.text("abZ09-_.é漢 ", min_size=1, max_size=9).filter(lambda n: n == n.strip())
whole = st.integers(1, 200)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, data):
    made = []
    for place in range(data.draw(st.integers(1, 3))):
        label, count = data.draw(names), data.draw(st.integers(1, 4))
        boxes = []
        for frame in range(count):
            x, y, w, h = (data.draw(whole) / 4 for _ in range(4))
            boxes.append(FileBox(frame, (x, y, x + w, y + h)))
        tube = FileTube(tuple(boxes), 1, spans=(FileSpan(label, 0, count),))
        split = data.draw(st.sampled_from(["", "train01", "train01,test02"]))
        made.append(FileVideo(
            f"v{place}_x", every_frame=True, tubes=(tube,), frame_count=count, split=split
        ))  # fmt: skip
    again, bad, _ = written(FORMAT, tmp_path_factory.mktemp("jhmdb"), made, ())
    assert sorted(again, key=lambda v: v.key) == made and not bad


def test_clips_that_differ_in_case_keep_apart_on_any_disk(tmp_path):
    tube = FileTube((FileBox(0, (1, 1, 2, 2)),), spans=(FileSpan("walk", 0, 1),))
    videos = [FileVideo(key, tubes=(tube,)) for key in ("Clip", "clip")]
    FORMAT.write(tmp_path, videos, [])
    found = sorted(path.name for path in (tmp_path / "groundtruths").iterdir())
    assert found == ["walk_Clip_00001.txt", "walk_clip_2_00001.txt"]


def acting(number, at, *spans):
    boxes = tuple(FileBox(frame, (number, 1, number + 5, 9)) for frame in at)
    return FileTube(boxes, number, spans=tuple(FileSpan(*span) for span in spans))


def test_a_clip_of_several_actions_has_the_class_that_covers_most_frames(tmp_path):
    tubes = (
        acting(1, range(6), ("wave", 0, 2), ("walk", 1, 6)),
        acting(2, range(4), ("walk", 0, 4)),
        acting(3, range(5), ("run", 0, 5)),
    )
    clip = FileVideo("clip", tubes=tubes, split="train01", frame_count=6)
    counts = FORMAT.write(tmp_path, [clip], [])
    assert (counts["tubes"], counts["lost"]) == (2, {OTHER_CLASSES: 2})
    (video,), bad, _ = sorted_out(read, tmp_path)
    assert not bad and video.split == "train01"
    assert {span.label for tube in video.tubes for span in tube.spans} == {"walk"}
    assert sorted((box.at, box.box[0]) for tube in video.tubes for box in tube.boxes) == [
        (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (4, 1), (5, 1),
    ]  # fmt: skip
    assert [path.name for path in tmp_path.glob("*_test_split1.txt")] == ["walk_test_split1.txt"]


def test_a_clip_of_several_classes_and_no_tubes_has_the_first(tmp_path):
    clip = FileVideo("clip", classes=(FileSpan("run"), FileSpan("walk")), split="test02")
    assert FORMAT.write(tmp_path, [clip], [])["lost"] == {OTHER_CLASSES: 1}
    (video,), bad, _ = sorted_out(read, tmp_path)
    assert (video.classes, bad) == ((FileSpan("run"),), [])

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import loadmat, savemat

from labeling.domain.errors import InvalidInput
from labeling.formats import mat5
from labeling.formats.dataset import FileBox, FileLabel, FileSpan, FileTube, FileVideo
from labeling.formats.ucf101_24 import CLASSES, FORMAT, FORMAT_MAT, read
from tests.labeling.formats.migration import sorted_out, written

COUNTS = {"pyannot.pkl": 4458, "pyannot_with_class_names.pkl": 4458, "finalAnnots.mat": 4458,
          "pyannot_test_split.json": 1315}  # fmt: skip


@pytest.fixture(scope="module")
def found(shared_data):
    """(videos by name, bad rows, notes) of every real file."""
    files = [*COUNTS, "annot_bmvc.mat"]
    read_out = {file: sorted_out(read, shared_data / "ucf101_24" / file) for file in files}
    return {f: ({v.key: v for v in videos}, *rest) for f, (videos, *rest) in read_out.items()}


def test_every_real_file_is_read_completely(found, shared_data):
    for file, tubes in COUNTS.items():
        videos, bad, _ = found[file]
        assert len(videos) == (910 if "test_split" in file else 3194)
        assert (sum(len(video.tubes) for video in videos.values()), bad) == (tubes, [])
        own = FORMAT_MAT if file.endswith(".mat") else FORMAT
        assert own.looks_like(shared_data / "ucf101_24" / file)


def test_pickle_and_mat_say_the_same(found):
    plain, _, notes = found["pyannot.pkl"]
    assert plain == found["finalAnnots.mat"][0]
    assert any("UCF101-24" in note for note in notes)
    named = found["pyannot_with_class_names.pkl"][0]
    assert {key: replace(video, split="") for key, video in named.items()} == plain
    test = [key for key, video in named.items() if video.split == "test"]
    assert sorted(test) == sorted(found["pyannot_test_split.json"][0])
    assert sum(video.split == "train" for video in named.values()) == 2284


def test_a_tube_by_hand(found):
    video = found["pyannot.pkl"][0]["Basketball/v_Basketball_g01_c01"]
    (tube,) = video.tubes
    assert (video.frame_count, video.size, video.every_frame) == (141, (320, 240), True)
    assert video.aliases == ("v_Basketball_g01_c01",)
    assert tube.boxes[0] == FileBox(8, (189, 102, 236, 180)) and len(tube.boxes) == 44
    assert tube.spans == (FileSpan("Basketball", 8, 52),)


def test_corners_do_not_overflow_the_bytes_of_the_file(found):
    boxes = [b.box for v in found["pyannot.pkl"][0].values() for t in v.tubes for b in t.boxes]
    corners = np.array(boxes)
    assert len(corners) == 573862
    assert (corners[:, 2] <= 320).all() and (corners[:, 3] <= 240).all()
    assert (corners[:, 2] > 255).sum() > 1000


def test_the_older_annotation_is_read_but_for_tubes_that_do_not_add_up(found):
    videos, bad, _ = found["annot_bmvc.mat"]
    assert (len(videos), len(bad)) == (3204, 57)
    assert all("boxes for the" in row.reason and ".boxes" in row.column for row in bad)
    assert bad[0].column == "Diving/v_Diving_g06_c05.annotations[0].boxes"


def test_the_json_is_the_same_json_after_writing(found, shared_data, tmp_path):
    videos = found["pyannot_test_split.json"][0]
    FORMAT.write(tmp_path, iter(videos.values()), ())
    made = json.loads((tmp_path / "ucf101_24.json").read_text())
    assert made == json.loads((shared_data / "ucf101_24/pyannot_test_split.json").read_text())


def test_a_pickle_becomes_equal_json(found, tmp_path):
    videos = list(found["pyannot_with_class_names.pkl"][0].values())
    again, bad, _ = written(FORMAT, tmp_path / "a", videos, ())
    assert again == videos and not bad


def test_the_mat_is_the_same_mat_after_writing(found, shared_data, tmp_path):
    videos = list(found["finalAnnots.mat"][0].values())
    again, bad, _ = written(FORMAT_MAT, tmp_path / "a", videos, ())
    assert again == videos and not bad
    made = loadmat(tmp_path / "a/finalAnnots.mat")["annot"]
    source = loadmat(shared_data / "ucf101_24/finalAnnots.mat")["annot"]
    assert made.shape == source.shape and made.dtype == source.dtype
    for one, other in zip(made[0, ::50], source[0, ::50], strict=True):
        assert one["name"] == other["name"] and one["num_imgs"] == other["num_imgs"]
        for mine, theirs in zip(one["tubes"][0], other["tubes"][0], strict=True):
            for field in ("sf", "ef", "class", "boxes"):
                np.testing.assert_array_equal(mine[field], theirs[field])


def test_the_mat_is_the_same_whenever_it_is_written(tmp_path, monkeypatch):
    made = []
    for year in ("2024", "2031"):
        monkeypatch.setattr("time.asctime", lambda year=year: f"Mon Jan  1 00:00:00 {year}")
        folder = tmp_path / year
        folder.mkdir()
        FORMAT_MAT.write(folder, [], [])
        made.append((folder / "finalAnnots.mat").read_bytes())
    assert made[0] == made[1]
    assert b"2024" not in made[0][:128]


def test_the_layout_of_act(tmp_path):
    path = tmp_path / "UCF101v2-GT.pkl"
    rows = np.array([[9, 1, 2, 3, 4], [10, 2, 2, 4, 4]], dtype=np.float32)
    path.write_bytes(pickle.dumps({
        "labels": ["Basketball"], "gttubes": {"Basketball/v": {0: [rows]}},
        "nframes": {"Basketball/v": 12}, "train_videos": [["Basketball/v"]], "test_videos": [[]],
        "resolution": {"Basketball/v": (240, 320)},
    }))  # fmt: skip
    ((video,), bad, _) = sorted_out(read, path)
    assert not bad and video == FileVideo(
        "Basketball/v", aliases=("v",), every_frame=True, size=(320, 240), frame_count=12,
        split="train01", tubes=(FileTube(
            (FileBox(8, (1, 2, 3, 4)), FileBox(9, (2, 2, 4, 4))), 1,
            spans=(FileSpan("Basketball", 8, 10),),
        ),),
    )  # fmt: skip


def test_a_mat_that_grows_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.mat"
    savemat(path, {"annot": np.zeros(3 << 20)}, do_compression=True)
    assert path.stat().st_size < 1 << 20
    monkeypatch.setattr(mat5, "_LARGEST_UNPACKED", 9 << 20)
    with pytest.raises(InvalidInput, match="unpacks to more than 9 MB"):
        sorted_out(read, path)


def boxes(*frames):
    return tuple(FileBox(frame, (1.0, 2.0, 3.0 + frame, 4.0)) for frame in frames)


def test_who_does_two_things_or_leaves_is_two_tubes(tmp_path):
    twice = FileTube(boxes(0, 1, 2), 4, spans=(FileSpan("run", 0, 2), FileSpan("wave", 1, 3)))
    leaves = FileTube(boxes(0, 1, 5), 5, spans=(FileSpan("run", 0, 6),))
    idle = FileTube(boxes(0), 6)
    video = FileVideo("a.mp4", tubes=(twice, leaves, idle), frame_count=9, size=(640, 360))
    counts = FORMAT.write(tmp_path, [video], [FileLabel("wave", "action", 1)])
    assert counts == {"videos": 1, "tubes": 4, "tubes_without_action_left_out": 1}
    made = json.loads((tmp_path / "ucf101_24.json").read_text())
    assert made["classes"] == ["wave", "run"] and made["db"]["a.mp4"]["size"] == [640, 360]
    found = [(t["label"], t["sf"], t["ef"]) for t in made["db"]["a.mp4"]["annotations"]]
    assert found == [(1, 0, 2), (0, 1, 3), (1, 0, 2), (1, 5, 6)]


@st.composite
def videos(draw, unit):
    tubes = []
    for number in range(1, 1 + draw(st.integers(0, 3))):
        start, length = draw(st.integers(0, 50)), draw(st.integers(1, 5))
        sides = [draw(st.integers(1, 3000)) for _ in range(4)]
        box = sides[0] / unit, sides[1] / unit, (sides[0] + sides[2]) / unit, (
            sides[1] + sides[3]
        ) / unit  # fmt: skip
        tubes.append(FileTube(
            tuple(FileBox(frame, box) for frame in range(start, start + length)), number,
            spans=(FileSpan(draw(st.sampled_from(CLASSES)), start, start + length),),
        ))  # fmt: skip
    return FileVideo(
        draw(st.text("abv09_-é", min_size=1, max_size=9)),
        every_frame=True, tubes=tuple(tubes), frame_count=draw(st.integers(60, 99)),
        size=draw(st.sampled_from([(320, 240), (1280, 720)])),
    )  # fmt: skip


@pytest.mark.parametrize("format_, unit", [(FORMAT, 1000), (FORMAT_MAT, 1000), (FORMAT, 1)])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, format_, unit, data):
    several = st.lists(videos(unit), min_size=1, max_size=3, unique_by=lambda v: v.key)
    made = data.draw(several)
    again, bad, _ = written(format_, tmp_path_factory.mktemp("ucf24"), made, ())
    assert again == made and not bad

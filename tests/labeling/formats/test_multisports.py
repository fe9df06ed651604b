import json
import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.dataset import FileBox, FileLabel, FileSpan, FileTube, FileVideo
from labeling.formats.multisports import FORMAT, looks_like, read
from tests.labeling.formats.migration import sorted_out, written


def tables(number=np.float64):
    first = np.array([[3, 10.5, 20, 30.25, 40], [4, 11, 20, 31, 40]], dtype=number)
    second = np.array([[1, 0, 0, 5, 5], [5, 0, 0, 6, 6]], dtype=number)
    return {
        "labels": ["aerobic push up", "aerobic flair"],
        "gttubes": {"aerobic/v_1": {1: [first], 0: [second]}, "aerobic/v_2": {}},
        "nframes": {"aerobic/v_1": 60, "aerobic/v_2": 25},
        "train_videos": [["aerobic/v_1"]],
        "test_videos": [["aerobic/v_2"]],
        "resolution": {"aerobic/v_1": (720, 1280), "aerobic/v_2": (720, 1280)},
    }


def test_a_pickle_as_the_evaluation_reads_it(tmp_path):
    path = tmp_path / "multisports_GT.pkl"
    path.write_bytes(pickle.dumps(tables()))
    (one, two), bad, notes = sorted_out(read, path)
    assert (bad, notes) == ([], []) and looks_like(path)
    assert (one.frame_count, one.size, one.split) == (60, (1280, 720), "train01")
    assert (two.tubes, two.frame_count, two.split) == ((), 25, "test01")
    flair, push = one.tubes
    assert flair == FileTube(
        (FileBox(2, (10.5, 20, 30.25, 40)), FileBox(3, (11, 20, 31, 40))), 1,
        spans=(FileSpan("aerobic flair", 2, 4),),
    )  # fmt: skip
    # A gap stays one: frames of a tube need not follow each other.
    assert [box.at for box in push.boxes] == [0, 4]
    assert push.spans == (FileSpan("aerobic push up", 0, 5),)


def test_it_is_written_as_json_of_the_same_keys(tmp_path):
    path = tmp_path / "multisports_GT.pkl"
    path.write_bytes(pickle.dumps(tables()))
    videos, _, _ = sorted_out(read, path)
    labels = [FileLabel("aerobic push up", "action", 1), FileLabel("aerobic flair", "action", 2)]
    (tmp_path / "a").mkdir()
    FORMAT.write(tmp_path / "a", iter(videos), labels)
    made = json.loads((tmp_path / "a/multisports_GT.json").read_text())
    source = tables()
    assert made.keys() == source.keys()
    assert made["labels"] == source["labels"] and made["nframes"] == source["nframes"]
    assert (made["train_videos"], made["test_videos"]) == ([["aerobic/v_1"]], [["aerobic/v_2"]])
    assert made["resolution"]["aerobic/v_2"] == [720, 1280]
    for place, tubes in source["gttubes"]["aerobic/v_1"].items():
        for mine, theirs in zip(made["gttubes"]["aerobic/v_1"][str(place)], tubes, strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_the_pickle_may_be_of_numpy_1_and_of_single_floats(tmp_path):
    path = tmp_path / "multisports_GT.pkl"
    path.write_bytes(pickle.dumps(tables(np.float32), 2).replace(b"numpy._core", b"numpy.core"))
    videos, bad, _ = sorted_out(read, path)
    assert len(videos) == 2 and not bad


@st.composite
def videos(draw):
    tubes = []
    for label in sorted(draw(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3))):
        frames = sorted(draw(st.sets(st.integers(0, 90), min_size=1, max_size=5)))
        x, y, w, h = (draw(st.integers(1, 9999)) / 1000 for _ in range(4))
        box = round(x, 4), round(y, 4), round(x + w, 4), round(y + h, 4)
        tubes.append(FileTube(
            tuple(FileBox(frame, box) for frame in frames), len(tubes) + 1,
            spans=(FileSpan(label, frames[0], frames[-1] + 1),),
        ))  # fmt: skip
    return FileVideo(
        draw(st.text("abv09_-é", min_size=1, max_size=9)), every_frame=True, tubes=tuple(tubes),
        size=draw(st.none() | st.just((1280, 720))), frame_count=draw(st.integers(91, 99)),
        split=draw(st.sampled_from(["", "train01", "test01", "train01,test02", "test01,train03"])),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(videos(), min_size=1, max_size=3, unique_by=lambda v: v.key))
def test_what_is_written_reads_back(tmp_path_factory, made):
    labels = [FileLabel(name, "action", place) for place, name in enumerate("abc")]
    again, bad, _ = written(FORMAT, tmp_path_factory.mktemp("multisports"), made, labels)
    assert again == made and not bad

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.dataset import FileLabel, FileSpan, FileVideo
from labeling.formats.ucf101 import FORMAT, looks_like, read
from tests.labeling.formats.migration import sorted_out, texts, written

ROWS = {
    "trainlist01.txt": 9537, "trainlist02.txt": 9586, "trainlist03.txt": 9624,
    "testlist01.txt": 3783, "testlist02.txt": 3734, "testlist03.txt": 3696,
}  # fmt: skip


@pytest.mark.parametrize("file", ROWS)
def test_every_real_list_is_read_and_written_again(shared_data, tmp_path, file):
    source = shared_data / "ucf101" / file
    videos, bad, _ = sorted_out(read, source, labels=source.with_name("classInd.txt"))
    assert (len(videos), bad) == (ROWS[file], []) and looks_like(source)
    again, _, _ = written(FORMAT, tmp_path / "a", videos, ())
    assert again == videos
    assert texts(tmp_path / "a") == {
        file: source.read_bytes(),
        "classInd.txt": source.with_name("classInd.txt").read_bytes(),
    }


def test_the_class_is_the_folder_and_not_a_part_of_the_name(shared_data):
    videos, _, _ = sorted_out(read, shared_data / "ucf101/trainlist01.txt")
    trap = next(v for v in videos if v.key == "v_HandStandPushups_g08_c01.avi")
    assert trap.classes == (FileSpan("HandstandPushups"),)
    assert trap.aliases == ("v_HandStandPushups_g08_c01",) and trap.split == "train01"


def test_a_folder_of_lists_is_one_set_of_videos(shared_data, tmp_path):
    videos, bad, notes = sorted_out(read, shared_data / "ucf101")
    assert (len(videos), bad, notes) == (13320, [], [])
    first = next(v for v in videos if v.key == "v_ApplyEyeMakeup_g01_c01.avi")
    assert sorted(first.split.split(",")) == ["test01", "train02", "train03"]
    FORMAT.write(tmp_path, iter(videos), ())
    for file in ROWS:
        source = (shared_data / "ucf101" / file).read_text().splitlines()
        assert sorted((tmp_path / file).read_text().splitlines()) == sorted(source)


def test_numbers_follow_the_projects_class_index(tmp_path):
    labels = [FileLabel("run", "video_class", 2), FileLabel("dance", "video_class", 1)]
    video = FileVideo("a.mp4", classes=(FileSpan("run"), FileSpan("a walk/é")), split="train")
    counts = FORMAT.write(tmp_path, [video, FileVideo("b.mp4")], labels)
    assert counts == {"videos": 1, "video_classes": 2, "videos_without_class_left_out": 1}
    assert {name: text.decode() for name, text in texts(tmp_path).items()} == {
        "classInd.txt": "1 dance\n2 run\n3 a walk/é\n",
        "trainlist01.txt": "run/a.mp4 2\na%20walk%2F%C3%A9/a.mp4 3\n",
    }


def test_a_folder_of_videos_by_class(tmp_path):
    for name in ("Yo Yo/a.avi", "Yo Yo/b.MP4", "Archery/c.avi", "loose.avi", "Archery/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    videos, bad, notes = sorted_out(read, tmp_path)
    found = {video.key: video.classes[0].label for video in videos}
    assert found == {"a.avi": "Yo Yo", "b.MP4": "Yo Yo", "c.avi": "Archery"}
    assert not bad and len(notes) == 1


names = st.text("abZ09-_.%é漢 /", min_size=1, max_size=9).filter(lambda n: n == n.strip())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, data):
    lists = st.sampled_from(["train01", "test01", "train02,test03", "all01"])
    classes = st.lists(names, min_size=1, max_size=2, unique=True)
    picked = data.draw(st.lists(st.tuples(classes, lists), min_size=1, max_size=4))
    videos = [
        FileVideo(
            f"v_{place}.avi", aliases=(f"v_{place}",), split=split,
            classes=tuple(map(FileSpan, labels)),
        )
        for place, (labels, split) in enumerate(picked)
    ]  # fmt: skip
    again, bad, _ = written(FORMAT, tmp_path_factory.mktemp("ucf101"), videos, ())
    assert not bad
    found = {video.key: video for video in again}
    assert found.keys() == {video.key for video in videos}
    for video in videos:
        one = found[video.key]
        assert one.classes == video.classes and one.aliases == video.aliases
        assert set(one.split.split(",")) == set(video.split.split(","))

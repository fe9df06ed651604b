import csv
import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.dataset import FileSpan, FileVideo, Unit
from labeling.formats.kinetics import FORMAT, FORMAT_JSON, looks_like, read
from tests.labeling.formats.migration import sorted_out, texts, written

ROWS = {
    "kinetics-400_val.csv": (19906, 400), "kinetics-600_val.csv": (30000, 600),
    "kinetics-700_validate.csv": (34173, 700), "kinetics-400_test.csv": (38685, 0),
    "kinetics-600_test.csv": (72924, 0), "kinetics-700_test.csv": (67714, 0),
    "datumaro_test.csv": (3, 2),
}  # fmt: skip


@pytest.mark.parametrize("file", ROWS)
def test_every_real_csv_is_read_and_written_again(shared_data, tmp_path, file):
    source = shared_data / "kinetics" / file
    videos, bad, _ = sorted_out(read, source)
    labels = {span.label for video in videos for span in video.classes}
    assert (len(videos), len(labels), bad) == (*ROWS[file], [])
    assert looks_like(source)
    with source.open(newline="") as stream:
        rows = list(csv.reader(stream))
    FORMAT.write(tmp_path, iter(videos), ())
    (text,) = texts(tmp_path).values()
    columns = len(rows[0]) - ("is_cc" in rows[0])
    assert list(csv.reader(text.decode().splitlines())) == [row[:columns] for row in rows]
    again, _, _ = sorted_out(read, tmp_path)
    assert again == videos


def test_a_csv_without_quotes_and_is_cc_is_the_same_text(shared_data, tmp_path):
    source = shared_data / "kinetics/kinetics-700_validate.csv"
    FORMAT.write(tmp_path, sorted_out(read, source)[0], ())
    assert texts(tmp_path) == {"kinetics_validate.csv": source.read_bytes()}


def test_a_clip_has_the_name_of_its_file_and_lies_in_the_original(shared_data):
    videos, _, notes = sorted_out(read, shared_data / "kinetics/kinetics-400_val.csv")
    assert videos[0] == FileVideo(
        key="0wR5jVB-WPk_000417_000427", unit=Unit.SECOND, aliases=("0wR5jVB-WPk",),
        classes=(FileSpan("abseiling"),), start_s=Fraction(417), duration_s=Fraction(10),
        split="val",
    )  # fmt: skip
    assert videos[0].row == 2 and "air drumming" in {v.classes[0].label for v in videos}
    assert len(notes) == 1 and "original" in notes[0]


def test_the_json_says_what_the_csv_says(shared_data):
    found, bad, _ = sorted_out(read, shared_data / "kinetics/kinetics700_validate.sample2.json")
    listed, _, _ = sorted_out(read, shared_data / "kinetics/kinetics-700_validate.csv")
    assert found == listed[:2] and not bad


@pytest.mark.parametrize("file", ["datumaro_train.json", "kinetics700_validate.sample2.json"])
def test_a_real_json_is_the_same_after_writing(shared_data, tmp_path, file):
    source = shared_data / "kinetics" / file
    videos, _, _ = sorted_out(read, source)
    again, bad, _ = written(FORMAT_JSON, tmp_path / "a", videos, ())
    assert again == videos and not bad and looks_like(source)
    plain = {
        key: {name: value for name, value in entry.items() if name != "url"}
        for key, entry in json.loads(source.read_text()).items()
    }
    assert json.loads((tmp_path / "a/kinetics.json").read_text()) == plain


def test_an_id_with_two_clips_stays_two_clips(tmp_path):
    path = tmp_path / "validate.csv"
    path.write_text("label,youtube_id,time_start,time_end,split\na,x_y,0,10,v\nb,x_y,10,20,v\n")
    videos, _, _ = sorted_out(read, path)
    for format_ in (FORMAT, FORMAT_JSON):
        again, bad, _ = written(format_, tmp_path / format_.name, videos, ())
        assert again == videos and not bad


def test_a_file_without_header_is_read_by_the_number_of_columns(tmp_path):
    path = tmp_path / "val.csv"
    path.write_text('"air drumming",-aa,5,15,val\n')
    (video,), bad, notes = sorted_out(read, path)
    assert (video.key, video.classes[0].label, bad) == ("-aa_000005_000015", "air drumming", [])
    assert any("no header" in note for note in notes)


def test_a_project_video_that_is_no_clip_begins_at_its_start_second(tmp_path):
    video = FileVideo("yard.mp4", classes=(FileSpan("run"),), duration_s=Fraction("9.97"))
    FORMAT.write(tmp_path, [video], ())
    assert texts(tmp_path)["kinetics_all.csv"].decode().splitlines()[1] == "run,yard.mp4,0,10,"


names = st.text("abZ09-_.=+@'é漢 ,\"", min_size=1, max_size=9).filter(lambda n: n == n.strip())


@st.composite
def clips(draw, unit):
    start = Fraction(draw(st.integers(0, 9000)), unit)
    duration = Fraction(draw(st.integers(unit, 99 * unit)), unit)
    identity = draw(names)
    return FileVideo(
        key=f"{identity}_{int(start):06d}_{int(start + duration):06d}",
        unit=Unit.SECOND,
        aliases=(identity,),
        classes=tuple(FileSpan(label) for label in draw(st.lists(names, max_size=1))),
        start_s=start,
        duration_s=duration,
        split=draw(st.sampled_from(["train", "val", "", "=1+1"])),
    )


@pytest.mark.parametrize("format_, unit", [(FORMAT, 1), (FORMAT_JSON, 1000)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, format_, unit, data):
    videos = data.draw(st.lists(clips(unit), max_size=4, unique_by=lambda v: v.key))
    if not videos:
        return
    again, bad, _ = written(format_, tmp_path_factory.mktemp("kinetics"), videos, ())
    assert sorted(again, key=lambda v: v.key) == sorted(videos, key=lambda v: v.key)
    assert not bad

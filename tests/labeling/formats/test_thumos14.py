from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.dataset import FileLabel, FileSpan, FileVideo, Unit
from labeling.formats.thumos14 import FORMAT, FORMAT_DETECTIONS, looks_like, read
from tests.labeling.formats.migration import sorted_out, texts, written

FOLDERS = {
    "thumos14/temporal_annotations_test": (213, 3457),
    "thumos14/temporal_annotations_validation": (200, 3096),
}
CSVS = {
    "thumos14/test_Annotation.csv": (213, 3457), "thumos14/val_Annotation.csv": (200, 3096),
    "thumos14/thumos14_test_groundtruth.csv": (213, 3457),
}  # fmt: skip
RUNS = {"thumos14/evalkit/Run-1-det.txt": 1636, "thumos14/evalkit/Run-2-det.txt": 3007}


def counted(videos):
    return len(videos), sum(len(video.segments) for video in videos)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_real_folder_of_texts_is_the_same_after_writing(shared_data, tmp_path, folder):
    videos, bad, notes = sorted_out(read, shared_data / folder)
    assert (counted(videos), bad, notes) == (FOLDERS[folder], [], [])
    again, _, _ = written(FORMAT, tmp_path / "a", videos, ())
    assert again == videos
    made, source = texts(tmp_path / "a"), texts(shared_data / folder)
    assert made.keys() == source.keys() and len(made) == 21
    for name, text in made.items():
        assert sorted(text.splitlines()) == sorted(source[name].splitlines())


@pytest.mark.parametrize("file", CSVS)
def test_the_csv_forms_say_what_the_texts_say(shared_data, file):
    videos, bad, _ = sorted_out(read, shared_data / file)
    assert (counted(videos), bad) == (CSVS[file], []) and looks_like(shared_data / file)
    folder = "validation" if "val_" in file else "test"
    listed, _, _ = sorted_out(read, shared_data / f"thumos14/temporal_annotations_{folder}")
    assert videos == listed


@pytest.mark.parametrize("run", RUNS)
def test_a_real_run_is_the_same_after_writing(shared_data, tmp_path, run):
    videos, bad, notes = sorted_out(read, shared_data / run)
    assert counted(videos)[1] == RUNS[run] and not bad
    assert FORMAT_DETECTIONS.looks_like(shared_data / run)
    again, _, _ = written(FORMAT_DETECTIONS, tmp_path / "a", videos, ())
    assert again == videos
    assert any("det.txt" in note for note in notes)


def test_a_run_with_swapped_and_early_times(shared_data, tmp_path):
    videos, _, notes = sorted_out(read, shared_data / "thumos14/evalkit/Run-2-det.txt")
    first = videos[0].segments[0]
    assert first == FileSpan("BaseballPitch", Fraction("65.3"), Fraction("74.1"), 0.552219)
    assert any("1123 detections end before" in note for note in notes)
    assert any("81 detections begin before" in note for note in notes)
    FORMAT_DETECTIONS.write(tmp_path, videos, ())
    source = (shared_data / "thumos14/evalkit/Run-2-det.txt").read_text()
    assert unswapped((tmp_path / "detections.txt").read_text()) == unswapped(source)


def unswapped(text):
    rows = [line.split() for line in text.splitlines()]
    return sorted((r[0], *sorted((float(r[1]), float(r[2]))), r[3], float(r[4])) for r in rows)


def test_the_json_with_segments_as_texts(shared_data):
    videos, bad, _ = sorted_out(read, shared_data / "thumos14/thumos_gt.json")
    assert counted(videos) == (410, 6318) and not bad
    assert videos[0].segments[0] == FileSpan("HighJump", Fraction("18.6"), Fraction("24.8"))


def test_every_cliff_dive_is_a_dive(shared_data):
    dives = cliffs = 0
    for folder in FOLDERS:
        for video in sorted_out(read, shared_data / folder)[0]:
            spans = {(span.label, span.start, span.end) for span in video.segments}
            own = {span for span in spans if span[0] == "CliffDiving"}
            cliffs += len(own)
            dives += sum(("Diving", *span[1:]) in spans for span in own)
    assert dives == cliffs > 300


def test_a_single_text_names_its_class_by_its_own_name(shared_data):
    path = shared_data / "thumos14/temporal_annotations_test/Diving_test.txt"
    videos, _, _ = sorted_out(read, path, name="Pole%20Vault_val.txt")
    assert {span.label for v in videos for span in v.segments} == {"Pole Vault"}
    assert {video.split for video in videos} == {"val"} and looks_like(path)


def test_a_text_out_of_an_archive_keeps_its_own_name(shared_data):
    path = shared_data / "thumos14/temporal_annotations_test/Diving_test.txt"
    videos, _, _ = sorted_out(read, path, name="annotations.zip")
    assert {span.label for v in videos for span in v.segments} == {"Diving"}


def test_classes_of_a_project_get_numbers_of_their_own(tmp_path):
    spans = [FileSpan(name, Fraction(0), Fraction(1)) for name in ("Diving", "goal")]
    video = FileVideo("my yard.mp4", Unit.SECOND, segments=tuple(spans))
    FORMAT_DETECTIONS.write(tmp_path, [video], [FileLabel("goal", "segment")])
    made = (tmp_path / "detections.txt").read_text()
    assert made == "my_yard.mp4 0.0 1.0 26 1.0\nmy_yard.mp4 0.0 1.0 102 1.0\n"
    assert "102 goal\n" in (tmp_path / "classes.txt").read_text()


names = st.text("abZ09-.é漢 /_", min_size=1, max_size=9).filter(lambda n: n == n.strip())
times = st.integers(0, 10**8).map(lambda n: Fraction(n, 10**3))


@st.composite
def segments(draw, scored):
    start, end = sorted((draw(times), draw(times)))
    return FileSpan(draw(names), start, end, draw(st.floats(0, 1)) if scored else None)


@pytest.mark.parametrize("format_, scored", [(FORMAT, False), (FORMAT_DETECTIONS, True)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, format_, scored, data):
    made = data.draw(st.lists(st.lists(segments(scored), min_size=1), min_size=1, max_size=4))
    videos = [
        FileVideo(
            f"v{place}", Unit.SECOND, split="" if scored else "val",
            segments=tuple(spans if scored else sorted(spans, key=_order)),
        )
        for place, spans in enumerate(made)
    ]  # fmt: skip
    again, bad, _ = written(format_, tmp_path_factory.mktemp("thumos"), videos, ())
    assert again == videos and not bad


def _order(span):
    return span.start, span.end, span.label

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.formats.activitynet import FORMAT, FORMAT_RESULTS, looks_like, read
from labeling.formats.dataset import FileLabel, FileSpan, FileVideo, Unit
from labeling.formats.kinetics import looks_like as looks_like_kinetics
from tests.labeling.formats.migration import sorted_out, written

VALIDATION = "activitynet/activity_net.v1-3.val.reconstructed.json"
# file: videos, segments, classes of whole videos
DATABASES = {
    VALIDATION: (4728, 7293, 0),
    "activitynet/anet_anno_action.json": (19228, 22152, 0),
    "activitynet/mmaction2_action_test_anno.json": (2, 2, 0),
    "activitynet/mmaction2_eval_localization_gt.json": (2, 4, 0),
    "thumos14/thumos_gt.json": (410, 6318, 0),
    "thumos14/a2clpt_annotation.json": (2584, 6340, 0),
}
SUBMISSIONS = {
    "activitynet/sample_detection_prediction.json": (4926, 7654, 0),
    "activitynet/sample_classification_prediction.json": (4926, 0, 4933),
    "activitynet/mmaction2_eval_localization_result.json": (2, 14, 0),
}


def counted(videos):
    segments = sum(len(video.segments) for video in videos)
    return len(videos), segments, sum(len(video.classes) for video in videos)


@pytest.mark.parametrize("file", DATABASES)
def test_every_real_database_is_read_and_written_again(shared_data, tmp_path, file):
    videos, bad, _ = sorted_out(read, shared_data / file)
    found = counted(videos)
    assert (found[:2], bad) == (DATABASES[file][:2], []) and looks_like(shared_data / file)
    assert not looks_like_kinetics(shared_data / file)
    again, _, _ = written(FORMAT, tmp_path / "a", videos, ())
    assert [v.segments for v in again] == [v.segments for v in videos]
    assert [(v.key, v.duration_s, v.size, v.split) for v in again] == [
        (v.key, v.duration_s, v.size, v.split) for v in videos
    ]


@pytest.mark.parametrize("file", SUBMISSIONS)
def test_every_real_submission_is_the_same_after_writing(shared_data, tmp_path, file):
    videos, bad, notes = sorted_out(read, shared_data / file)
    assert (counted(videos), bad, notes) == (SUBMISSIONS[file], [], [])
    again, _, _ = written(FORMAT_RESULTS, tmp_path / "a", videos, ())
    assert again == videos
    source = json.loads((shared_data / file).read_text())
    made = json.loads((tmp_path / "a/activitynet_results.json").read_text())
    assert made["results"] == source["results"]
    assert {"version", "results", "external_data"} == made.keys()


def test_the_validation_set_is_the_same_json_after_writing(shared_data, tmp_path):
    videos, _, _ = sorted_out(read, shared_data / VALIDATION)
    FORMAT.write(tmp_path, iter(videos), ())
    made = json.loads((tmp_path / "activitynet.json").read_text())
    source = json.loads((shared_data / VALIDATION).read_text())
    assert made["database"] == source["database"] and made["version"] == source["version"]
    names = {node["nodeName"] for node in source["taxonomy"]}
    assert {node["nodeName"] for node in made["taxonomy"]} == names


def test_odd_segments_are_kept_and_counted(shared_data):
    _, _, notes = sorted_out(read, shared_data / "activitynet/anet_anno_action.json")
    counts = [int(note.split(": ")[1].split()[0]) for note in notes]
    # Exactly: no length, past the end (one by less than floats tell), written twice.
    assert counts == [12, 215, 45]


def test_a_video_is_known_with_and_without_its_prefix(shared_data):
    plain, _, _ = sorted_out(read, shared_data / VALIDATION)
    prefixed, _, _ = sorted_out(read, shared_data / "activitynet/anet_anno_action.json")
    assert prefixed[0].key == "v_QOlSCBRmfWY" and prefixed[0].aliases == ("QOlSCBRmfWY",)
    assert prefixed[0].duration_s == Fraction("82.73")
    assert plain[0].aliases == (f"v_{plain[0].key}",)


def test_ambiguous_segments_and_weak_labels_of_a2clpt(shared_data):
    videos, _, _ = sorted_out(read, shared_data / "thumos14/a2clpt_annotation.json")
    found = {video.key: video for video in videos}
    assert FileSpan("Ambiguous", Fraction(0), Fraction("1.4")) in (
        found["video_test_0000278"].segments
    )
    weak = found["video_validation_0000001"]
    assert weak.segments == () and len(weak.classes) == 1


def test_what_a_person_said_has_the_score_1(tmp_path):
    video = FileVideo("a", Unit.SECOND, segments=(FileSpan("goal", Fraction(1), Fraction(2)),))
    FORMAT_RESULTS.write(tmp_path, [video], [FileLabel("goal", "segment")])
    made = json.loads((tmp_path / "activitynet_results.json").read_text())
    assert made["results"] == {"a": [{"label": "goal", "score": 1.0, "segment": [1.0, 2.0]}]}


def test_a_time_between_decimals_is_rounded_to_the_microsecond(tmp_path):
    video = FileVideo(
        "a", Unit.SECOND, segments=(FileSpan("goal", Fraction(2, 3), Fraction(1001, 1000)),)
    )
    (again,), _, _ = written(FORMAT, tmp_path / "a", [video], ())
    assert again.segments == (FileSpan("goal", Fraction("0.666667"), Fraction("1.001")),)


names = st.text('abZ09-_.=é漢 "\\', min_size=1, max_size=9).filter(lambda n: n.strip())
times = st.integers(0, 10**9).map(lambda n: Fraction(n, 10**4))


@st.composite
def videos(draw, scored):
    score = st.floats(0, 1) if scored else st.none()
    spans = []
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted((draw(times), draw(times)))
        spans.append(FileSpan(draw(names), start, end, draw(score)))
    key = draw(names)
    return FileVideo(
        key=key,
        unit=Unit.SECOND,
        aliases=(key.removeprefix("v_"),) if key.startswith("v_") else (f"v_{key}",),
        segments=tuple(spans),
        classes=tuple(FileSpan(draw(names), score=draw(score)) for _ in range(scored)),
        duration_s=None if scored else draw(st.none() | times),
        size=None if scored else draw(st.none() | st.just((1920, 1080))),
        split="" if scored else draw(st.sampled_from(["training", "validation", ""])),
    )


@pytest.mark.parametrize("format_, scored", [(FORMAT, False), (FORMAT_RESULTS, True)])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_reads_back(tmp_path_factory, format_, scored, data):
    several = st.lists(videos(scored), min_size=1, max_size=4, unique_by=lambda v: v.key)
    made = data.draw(several)
    again, bad, _ = written(format_, tmp_path_factory.mktemp("anet"), made, ())
    assert again == made and not bad

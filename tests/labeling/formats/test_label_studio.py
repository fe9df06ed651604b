import json
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats import motion
from labeling.formats.dataset import Coordinates, FileBox, FileSpan, FileTube, FileVideo
from labeling.formats.label_studio import (
    FORMAT,
    PREDICTED,
    RATES,
    SEVERAL,
    looks_like,
    read,
    video_name,
)  # fmt: skip
from labeling.formats.label_studio_sequence import ANGLE, TURNED
from tests.labeling.formats.migration import (
    LABELS,
    are_close,
    dense,
    names,
    sorted_out,
    spans_within,
    texts,
    written,
)  # fmt: skip


def file(tmp_path, data):
    path = tmp_path / "tasks.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def task(*results, **more):
    return {"data": {"video": "a.mp4"}, "annotations": [{"result": list(results)}]} | more


def key(frame, enabled=True, x=10, **more):
    return {"frame": frame, "enabled": enabled, "x": x, "y": 20, "width": 30, "height": 40,
            "rotation": 0} | more  # fmt: skip


def region(*sequence, id="r", labels=("man",), count=20, **more):
    value = {"sequence": list(sequence), "labels": list(labels)}
    value |= {"framesCount": count} if count else {}
    return {"id": id, "type": "videorectangle", "value": value} | more


def timeline(start, end, label="walk", **more):
    value = {"ranges": [{"start": start, "end": end}], "timelinelabels": [label]}
    return {"id": "t", "type": "timelinelabels", "value": value} | more


def test_the_documented_task_is_read(shared_data):
    path = shared_data / "label_studio/video_task_composed_from_docs.json"
    (video,), bad, notes = sorted_out(read, path)
    assert (bad, notes) == ([], [])
    assert (video.key, video.frame_count, video.duration_s) == (
        "video.mp4", 1051, Fraction("42.008633"),
    )  # fmt: skip
    (cell,) = video.tubes
    assert (cell.number, cell.label) == (1, "Cell")
    assert cell.boxes == (
        FileBox(0, (0.16, 0.51, 0.46, 0.79)),
        FileBox(17, (0.447, 0.515, 0.748, 0.803)),
        FileBox(24, (0.447, 0.515, 0.748, 0.803)),
    )
    assert video.segments == (FileSpan("Moving", 2, 5),)


def test_the_documented_task_is_the_same_after_writing(shared_data, tmp_path):
    path = shared_data / "label_studio/video_task_composed_from_docs.json"
    made, _, _ = sorted_out(read, path)
    again, bad, _ = written(FORMAT, tmp_path, made)
    assert (again, bad) == (made, [])
    source, ours = (
        json.loads(p.read_text())[0]["annotations"][0]["result"]
        for p in (path, tmp_path / "tasks.json")
    )
    assert [r["type"] for r in ours] == [r["type"] for r in source]
    sequence = [{k: v for k, v in s.items() if k != "time"} for s in ours[0]["value"]["sequence"]]
    expected = [{k: v for k, v in s.items() if k != "time"} for s in source[0]["value"]["sequence"]]
    assert sequence == expected
    assert ours[1]["value"] == source[1]["value"]


def test_what_label_studio_shows_frame_by_frame_is_what_is_read(shared_data, tmp_path):
    text = (shared_data / "golden/interpolation.json").read_text()
    cases = json.loads(text)["label_studio"]["cases"]
    assert cases
    for case in cases:
        expected = {
            entry["frame"] - 1: tuple(
                value / 100
                for value in (entry["x"], entry["y"], entry["x"] + entry["width"],
                              entry["y"] + entry["height"])
            )
            for entry in case["expected"][0]["value"]["sequence"]
        }  # fmt: skip
        for results in (case["input"], case["expected"]):
            (video,), bad, _ = sorted_out(read, file(tmp_path, [task(*results)]))
            assert not bad
            assert are_close(dense(video.tubes[0]), expected), case["name"]


def test_a_keyframe_that_is_not_enabled_is_the_last_one_shown(tmp_path):
    sequence = (key(1), key(3, False), key(8, x=50), key(10, False, x=60))
    (video,), _, _ = sorted_out(read, file(tmp_path, [task(region(*sequence))]))
    assert list(dense(video.tubes[0])) == [0, 1, 2, 7, 8, 9]
    assert video.tubes[0].boxes[2].outside


def test_a_turned_box_needs_the_pictures_size(tmp_path):
    turned = (key(1, rotation=90, x=50), key(3, False, rotation=0, x=50))
    said = region(*turned, original_width=200, original_height=100)
    (video,), _, notes = sorted_out(read, file(tmp_path, [task(said)]))
    shown = dense(video.tubes[0])
    # 60 × 40 px about (100, 20): turned by 90° it lies left of it, 40 wide and 60 high.
    assert shown[0] == pytest.approx((60 / 200, 20 / 100, 100 / 200, 80 / 100))
    assert shown[2] == pytest.approx((0.5, 0.2, 0.8, 0.6))
    half = 2**-0.5
    assert shown[1] == pytest.approx(
        ((100 - 40 * half) / 200, 0.2, (100 + 60 * half) / 200, (20 + 100 * half) / 100)
    )
    assert notes == [f"{TURNED} (1×)"]
    (video,), _, notes = sorted_out(read, file(tmp_path, [task(region(*turned))]))
    assert video.tubes[0].boxes[0].box == (0.5, 0.2, 0.8, 0.6)
    assert notes == [f"{ANGLE} (1×)"]


def test_labels_numbers_actions_and_scores(tmp_path):
    results = (
        region(key(1, False), id="x1", labels=["man", "tall"], score=0.5),
        region(key(1, False), id="tube_7", labels=[]),
        timeline(3, 5), timeline(2, 2, "wave", parentID="tube_7"),
        {"type": "choices", "value": {"choices": ["outdoors"]}}, {"type": "relation"},
    )  # fmt: skip
    (video,), bad, _ = sorted_out(read, file(tmp_path, [task(*results)]))
    assert not bad
    one, two = video.tubes
    assert (one.number, one.label, one.score, one.spans) == (8, "man", 0.5, (FileSpan("tall"),))
    assert (two.number, two.label, two.spans) == (7, "", (FileSpan("wave", 1, 2),))
    assert video.segments == (FileSpan("walk", 2, 5),)
    assert video.classes == (FileSpan("outdoors"),)


def test_which_annotation_is_read(tmp_path):
    cancelled = {"was_cancelled": True, "result": [region(key(1), id="tube_1")]}
    first = {"result": [region(key(1), id="tube_2")]}
    truth = {"ground_truth": True, "result": [region(key(1), id="tube_3")]}
    guess = {"score": 0.25, "result": [region(key(1), id="tube_4")]}
    for annotations, number, score, note in (
        ([cancelled, first], 2, None, []), ([first, truth], 3, None, [f"{SEVERAL} (1×)"]),
        ([cancelled], 4, 0.25, [f"{PREDICTED} (1×)"]), ([], 4, 0.25, [f"{PREDICTED} (1×)"]),
    ):  # fmt: skip
        data = [task(annotations=annotations, predictions=[guess])]
        (video,), _, notes = sorted_out(read, file(tmp_path, data))
        assert [(tube.number, tube.score) for tube in video.tubes] == [(number, score)]
        assert notes == note


def test_frames_counted_at_another_rate_are_noted(tmp_path):
    for frames, note in ((250, []), (251, []), (240, [f"{RATES} (1×)"])):
        found = region(key(50, time=2.0), count=frames)
        found["value"]["duration"] = 10.0
        _, _, notes = sorted_out(read, file(tmp_path, [task(found)]))
        assert notes == note


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("/data/upload/3/1a2b3c4d-yard%20east.mp4",
         ("1a2b3c4d-yard east.mp4", ("yard east.mp4",))),
        ("/data/local-files/?d=set/yard.mp4", ("yard.mp4", ())),
        ("s3://bucket/a/yard.mp4?x=1", ("yard.mp4", ())),
        ("yard.mp4", ("yard.mp4", ())),
        ("set/yard #2?.mp4", ("set/yard #2?.mp4", ("yard #2?.mp4",))),
    ],
)  # fmt: skip
def test_what_a_link_calls_the_video(link, said):
    assert video_name({"video": link}) == said


NOT_OF_VIDEOS = {
    "export_csv__csv_test": "rectanglelabels", "export_csv__csv_test2": "choices",
    "export_csv__csv_test_history": "choices", "export_json_min__data": "polygonlabels",
    "export_yolo__data": "rectanglelabels", "export_yolo__data_obb": "rectanglelabels",
    "export_yolo__data_polygons": "polygonlabels", "export_json_min__data_repeater": "",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_OF_VIDEOS)
def test_tasks_of_pictures_and_texts_are_refused_for_what_they_are(shared_data, name):
    path = shared_data / f"label_studio/converter_test_{name}.json"
    with pytest.raises(
        InvalidInput, match=f"{path.name} is Label Studio's, but not of videos"
    ) as no:
        sorted_out(read, path)
    assert NOT_OF_VIDEOS[name] in no.value.message


def test_configurations_are_refused(shared_data):
    for path in (shared_data / "label_studio").glob("*label_config*"):
        with pytest.raises(InvalidInput):
            sorted_out(read, path)


def test_what_is_written_is_a_task_and_its_configuration(tmp_path):
    tube = FileTube(
        (FileBox(1, (0.07, 0.2, 0.1, 0.5)), FileBox(5, (0.11, 0.2, 0.14, 0.5), outside=True),
         FileBox(8, (0.07, 0.2, 0.1, 0.5)), FileBox(9, (0.07, 0.2, 0.1, 0.5))),
        3, "", (FileSpan("walk", 1, 3),), 0.5,
    )  # fmt: skip
    video = FileVideo(
        "a.mp4", coordinates=Coordinates.FRACTIONS, tubes=(tube,), frame_count=10,
        frame_rate=Fraction(25), duration_s=Fraction(2, 5), segments=(FileSpan("crowded", 0, 10),),
        classes=(FileSpan("outdoors"),),
    )  # fmt: skip
    assert FORMAT.write(tmp_path, [video], LABELS) == {
        "videos": 1, "tubes": 1, "boxes": 4, "actions": 1, "segments": 1, "classes": 1,
    }  # fmt: skip
    (made,) = json.loads((tmp_path / "tasks.json").read_text())
    region_, action, segment, classes = made["annotations"][0]["result"]
    sequence = region_["value"].pop("sequence")
    assert region_["value"] == {"framesCount": 10, "duration": 0.4, "labels": ["person"]}
    assert sequence[0] == {
        "frame": 2, "enabled": True, "rotation": 0, "x": 7, "y": 20, "width": 3, "height": 30,
        "time": 0.08,
    }  # fmt: skip
    assert [(k["frame"], k["enabled"]) for k in sequence] == [
        (2, True), (5, False), (9, True), (10, True),
    ]  # fmt: skip
    assert sequence[1]["x"] == pytest.approx(10)
    assert (region_["id"], action["parentID"], region_["score"]) == ("tube_3", "tube_3", 0.5)
    assert action["value"] == {"ranges": [{"start": 2, "end": 3}], "timelinelabels": ["walk"]}
    assert segment["value"]["ranges"] == [{"start": 1, "end": 10}]
    assert classes["value"] == {"choices": ["outdoors"]}
    config = ElementTree.parse(tmp_path / "label_config.xml").getroot()
    assert config.find("Video").get("framerate") == "25"
    assert [e.get("value") for e in config.find("Labels")] == ["person", "dog"]
    assert [e.get("value") for e in config.find("TimelineLabels")] == ["walk", "wave", "crowded"]
    (video_,), _, _ = sorted_out(read, tmp_path)
    assert are_close(dense(video_.tubes[0]), dense(tube))


@st.composite
def tubes(draw, number, frame_count):
    frames = sorted(draw(st.sets(st.integers(0, frame_count - 1), min_size=1, max_size=6)))
    boxes = []
    for frame in frames:
        x, y = draw(st.integers(-50, 900)), draw(st.integers(-50, 900))
        width, height = draw(st.integers(1, 500)), draw(st.integers(1, 500))
        box = (x / 1000, y / 1000, (x + width) / 1000, (y + height) / 1000)
        boxes.append(FileBox(frame, box))
        if frame + 1 not in frames and frame != frames[-1] and draw(st.booleans()):
            boxes.append(FileBox(frame + 1, box, outside=True))
    boxes = motion.without_closing(tuple(boxes))
    spans = draw(spans_within([*(b.at for b in boxes), boxes[-1].at + 1]))
    label, score = draw(st.sampled_from(["person", "cat"])), draw(st.none() | st.floats(0, 1))
    return FileTube(boxes, number, label, spans, score)


@st.composite
def videos(draw):
    made = []
    for name in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        frame_count = draw(st.integers(1, 40))
        numbers = draw(st.lists(st.integers(0, 99), max_size=3, unique=True))
        made.append(FileVideo(
            name, coordinates=Coordinates.FRACTIONS,
            tubes=tuple(draw(tubes(number, frame_count)) for number in numbers),
            segments=draw(spans_within(range(frame_count + 1), ("crowded", "a & b"))),
            classes=tuple(map(FileSpan, sorted(draw(st.sets(names, max_size=2))))),
            frame_count=frame_count if numbers else None,
        ))  # fmt: skip
    return made


@settings(max_examples=60, deadline=None)
@given(videos())
def test_reading_undoes_writing(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("label_studio")
    found, bad, notes = written(FORMAT, folder / "a", made)
    assert (bad, notes) == ([], [])
    assert [replace(video, aliases=()) for video in found] == made
    written(FORMAT, folder / "b", found)
    assert texts(folder / "a") == texts(folder / "b")


R = "[0].annotations[0].result[1]"
S = f"{R}.value.sequence[0]"
BAD = [
    ("word", R, "is not an object {…}: 'word'"),
    ({"type": "rectanglelabels", "value": {}}, f"{R}.type", "which is no label of a video"),
    ({"type": "videorectangle"}, f"{R}.value", "is missing"),
    ({"type": "videorectangle", "value": {}}, f"{R}.value.sequence", "is missing"),
    (region(key(1), count="many"), f"{R}.value.framesCount", "is not a whole number: 'many'"),
    (
        {"type": "videorectangle", "value": {"sequence": 1.5}},
        f"{R}.value.sequence",
        "is not a list",
    ),
    (region("word"), S, "is not an object"),
    (region({"x": 1}), f"{S}.frame", "is missing"),
    (region(key(0)), f"{S}.frame", "is 0; it counts from 1"),
    (region(key(1.5)), f"{S}.frame", "is not a whole number: 1.5"),
    (region(key(1, x="left")), f"{S}.x", "is not a number: 'left'"),
    (region(key(1, width=0)), S, "has no area"),
    (region(key(1, "no")), f"{S}.enabled", "is 'no', not true or false"),
    (region(key(1, rotation="right")), f"{S}.rotation", "is not a number"),
    (region(key(1), labels=[3]), f"{R}.value.labels[0]", "is not a name: 3"),
    (region(key(1), score="high"), f"{R}.score", "is not a number: 'high'"),
    (timeline(0, 3), f"{R}.value.ranges[0].start", "is 0; it counts from 1"),
    (timeline(5, 3), f"{R}.value.ranges[0]", "ends at frame 3, before it begins at 5"),
    (timeline(1, 3, ""), f"{R}.value.timelinelabels[0]", "is not a name"),
    (timeline(1, 3, parentID="gone"), "[0].annotations[0].result", "region gone, which is not"),
    ({"type": "choices", "value": {"choices": "a"}}, f"{R}.value.choices", "is not a list"),
]


@pytest.mark.parametrize(("result", "column", "reason"), BAD)
def test_a_bad_result_is_named_and_the_rest_is_read(tmp_path, result, column, reason):
    path = file(tmp_path, [task(region(key(2, False), id="tube_9"), result)])
    (video,), (bad,), _ = sorted_out(read, path, name="mine.json")
    assert (bad.file, bad.row, bad.column) == ("mine.json", 1, column)
    assert reason in bad.reason
    assert [tube.number for tube in video.tubes] == [9]


def test_a_second_keyframe_on_a_frame_is_named(tmp_path):
    path = file(tmp_path, [task(region(key(4, False), key(4)))])
    (video,), (bad,), _ = sorted_out(read, path)
    assert bad.column.endswith("sequence[1].frame")
    assert bad.reason == "is 4, for the second time"
    assert [box.at for box in video.tubes[0].boxes] == [3]


def test_a_task_without_a_video_among_others_is_named(tmp_path):
    other = {"data": {"text": "words"}, "annotations": []}
    (video,), (bad,), _ = sorted_out(read, file(tmp_path, [task(), other]))
    assert (video.key, bad.row, bad.column) == ("a.mp4", 2, "[1]")
    assert "is no task of a video" in bad.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not JSON"), ("3", "is no export"), ('[{"data": 1}]', "is no export"),
     ('[{"data": {}}]', "is no export"), ('{"annotations": []}', "is no export")],
)  # fmt: skip
def test_a_file_that_is_not_label_studios_is_refused(tmp_path, text, reason):
    with pytest.raises(InvalidInput, match="tasks.json") as refused:
        sorted_out(read, file(tmp_path, text))
    assert reason in refused.value.message


def test_the_format_is_recognized(shared_data, tmp_path):
    assert looks_like(shared_data / "label_studio/video_task_composed_from_docs.json")
    FORMAT.write(tmp_path, [FileVideo("a")], [])
    assert looks_like(tmp_path)
    assert not looks_like(shared_data / "coco/instances_val2014_fakebbox100_results.json")
    assert not looks_like(shared_data / "via/via3_project_sample.json")

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeling.domain.errors import InvalidInput
from labeling.formats import stills
from labeling.formats.coco import CROWDS, FORMAT, UNNAMED, looks_like, read
from labeling.formats.dataset import FileBox, FileSpan, FileTube, FileVideo
from tests.labeling.formats.migration import (
    LABELS,
    corners,
    names,
    sorted_out,
    spans_within,
    texts,
    written,
)  # fmt: skip

RESULTS = "coco/instances_val2014_fakebbox100_results.json"


def file(tmp_path, data, name="instances.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def dataset(*annotations, **more):
    return {
        "videos": [{"id": 1, "name": "a.mp4", "width": 640, "height": 360}],
        "images": [{"id": 10 + f, "video_id": 1, "frame_id": f} for f in range(4)],
        "categories": [
            {"id": 1, "name": "person"}, {"id": 2, "name": "walk", "supercategory": "action"},
            {"id": 3, "name": "dog"},
        ],
        "annotations": list(annotations),
    } | more  # fmt: skip


def on(frame, category=1, **more):
    return {"id": 5, "image_id": 10 + frame, "category_id": category, "bbox": [1, 2, 3, 4]} | more


def test_the_published_results_are_read(shared_data, tmp_path):
    (video,), bad, notes = sorted_out(read, shared_data / RESULTS)
    source = json.loads((shared_data / RESULTS).read_text())
    assert (bad, notes) == ([], [f"{UNNAMED} (1×)"])
    assert len(video.tubes) == len(source) == 734
    first = video.tubes[0]
    assert first == FileTube(
        (FileBox(42, (258.15, 41.29, 606.41, 285.07)),), None, "category 18", score=0.236
    )
    assert [(t.boxes[0].at, t.score) for t in video.tubes] == [
        (entry["image_id"], entry["score"]) for entry in source
    ]
    FORMAT.write(tmp_path, [video], [])
    made = json.loads((tmp_path / "annotations.json").read_text())
    names_ = {category["id"]: category["name"] for category in made["categories"]}
    frames = {image["id"]: image["frame_id"] for image in made["images"]}
    assert [
        (frames[a["image_id"]], names_[a["category_id"]], a["bbox"], a["score"])
        for a in made["annotations"]
    ] == [
        (e["image_id"], f"category {e['category_id']}", e["bbox"], e["score"]) for e in source
    ]  # fmt: skip


def test_results_are_named_by_an_instances_file(tmp_path):
    labels = file(tmp_path, dataset())
    results = [{"image_id": 12, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}]
    (video,), bad, notes = sorted_out(read, file(tmp_path, results, "r.json"), labels=labels)
    assert (video.key, bad, notes) == ("a.mp4", [], [])
    assert video.tubes == (FileTube((FileBox(2, (1, 2, 4, 6)),), None, "dog", score=0.5),)


def test_a_box_with_several_labels_is_read_however_they_are_written(tmp_path):
    apart = (on(0, 2, track_id=7), on(0, 1, track_id=7), on(1, 1, track_id=7))
    together = (on(0, track_id=7, actions=["walk"]), on(1, track_id=7))
    flags = (on(0, attributes={"walk": True, "run": False, "track_id": 7}), on(1, track_id=7))
    for annotations in (apart, together, flags):
        (video,), bad, _ = sorted_out(read, file(tmp_path, dataset(*annotations)))
        assert not bad
        assert video.tubes == (
            FileTube(
                (FileBox(0, (1, 2, 4, 6)), FileBox(1, (1, 2, 4, 6))), 7, "person",
                (FileSpan("walk", 0, 1),),
            ),
        )  # fmt: skip


def test_an_action_without_a_track_goes_to_the_box_it_is_on(tmp_path):
    data = dataset(on(1, 2), on(1, 1), on(1, 3), on(2, 3, bbox=[0, 0, 1, 1]))
    (video,), _, _ = sorted_out(read, file(tmp_path, data))
    assert [(t.label, t.number, [s.label for s in t.spans]) for t in video.tubes] == [
        ("person", None, ["walk"]), ("dog", None, []), ("dog", None, []),
    ]  # fmt: skip


def test_frames_that_are_not_shown_are_no_gaps_but_pictures_without_a_box_are(tmp_path):
    images = [{"id": f, "video_id": 1, "frame_index": f} for f in (0, 5, 10, 15)]
    boxes = [on(0, image_id=f, instance_id=3, actions=["run"]) for f in (0, 5, 15)]
    boxes = [box | {"category_id": 1} for box in boxes]
    (video,), _, _ = sorted_out(read, file(tmp_path, dataset(*boxes, images=images)))
    assert not video.every_frame
    (tube,) = video.tubes
    assert [(b.at, b.outside) for b in tube.boxes] == [
        (0, False), (5, False), (6, True), (15, False),
    ]  # fmt: skip
    assert tube.spans == (FileSpan("run", 0, 6), FileSpan("run", 15, 16))


@pytest.mark.parametrize(
    ("name", "said"),
    [("./images/00011384.jpg", ("", 11384)), ("yard/000007.png", ("yard", 7)),
     ("set/yard/img1/000007.png", ("yard", 7)), ("yard_000012.jpg", ("yard", 12)),
     ("frame_000003.png", ("", 3)), ("a\\b\\frame12.jpg", ("b", 12)), ("swan.jpg", None),
     ("7.jpg", ("", 7))],
)  # fmt: skip
def test_what_a_pictures_name_says(name, said):
    assert stills.frame_of(name) == said


def test_pictures_without_videos_are_told_apart_by_name(tmp_path):
    images = [{"id": 1, "file_name": "yard/0001.jpg", "width": 64, "height": 36},
              {"id": 2, "file_name": "swan.jpg"}]  # fmt: skip
    data = dataset(on(0, image_id=1), on(0, image_id=2), images=images, videos=[])
    videos, bad, notes = sorted_out(read, file(tmp_path, data))
    assert [(v.key, v.size, v.tubes[0].boxes[0].at) for v in videos] == [
        ("yard", (64, 36), 1), ("swan.jpg", None, 0),
    ]  # fmt: skip
    assert (bad, notes) == ([], [f"{stills.NUMBERED} (1×)"])


def test_actions_may_be_numbers_of_a_list(tmp_path):
    data = dataset(on(0, track_id=1, actions=[4]), actions=[{"id": 4, "name": "hop"}])
    (video,), bad, _ = sorted_out(read, file(tmp_path, data))
    assert (video.tubes[0].spans, bad) == ((FileSpan("hop", 0, 1),), [])


def test_crowds_are_left_out_and_noted(tmp_path):
    (video,), _, notes = sorted_out(read, file(tmp_path, dataset(on(0, iscrowd=1))))
    assert (video.tubes, notes) == ((), [f"{CROWDS} (1×)"])


def test_what_is_written_is_coco(tmp_path):
    tube = FileTube((FileBox(1, (1, 2, 3.5, 5), True),), 4, "", (FileSpan("walk", 1, 2),), 0.5)
    video = FileVideo("a.mp4", every_frame=True, tubes=(tube,), size=(64, 36),
                      frame_rate=Fraction(25), frame_count=2)  # fmt: skip
    counts = FORMAT.write(tmp_path, [video, video], LABELS)
    assert counts == {"videos": 2, "tubes": 2, "boxes": 2, "images": 4}
    assert list(texts(tmp_path)) == ["annotations.json"]
    made = json.loads((tmp_path / "annotations.json").read_text())
    assert made["videos"][1] == {
        "id": 2, "name": "a.mp4", "width": 64, "height": 36, "length": 2, "fps": 25,
    }  # fmt: skip
    assert [c["name"] for c in made["categories"]] == ["person", "dog"]
    assert made["images"][3] == {
        "id": 4, "video_id": 2, "frame_id": 1, "file_name": "a.mp4_2/000001.jpg", "width": 64,
        "height": 36,
    }  # fmt: skip
    assert made["annotations"][0] == {
        "id": 1, "image_id": 2, "video_id": 1, "track_id": 4, "category_id": 1,
        "bbox": [1.0, 2.0, 2.5, 3.0], "area": 7.5, "iscrowd": 0, "segmentation": [],
        "attributes": {"occluded": True, "track_id": 4}, "actions": ["walk"], "score": 0.5,
    }  # fmt: skip


@st.composite
def videos(draw):
    made = []
    for key in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        tubes = []
        for number in draw(st.lists(st.integers(0, 99), max_size=3, unique=True)):
            frames = sorted(draw(st.sets(st.integers(0, 19), min_size=1, max_size=8)))
            boxes = (FileBox(f, draw(corners()), draw(st.booleans())) for f in frames)
            spans = draw(spans_within([*frames, frames[-1] + 1]))
            whole = tuple(s for s in spans if set(range(s.start, s.end)) <= set(frames))
            score = draw(st.none() | st.floats(0, 1))
            label = draw(st.sampled_from(["person", "cat"]))
            tubes.append(FileTube(tuple(boxes), number, label, whole, score))
        size = draw(st.none() | st.just((640, 360)))
        rate = draw(st.none() | st.sampled_from([Fraction(25), Fraction("29.97")]))
        made.append(FileVideo(key, every_frame=True, tubes=tuple(tubes), size=size,
                              frame_rate=rate, frame_count=20, split=draw(names)))  # fmt: skip
    return made


@settings(max_examples=60, deadline=None)
@given(videos())
def test_reading_undoes_writing(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("coco")
    found, bad, notes = written(FORMAT, folder / "a", made)
    assert (bad, notes) == ([], [])
    assert found == made
    written(FORMAT, folder / "b", found)
    assert texts(folder / "a") == texts(folder / "b")


A = "annotations[0]"
BAD = [
    ("word", A, "is not an object {…}: 'word'"),
    ({"category_id": 1, "bbox": [1, 2, 3, 4]}, f"{A}.image_id", "is missing"),
    (on(9), f"{A}.image_id", "is 19, which no image has"),
    (on(0, image_id=1.5), f"{A}.image_id", "is no id: 1.5"),
    (on(0, category=9), f"{A}.category_id", "is 9, which no category has"),
    (on(0, bbox=None), f"{A}.bbox", "is not a list […]: None"),
    (on(0, bbox=[1, 2, 3]), f"{A}.bbox", "has 3 numbers, not x, y, width, height"),
    (on(0, bbox=[1, 2, "3px", 4]), f"{A}.bbox", "is not a number: '3px'"),
    (on(0, bbox=[1, 2, True, 4]), f"{A}.bbox", "is not a number: True"),
    (on(0, bbox=[1, 2, 0, 4]), f"{A}.bbox", "has no area: width 0"),
    (on(0, bbox=[1, 2, 10**300, 4]), f"{A}.bbox", "no usable number"),
    (on(0, track_id="x"), f"{A}.track_id", "is not a whole number: 'x'"),
    (on(0, score="high"), f"{A}.score", "is not a number: 'high'"),
    (on(0, actions="walk"), f"{A}.actions", "is not a list […]: 'walk'"),
    (on(0, actions=[[1]]), f"{A}.actions[0]", "is not a name: [1]"),
    (on(0, actions=[""]), f"{A}.actions[0]", "is not a name: ''"),
]


@pytest.mark.parametrize(("entry", "column", "reason"), BAD)
def test_a_bad_annotation_is_named_and_the_rest_is_read(tmp_path, entry, column, reason):
    path = file(tmp_path, dataset(entry, on(3)))
    (video,), (bad,), _ = sorted_out(read, path, name="mine.json")
    assert (bad.file, bad.row, bad.column) == ("mine.json", 1, column)
    assert reason in bad.reason
    assert [b.at for t in video.tubes for b in t.boxes] == [3]


def test_a_second_box_of_a_track_is_named(tmp_path):
    data = dataset(on(0, track_id=1), on(0, track_id=1, bbox=[5, 5, 5, 5]))
    _, (bad,), _ = sorted_out(read, file(tmp_path, data))
    assert (bad.row, bad.column) == (2, "annotations[1].bbox")
    assert bad.reason == "is a second box of track 1 at frame 0"


@pytest.mark.parametrize(
    ("part", "column", "reason"),
    [
        ({"images": [{"id": 1, "video_id": 4}]}, "images[0].video_id", "is 4, which 'videos' has"),
        ({"images": [{"id": 1, "video_id": 1}]}, "images[0].frame_id", "is missing, and the file"),
        ({"images": [{"id": 1, "video_id": 1, "frame_id": -1}]}, "images[0].frame_id",
         "is -1; it counts from 0"),
        ({"images": [{"id": 1}]}, "images[0].file_name", "is missing"),
        ({"videos": [{"id": 1}]}, "videos[0].name", "is not a name"),
        ({"actions": [{"id": {}, "name": "walk"}]}, "actions[0].id", "is no id: {}"),
        ({"categories": [{"id": 1}]}, "categories[0].name", "is missing"),
    ],
)  # fmt: skip
def test_a_bad_part_is_named(tmp_path, part, column, reason):
    _, bad, _ = sorted_out(read, file(tmp_path, dataset(**part)))
    assert bad[0].column == column
    assert reason in bad[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "line 1, column 2: not JSON"),
        ("", "line 1, column 1: not JSON"),
        ('{"annotations": 3}', "is no COCO"),
        ('"text"', "is no COCO"),
        ('[{"a": 1}]', "none has a 'bbox'"),
        ('{"annotations": [NaN]}', "NaN is no number that JSON allows"),
        ("[" * 100_000, "is nested too deep"),
    ],
)
def test_a_file_that_is_no_coco_is_refused(tmp_path, text, reason):
    with pytest.raises(InvalidInput, match="instances.json") as refused:
        sorted_out(read, file(tmp_path, text))
    assert reason in refused.value.message


def test_the_format_is_recognized(shared_data, tmp_path):
    assert looks_like(shared_data / RESULTS)
    FORMAT.write(tmp_path, [], [])
    assert looks_like(tmp_path)
    assert not looks_like(shared_data / "via/via3_project_sample.json")
    assert not looks_like(shared_data / "label_studio/video_task_composed_from_docs.json")

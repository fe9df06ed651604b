"""`manage.py evaluate` on tubes, clips, boxes and tracks: the golden files by command."""

import json
import shutil
import zipfile

import pytest
from django.core.management import CommandError, call_command

from labeling.formats.dataset import FileVideo, ReadOptions
from labeling.formats.jhmdb import FORMAT
from tests.mlbackend.evaluate.tube_cases import EVALUATORS


def evaluated(tmp_path, name, truth, predictions, *options):
    out = tmp_path / "out.json"
    call_command(
        "evaluate", "--format", name, "--truth", str(truth), "--predictions", str(predictions),
        "--json", str(out), *options, stdout=(tmp_path / "table").open("w"),
    )  # fmt: skip
    return json.loads(out.read_text())


def assert_agrees(ours, expected):
    entries = expected.items() if isinstance(expected, dict) else enumerate(expected)
    for key, value in entries:
        if isinstance(value, dict | list):
            assert_agrees(ours[key], value)
        else:
            assert ours[key] == pytest.approx(value, abs=1e-9), key


@pytest.mark.parametrize(("name", "file"), [("ucf101-24", "ucf101_24"), ("jhmdb", "jhmdb")])
@pytest.mark.parametrize("source", EVALUATORS)
def test_frame_and_video_map(shared_data, tmp_path, name, file, source):
    golden = json.loads((shared_data / f"golden/{file}.json").read_text())
    inputs = shared_data / f"golden/{file}_inputs.json"
    ours = evaluated(tmp_path, name, inputs, inputs, "--evaluator", EVALUATORS[source])
    assert ours["evaluator"] == EVALUATORS[source]
    assert_agrees(ours, golden.get("real", golden)["results"][source])


def test_act_is_the_default_and_folders_are_splits(shared_data, tmp_path):
    golden = json.loads((shared_data / "golden/jhmdb.json").read_text())["results"]
    expected = golden["ACT (vkalogeiton/caffe act-detector, py2.7)"]
    (tmp_path / "splits").mkdir()
    for split in ("1", "2"):
        shutil.copy(shared_data / "golden/jhmdb_inputs.json", tmp_path / f"splits/{split}.json")
    ours = evaluated(tmp_path, "jhmdb", tmp_path / "splits", tmp_path / "splits")
    assert ours["evaluator"] == "act"
    assert ours["frameAP@0.5"]["mAP"] == pytest.approx(expected["frameAP@0.5"]["mAP"], abs=1e-9)
    assert_agrees(ours["splits"]["2"], expected)
    assert ours["notes"] == ["Mean over 2 splits."]


def test_classification(shared_data, tmp_path):
    cases = json.loads((shared_data / "golden/classification.json").read_text())["cases"]
    for case in cases:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case))
        topk = map(str, case["expected"].get("topk", []))
        options = ["--accuracy-at", *topk] if "topk" in case["expected"] else []
        ours = evaluated(tmp_path, "classification", path, path, *options)
        assert_agrees(ours, case["expected"])


def test_classification_by_name(tmp_path):
    truth, found = tmp_path / "truth.json", tmp_path / "found.json"
    truth.write_text('{"labels": {"a": "run", "b": "walk"}, "classes": ["walk", "run"]}')
    found.write_text('{"scores": {"b": [0.6, 0.4], "a": [0.9, 0.1], "c": [1, 0]}}')
    ours = evaluated(tmp_path, "classification", truth, found)
    assert ours["top_k_accuracy"] == [0.5, 1.0]
    assert ours["confusion_matrix"] == [[1, 0], [1, 0]]
    assert ours["classes"]["run"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}


def test_coco(shared_data, tmp_path):
    golden = json.loads((shared_data / "golden/coco.json").read_text())["real"]["expected"]
    inputs = json.loads((shared_data / "golden/coco_ucf24_inputs.json").read_text())
    for name in ("gt", "dt"):
        (tmp_path / f"{name}.json").write_text(json.dumps(inputs[name]))
    assert_agrees(evaluated(tmp_path, "coco", tmp_path / "gt.json", tmp_path / "dt.json"), golden)


def test_mot(shared_data, tmp_path):
    golden = json.loads((shared_data / "golden/mot.json").read_text())["results"]
    for name in ("TUD-Campus", "TUD-Stadtmitte"):
        shutil.copytree(shared_data / "mot" / name, tmp_path / "mot" / name)
    ours = evaluated(tmp_path, "mot", tmp_path / "mot", tmp_path / "mot")
    assert_agrees(ours, golden["TrackEval 12c8791 (DO_PREPROC False)"])
    ours = evaluated(
        tmp_path, "mot", tmp_path / "mot", tmp_path / "mot", "--evaluator", "motmetrics"
    )
    assert_agrees(ours, golden["motmetrics 1.2.5"])


TUBES = {
    "videos": ["A/v"],
    "classes": ["A", "B"],
    "gt_tubes": [{"video": 0, "label": 0, "frames": [1, 2], "boxes": [[0, 0, 9, 9]] * 2}],
    "det_tubes": [
        {"video": 0, "label": 0, "score": 0.5, "frames": [1, 2], "boxes": [[0, 0, 9, 9]] * 2}
    ],
}


def tubes(tmp_path, **change):
    path = tmp_path / "tubes.json"
    path.write_text(json.dumps({**TUBES, **change}))
    return path


def test_boxes_of_tubes_stand_in_for_boxes_on_frames(tmp_path):
    path = tubes(tmp_path)
    assert evaluated(tmp_path, "ucf101-24", path, path)["frameAP@0.5"]["AP"] == {"A": 1, "B": 0}


@pytest.mark.parametrize("evaluator", ["act", "gurkirt", "3d-retinanet"])
def test_no_tube_at_all_is_an_answer(tmp_path, evaluator):
    truth, found = tubes(tmp_path), tmp_path / "found.json"
    found.write_text('{"det_tubes": []}')
    ours = evaluated(tmp_path, "ucf101-24", truth, found, "--evaluator", evaluator)
    assert ours["videoAP@0.5"]["AP"] == {"A": 0, "B": 0}
    assert ours["videoAP@0.5:0.95"] == {"mAP": 0}
    assert "notes" not in ours


def wrong(key, value):
    return {"det_tubes": [{**TUBES["det_tubes"][0], key: value}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (wrong("label", 1), "Class 'B' has detections but no truth"),
        (wrong("label", 2), r"det_tubes\[0\].label must be 0 to 1"),
        (wrong("frames", [1, 3]), r"det_tubes\[0\]: frames 1 to 3 need 3 boxes, there are 2"),
        (wrong("frames", [1, "2"]), r"det_tubes\[0\].frames must be the first and last frame"),
        (wrong("boxes", [[0, 0, 9, 9], [5, 0, 1, 9]]), r"boxes\[1\].x2 is smaller than x1"),
        (wrong("boxes", [[0, 0, 9, 9], [5, 0, 9]]), r"boxes\[1\] must be 4 numbers"),
        (wrong("boxes", [[0, 0, 9, 9], [5, 0, 9, True]]), r"boxes\[1\].y2: True is not a number"),
        (wrong("score", "high"), r"score: 'high' is not a number"),
        ({"det_tubes": [{}]}, r"det_tubes\[0\]: 'video' is missing"),
        ({"det_frames": [[0, 1.5, 0, 0.5, 0, 0, 1, 1]]}, r"det_frames\[0\].frame must be a whole"),
        ({"det_frames": [[7, 1, 0, 0.5, 0, 0, 1, 1]]}, r"det_frames\[0\].video must be 0 to 0"),
        ({"det_tubes": {}}, "det_tubes must be a list of tubes"),
        ({"videos": "v"}, "'videos' must be a list of names"),
        ({"videos": ["v", "v"]}, "'videos' names something twice"),
    ],
)
def test_unusable_tubes_are_refused(tmp_path, change, message):
    truth, path = tmp_path / "truth.json", tubes(tmp_path, **change)
    truth.write_text(json.dumps(TUBES))
    with pytest.raises(CommandError, match=message):
        evaluated(tmp_path, "ucf101-24", truth, path)
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "holds list, not a JSON object"),
        ("{", "is not JSON"),
        ('{"videos": ["A/w"], "classes": ["A"], "det_frames": []}', "has no video 'A/w'"),
        ("{}", "neither 'det_frames' nor 'det_tubes'"),
    ],
)
def test_unusable_files_are_refused(tmp_path, text, message):
    path = tmp_path / "found.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=message):
        evaluated(tmp_path, "ucf101-24", tubes(tmp_path), path)


@pytest.mark.parametrize(
    ("truth", "found", "message"),
    [
        ('{"labels": [0]}', '{"scores": []}', "'scores' must hold a list of scores"),
        ('{"labels": [0]}', '{"scores": [[1], [2]]}', "one entry for each of 2 clips"),
        ('{"labels": [3]}', '{"scores": [[1, 2]]}', r"labels\[0\]: 3 is not one of the classes"),
        ('{"labels": ["x"]}', '{"scores": [[1, 2]]}', "'x' is not one of the classes"),
        ('{"labels": [[1, 2]]}', '{"scores": [[1, 2]]}', "is not 2 times 0 or 1"),
        ('{"labels": {"a": 0}}', '{"scores": {"b": [1]}}', "no scores of clip 'a'"),
        ('{"labels": [0, 0]}', '{"scores": [[1, 2], [1]]}', r"scores\[1\] must be 2 numbers"),
        ('{"labels": [0]}', '{"scores": [[1, null]]}', "not a finite number"),
        ('{"labels": [0], "classes": ["a"]}', '{"scores": [[1, 2]]}', "must name the 2 columns"),
    ],
)
def test_unusable_clips_are_refused(tmp_path, truth, found, message):
    (tmp_path / "truth.json").write_text(truth)
    (tmp_path / "found.json").write_text(found)
    with pytest.raises(CommandError, match=message):
        evaluated(tmp_path, "classification", tmp_path / "truth.json", tmp_path / "found.json")


def of_annotations(shared_data, tmp_path, file):
    """Predictions of the golden videos, and the annotations cut to them where they are JSON."""
    inputs = json.loads((shared_data / "golden/ucf101_24_inputs.json").read_text())
    found = tmp_path / "found.json"
    found.write_text(
        json.dumps({key: inputs[key] for key in ("videos", "classes", "det_frames", "det_tubes")})
    )
    whole = json.loads((shared_data / "ucf101_24/pyannot_test_split.json").read_text())
    cut = {**whole, "db": {name: whole["db"][name] for name in inputs["videos"]}}
    truth = tmp_path / file
    truth.write_text(json.dumps(cut))
    return truth, found


def test_the_datasets_own_annotations_are_truth(shared_data, tmp_path):
    golden = json.loads((shared_data / "golden/ucf101_24.json").read_text())["real"]["results"]
    truth, found = of_annotations(shared_data, tmp_path, "pyannot.json")
    for source in ("ACT (vkalogeiton/caffe act-detector, py2.7)", list(EVALUATORS)[-1]):
        ours = evaluated(tmp_path, "ucf101-24", truth, found, "--evaluator", EVALUATORS[source])
        tubes = {key: value for key, value in golden[source].items() if key.startswith("video")}
        # classification_acc and mAIoU too: order of tubes and classes is the file's.
        assert_agrees(ours, tubes)


def test_jhmdb_annotations_are_truth(shared_data, tmp_path):
    golden = json.loads((shared_data / "golden/jhmdb.json").read_text())["results"]
    inputs = json.loads((shared_data / "golden/jhmdb_inputs.json").read_text())
    found, clips = tmp_path / "found.json", [video.split("/")[1] for video in inputs["videos"]]
    (tmp_path / "cut").mkdir()
    with zipfile.ZipFile(shared_data / "jhmdb/groundtruths_jhmdb.zip") as archive:
        for name in archive.namelist():
            base = name.rpartition("/")[2]
            if base[: -len("_00001.txt")] in clips:
                (tmp_path / "cut" / base).write_bytes(archive.read(name))
    read = FORMAT.read(tmp_path / "cut", ReadOptions())
    keys = [video.key for video in read if isinstance(video, FileVideo)]
    videos = [next(key for key in keys if clip.endswith(key)) for clip in clips]
    content = {key: inputs[key] for key in ("classes", "det_frames", "det_tubes")}
    found.write_text(json.dumps({**content, "videos": videos}))
    ours = evaluated(tmp_path, "jhmdb", tmp_path / "cut", found)
    assert_agrees(ours, golden["ACT (vkalogeiton/caffe act-detector, py2.7)"])

"""THUMOS14's golden cases: as G-TAD and ActionFormer report it, and by the challenge's kit."""

import json
from argparse import Namespace

import pytest

from labeling.domain.errors import InvalidInput
from labeling.formats.thumos14 import CLASSES
from mlbackend.evaluate import thumos14_command
from tests.mlbackend.evaluate.golden import TOLERANCE, apart, load

FOLDERS = {"val": "temporal_annotations_validation", "test": "temporal_annotations_test"}
RUNS = ["official Run-2-det.txt", "official Run-1-det.txt", "seeded"]


def run(evaluator, truth, predictions, subset, labels=None):
    options = Namespace(
        evaluator=evaluator,
        truth=truth,
        predictions=predictions,
        subset=subset,
        labels=labels,
        tiou=None,
    )
    return thumos14_command.run(options)


@pytest.mark.parametrize("evaluator", ["gtad", "actionformer"])
def test_the_usual_practice(evaluator, shared_data):
    case = load(shared_data, "thumos14")
    names = {"gtad": "G-TAD", "actionformer": "ActionFormer"}
    (expected,) = [v for k, v in case["results"].items() if k.startswith(names[evaluator])]
    truth, predictions = shared_data / case["ground_truth"], shared_data / case["prediction"]
    assert apart(run(evaluator, truth, predictions, case["subset"]), expected) <= TOLERANCE


@pytest.mark.parametrize("name", RUNS)
def test_runs_of_the_kit(name, shared_data, tmp_path):
    case = load(shared_data, "thumos14_evalkit")["runs"][name]
    detections = tmp_path / "seeded.txt"
    if name == "seeded":
        detections.write_text(seeded_text(shared_data))
    else:
        detections = shared_data / case["prediction"]
    truth = shared_data / "thumos14" / FOLDERS[case["subset"]]
    ours = run("th14evalkit", truth, detections, case["subset"])
    expected = {field: case[field] for field in ("overlap", "mAP", "AP")}
    assert apart(ours, expected) <= TOLERANCE


def seeded_text(shared_data):
    path = shared_data / "golden" / "thumos14_test_seeded_detections.json"
    ids = {name: number for number, name in CLASSES.items()}
    return "".join(
        f"{video} {start:.2f} {end:.2f} {ids[found['label']]} {found['score']:.8f}\n"
        for video, entries in json.loads(path.read_text())["results"].items()
        for found in entries
        for start, end in [found["segment"]]
    )


def test_inline_cases_of_the_kit(shared_data, tmp_path):
    cases = load(shared_data, "thumos14_evalkit")["cases"]
    assert len(cases) >= 11
    for case in cases:
        folder = tmp_path / case["id"]
        folder.mkdir()
        for name, rows in case["ground_truth"].items():
            text = "".join(f"{video}  {start} {end}\n" for video, start, end in rows)
            (folder / f"{name}_test.txt").write_text(text)
        rows = case["detections_video_t1_t2_classid_conf"]
        (folder / "found").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows))
        (folder / "classes").write_text("1 A\n2 B\n")
        expected = case["expected"]
        files = (folder, folder / "found", "test", folder / "classes")
        if "error" in expected:
            with pytest.raises(InvalidInput, match="row 2, column class: 99"):
                run("th14evalkit", *files)
            continue
        ours = run("th14evalkit", *files)
        wanted = {"mAP": expected["mAP"], "AP": {"A": expected["AP_A"]}}
        assert apart(ours, wanted) <= TOLERANCE, case["id"]

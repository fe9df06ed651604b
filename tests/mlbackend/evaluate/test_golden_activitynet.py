"""ActivityNet's golden cases: detection, proposals, classification."""

import json
from argparse import Namespace

import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import activitynet_command
from tests.mlbackend.evaluate.golden import TOLERANCE, apart, load, within

TASKS = {
    "det": "detection",
    "prop": "proposals",
    "cls": "classification",
    "kin": "classification",
}


def run(case, truth, predictions):
    task, option = TASKS[case["task"]], case["option"]
    options = Namespace(
        truth=truth,
        predictions=predictions,
        subset=case.get("subset"),
        task=task,
        tiou=option if task == "detection" else None,
        top_k=int(option) if task == "classification" else None,
        proposals_per_video=float(option) if task == "proposals" and option else None,
    )
    try:
        return activitynet_command.run(options)
    except InvalidInput as error:
        return {"error": error.message}


def check(case, ours):
    expected = case["expected"]
    assert ("error" in ours) == ("error" in expected), (case["id"], ours.get("error"))
    if "error" in expected:
        return
    if case["tie_dependent"]:
        port = case["expected_py3_port"] or expected
        assert within(ours, [expected, {**expected, **port}]), case["id"]
    else:
        assert apart(ours, expected) <= TOLERANCE, case["id"]


def test_synthetic_cases(shared_data, tmp_path):
    cases = load(shared_data, "activitynet_synthetic")["cases"]
    assert len(cases) >= 18
    for case in cases:
        truth, predictions = tmp_path / "truth.json", tmp_path / "predictions.json"
        truth.write_text(json.dumps(case["ground_truth"]))
        predictions.write_text(json.dumps(case["prediction"]))
        check(case, run(case, truth, predictions))


def real_cases():
    return [
        "anet_sample_det_4728",
        "anet_sample_det_full",
        "anet_seeded_det",
        "anet_seeded_det_thumos_thr",
        "anet_sample_cls_top3",
        "anet_seeded_cls_top1",
        "anet_seeded_cls_top3",
        "anet_seeded_cls_top5",
        "kinetics_eval_seeded_top1",
        "kinetics_eval_seeded_top5",
        "anet_seeded_proposals",
    ]


@pytest.mark.parametrize("name", real_cases())
def test_real_cases(name, shared_data):
    case = {case["id"]: case for case in load(shared_data, "activitynet_real")["cases"]}[name]
    paths = [shared_data / case[field] for field in ("ground_truth", "prediction")]
    absent = [path.name for path in paths if not path.exists()]
    if absent:
        pytest.skip(f"{name} needs {', '.join(absent)}")
    check(case, run(case, *paths))


def test_every_real_case_is_named_above(shared_data):
    cases = load(shared_data, "activitynet_real")["cases"]
    assert [case["id"] for case in cases] == real_cases()

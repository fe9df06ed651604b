"""COCO's figures against what its published evaluator gave."""

import copy
import json

import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import coco


def test_every_golden_case(shared_data):
    golden = json.loads((shared_data / "golden/coco.json").read_text())
    assert len(golden["cases"]) == 12
    for case in golden["cases"]:
        ours, expected = coco.evaluate(case["gt"], case["dt"]), case["expected"]
        assert ours.pop("AP50_per_category") == pytest.approx(expected.pop("AP50_per_category"))
        assert ours == pytest.approx(expected, abs=1e-9), case["id"]


def test_real_frames(shared_data):
    golden = json.loads((shared_data / "golden/coco.json").read_text())["real"]["expected"]
    inputs = json.loads((shared_data / "golden/coco_ucf24_inputs.json").read_text())
    ours = coco.evaluate(inputs["gt"], inputs["dt"])
    per_category = golden.pop("AP50_per_category")
    assert ours.pop("AP50_per_category") == pytest.approx(per_category, abs=1e-9)
    assert ours == pytest.approx(golden, abs=1e-9)


TRUTH = {
    "images": [{"id": 1}],
    "categories": [{"id": 3}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 0, 9, 9]}],
}
FOUND = {"image_id": 1, "category_id": 3, "bbox": [0, 0, 9, 9], "score": 0.5}


def test_several_detections_may_lie_in_one_crowd_and_equal_overlaps_take_the_last():
    truth = copy.deepcopy(TRUTH)
    truth["annotations"] = [
        {"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 0, 50, 50], "iscrowd": 1},
        {"id": 0, "image_id": 1, "category_id": 3, "bbox": [60, 0, 9, 9]},
        {"id": 2, "image_id": 1, "category_id": 3, "bbox": [60, 0, 9, 9]},
    ]
    found = [{**FOUND, "score": 0.9}, FOUND, {**FOUND, "bbox": [60, 0, 9, 9]}]
    # Both in the crowd are ignored; the third takes id 2, the last of equals, not the id 0 that
    # would count as wrong: half of the truth at full precision.
    figures = coco.evaluate(truth, found)
    assert figures["AR100"] == 0.5
    assert figures["AP50"] == pytest.approx(51 / 101)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bbox": [0, 0, 9]}, r"results\[0\].bbox must be four numbers"),
        ({"score": "high"}, r"results\[0\].score must be a number"),
        ({"image_id": 2}, r"results\[0\].image_id: 2 is not in the annotation file"),
        ({"category_id": 1}, r"results\[0\].category_id: 1 is not"),
        ({"image_id": "1"}, r"results\[0\].image_id must be a whole number"),
    ],
)
def test_unusable_results_are_refused(change, message):
    with pytest.raises(InvalidInput, match=message):
        coco.evaluate(TRUTH, [{**FOUND, **change}])


def test_unusable_truth_is_refused():
    with pytest.raises(InvalidInput, match="needs a list 'images'"):
        coco.evaluate({}, [])
    with pytest.raises(InvalidInput, match="results must be a list"):
        coco.evaluate(TRUTH, {"annotations": []})
    with pytest.raises(InvalidInput, match="^dt.json: COCO results must be a list"):
        coco.evaluate(TRUTH, {"annotations": []}, files=("gt.json", "dt.json"))
    with pytest.raises(InvalidInput, match="^gt.json: .*list 'images'"):
        coco.evaluate({}, [], files=("gt.json", "dt.json"))
    assert coco.evaluate(TRUTH, [])["AP"] == 0.0

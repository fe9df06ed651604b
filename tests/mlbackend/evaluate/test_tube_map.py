"""Frame- and video-mAP against what the published programs gave on the golden inputs."""

import json

import pytest

from mlbackend.evaluate import video_map
from tests.mlbackend.evaluate import tube_cases

pytestmark = pytest.mark.usefixtures("shared_data")


@pytest.mark.parametrize("dataset", ["ucf101_24", "jhmdb"])
def test_every_real_figure_of_every_evaluator(shared_data, dataset):
    golden = json.loads((shared_data / f"golden/{dataset}.json").read_text())
    truth, found = tube_cases.both(shared_data / f"golden/{dataset}_inputs.json")
    compared = 0
    for source, metrics in golden.get("real", golden)["results"].items():
        for metric, expected in metrics.items():
            results = tube_cases.figures(truth, found, metric, source)
            if metric == tube_cases.AVERAGE:
                assert video_map.averaged(results) == pytest.approx(expected["mAP"], abs=1e-9)
            else:
                figures = tube_cases.at(results, metric).as_dict(truth.classes)
                assert figures.pop("AP") == pytest.approx(expected.pop("AP"), abs=1e-9)
                assert figures == pytest.approx(expected, abs=1e-9), (source, metric)
            compared += 1
    assert compared == 34 if dataset == "ucf101_24" else compared >= 30


def test_every_inline_case(shared_data, tmp_path):
    cases = json.loads((shared_data / "golden/ucf101_24.json").read_text())["synthetic"]
    for case in cases:
        truth, found = tube_cases.both(tube_cases.written(case["inputs"], tmp_path))
        for metric, expected in case["expected_AP_of_class_A"].items():
            for source, value in expected.items():
                results = tube_cases.figures(truth, found, metric, source)
                figures = tube_cases.at(results, metric).as_dict(truth.classes)
                assert figures["AP"]["A"] == pytest.approx(value, abs=1e-9), (case["id"], source)
    assert len(cases) == 10


def test_evaluators_differ_so_that_the_option_matters(shared_data):
    truth, found = tube_cases.both(shared_data / "golden/ucf101_24_inputs.json")
    means = {
        tube_cases.at(tube_cases.figures(truth, found, "frameAP@0.5", source), "frameAP@0.5").mean
        for source in list(tube_cases.EVALUATORS)[:3]
    }
    assert len(means) == 3

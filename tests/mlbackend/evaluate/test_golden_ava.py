"""AVA's golden cases, by every published evaluator, through the options of the command."""

from argparse import Namespace

import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import ava_command
from mlbackend.evaluate.ava_rules import RULES
from tests.mlbackend.evaluate.golden import TOLERANCE, apart, load, within, write_texts

PREFIXES = {
    "activitynet_2020": "activitynet-2020",
    "activitynet_2019": "activitynet-2019",
    "slowfast": "slowfast",
    "alphaction": "alphaction",
    "mmaction2_1.x ignore_empty_frames=False": "mmaction2-all-frames",
    "mmaction2": "mmaction2",
}


def evaluator_of(name):
    return next(ours for prefix, ours in PREFIXES.items() if name.startswith(prefix))


def run(paths, evaluator):
    """The figures, or the error."""
    options = Namespace(
        evaluator=evaluator,
        labels=paths["labelmap"],
        truth=paths["gt_csv"],
        predictions=paths["det_csv"],
        exclude=paths["excluded_csv"],
    )
    try:
        return ava_command.run(options)
    except InvalidInput as error:
        return {"error": error.message}


def check(case, paths):
    for name, expected in case["results"].items():
        ours = run(paths, evaluator_of(name))
        where = f"{case['id']} by {name}"
        assert ("error" in ours) == ("error" in expected), (where, ours.get("error"))
        if "error" in expected:
            names = [path.name for path in paths.values() if path]
            assert any(name in ours["error"] for name in [*names, "truth"]), where
        elif case["tie_dependent"]:
            results = list(case["results"].values())
            assert within(ours["mAP"], [each["mAP"] for each in results]), where
        else:
            assert apart(ours, expected) <= TOLERANCE, where


def test_every_evaluator_is_held_to_a_golden_one():
    assert set(PREFIXES.values()) == set(RULES)


def test_synthetic_cases(shared_data, tmp_path):
    cases = load(shared_data, "ava_synthetic")["cases"]
    assert len(cases) >= 25
    for case in cases:
        folder = tmp_path / case["id"]
        folder.mkdir()
        names = ("labelmap", "gt_csv", "det_csv", "excluded_csv")
        check(case, write_texts(folder, **{name: case[name] for name in names}))


@pytest.fixture(scope="module")
def real_cases(shared_data):
    return {case["id"]: case for case in load(shared_data, "ava_real")["cases"]}


def files_of(case, shared_data):
    names = ("labelmap", "gt_csv", "det_csv", "excluded_csv")
    return {name: case[name] and shared_data / case[name] for name in names}


@pytest.mark.parametrize(
    "name", ["koish11_slowfast_raw", "koish11_slowfast_untied", "ava_kinetics_first2500_lm60"]
)
def test_real_cases(name, real_cases, shared_data):
    check(real_cases[name], files_of(real_cases[name], shared_data))


def test_equal_scores_end_within_what_the_default_evaluator_itself_gives(real_cases, shared_data):
    case = real_cases["koish11_slowfast_raw"]
    theirs = [v for k, v in case["results"].items() if k.startswith("activitynet_2020")]
    ours = run(files_of(case, shared_data), "activitynet-2020")
    assert within(ours["mAP"], [each["mAP"] for each in theirs])
    assert ours["ignored_detection_images"] == 6


def test_without_a_label_map_the_60_classes_of_the_evaluation_count(real_cases, shared_data):
    case = real_cases["koish11_slowfast_untied"]
    paths = files_of(case, shared_data)
    ours = run({**paths, "labelmap": None}, "activitynet-2020")
    expected = case["results"]["activitynet_2020 py3.11 numpy2.4"]
    assert list(ours["AP"]) == list(run(paths, "activitynet-2020")["AP"])
    assert apart(ours, expected) <= TOLERANCE


def test_a_label_map_of_80_is_pointed_out(real_cases, shared_data):
    paths = files_of(real_cases["ava_kinetics_first2500_lm60"], shared_data)
    paths["labelmap"] = shared_data / "ava" / "ava_action_list_v2.2.pbtxt"
    ours = run(paths, "activitynet-2020")
    assert ours["mAP"] == pytest.approx(0.392807919, abs=1e-9)
    assert "all 80 actions" in ours["notes"][0]


def test_excluded_timestamps_that_the_evaluator_ignores_are_pointed_out(real_cases, shared_data):
    paths = files_of(real_cases["koish11_slowfast_untied"], shared_data)
    without = run(paths, "activitynet-2020")
    paths["excluded_csv"] = shared_data / "ava" / "ava_val_excluded_timestamps_v2.2.csv"
    ours = run(paths, "activitynet-2020")
    assert ours["mAP"] == without["mAP"]
    assert "was not used" in ours["notes"][0]


def test_the_sample_of_mmaction2(shared_data):
    """Its three classes are given by its own label map."""
    ava = shared_data / "ava"
    paths = {
        "labelmap": ava / "mmaction2_eval_detection_action_list.txt",
        "gt_csv": ava / "mmaction2_eval_detection_gt.csv",
        "det_csv": ava / "mmaction2_eval_detection_pred.csv",
        "excluded_csv": None,
    }
    for evaluator in ("activitynet-2020", "activitynet-2019"):
        assert run(paths, evaluator)["mAP"] == pytest.approx(0.093855219, abs=1e-9)

"""`manage.py evaluate`: files in, figures out, no project and no database."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.mlbackend.evaluate.golden import TOLERANCE, apart, load, write_texts
from tests.mlbackend.evaluate.test_golden_thumos14 import FOLDERS, seeded_text

ROOT = Path(__file__).resolve().parents[4]
LABELS = 'item {\n  name: "bend"\n  id: 1\n}\nitem {\n  name: "stand"\n  id: 12\n}\n'
ROW = "vidA,0902,0.1,0.1,0.5,0.5,1,0.9\n"


def evaluate(folder, *arguments, **paths):
    """The JSON and what stood on the screen."""
    screen = io.StringIO()
    flags = [text for name, path in paths.items() if path for text in (f"--{name}", str(path))]
    out = folder / "out.json"
    call_command("evaluate", *arguments, *flags, "--json", str(out), stdout=screen)
    return json.loads(out.read_text()), screen.getvalue()


def ava_files(case, folder):
    folder.mkdir()
    names = {"labels": "labelmap", "truth": "gt_csv", "predictions": "det_csv"}
    names["exclude"] = "excluded_csv"
    return write_texts(folder, **{flag: case[name] for flag, name in names.items()})


def test_every_synthetic_case_of_ava(shared_data, tmp_path):
    for case in load(shared_data, "ava_synthetic")["cases"]:
        files = ava_files(case, tmp_path / case["id"])
        expected = case["expected"]
        if "error" in expected:
            with pytest.raises(CommandError):
                evaluate(tmp_path, "--format", "ava", **files)
        else:
            figures, _ = evaluate(tmp_path, "--format", "ava", **files)
            assert apart(figures, expected) <= TOLERANCE, case["id"]
            assert figures["evaluator"] == "activitynet-2020"


def test_another_evaluator_with_excluded_timestamps(shared_data, tmp_path):
    cases = {case["id"]: case for case in load(shared_data, "ava_synthetic")["cases"]}
    files = ava_files(cases["excluded_timestamp"], tmp_path / "case")
    figures, _ = evaluate(tmp_path, "--format", "ava", "--evaluator", "activitynet-2019", **files)
    assert figures["mAP"] == 1.0
    figures, screen = evaluate(tmp_path, "--format", "ava", **files)
    assert figures["mAP"] == 0.25
    assert "Note: activitynet-2020 knows no excluded timestamps" in screen


def test_every_synthetic_case_of_activitynet(shared_data, tmp_path):
    tasks = {"det": "detection", "prop": "proposals", "cls": "classification"}
    options = {"prop": "--proposals-per-video", "cls": "--top-k", "det": "--tiou"}
    for case in load(shared_data, "activitynet_synthetic")["cases"]:
        texts = {name: json.dumps(case[name]) for name in ("ground_truth", "prediction")}
        files = write_texts(tmp_path, **texts)
        kind = case["task"]
        arguments = ["--format", "activitynet", "--subset", case["subset"], "--task", tasks[kind]]
        if case["option"]:
            arguments += [options[kind], case["option"]]
        paths = {"truth": files["ground_truth"], "predictions": files["prediction"]}
        if "error" in case["expected"]:
            with pytest.raises(CommandError):
                evaluate(tmp_path, *arguments, **paths)
        elif not case["tie_dependent"]:
            figures, _ = evaluate(tmp_path, *arguments, **paths)
            assert apart(figures, case["expected"]) <= TOLERANCE, case["id"]


def test_thumos14(shared_data, tmp_path):
    case = load(shared_data, "thumos14")
    (expected,) = [v for k, v in case["results"].items() if k.startswith("G-TAD")]
    paths = {
        "truth": shared_data / case["ground_truth"],
        "predictions": shared_data / case["prediction"],
    }
    figures, _ = evaluate(tmp_path, "--format", "thumos14", **paths)
    assert apart(figures, expected) <= TOLERANCE

    (tmp_path / "found.txt").write_text(seeded_text(shared_data))
    kit = {
        "truth": shared_data / "thumos14" / FOLDERS["test"],
        "predictions": tmp_path / "found.txt",
    }
    figures, _ = evaluate(tmp_path, "--format", "thumos14", "--evaluator", "th14evalkit", **kit)
    expected = load(shared_data, "thumos14_evalkit")["runs"]["seeded"]
    assert apart(figures, {name: expected[name] for name in ("mAP", "AP")}) <= TOLERANCE


def test_the_screen_shows_a_table_and_the_json_no_nan(tmp_path):
    files = write_texts(tmp_path, truth=ROW, predictions=ROW, labels=LABELS)
    figures, screen = evaluate(tmp_path, "--format", "ava", **files)
    assert figures["AP"] == {"bend": 1.0, "stand": None}
    assert "mAP                       1.000000" in screen
    assert "  stand  undefined" in screen
    assert "activitynet-2020" in screen


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--evaluator", "mine"], "has no evaluator 'mine'.*activitynet-2020"),
        (["--task", "proposals"], "--format ava does not know --task"),
        (["--top-k", "3", "--subset", "x"], "does not know --subset, --top-k"),
        (["--labels", "nowhere.pbtxt"], "nowhere.pbtxt: No such file"),
    ],
)
def test_options_that_are_refused(tmp_path, arguments, message):
    files = write_texts(tmp_path, truth=ROW, predictions=ROW)
    with pytest.raises(CommandError, match=message):
        evaluate(tmp_path, "--format", "ava", *arguments, **files)
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tiou", "0.5,high"], "--tiou takes numbers"),
        (["--tiou", "0,0.5"], "above 0 and up to 1"),
        (["--task", "classification", "--top-k", "0"], "--top-k counts from 1"),
    ],
)
def test_options_of_activitynet_that_are_refused(tmp_path, arguments, message):
    annotations = [{"segment": [0, 1], "label": "a"}]
    truth = {
        "version": "",
        "taxonomy": [],
        "database": {"v": {"subset": "validation", "annotations": annotations}},
    }
    found = {"version": "", "external_data": {}, "results": {}}
    texts = {"truth": json.dumps(truth), "predictions": json.dumps(found)}
    with pytest.raises(CommandError, match=message):
        evaluate(tmp_path, "--format", "activitynet", *arguments, **write_texts(tmp_path, **texts))


def in_a_process(home, *arguments):
    environment = {**os.environ, "TUBELAB_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, str(ROOT / "manage.py"), "evaluate", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=home)


def test_as_a_process_it_leaves_no_database_and_says_one_sentence_on_error(tmp_path):
    files = write_texts(tmp_path, truth=ROW, found=ROW, bad=ROW + "\n", labels=LABELS)
    home, out = tmp_path / "home", tmp_path / "out.json"
    home.mkdir()
    given = ["--format", "ava", "--truth", files["truth"], "--labels", files["labels"]]
    done = in_a_process(home, *given, "--predictions", files["found"], "--json", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(out.read_text())["mAP"] == 1.0
    assert not list(home.rglob("*.sqlite3"))

    done = in_a_process(home, *given, "--predictions", files["bad"])
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "CommandError: bad, row 2: the row is blank, the evaluator takes 2, 7 or 8.\n"
    )

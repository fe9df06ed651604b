"""`manage.py simulate`: files in, curves out; no database but for a project."""

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from mlbackend.select.acquisition import ACQUISITIONS
from mlbackend.simulate.report import digest
from tests.mlbackend.simulate.data import blobs, several, written

ROOT = Path(__file__).resolve().parents[4]
SVG = "{http://www.w3.org/2000/svg}"
KEYS = {
    "format", "data", "metric", "default", "target", "ratio_to_random", "labels_to_95", "full",
    "settings", "seeds", "rates", "notes", "sha256", "wall_seconds",
}  # fmt: skip


def simulate(folder, *arguments):
    """The report, and what stood on the screen."""
    screen, out = io.StringIO(), folder / "out.json"
    call_command(
        "simulate", *map(str, arguments), "--json", str(out), "--processes", "1",
        stdout=screen, stderr=io.StringIO(),
    )  # fmt: skip
    return json.loads(out.read_text()), screen.getvalue()


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Five seeds of digits: the report, the screen, and the folder with table and picture."""
    folder = tmp_path_factory.mktemp("digits")
    extra = ("--csv", folder / "out.csv", "--picture", folder / "out.svg")
    found = simulate(
        folder, "--dataset", "digits", "--seeds", 5, "--functions", "random,margin", *extra
    )
    return *found, folder


def test_the_report_has_its_keys(digits):
    report, _, _ = digits
    assert set(report) == KEYS
    assert report["default"] == "margin_k_means"
    assert set(report["ratio_to_random"]) >= {"median", "low", "high", "wins", "seeds"}
    assert list(report["labels_to_95"]) == ["random", "margin_k_means", "margin"]
    of = report["rates"][0]["functions"]["margin"]
    assert set(of["labels_to"]) == {"90", "95", "98"}
    assert [len(each["labels"]) for each in of["each_seed"]] == [20] * 5
    assert report["data"] | {"kind": "one"} == report["data"]
    assert (report["data"]["pool_tubes"], report["data"]["test_tubes"]) == (1257, 540)


def test_random_lands_where_it_was_measured_and_the_default_before_it(digits):
    """Of five seeds the median is coarse: 160 to 280 stands for 180 to 260 of more."""
    report, _, _ = digits
    assert 160 <= report["labels_to_95"]["random"] <= 280
    assert report["labels_to_95"]["margin_k_means"] <= 120
    assert report["ratio_to_random"]["median"] <= 0.65
    assert report["ratio_to_random"]["wins"] == 5
    assert report["full"]["mean"] == pytest.approx(0.97, abs=0.012)


def test_the_hash_is_that_of_everything_but_the_time(digits):
    report, screen, _ = digits
    assert report["sha256"] == digest(report)
    assert digest(report | {"wall_seconds": 1e9}) == report["sha256"]
    assert digest(report | {"seeds": [1]}) != report["sha256"]
    assert report["sha256"][:12] in screen


def test_the_screen_has_a_line_a_function(digits):
    _, screen, _ = digits
    lines = screen.splitlines()
    assert [line.split()[0] for line in lines[:4]] == [
        "function", "random", "margin_k_means", "margin",
    ]  # fmt: skip
    assert "5 of 5" in lines[2]


def test_the_table_has_a_line_a_round(digits):
    report, _, folder = digits
    lines = (folder / "out.csv").read_text().splitlines()
    assert lines[0] == "rate,function,seed,labels,score,seconds,asked_right,wrong"
    assert len(lines) == 1 + 3 * 5 * 20
    first = report["rates"][0]["functions"]["random"]["each_seed"][0]
    assert lines[1] == f"0.0,random,0,20,{first['score'][0]},{first['seconds'][0]},,0"


def test_the_picture_is_svg_with_a_curve_a_function_inside_its_frame(digits):
    _, _, folder = digits
    root = ET.parse(folder / "out.svg").getroot()
    assert root.tag == f"{SVG}svg"
    width, height = (float(x) for x in root.get("viewBox").split()[2:])
    curves = root.findall(f"{SVG}polyline")
    assert len(curves) == len(root.findall(f"{SVG}polygon")) == 3
    for curve in curves:
        points = [tuple(map(float, p.split(","))) for p in curve.get("points").split()]
        assert len(points) == 20
        assert all(0 < x < width and 0 < y < height for x, y in points)
    words = {text.text for text in root.findall(f"{SVG}text")}
    assert {"margin_k_means", "random", "labels to 95 %", "accuracy"} <= words


def test_the_same_seeds_give_the_same_bytes_in_any_process(tmp_path):
    """Once here, once in two spawned workers, which must bring modAL's cure themselves."""
    file = written(tmp_path, **blobs())
    here, _ = simulate(tmp_path, "--features", file, "--seeds", 2, "--functions", "all")
    done = subprocess.run(
        [
            sys.executable, "manage.py", "simulate", "--features", str(file), "--seeds", "2",
            "--functions", "all", "--processes", "2", "--json", "-",
        ],
        cwd=ROOT, capture_output=True, text=True, check=True, env=dict(os.environ),
    )  # fmt: skip
    there = json.loads(done.stdout)
    del here["wall_seconds"], there["wall_seconds"]
    assert json.dumps(here) == json.dumps(there)
    assert "2 of 2 seeds" in done.stderr


def test_every_function_that_fits_is_replayed_on_several_labels(tmp_path):
    file = written(tmp_path, **several())
    report, _ = simulate(tmp_path, "--features", file, "--seeds", 1, "--functions", "all")
    fits = {name for name, f in ACQUISITIONS.items() if f.labels in ("several", "any")}
    assert set(report["labels_to_95"]) == fits
    assert report["default"] == "mean_binary_entropy_k_means"
    assert report["metric"] == "mean_ap"


def test_wrong_proposals_that_pass_do_harm(tmp_path):
    file = written(tmp_path, **blobs())
    report, screen = simulate(
        tmp_path, "--features", file, "--seeds", 3, "--rubber-stamp", "0,1", "--batch", 5
    )
    careful, careless = (part["functions"]["random"] for part in report["rates"])
    assert careful["labeled_wrong"]["mean"] == 0.0
    assert careless["labeled_wrong"]["mean"] > 0.03
    assert careless["final"]["mean"] < careful["final"]["mean"]
    assert "100% of wrong proposals accepted" in screen


def test_shuffled_labels_teach_nothing(tmp_path):
    """A third is chance; 60 tubes are few, so the mean of twelve seeds is taken."""
    plan = ("--features", written(tmp_path, **blobs()), "--seeds", 12, "--budget", 40)
    plan += ("--functions", "random", "--metric", "accuracy")
    true, _ = simulate(tmp_path, *plan)
    report, _ = simulate(tmp_path, *plan, "--shuffle-labels")
    assert report["settings"]["shuffled"] is True
    for name, of in report["rates"][0]["functions"].items():
        assert of["final"]["mean"] == pytest.approx(1 / 3, abs=0.15)
        assert true["rates"][0]["functions"][name]["final"]["mean"] > 0.6


def test_seconds_are_those_given(tmp_path):
    file = written(tmp_path, **blobs())
    plan = ("--seeds", 1, "--start", 10, "--batch", 10, "--budget", 20)
    report, _ = simulate(
        tmp_path, "--features", file, *plan, "--seconds-accept", 1, "--seconds-fix", 100
    )
    each = report["rates"][0]["functions"]["random"]["each_seed"][0]
    right = round(10 * each["asked_right"][1])
    assert each["seconds"] == [1000.0, 1000.0 + right * 1.0 + (10 - right) * 100.0]


def test_a_class_with_one_example_is_noted(tmp_path):
    data = blobs()
    data["y"] = data["y"].astype("U8")
    data["y"][:2] = "dance"
    file = written(tmp_path, **data)
    report, screen = simulate(tmp_path, "--features", file, "--seeds", 2)
    assert any("'dance'" in note for note in report["notes"])
    assert "Note: Class 'dance'" in screen


REFUSED = {
    "unknown function": (("--functions", "margin,guess"), "no acquisition function 'guess'; there"),
    "unfit function": (
        ("--functions", "mean_binary_entropy"),
        "for several labels at once, and this data has one label each; there are",
    ),
    "unfit metric": (("--metric", "mean_ap"), "use accuracy, macro_f1"),
    "no budget": (("--budget", "20"), "spent by the 20 tubes of the start"),
    "rates": (("--rubber-stamp", "0,2"), "probabilities from 0 to 1"),
    "seeds": (("--seeds", "0"), "a whole number from 1"),
    "folder": (("--csv", "/nowhere/out.csv"), "cannot be written: give a file in a folder"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_it_says_what_is_wrong(tmp_path, case):
    arguments, words = REFUSED[case]
    with pytest.raises(CommandError, match=words):
        simulate(tmp_path, "--features", written(tmp_path, **blobs()), *arguments)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"y": np.full(180, "run")}, "all alike"),
        ({"X": np.full((180, 4), np.nan)}, "must be finite"),
        ({"z": np.zeros(180)}, "'z', which means nothing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, changes, words):
    with pytest.raises(CommandError, match=words):
        simulate(tmp_path, "--features", written(tmp_path, **(blobs() | changes)))


def test_no_data_is_asked_for(tmp_path):
    with pytest.raises(CommandError, match="one of the arguments --dataset --features --project"):
        simulate(tmp_path)


def test_it_makes_no_database_and_help_brings_no_learning_library(tmp_path):
    env = {**os.environ, "TUBELAB_HOME": str(tmp_path)}
    env.pop("DATABASE_URL", None)
    done = subprocess.run(
        [
            sys.executable, "manage.py", "simulate", "--features",
            str(written(tmp_path, **blobs())), "--seeds", "1", "--json", "-",
        ],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["seeds"] == [0]
    assert not list(tmp_path.rglob("*.sqlite3"))
    assert "Preparing the database" not in done.stderr

"""Every command of docs/metrics.md runs on small files, and gives the figures the page names."""

import json
import re
import shlex

import pytest
from django.core.management import call_command

from labeling.formats.thumos14 import CLASSES
from mlbackend.evaluate.registry import EVALUATIONS
from mlbackend.measure.metrics import METRICS
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/metrics.md").read_text()
COMMANDS = re.findall(r"^    \.venv/bin/python manage\.py evaluate (.+)$", TEXT, re.M)
TABLE = re.findall(r"^\| `([a-z0-9-]+)` \| (`.+?) \| (.+?) \|$", TEXT.split("## AVA")[0], re.M)
BOX = [0.1, 0.1, 0.5, 0.5]
PX = [10, 10, 50, 90]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def segments(label):
    return [{"segment": [0.0, 5.0], "label": label}]


def scored(**more):
    return [{"segment": [0.0, 4.0], "score": 0.9, **more}]


def database(subset):
    entry = {"duration": 9.0, "subset": subset, "annotations": segments("Diving")}
    return {"version": "1", "taxonomy": [], "database": {"one": entry}}


def results(**more):
    return {"version": "1", "external_data": {}, "results": {"one": scored(**more)}}


def tubes(prefix, *score):
    tube = {"video": 0, "label": 0, "frames": [1, 2], "boxes": [PX, PX]}
    scores = {"score": score[0]} if score else {}
    return {
        "videos": ["v1"], "classes": ["run"],
        f"{prefix}_frames": [[0, 1, 0, *score, *PX], [0, 2, 0, *score, *PX]],
        f"{prefix}_tubes": [{**tube, **scores}],
    }  # fmt: skip


JSON = {
    "anet_truth.json": database("validation"),
    "anet_found.json": results(label="Diving"),
    "anet_proposals.json": results(),
    "thumos_truth.json": database("test"),
    "thumos_found.json": results(label="Diving"),
    "tubes_truth.json": tubes("gt"),
    "tubes_found.json": tubes("det", 0.9),
    "coco_truth.json": {
        "images": [{"id": 1}], "categories": [{"id": 1, "name": "person"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": PX, "area": 4500, "iscrowd": 0}
        ],
    },
    "coco_found.json": [{"image_id": 1, "category_id": 1, "bbox": PX, "score": 0.9}],
}  # fmt: skip
TEXTS = {
    "ava_truth.csv": "one,0902,0.1,0.1,0.5,0.5,12,0\n",
    "ava_found.csv": "one,0902,0.1,0.1,0.5,0.5,12,0.9\n",
    "ava_excluded.csv": "one,0903\n",
    "ava_labels.pbtxt": 'item {\n  name: "walk"\n  id: 12\n}\n',
    **{
        f"thumos_annotation/{name}_test.txt": "video_test_0000001 0.0 5.0\n"
        for name in CLASSES.values()
    },
    "thumos_annotation/Ambiguous_test.txt": "video_test_0000001 7.0 8.0\n",
    "thumos_det.txt": "video_test_0000001 0.0 4.0 26 0.9\n",
    "mot_gt.txt": "1,1,10,10,40,80,1,1,1\n",
    "mot_found.txt": "1,1,10,10,40,80,0.9,-1,-1,-1\n",
}


def clips() -> dict[str, str]:
    """The classification example as the page prints it."""
    truth, found = re.search(
        r'Truth is `(\{"classes.+?)`, predictions `(\{"scores.+?)`;', TEXT
    ).groups()  # type: ignore[union-attr]
    return {"clips_truth.json": truth, "clips_found.json": found}


@pytest.fixture
def files(tmp_path, monkeypatch):
    texts = TEXTS | clips() | {name: json.dumps(value) for name, value in JSON.items()}
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(command: str, folder) -> dict:
    words = [word for word in shlex.split(command) if word not in ("--json", "out.json")]
    call_command("evaluate", *words, "--json", str(folder / "figures.json"))
    return json.loads((folder / "figures.json").read_text())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs_and_finds_what_is_there(command, files, capsys):
    figures = run(command, files)
    wanted = re.search(r"--evaluator (\S+)", command)
    if wanted:
        assert figures["evaluator"] == wanted[1]
    assert capsys.readouterr().out


def test_the_figures_are_those_of_a_perfect_box(files, capsys):
    by_format = {}
    for command in COMMANDS:
        name = re.search(r"--format (\S+)", command)[1]
        if name not in by_format:
            by_format[name] = run(command, files)
    assert by_format["ava"]["mAP"] == 1.0
    assert by_format["ucf101-24"]["videoAP@0.5"]["mAP"] == pytest.approx(1.0)
    assert by_format["classification"]["accuracy"] == 1.0
    # tIoU 0.8: found at 0.5 to 0.8, seven of ten thresholds.
    assert by_format["activitynet"]["average_mAP"] == pytest.approx(0.7)


def test_every_format_has_an_example():
    assert {name for name, _, _ in TABLE} == set(EVALUATIONS)
    assert {re.search(r"--format (\S+)", command)[1] for command in COMMANDS} == set(EVALUATIONS)


def test_the_table_lists_the_evaluators_in_order():
    for name, evaluators, _ in TABLE:
        assert tuple(names_in(evaluators)) == EVALUATIONS[name].evaluators


@pytest.mark.parametrize("name", sorted(EVALUATIONS))
def test_the_figures_named_are_given(name, files, capsys):
    figures = {row[0]: row[2] for row in TABLE}[name]
    command = next(line for line in COMMANDS if f"--format {name} " in line)
    assert set(names_in(figures)) - {"activitynet"} <= set(run(command, files))


@pytest.mark.parametrize("task", ["proposals", "classification"])
def test_the_figures_of_a_task_are_given(task, files, capsys):
    said = re.search(rf"`--task {task}` gives (.+?)[;.]\s", TEXT, re.S)
    command = next(line for line in COMMANDS if f"--task {task}" in line)
    assert said is not None
    assert set(names_in(said[1])) <= set(run(command, files))


def test_every_option_is_named():
    class Flags(list):
        def add_argument(self, flag, **about):
            self.append(flag)

    flags = Flags()
    for evaluation in EVALUATIONS.values():
        evaluation.add_arguments(flags)
    assert [flag for flag in flags if flag not in TEXT] == []


def test_the_metrics_of_a_project_are_listed():
    table = TEXT.split("## In a project")[1]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.M) == list(METRICS)

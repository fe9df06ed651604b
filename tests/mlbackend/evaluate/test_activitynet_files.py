"""Reading ActivityNet's JSON and the text of THUMOS14's kit: what is refused, and where."""

import json
from argparse import Namespace

import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import activitynet_command
from mlbackend.evaluate.activitynet_files import read_results, read_truth
from mlbackend.evaluate.thumos14_kit import read_classes, read_kit

ENTRY = {"subset": "validation", "annotations": [{"segment": [1, 2], "label": "run"}]}


def truth_text(entry=ENTRY, **changes):
    return json.dumps({"version": "", "taxonomy": [], "database": {"v": entry}, **changes})


def result_text(entries=(), **changes):
    return json.dumps({"version": "", "external_data": {}, "results": {"v": entries}, **changes})


def write(folder, text):
    path = folder / "file.json"
    path.write_text(text)
    return path


def test_a_truth_is_numbered_in_order_of_appearance(tmp_path):
    database = {
        "w": {"subset": "training", "annotations": [{"segment": [0, 1], "label": "sit"}]},
        "v": {"subset": "validation", "annotations": [{"segment": ["3", "4.5"], "label": "walk"}]},
        "u": ENTRY,
        "empty": {"subset": "validation", "annotations": []},
    }
    truth = read_truth(write(tmp_path, truth_text(database=database)), "validation")
    assert truth.classes == ("walk", "run")
    assert truth.videos == {"v": 0, "u": 1}
    assert truth.segments.span_s.tolist() == [[3.0, 4.5], [1.0, 2.0]]
    found = [{"label": "run", "score": 1, "segment": [5, 4]}]
    results = result_text(results={"other": found, "u": found})
    segments = read_results(write(tmp_path, results), truth)
    assert segments.video.tolist() == [2, 1]
    assert segments.label.tolist() == [1, 1]


def test_classes_of_whole_videos_need_no_segments(tmp_path):
    entry = {"subset": "validation", "annotations": [{"label": "run"}, {"label": "sit"}]}
    truth = tmp_path / "truth.json"
    truth.write_text(truth_text(entry))
    found = write(tmp_path, result_text([{"label": "run", "score": 1}]))
    options = dict.fromkeys(("subset", "tiou", "top_k", "proposals_per_video"))
    given = Namespace(truth=truth, predictions=found, task="classification", **options)
    assert activitynet_command.run(given)["ap_by_class"] == {"run": 1.0, "sit": 0.0}
    given.task = None
    with pytest.raises(InvalidInput, match=r"annotations\[0\]: has no segment"):
        activitynet_command.run(given)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "file.json is no JSON"),
        ('{"database": NaN}', "NaN is not a JSON number"),
        ("[]", "lacks database, taxonomy, version"),
        ('{"database": {}, "version": ""}', "lacks taxonomy at its top level"),
        (truth_text(database=[]), "database: must map video ids"),
        (truth_text([]), r"database\['v'\]: must be a dictionary"),
        (truth_text({"annotations": []}), r"database\['v'\]: has no subset"),
        (truth_text({"subset": "validation"}), "has no list of annotations"),
        (truth_text({**ENTRY, "annotations": [{"label": "a"}]}), r"annotations\[0\]: has no segm"),
        (
            truth_text({**ENTRY, "annotations": [{"segment": [0, "end"], "label": "a"}]}),
            r"the segment \[0, 'end'\] is not two numbers",
        ),
        (truth_text({**ENTRY, "annotations": [{"segment": [0, 1]}]}), "has no label"),
        (truth_text({**ENTRY, "subset": "testing"}), "its subsets are: testing.*--subset"),
    ],
)
def test_truths_that_are_refused(tmp_path, text, message):
    with pytest.raises(InvalidInput, match=message):
        read_truth(write(tmp_path, text), "validation")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"results": {}, "version": ""}', "lacks external_data"),
        (result_text({}), r"results\['v'\]: must be a list"),
        (result_text([3]), r"results\['v'\]\[0\]: has no segment"),
        (result_text([{"segment": [0, 1], "score": 1}]), "has no label"),
        (result_text([{"segment": [0, 1], "label": "fly", "score": 1}]), "label 'fly' has no seg"),
        (result_text([{"segment": [0, 1], "label": "run"}]), "has no score"),
        (result_text([{"segment": [0, 1], "label": "run", "score": "1"}]), "has no score that is"),
    ],
)
def test_results_that_are_refused(tmp_path, text, message):
    truth = read_truth(write(tmp_path, truth_text()), "validation")
    with pytest.raises(InvalidInput, match=message):
        read_results(write(tmp_path, text), truth)


def kit(folder, found="v 0 1 1 0.5\n", **files):
    texts = {"A_test.txt": "v 0 1\n", "Ambiguous_test.txt": "", **files}
    for name, text in texts.items():
        if text is not None:
            (folder / name).write_text(text)
    (folder / "found.txt").write_text(found)
    return read_kit(folder, folder / "found.txt", "test", {1: "A"})


def test_rows_of_the_kit(tmp_path):
    read = kit(tmp_path, "v.mpeg\t0 1  1 0.5\n\n", **{"Ambiguous_test.txt": "w 3 4\n"})
    assert read.detections.video.tolist() == read.truth.video.tolist()
    assert read.ambiguous.span_s.tolist() == [[3.0, 4.0]]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"A_test.txt": None}, "has no A_test.txt.*--subset"),
        ({"Ambiguous_test.txt": None}, "has no Ambiguous_test.txt"),
        ({"A_test.txt": ""}, "A_test.txt holds no segment"),
        ({"A_test.txt": "v 0\n"}, r"A_test.txt, row 1: 2 columns instead of 3 \(video start end"),
        ({"A_test.txt": "v 0 end\n"}, "A_test.txt, row 1, column end: 'end' is not a number"),
        ({"found": "v 0 1 1\n"}, "found.txt, row 1: 4 columns instead of 5"),
        ({"found": "v 0 1 one 0.5\n"}, "row 1, column class: 'one' is not a whole number"),
        ({"found": "v 0 1 2 0.5\n"}, "row 1, column class: 2 is not in the class list"),
        ({"found": "v 0 1 1 nan\n"}, "row 1, column score: 'nan' is not a number"),
    ],
)
def test_kits_that_are_refused(tmp_path, files, message):
    given = {"A_test.txt": "v 0 1\n", "Ambiguous_test.txt": "", **files}
    with pytest.raises(InvalidInput, match=message):
        kit(tmp_path, **given)


def test_a_kit_is_a_folder_and_a_class_list_has_classes(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="file is no folder"):
        read_kit(tmp_path / "file", tmp_path / "file", "test", {1: "A"})
    with pytest.raises(InvalidInput, match="holds no class"):
        read_classes(tmp_path / "file")

"""Tracking figures against what TrackEval and py-motmetrics gave on two real sequences."""

import json

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate import mot

SEQUENCES = ("TUD-Campus", "TUD-Stadtmitte")
SOURCES = {"motmetrics": "motmetrics 1.2.5", "trackeval": "TrackEval 12c8791 (DO_PREPROC False)"}


@pytest.mark.parametrize("evaluator", mot.EVALUATORS)
def test_every_golden_figure(shared_data, evaluator):
    golden = json.loads((shared_data / "golden/mot.json").read_text())["results"]
    folder = shared_data / "mot"
    sequences = {
        name: mot.read_sequence(folder / name / "gt.txt", folder / name / "test.txt")
        for name in SEQUENCES
    }
    ours = mot.evaluate(sequences, evaluator)
    expected = golden[SOURCES[evaluator]]
    assert ours.keys() == expected.keys()
    for name, figures in expected.items():
        if evaluator == "motmetrics":
            assert ours[name] == pytest.approx(figures, abs=1e-9), name
            continue
        assert ours[name].keys() == figures.keys()
        for title, values in figures.items():
            assert ours[name][title] == pytest.approx(values, abs=1e-9), (name, title)


def written(folder, name, rows):
    path = folder / name
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


def line(frame, number, left, conf=1):
    return (frame, number, left, 0, 10, 10, conf, -1, -1, -1)


def measured(tmp_path, truth, found, evaluator):
    sequence = mot.read_sequence(
        written(tmp_path, "gt.txt", truth), written(tmp_path, "test.txt", found)
    )
    return mot.evaluate({"one": sequence}, evaluator)["one"]


TRUTH = [line(frame, 1, 0) for frame in (1, 2, 3, 4)] + [line(1, 9, 500, conf=0)]


def test_a_switch_and_a_gap_by_hand(tmp_path):
    found = [line(1, 5, 0), line(3, 6, 0), line(4, 6, 100)]
    clear = measured(tmp_path, TRUTH, found, "trackeval")["CLEAR"]
    assert (clear["CLR_TP"], clear["CLR_FN"], clear["CLR_FP"], clear["IDSW"]) == (2, 2, 1, 1)
    assert clear["MOTA"] == (2 - 1 - 1) / 4
    assert clear["MOTP"] == 1.0
    plain = measured(tmp_path, TRUTH, found, "motmetrics")
    assert plain["mota"] == 1 - (2 + 1 + 1) / 4
    assert plain["num_switches"] == plain["num_ascend"] == plain["num_fragmentations"] == 1
    assert plain["idf1"] == 2 * 1 / (4 + 3)


def test_hota_by_hand(tmp_path):
    found = [line(1, 5, 0), line(2, 5, 0), line(3, 6, 0), line(4, 6, 0)]
    hota = measured(tmp_path, TRUTH, found, "trackeval")["HOTA"]
    # Every box is found; each half of the truth is associated with 2 of 4 boxes.
    assert hota["DetA"] == 1.0
    assert hota["AssA"] == pytest.approx(0.5)
    assert hota["HOTA"] == pytest.approx(np.sqrt(0.5))


@pytest.mark.parametrize("evaluator", mot.EVALUATORS)
def test_sequences_without_tracks_or_truth(tmp_path, evaluator):
    nothing = measured(tmp_path, TRUTH, [], evaluator)
    wild = measured(tmp_path, [], [line(1, 5, 0)], evaluator)
    if evaluator == "motmetrics":
        assert nothing["mota"] == 0.0 and nothing["motp"] is None and wild["mota"] is None
        assert nothing["mostly_lost"] == 1 and wild["num_false_positives"] == 1
    else:
        assert nothing["CLEAR"]["CLR_FN"] == 4 and nothing["HOTA"]["HOTA"] == 0.0
        assert wild["Identity"]["IDFP"] == 1 and wild["CLEAR"]["CLR_FP"] == 1
        assert (wild["CLEAR"]["MOTA"], wild["CLEAR"]["MLR"]) == (0.0, 1.0)
        parts = {"wild": [], "found": TRUTH}
        for name, rows in parts.items():
            (tmp_path / "all" / name).mkdir(parents=True)
            written(tmp_path / "all" / name, "gt.txt", rows)
            written(tmp_path / "all", f"{name}.txt", [line(1, 5, 0)])
        whole = mot.evaluate(mot.read_sequences(tmp_path / "all", tmp_path / "all"))
        assert whole["COMBINED_SEQ"]["CLEAR"]["MOTA"] == (1 - 1) / 4


def test_a_folder_of_sequences(tmp_path):
    for name, file in (("a", "gt.txt"), ("b", "gt/gt.txt")):
        (tmp_path / "truth" / name / "gt").mkdir(parents=True)
        written(tmp_path / "truth" / name, file, TRUTH)
    (tmp_path / "truth/b/seqinfo.ini").write_text("[Sequence]\nseqLength=40\n")
    (tmp_path / "found").mkdir()
    written(tmp_path / "found", "a.txt", [line(1, 5, 0)])
    with pytest.raises(InvalidInput, match="no predictions of sequence 'b'"):
        mot.read_sequences(tmp_path / "truth", tmp_path / "found")
    written(tmp_path / "found", "b.txt", [line(1, 5, 0)])
    sequences = mot.read_sequences(tmp_path / "truth", tmp_path / "found")
    assert {name: one.length for name, one in sequences.items()} == {"a": 4, "b": 40}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,2,3", "row 2 has 3 columns"),
        ("1,1,x,0,9,9", "row 2, column left: 'x' is not a number"),
        ("0,1,1,0,9,9", "frames count from 1"),
        ("1,1,1,0,-9,9", "must not be negative"),
        ("1,1,nan,0,9,9", "column left: 'nan' is not finite"),
        ("1,1,0,0,9,9", "id 1 has two boxes in frame 1"),
    ],
)
def test_unusable_rows_are_refused(tmp_path, row, message):
    path = tmp_path / "gt.txt"
    path.write_text(f"1,1,0,0,9,9,1,-1,-1,-1\n{row}\n")
    with pytest.raises(InvalidInput, match=message):
        mot.read(path, truth=True)

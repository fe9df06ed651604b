"""What a round leaves in `learning`: figures that can be reckoned again from its model."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss

from labeling import api
from mlbackend.models import ModelVersion, QueueItem, Round
from mlbackend.train.champion import champion_load
from mlbackend.train.dataset import dataset_from
from mlbackend.train.features import HOG_HOF, snapshot_features
from mlbackend.train.learning import figures
from mlbackend.train.services import round_promote
from tests.mlbackend.train.conftest import Reviewed
from tests.mlbackend.train.learning.conftest import answer, finished, held_out

pytestmark = pytest.mark.django_db


def of_class(done: Round, name: str) -> dict[str, Any]:
    """The round's figures of one class."""
    return next(row for row in done.learning["classes"] if row["name"] == name)


def test_its_figures_are_those_of_its_model_on_the_hold_out(measured: Reviewed) -> None:
    measured.review(40)
    done = finished(measured.project)
    assert (done.decision, done.evaluated_on) == ("promoted", "hold-out videos")
    assert "24 tubes" in done.reason
    content = api.snapshot_read(done.snapshot_hash).content
    dataset = dataset_from(content, snapshot_features(content, HOG_HOF, lambda *_: None))
    champion = champion_load(done.model)
    assert champion is not None
    truth, p = dataset.hold_out.Y, champion.model.predict_proba(dataset.hold_out.X)
    asked = truth >= 0
    found = done.learning
    shown = [c for c in range(truth.shape[1]) if (truth[:, c] == 1).any()]
    precision = [
        average_precision_score(truth[asked[:, c], c] == 1, p[asked[:, c], c]) for c in shown
    ]
    assert found["map"] == pytest.approx(np.mean(precision), abs=1e-5)
    assert found["brier"] == pytest.approx(brier_score_loss(truth[asked] == 1, p[asked]), abs=1e-5)
    assert 0 <= found["ece"] <= 1
    assert found["macro_f1"] == pytest.approx(done.metrics["candidate"]["macro"]["f1"], abs=1e-5)
    assert found["macro_f1_low"] <= found["macro_f1"] <= found["macro_f1_high"]
    assert found["hold_out"] == {"rule": "hold-out videos", "tubes": 24, "videos": 6}
    assert found["redrawn"] == "videos"
    row = of_class(done, "run")
    column = dataset.label_ids.index(measured.labels["run"])
    assert row["train_yes"] == done.counts["train"]["run"]
    assert (row["train_tubes"], row["hold_out_tubes"]) == (20, 12)
    assert row["hold_out_yes"] + row["hold_out_no"] == asked[:, column].sum()
    assert of_class(done, "wave")["f1"] is None


def test_the_gate_takes_no_part_in_calibration(measured: Reviewed) -> None:
    """Whatever the hold-out says, the calibrated model is the same to the bit."""
    from dataclasses import replace

    from mlbackend.train.learning.control import chosen_rows
    from mlbackend.train.loop import fit

    measured.review(60)
    content = api.snapshot_freeze(measured.project.id).content
    dataset = dataset_from(content, snapshot_features(content, HOG_HOF, lambda *_: None))
    assert not set(dataset.train.tube_ids) & set(dataset.hold_out.tube_ids)
    assert not set(dataset.train.video_ids) & set(dataset.hold_out.video_ids)
    turned = replace(dataset.hold_out, Y=1 - np.maximum(dataset.hold_out.Y, 0))
    none = chosen_rows(dataset.hold_out, np.zeros(len(turned.Y), dtype=bool))
    models = [
        fit(replace(dataset, hold_out=held), "logistic", 3)
        for held in (dataset.hold_out, turned, none)
    ]
    for name in ("coefficients", "intercepts", "thresholds"):
        bits = {getattr(model, name).tobytes() for model in models}
        assert len(bits) == 1


def test_the_control_learns_from_the_random_slice_alone(measured: Reviewed) -> None:
    measured.review(40)
    drawn, chosen = measured.tubes[:10], measured.tubes[10:30]
    answer(measured, drawn, QueueItem.Slice.RANDOM)
    answer(measured, chosen, QueueItem.Slice.CHOSEN)
    found = finished(measured.project).learning
    assert found["control"]["labels"] == found["control"]["active"]["labels"] == 10
    assert found["control"]["macro_f1"] > 0.8 and found["control"]["map"] > 0.8
    assert found["control_note"] == ""
    assert found["labels"] == 40


def test_a_control_of_one_class_knows_only_that_class(measured: Reviewed) -> None:
    measured.review(40)
    runs = [t for t in measured.tubes[:40] if measured.runs(t)]
    answer(measured, runs[:8], QueueItem.Slice.RANDOM)
    found = finished(measured.project).learning
    assert found["control"]["macro_f1"] < 0.7 < found["macro_f1"]
    assert found["control"]["active"] is None
    assert "Fewer were chosen" in found["control_note"]


def test_without_random_answers_there_is_no_control_and_it_says_so(measured: Reviewed) -> None:
    measured.review(40)
    answer(measured, measured.tubes[:4], QueueItem.Slice.RANDOM)
    answer(measured, measured.tubes[4:9], QueueItem.Slice.RANDOM, answer="gone")
    found = finished(measured.project).learning
    assert found["control"] is None
    assert "4 answers to learn from so far; a control needs 5" in found["control_note"]


def test_reserved_tubes_that_chance_brought_teach_no_control(reviewed: Reviewed) -> None:
    reviewed.review(60)
    answer(reviewed, reviewed.reserved, QueueItem.Slice.RANDOM)
    found = finished(reviewed.project).learning
    assert found["control"] is None
    kept_back = len(reviewed.reserved)
    assert f"{kept_back} more are kept back for measuring" in found["control_note"]


def test_successive_models_are_compared_on_what_nobody_labeled(measured: Reviewed) -> None:
    measured.review(20)
    first = finished(measured.project)
    assert first.learning["kappa"] is None
    measured.review(20)
    kappa = finished(measured.project).learning["kappa"]
    windows = 40 * len(_windows_of(measured))
    assert kappa["windows"] == windows
    assert kappa["value"] > 0.8
    names = {row["label_id"] for row in kappa["classes"]}
    assert names == {measured.labels[n] for n in ("walk", "run", "wave")}


def _windows_of(reviewed: Reviewed) -> np.ndarray:
    from mlbackend.data.windows import tube_windows

    tube = api.annotations(reviewed.video.id).tubes[reviewed.tubes[0]]
    return tube_windows(tube, reviewed.video.timebase())


def test_the_gain_over_three_champions_is_measured_on_one_hold_out(measured: Reviewed) -> None:
    gains = []
    for _ in range(4):
        measured.review(12)
        done = finished(measured.project)
        if done.decision != "promoted":
            round_promote(done)
        gains.append(done.learning["gain"])
    assert gains[:3] == [None] * 3
    assert gains[3]["against"] == "round 1"
    assert gains[3]["groups"] == 6
    assert gains[3]["lower"] <= gains[3]["mean"] <= 1


def test_what_was_won_and_lost_lies_beside_the_model(measured: Reviewed) -> None:
    measured.review(20)
    first = finished(measured.project)
    measured.review(20, wrong=True)
    second = finished(measured.project)
    folder = second.model.file_path.parent
    kept = json.loads((folder / f"diff/{first.model.id}.json").read_text())
    assert second.learning["diff"] == {
        "won": sum(row["won"] for row in kept["per_class"]),
        "lost": sum(row["lost"] for row in kept["per_class"]),
    }
    assert kept["windows"] == second.metrics["candidate"]["n"]


def test_one_hold_out_video_promotes_nothing_and_a_person_may(reviewed: Reviewed) -> None:
    held_out(reviewed, 1, 20)
    reviewed.review(40)
    done = finished(reviewed.project)
    assert (done.decision, done.model.status) == ("undecided", "candidate")
    assert "20 tubes of 1 video reviewed, at least 8 tubes of 5 videos are needed" in done.reason
    assert done.learning["redrawn"] == "tubes"
    round_promote(done)
    assert ModelVersion.objects.get(status="champion") == done.model


def test_nothing_held_out_promotes_nothing(reviewed: Reviewed) -> None:
    free = [t for t in reviewed.tubes if t not in _reserved(reviewed)]
    reviewed.tubes = free
    reviewed.review(12)
    done = finished(reviewed.project)
    assert done.decision == "undecided"
    assert "no tube reserved to measure on is reviewed" in done.reason
    assert done.learning["macro_f1"] is None and done.learning["map"] is None
    assert "Nothing is held out" in done.learning["control_note"]


def _reserved(reviewed: Reviewed) -> list[str]:
    from mlbackend.train.holdout import is_reserved

    return [
        tube_id
        for number, tube_id in enumerate(reviewed.tubes, start=1)
        if is_reserved(reviewed.video.sha256, number)
    ]


def test_a_part_that_fails_costs_no_round(
    measured: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    measured.review(40)
    monkeypatch.setattr(figures, "control", broken)
    answer(measured, measured.tubes[:10], QueueItem.Slice.RANDOM)
    done = finished(measured.project)
    assert (done.decision, done.learning["control"]) == ("promoted", None)
    assert "failed unexpectedly" in done.learning["control_note"]

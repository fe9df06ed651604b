"""A checkpoint gives the same bits back, holds no pickle, and damage is noticed."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from labeling.domain.errors import InvalidInput
from mlbackend.train.checkpoint import checkpoint_read, checkpoint_write, load_action_model
from mlbackend.train.estimator import ActionEstimator
from mlbackend.train.predictor import ActionModel


def trained() -> tuple[ActionModel, np.ndarray]:
    """A model of two learned classes and one without positives, and rows to ask it."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 6))
    Y = np.stack([X[:, 0] > 0, X[:, 1] > 0.5, np.zeros(80)], axis=1).astype(np.int8)
    return ActionEstimator((7, 3, 5)).fit(X, Y).model_, X


class Version:
    """What a model version offers to load from."""

    name = "round 1"

    def __init__(self, folder: Path) -> None:
        self.file_path = folder / "weights.npz"


def test_the_same_probabilities_come_back(tmp_path: Path) -> None:
    model, X = trained()
    manifest = checkpoint_write(tmp_path / "m", model, {"seed": 4})
    loaded = load_action_model(Version(tmp_path / "m"))
    assert loaded.label_ids == (7, 3, 5)
    assert np.array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert loaded.predict_proba(X).dtype == np.float64
    assert (manifest["seed"], manifest["label_ids"]) == (4, [7, 3, 5])


def test_it_holds_arrays_and_json_only(tmp_path: Path) -> None:
    checkpoint_write(tmp_path / "m", trained()[0], {})
    assert sorted(p.name for p in (tmp_path / "m").iterdir()) == ["manifest.json", "weights.npz"]
    with zipfile.ZipFile(tmp_path / "m" / "weights.npz") as archive:
        assert all(archive.read(name).startswith(b"\x93NUMPY") for name in archive.namelist())


def test_writing_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    model, _ = trained()
    checkpoint_write(tmp_path / "m", model, {"seed": 1})
    checkpoint_write(tmp_path / "m", model, {"seed": 2})
    assert checkpoint_read(tmp_path / "m")[1]["seed"] == 2
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_damage_is_noticed(tmp_path: Path) -> None:
    checkpoint_write(tmp_path / "m", trained()[0], {})
    with (tmp_path / "m" / "weights.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InvalidInput, match="not those the manifest"):
        checkpoint_read(tmp_path / "m")


def test_another_format_is_refused(tmp_path: Path) -> None:
    checkpoint_write(tmp_path / "m", trained()[0], {})
    path = tmp_path / "m" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 9}))
    with pytest.raises(InvalidInput, match="format is 9"):
        checkpoint_read(tmp_path / "m")


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Train a new round"):
        checkpoint_read(tmp_path / "none")


def test_features_of_another_width_are_refused() -> None:
    model, X = trained()
    with pytest.raises(ValueError, match="trained on 6 features"):
        model.predict_proba(X[:, :5])


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"coefficients must be \(1, 2\)"):
        ActionModel(
            label_ids=(1,),
            mean=np.zeros(2),
            scale=np.ones(2),
            coefficients=np.zeros((1, 3)),
            intercepts=np.zeros(1),
            constants=np.full(1, np.nan),
            thresholds=np.full(1, 0.5),
        )

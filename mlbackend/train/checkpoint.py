"""A trained model on disk: a folder with ``weights.npz`` and ``manifest.json``. No pickle.

The folder is written under another name and then renamed, so that a half-written one is never
found. What the manifest holds makes the model traceable: snapshot, parent, seed, schema, figures.
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.train.predictor import ActionModel

FORMAT = 1
WEIGHTS = "weights.npz"
MANIFEST = "manifest.json"
_ARRAYS = ("mean", "scale", "coefficients", "intercepts", "constants", "thresholds")


class HasFile(Protocol):
    """A model version: where its weights lie."""

    name: str

    @property
    def file_path(self) -> Path:
        """Absolute path of the weights file."""


def checkpoint_write(
    folder: Path,
    model: ActionModel,
    manifest: dict[str, Any],
    files: Mapping[str, Path] | None = None,
) -> dict[str, Any]:
    """Write model and manifest into `folder`, replacing what an interrupted run left there.

    Args:
        files: others that belong to the model, such as a net's weights, by the path they get
            inside the folder.

    Returns:
        The manifest as written: with format, label ids and the hash of the weights.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
    staging.mkdir()
    try:
        weights = staging / WEIGHTS
        arrays = {name: getattr(model, name) for name in _ARRAYS}
        np.savez_compressed(weights, label_ids=np.array(model.label_ids, dtype=np.int64), **arrays)
        full = {
            "format": FORMAT,
            **manifest,
            "label_ids": list(model.label_ids),
            "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        }
        (staging / MANIFEST).write_text(json.dumps(full, indent=2, sort_keys=True) + "\n")
        for name, source in (files or {}).items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, staging / name)
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return full


def checkpoint_read(folder: Path) -> tuple[ActionModel, dict[str, Any]]:
    """Read a folder written by `checkpoint_write`.

    Raises:
        InvalidInput: it is missing, damaged or of another format; the message says which.
    """
    weights = folder / WEIGHTS
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise _unusable(folder, str(error)) from error
    if manifest.get("format") != FORMAT:
        raise _unusable(folder, f"its format is {manifest.get('format')}, this version reads 1")
    if manifest.get("weights_sha256") != found:
        raise _unusable(folder, "the weights are not those the manifest was written for")
    try:
        with np.load(weights, allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float64) for name in _ARRAYS}
            label_ids = tuple(int(label_id) for label_id in stored["label_ids"])
        return ActionModel(label_ids=label_ids, **arrays), manifest
    except (KeyError, ValueError, OSError) as error:
        raise _unusable(folder, str(error)) from error


def load_action_model(model_version: HasFile) -> ActionModel:
    """The predictor of a model version: ``predict_proba(X)`` (N, C) in the order of label_ids.

    Raises:
        InvalidInput: its files are missing or damaged.
    """
    return checkpoint_read(model_version.file_path.parent)[0]


def _unusable(folder: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The model in '{folder.name}' cannot be used: {why}. Train a new round, or make an "
        "earlier round's model the champion.",
        code="model_unusable",
    )

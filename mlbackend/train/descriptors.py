"""From a model's manifest to the descriptor it reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from mlbackend.data.descriptor import Descriptor
from mlbackend.data.hog_hof_descriptor import HOG_HOF


def descriptor_for(manifest: dict[str, Any], folder: Path) -> Descriptor:
    """Rebuild the descriptor a model was trained on. Weights are read when they are first used.

    Args:
        manifest: its `features` say `descriptor` (the key) and `width`; for nets also `net` and
            `weights`: {"file" or "zoo": name, "sha256"}.
        folder: the model's own, where the weights of a fine-tuned net lie.

    Raises:
        InvalidInput: it was trained on features of another version, or the net's weights are not
            here; the message says which.
    """
    features = manifest.get("features", {})
    found = net_descriptor(features, folder) if features.get("net") else HOG_HOF
    if features.get("descriptor") != found.key:
        raise InvalidInput(
            f"It reads features '{features.get('descriptor')}', this version makes '{found.key}'. "
            "Train a new round.",
            code="model_unusable",
        )
    return found


def net_descriptor(features: dict[str, Any], folder: Path) -> Descriptor:
    """The descriptor of a net, by a manifest's `features`; see `descriptor_for`."""
    raise InvalidInput("Models on nets cannot be read yet.", code="model_unusable")

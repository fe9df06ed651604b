"""From a model's manifest to the descriptor it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeling.domain.errors import InvalidInput
from mlbackend.data.descriptor import Descriptor
from mlbackend.data.hog_hof_descriptor import HOG_HOF

if TYPE_CHECKING:
    from torch import nn

    from mlbackend.data.net_descriptor import NetDescriptor
    from mlbackend.nets.action_net import NetSpec
    from mlbackend.zoo.installed import Installed


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
    found: Descriptor = net_descriptor(features, folder) if features.get("net") else HOG_HOF
    if features.get("descriptor") != found.key:
        raise InvalidInput(
            f"It reads features '{features.get('descriptor')}', this version makes '{found.key}'. "
            "Train a new round.",
            code="model_unusable",
        )
    return found


def net_descriptor(features: dict[str, Any], folder: Path) -> NetDescriptor:
    """The descriptor of a net, by a manifest's `features`; see `descriptor_for`.

    `width` may be missing: the net is then asked.
    """
    from mlbackend.data.net_descriptor import NetDescriptor
    from mlbackend.nets.registry import spec as spec_named

    spec = spec_named(str(features["net"]))
    weights = features.get("weights", {})
    digest = str(weights.get("sha256", ""))
    if "file" in weights:
        net = _own_net(spec.name, folder / weights["file"], digest)
    else:
        net = _installed_net(spec, digest)
    width = int(features.get("width") or 0) or embedding_width(spec)
    return NetDescriptor(spec, net, digest, device(), length=width)


def installed_descriptor(found: Installed) -> NetDescriptor:
    """The descriptor of a net with installed weights."""
    features = {"net": found.net, "weights": {"zoo": found.name, "sha256": found.sha256}}
    return net_descriptor(features, found.path.parent)


def embedding_width(spec: NetSpec) -> int:
    """The width of a net's embedding; the net is built without memory for its parameters."""
    import torch

    with torch.device("meta"):
        return int(spec.build(1).embedding_width)  # type: ignore[arg-type]


def device() -> str:
    """Where nets run here."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _own_net(name: str, path: Path, digest: str) -> Callable[[], nn.Module]:
    from mlbackend.zoo.find import sha256

    try:
        found = sha256(path)
    except OSError as error:
        raise _gone(f"the file {path.name} beside it cannot be read") from error
    if found != digest:
        raise _gone(f"the file {path.name} beside it is not the one it was trained with")

    def load() -> nn.Module:
        from mlbackend.zoo.architectures import architectures
        from mlbackend.zoo.match import match
        from mlbackend.zoo.state import read_state

        state = read_state(path)
        known = architectures()[name]
        net = known.build(match(state, known).labels or 1)
        net.load_state_dict(state)
        return net.eval()

    return load


def _installed_net(spec: NetSpec, digest: str) -> Callable[[], nn.Module]:
    from mlbackend.zoo.folders import weights_folders
    from mlbackend.zoo.installed import installed, weights_for

    folders = weights_folders()
    chosen = weights_for(spec.name, folders)
    fitting = [chosen] if chosen else []
    fitting += [each for each in installed(folders) if each.net == spec.name]
    found = next((each for each in fitting if each.sha256 == digest), None)
    if found is None:
        raise _gone(
            f"the weights of {spec.title} it was trained on (sha256 {digest[:12]}…) are not here"
        )

    def load() -> nn.Module:
        from mlbackend.zoo.load import load_net

        return load_net(found)

    return load


def _gone(what: str) -> InvalidInput:
    return InvalidInput(
        f"A part of the model is missing: {what}. Put the weights back under Models, or "
        "train a new round.",
        code="model_unusable",
    )

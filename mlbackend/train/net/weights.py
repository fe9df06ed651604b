"""A net as it begins a training, and its file at the end."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import NetSpec
from mlbackend.train.net.checkpoint import tensors
from mlbackend.train.net.samples import Samples
from mlbackend.train.net.stages import begin_at_shares


def begun_net(
    spec: NetSpec, samples: Samples, state: dict[str, Tensor], keeps_head: bool, seed: int
) -> nn.Module:
    """Build the net for the classes of the samples and fill it.

    Args:
        state: weights to begin with; empty leaves all random.
        keeps_head: whether the head in `state` answers just these classes in this order; another
            head is replaced by a fresh one.

    Raises:
        InvalidInput: the weights do not fill the net's body.
    """
    torch.manual_seed(seed)
    classes = samples.truth.shape[1]
    net = spec.build(classes)
    own = net.state_dict()
    head = spec.stages[0]
    fitting = {
        name: value
        for name, value in state.items()
        if (keeps_head or not name.startswith(head))
        and name in own
        and own[name].shape == value.shape
    }
    lacking = [
        name
        for name in own
        if name not in fitting and not name.startswith(head) and not name.endswith("tracked")
    ]
    if state and lacking:
        raise InvalidInput(
            f"The weights to begin with do not fill {spec.title}: {len(lacking)} parameters are "
            f"missing, such as {lacking[0]}. Choose other weights, or start 'scratch'.",
            code="does_not_fit",
        )
    net.load_state_dict(fitting, strict=False)
    if not (state and keeps_head):
        asked = (samples.truth >= 0).sum(axis=0)
        yes = (samples.truth == 1).sum(axis=0)
        begin_at_shares(net, spec, yes / np.maximum(asked, 1))
    return net


def write_weights(net: nn.Module, path: Path) -> dict[str, str]:
    """Write a net as safetensors; return what a manifest says of it: file and sha256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors(net.state_dict()), path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": path.name, "sha256": digest}

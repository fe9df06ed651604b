"""Makes the start of a 3D net from the weights of a 2D one that knows pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from labeling.domain.errors import InvalidInput
from mlbackend.zoo.architectures import architectures, layout
from mlbackend.zoo.state import bad_file

if TYPE_CHECKING:
    from torch import Tensor

# A parameter that only this 2D net has -> the 3D nets it can become, the usual one first.
_KNOWN = {
    "layer4.2.conv3.weight": ("i3d_r50", "i3d_r50_8x8"),
    "inception5b.branch4.1.conv.weight": ("i3d", "i3d_flow"),
}


def inflatable_to(state: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Return the nets that this 2D ResNet-50 or Inception can become; none for another file."""
    flat = _bare(state)
    if any(value.ndim == 5 for value in flat.values()):
        return ()
    return next((nets for key, nets in _KNOWN.items() if key in flat), ())


def inflate(state: Mapping[str, Tensor], net: str, path: Path) -> dict[str, Tensor]:
    """Return the parameters of the net's body, its kernels repeated in time; no head.

    Raises:
        InvalidInput: the file cannot become that net.
    """
    from mlbackend.nets.inflate import inflate_inception, inflate_resnet

    possible = inflatable_to(state)
    if net not in possible:
        known = ", ".join(possible) or "nothing: it is no 2D ResNet-50 or Inception"
        raise bad_file(path, f"cannot be inflated to {net}. It can become {known}.")
    architecture = architectures()[net]
    built = architecture.build(1)
    try:
        if net.startswith("i3d_r50"):
            inflate_resnet(built.get_submodule("backbone"), _bare(state))
        else:
            inflate_inception(built, _bare(state))
    except InvalidInput as error:
        raise bad_file(path, f"cannot be inflated to {net}: {error.message}") from error
    head = layout(architecture).head
    return {key: value for key, value in built.state_dict().items() if key not in head}


def _bare(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without what stands in front of every name."""
    for key in state:
        for mark in _KNOWN:
            if key.endswith(mark):
                prefix = key.removesuffix(mark)
                return {
                    name.removeprefix(prefix): value
                    for name, value in state.items()
                    if name.startswith(prefix)
                }
    return dict(state)

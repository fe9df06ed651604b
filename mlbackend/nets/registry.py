"""The nets by name. Adding one is one file in this folder and one line in `NETS`."""

from __future__ import annotations

from torch import nn

from labeling.domain.errors import NotFound
from mlbackend.nets import i3d, i3d_resnet, roi_head, slowfast, tsn, video_nets
from mlbackend.nets.action_net import NetSpec

NETS: dict[str, NetSpec] = {
    spec.name: spec
    for spec in (
        *i3d.SPECS,
        *i3d_resnet.SPECS,
        *tsn.SPECS,
        *slowfast.SPECS,
        *roi_head.SPECS,
        *video_nets.SPECS,
    )
}


def spec(name: str) -> NetSpec:
    """Return the named architecture.

    Raises:
        NotFound: there is none of that name.
    """
    if name not in NETS:
        raise NotFound(f"There is no net called {name}; there are {', '.join(sorted(NETS))}.")
    return NETS[name]


def build(name: str, num_classes: int) -> nn.Module:
    """Return the named net with random weights, in evaluation mode; it is an `ActionNet`.

    Raises:
        NotFound: there is none of that name.
    """
    return spec(name).build(num_classes)

"""What torchvision and the nets themselves say about published weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlbackend.zoo.manifest import Weights

if TYPE_CHECKING:
    from mlbackend.nets.action_net import ClipInput


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of published weights: millions of parameters, megabytes, GFLOPs of one clip or
    picture, and accuracy as torchvision states it ("Kinetics-400 acc@1 67.5")."""

    parameters_m: float
    megabytes: float
    gflops: float
    figures: str


def enum_member(entry: Weights) -> Any:
    """Return torchvision's own entry for these weights.

    Raises:
        LookupError: they are not torchvision's.
    """
    from torchvision.models import get_weight

    if not entry.enum:
        raise LookupError(f"{entry.name} is not torchvision's")
    return get_weight(entry.enum)


@lru_cache
def facts(entry: Weights) -> Facts | None:
    """Return torchvision's figures, None for weights of others."""
    if not entry.enum:
        return None
    meta = enum_member(entry).meta
    figures = [
        f"{data} {name} {value:.1f}"
        for data, measured in meta["_metrics"].items()
        for name, value in measured.items()
    ]
    # Its GFLOPs count a multiplication with its addition once, those of our nets twice.
    return Facts(meta["num_params"] / 1e6, meta["_file_size"], 2 * meta["_ops"], ", ".join(figures))


@lru_cache
def preprocessing(entry: Weights) -> str:
    """Say how the net is fed: as the manifest says, or in words from the net's own inputs."""
    if entry.preprocessing:
        return entry.preprocessing
    from mlbackend.nets.registry import NETS

    return describe_inputs(NETS[entry.net].inputs) if entry.net in NETS else ""


def describe_inputs(inputs: tuple[ClipInput, ...]) -> str:
    """Say in words how a net is fed, one stream after the other."""
    return "; ".join(_describe(each) for each in inputs)


def _describe(each: ClipInput) -> str:
    colors = {"rgb": "BGR" if each.bgr else "RGB", "flow": "flow (x, y)"}
    what = colors.get(each.stream, "RGB differences")
    moments = (
        f"the middles of {each.frames} equal parts"
        if each.segments
        else f"{each.frames} frames {each.step_s:.3g} s apart"
    )
    stacked = f", {each.stack} stacked at each" if each.stack > 1 else ""
    mean, std = (", ".join(f"{value:.4g}" for value in row) for row in (each.mean, each.std))
    limit = f", clipped to +-{each.flow_limit:g} px" if each.stream == "flow" else ""
    return (
        f"{what}{limit}, {moments}{stacked}, {each.size} px, "
        f"times {each.scale:.4g}, minus ({mean}), over ({std})"
    )

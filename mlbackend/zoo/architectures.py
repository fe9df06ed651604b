"""Every net whose parameters can be recognized: its keys, its shapes, and which are its head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mlbackend.zoo.manifest import Use

if TYPE_CHECKING:
    from torch import nn

Shape = tuple[int, ...]
# Two numbers of classes whose shapes are compared to see what depends on it.
_FEW, _MORE = 5, 8
_SCORE_FLOOR = 0.05


@dataclass(frozen=True, slots=True)
class Architecture:
    """A net that is filled from a state dict: `build(classes)` gives it with random weights.

    `renames` are patterns and replacements (`re.sub`) from published names to the net's own.
    """

    name: str
    title: str
    use: Use
    build: Callable[[int], nn.Module]
    renames: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class HeadSize:
    """How a parameter's size depends on the number of classes: size = per_class * n + rest."""

    dimension: int
    per_class: int
    rest: int

    def classes(self, shape: Shape) -> int | None:
        """The number of classes that a shape speaks of, if it speaks of a whole number."""
        if len(shape) <= self.dimension:
            return None
        count, left = divmod(shape[self.dimension] - self.rest, self.per_class)
        return count if left == 0 and count > 0 else None


@dataclass(frozen=True, slots=True)
class Layout:
    """The keys of a net's state dict with their shapes (for `_FEW` classes), and its head's."""

    shapes: dict[str, Shape]
    head: dict[str, HeadSize]


def architectures() -> dict[str, Architecture]:
    """Every net by name: those of `nets.registry` and torchvision's detectors."""
    from mlbackend.nets.registry import NETS

    recognizers = {
        name: Architecture(
            name, spec.title, Use.RECOGNIZER, spec.build, getattr(spec, "renames", ())
        )
        for name, spec in NETS.items()
    }
    return {**recognizers, **_detectors()}


def layout(architecture: Architecture) -> Layout:
    """The net's keys and shapes; it is built twice, without memory for its parameters."""
    return _layout(architecture.name, architecture.build)


@lru_cache(maxsize=64)
def _layout(_name: str, build: Callable[[int], nn.Module]) -> Layout:
    few, more = _shapes(build, _FEW), _shapes(build, _MORE)
    head = {}
    for key, shape in few.items():
        changed = [at for at, size in enumerate(shape) if more[key][at] != size]
        if changed:
            at = changed[0]
            per_class = (more[key][at] - shape[at]) // (_MORE - _FEW)
            head[key] = HeadSize(at, per_class, shape[at] - per_class * _FEW)
    return Layout(few, head)


def _shapes(build: Callable[[int], nn.Module], classes: int) -> dict[str, Shape]:
    import torch

    with torch.device("meta"):
        net = build(classes)
    return {key: tuple(value.shape) for key, value in net.state_dict().items()}


def _detectors() -> dict[str, Architecture]:
    from mlbackend.nets import faster_rcnn
    from mlbackend.zoo.manifest import WEIGHTS

    return {
        name: Architecture(name, WEIGHTS[name].title, Use.DETECTOR, _faster_rcnn(name))
        for name in faster_rcnn.BUILDERS
        if name in WEIGHTS
    }


@lru_cache
def _faster_rcnn(name: str) -> Callable[[int], nn.Module]:
    def build(classes: int) -> nn.Module:
        from mlbackend.nets import faster_rcnn

        return faster_rcnn.build(name, score_floor=_SCORE_FLOOR, categories=classes)

    return build

"""Fills a net from a state dict, and says what did not fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from labeling.domain.errors import InvalidInput

# Counts batches seen in training; old files lack it, and evaluation does not read it.
_OPTIONAL = "num_batches_tracked"
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Fit:
    """How a state dict fits a net: names in the net's terms.

    Attributes:
        matched: tensors of the right name and shape.
        missing: names the net has and the file lacks (batch counters do not count).
        extra: names the file has and the net lacks.
        misshaped: name, shape in the file, shape in the net.
    """

    matched: dict[str, Tensor]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    misshaped: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]

    @property
    def whole(self) -> bool:
        return not (self.missing or self.extra or self.misshaped)


def renamed(
    state: Mapping[str, Tensor], renames: tuple[tuple[str, str], ...] = ()
) -> dict[str, Tensor]:
    """Return the state dict under the net's own names; see `NetSpec.renames`."""
    found = {}
    for name, tensor in state.items():
        for pattern, replacement in renames:
            name = re.sub(pattern, replacement, name)
        found[name] = tensor
    return found


def fit(
    net: nn.Module, state: Mapping[str, Tensor], renames: tuple[tuple[str, str], ...] = ()
) -> Fit:
    """Compare a state dict with a net's, name by name."""
    own = net.state_dict()
    given = renamed(state, renames)
    misshaped = tuple(
        (name, tuple(tensor.shape), tuple(own[name].shape))
        for name, tensor in given.items()
        if name in own and tensor.shape != own[name].shape
    )
    wrong = {name for name, _, _ in misshaped}
    return Fit(
        matched={k: v for k, v in given.items() if k in own and k not in wrong},
        missing=tuple(k for k in own if k not in given and not k.endswith(_OPTIONAL)),
        extra=tuple(k for k in given if k not in own),
        misshaped=misshaped,
    )


def load(
    net: nn.Module, state: Mapping[str, Tensor], renames: tuple[tuple[str, str], ...] = ()
) -> None:
    """Fill the whole net, in place; only batch counters may be missing.

    Raises:
        InvalidInput: the state dict is another net's, or has other classes.
    """
    found = fit(net, state, renames)
    if not found.whole:
        raise InvalidInput(
            f"These weights do not fit {type(net).__name__}: {describe(found)}.",
            detail={"missing": found.missing, "extra": found.extra, "misshaped": found.misshaped},
        )
    net.load_state_dict(found.matched, strict=False)


def describe(found: Fit) -> str:
    """Say what does not fit, the first few of each kind."""
    parts = []
    if found.missing:
        parts.append(f"{len(found.missing)} missing ({_some(found.missing)})")
    if found.extra:
        parts.append(f"{len(found.extra)} not known ({_some(found.extra)})")
    if found.misshaped:
        rows = tuple(f"{name} is {has}, expected {needs}" for name, has, needs in found.misshaped)
        parts.append(f"{len(rows)} of another shape ({_some(rows)})")
    return "; ".join(parts) or f"all {len(found.matched)} tensors fit"


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")

"""How a net is trained: every number of it, with defaults by recipe and a check of wishes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from labeling.domain.errors import InvalidInput

PRECISIONS = ("auto", "float32", "bfloat16")
STARTS = ("auto", "champion", "installed", "scratch")


@dataclass(frozen=True, slots=True)
class TrainParams:
    """Hyper-parameters of one training.

    Attributes:
        epochs: each shows as many windows as there are, balanced by class.
        batch: windows of one step of the optimizer, over all processes and accumulations.
        micro: windows that go through the net at once; halved when memory runs out.
        lr: peak learning rate of the head.
        body_lr: that of the rest of the net, as a share of `lr`.
        weight_decay: AdamW's, not applied to biases and norms.
        warmup: share of all steps in which the rate rises from 0; then it falls as a cosine.
        clip_norm: gradients are scaled down to this norm.
        ema: how much of the averaged weights stays at each step, once enough steps are done.
        stages: how many of the net's stages train, from the head on; 0 means all.
        freeze_norms: batch norms keep their statistics: those of few clips are worse.
        precision: "auto" is bfloat16 where the machine is faster with it.
        start: whose weights it begins with; "auto" takes the champion's, else installed ones.
        augment: strength of the random changes to clips, 0 is none, 1 the usual.
        seed: makes all draws; the same seed on the same machine gives the same weights.
    """

    epochs: int = 8
    batch: int = 16
    micro: int = 4
    lr: float = 1e-3
    body_lr: float = 0.1
    weight_decay: float = 1e-2
    warmup: float = 0.1
    clip_norm: float = 1.0
    ema: float = 0.99
    stages: int = 2
    freeze_norms: bool = True
    precision: str = "auto"
    start: str = "auto"
    augment: float = 1.0
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Every number by name, for manifests and cards."""
        return asdict(self)


DEFAULTS: dict[str, TrainParams] = {
    "finetune": TrainParams(),
    "full": TrainParams(epochs=20, stages=0),
}
# Without published weights to lean on, the whole net learns at one rate, norms included.
FROM_SCRATCH = {"body_lr": 1.0, "freeze_norms": False}

_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "batch": (1, 4096),
    "micro": (1, 512),
    "lr": (1e-7, 10.0),
    "body_lr": (0.0, 10.0),
    "weight_decay": (0.0, 1.0),
    "warmup": (0.0, 0.9),
    "clip_norm": (1e-3, 1e3),
    "ema": (0.0, 0.99999),
    "stages": (0, 100),
    "augment": (0.0, 3.0),
    "seed": (0, 2**31 - 1),
}
_WORDS = {"precision": PRECISIONS, "start": STARTS}


def train_params(recipe: str, wishes: dict[str, Any] | None = None) -> TrainParams:
    """The recipe's defaults with the wishes put in.

    Raises:
        InvalidInput: a wish has no such name, is of another kind or out of range.
    """
    wishes = {} if wishes is None else wishes
    if not isinstance(wishes, dict):
        raise InvalidInput("Parameters of a training are given as names with values.")
    base = DEFAULTS[recipe]
    if wishes.get("start") == "scratch":
        base = replace(base, **FROM_SCRATCH)
    known = {field.name: field.type for field in fields(TrainParams)}
    unknown = sorted(set(wishes) - set(known))
    if unknown:
        raise InvalidInput(
            f"A training knows no parameter '{unknown[0]}'; it knows {', '.join(known)}."
        )
    return replace(base, **{name: _checked(name, value) for name, value in wishes.items()})


def _checked(name: str, value: Any) -> Any:
    kind = TrainParams.__dataclass_fields__[name].type
    if kind == "bool":
        if not isinstance(value, bool):
            raise InvalidInput(f"{name} is true or false, got {value!r}.")
        return value
    if kind == "str":
        if value not in _WORDS[name]:
            raise InvalidInput(f"{name} is one of {', '.join(_WORDS[name])}, got {value!r}.")
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInput(f"{name} is a number, got {value!r}.")
    if kind == "int" and int(value) != value:
        raise InvalidInput(f"{name} is a whole number, got {value!r}.")
    low, high = _RANGES[name]
    if not low <= value <= high:
        raise InvalidInput(f"{name} lies between {low:g} and {high:g}, got {value:g}.")
    return int(value) if kind == "int" else float(value)

"""Which functions are replayed: those named, with random and the default always among them."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.domain.errors import InvalidInput
from mlbackend.select.acquisition import ACQUISITIONS, AUTO, acquisition_function, fitting
from mlbackend.simulate.figures import CONTROL
from mlbackend.simulate.problem import Kind

# What the default is worth shows against these.
USUAL: dict[Kind, tuple[str, ...]] = {
    "one": ("margin_k_means", "margin", "ranked_batch", "entropy"),
    "several": ("mean_binary_entropy_k_means", "mean_binary_entropy", "clue", "badge"),
}
DEFAULT_WORDS = ("default", AUTO)
_WORDS: dict[str, str] = {"one": "one label each", "several": "several labels at once"}


def default_for(kind: Kind) -> str:
    """The product's default for these labels."""
    return fitting(AUTO, several=kind == "several").name


def complete(names: Sequence[str], kind: Kind) -> tuple[str, ...]:
    """The functions to replay, in the order named after random and the default.

    Args:
        names: of functions, "default", or "all" that fit; none: the usual ones.

    Raises:
        InvalidInput: a name is unknown, or its function does not fit the labels.
    """
    wanted = [each for name in names or USUAL[kind] for each in _meant(name, kind)]
    for name in wanted:
        _refuse_unfit(name, kind)
    return tuple(dict.fromkeys([CONTROL, default_for(kind), *wanted]))


def _meant(name: str, kind: Kind) -> list[str]:
    if name == "all":
        return _that_fit(kind)
    return [default_for(kind) if name in DEFAULT_WORDS else acquisition_function(name).name]


def _that_fit(kind: Kind) -> list[str]:
    return [each.name for each in ACQUISITIONS.values() if each.labels in ("any", kind)]


def _refuse_unfit(name: str, kind: Kind) -> None:
    labels = acquisition_function(name).labels
    if labels not in ("any", kind):
        raise InvalidInput(
            f"{name} is for {_WORDS[labels]}, and this data has {_WORDS[kind]}; there are "
            f"{', '.join(_that_fit(kind))}."
        )

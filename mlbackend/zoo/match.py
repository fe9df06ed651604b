"""Compares a checkpoint's parameters with a net's: which fit, which lack, which are too many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlbackend.zoo.architectures import Architecture, HeadSize, Layout, Shape, layout

if TYPE_CHECKING:
    from torch import Tensor

# Counters of batch norms that older files lack; no net of ours computes with them.
COUNTER = ".num_batches_tracked"
_DEEPEST_PREFIX = 3
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A parameter of one name and two shapes."""

    key: str
    in_file: Shape
    in_net: Shape


@dataclass(frozen=True, slots=True)
class Match:
    """What of a checkpoint fits a net.

    Attributes:
        renamed: key of the net -> key of the file, of all parameters that fit.
        missing: keys of the net that the file lacks, counters of batch norms left out.
        unexpected: keys of the file that the net does not know.
        different: keys of both with another shape.
        head_missing: keys of the head alone that the file lacks.
        labels: outputs of the head in the file; None without a head.
        total: parameters of the net, counters left out.
    """

    net: str
    title: str
    renamed: dict[str, str]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    different: tuple[Difference, ...]
    head_missing: tuple[str, ...]
    labels: int | None
    total: int

    @property
    def share(self) -> float:
        """0..1: what fits, of all keys of either side."""
        odd = len(self.missing) + len(self.head_missing) + len(self.unexpected)
        fitting = len([key for key in self.renamed if not key.endswith(COUNTER)])
        return fitting / max(fitting + odd + len(self.different), 1)

    @property
    def fits(self) -> bool:
        """Every parameter of the body is there and nothing else is; the head may be absent."""
        body = len(self.renamed) > 0 and not (self.missing or self.unexpected or self.different)
        return body and (self.labels is None) == bool(self.head_missing)

    def report(self) -> dict[str, Any]:
        """What a person is shown: counts and a few examples of each."""
        return {
            "net": self.net,
            "title": self.title,
            "share": round(self.share, 4),
            "fits": self.fits,
            "labels": self.labels,
            "matched": len([key for key in self.renamed if not key.endswith(COUNTER)]),
            "total": self.total,
            "missing": _some((*self.missing, *self.head_missing)),
            "unexpected": _some(self.unexpected),
            "different": _some(
                f"{each.key}: {_size(each.in_file)} in the file, {_size(each.in_net)} in the net"
                for each in self.different
            ),
        }


def match(state: Mapping[str, Tensor], architecture: Architecture) -> Match:
    """Compare a state dict with one net, under the renaming that fits most parameters."""
    known = layout(architecture)
    shapes = {key: tuple(value.shape) for key, value in state.items()}
    return max(
        (_under(shapes, known, architecture, *way) for way in _ways(shapes, known)),
        key=lambda each: (each.share, len(each.renamed)),
    )


def adapted(state: Mapping[str, Tensor], found: Match) -> dict[str, Tensor]:
    """The parameters under the net's own names, each with memory of its own."""
    return {key: state[name].contiguous().clone() for key, name in found.renamed.items()}


def _ways(shapes: Mapping[str, Shape], known: Layout) -> list[tuple[str, str]]:
    """(prefix to take off, prefix to put on), the plain way first."""
    off, on = _prefixes(shapes), _prefixes(known.shapes)
    return [("", ""), *((each, "") for each in off), *(("", each) for each in on)] + [
        (one, other) for one in off for other in on
    ]


def _prefixes(keys: Iterable[str]) -> list[str]:
    """Leading parts of the names that at least half of the keys share."""
    counted: Counter[str] = Counter()
    total = 0
    for key in keys:
        total += 1
        parts = key.split(".")[:-1][:_DEEPEST_PREFIX]
        counted.update(".".join(parts[: at + 1]) + "." for at in range(len(parts)))
    return [prefix for prefix, count in counted.items() if 2 * count >= total]


def _under(
    shapes: Mapping[str, Shape], known: Layout, architecture: Architecture, off: str, on: str
) -> Match:
    named = {_rename(key, known, architecture.renames, off, on): key for key in shapes}
    labels = _labels(named, shapes, known.head)
    renamed, different = {}, []
    for key, shape in known.shapes.items():
        if key not in named:
            continue
        wanted = _wanted(shape, known.head.get(key), labels)
        found = shapes[named[key]]
        if found == wanted:
            renamed[key] = named[key]
        else:
            different.append(Difference(key, found, wanted))
    absent = [key for key in known.shapes if key not in named and not key.endswith(COUNTER)]
    unexpected = sorted(source for key, source in named.items() if key not in known.shapes)
    return Match(
        net=architecture.name,
        title=architecture.title,
        renamed=renamed,
        missing=tuple(key for key in absent if key not in known.head),
        unexpected=tuple(unexpected),
        different=tuple(different),
        head_missing=tuple(key for key in absent if key in known.head),
        labels=labels,
        total=len([key for key in known.shapes if not key.endswith(COUNTER)]),
    )


def _rename(
    key: str, known: Layout, renames: tuple[tuple[str, str], ...], off: str, on: str
) -> str:
    """Parameters outside the common prefix, often the head, keep their names."""
    bare = key.removeprefix(off)
    for pattern, replacement in renames:
        bare = re.sub(pattern, replacement, bare)
    return on + bare if on and bare not in known.shapes else bare


def _labels(
    named: Mapping[str, str], shapes: Mapping[str, Shape], head: Mapping[str, HeadSize]
) -> int | None:
    """The head's outputs, as most of its parameters in the file say."""
    said = Counter(
        count
        for key, size in head.items()
        if key in named and (count := size.classes(shapes[named[key]])) is not None
    )
    return said.most_common(1)[0][0] if said else None


def _wanted(shape: Shape, size: HeadSize | None, labels: int | None) -> Shape:
    if size is None or labels is None:
        return shape
    at = size.dimension
    return (*shape[:at], size.per_class * labels + size.rest, *shape[at + 1 :])


def _some(keys: Iterable[str]) -> dict[str, Any]:
    every = list(keys)
    return {"count": len(every), "examples": every[:_EXAMPLES]}


def _size(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "a number"

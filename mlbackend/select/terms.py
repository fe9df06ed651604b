"""How unsure a model is of a window whose labels are partly one of a group, partly independent.

Of a group of which a tube has one at a time, such as AVA's poses, the margin between the two
likeliest counts; of any other label the binary entropy. The score is the mean over all of these,
each from 0, sure, to 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbackend.select.acquisition import DEFAULT, DEFAULT_ONE_OF
from mlbackend.select.uncertainty import mean_binary_entropy

Floats = NDArray[np.float64]
_TINY = 1e-12


@dataclass(frozen=True)
class Terms:
    """What counts: columns of a model's probabilities.

    Attributes:
        groups: columns of which one holds at a time, two or more each.
        alone: columns that hold or do not, whatever the others do.
    """

    groups: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many there are; 0 where nothing can be unsure."""
        return len(self.groups) + len(self.alone)

    @property
    def columns(self) -> tuple[int, ...]:
        """All columns that count, in order."""
        return tuple(sorted({*self.alone, *(c for group in self.groups for c in group)}))

    @property
    def is_one_of(self) -> bool:
        """Whether all labels are one group."""
        return len(self.groups) == 1 and not self.alone

    @property
    def name(self) -> str:
        """The acquisition function this amounts to."""
        if not self.groups:
            return DEFAULT
        return DEFAULT_ONE_OF if not self.alone else f"{DEFAULT_ONE_OF} + {DEFAULT}"

    def score(self, p: Floats) -> Floats:
        """(N, C) probabilities to (N,) in 0..1, larger = less sure."""
        found = [group_margin(p[:, list(group)]) for group in self.groups]
        found += [mean_binary_entropy(p[:, [column]]) for column in self.alone]
        return np.mean(found, axis=0) if found else np.zeros(len(p))


def terms_of(
    label_ids: Sequence[int], asked: Collection[int], exclusive: Sequence[Collection[int]]
) -> Terms:
    """Sort the columns of a model.

    Args:
        label_ids: of the columns. asked: labels that count.
        exclusive: sets of labels of which one holds at a time; where they overlap the first counts.
    """
    free = [column for column, label_id in enumerate(label_ids) if label_id in asked]
    groups = []
    for labels in exclusive:
        group = tuple(column for column in free if label_ids[column] in labels)
        if len(group) > 1:
            groups.append(group)
            free = [column for column in free if column not in group]
    return Terms(tuple(groups), tuple(free))


def one_of(p: Floats) -> Floats:
    """(N, K) independent probabilities as one distribution: the softmax of their log-odds."""
    p = np.clip(p, _TINY, 1.0 - 1e-9)
    odds = p / (1.0 - p)
    return odds / odds.sum(axis=1, keepdims=True)


def group_margin(p: Floats) -> Floats:
    """One minus the distance of the two likeliest of a group, (N, K >= 2) to (N,)."""
    top = np.partition(one_of(p), -2, axis=1)[:, -2:]
    return 1.0 - (top[:, 1] - top[:, 0])

"""Where a simulation's data comes from, and how it is replayed where nothing else was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from mlbackend.simulate.built_in import BUILT_IN
from mlbackend.simulate.problem import Kind, Problem


class Source(Protocol):
    """A data set that can be split for any seed; it is sent to other processes."""

    @property
    def kind(self) -> Kind: ...

    def problem(self, seed: int) -> Problem:
        """The split of a seed, unscaled."""

    def about(self) -> dict[str, Any]:
        """What it is, for the report."""


@dataclass(frozen=True)
class BuiltInSource:
    """One of `BUILT_IN`, by name."""

    name: str

    @property
    def kind(self) -> Kind:
        return BUILT_IN[self.name].kind

    def problem(self, seed: int) -> Problem:
        return BUILT_IN[self.name].make(seed)

    def about(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind}

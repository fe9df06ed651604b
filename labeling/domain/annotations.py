"""All annotations of one video as a value, and what a change to them is."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from labeling.domain.span import Coverage, Span
from labeling.domain.tube import Tube

Kind = Literal["tube", "span", "coverage"]
Item = Tube | Span | Coverage


@dataclass(frozen=True, slots=True)
class Change:
    """One object before and after; None where it did not or no longer exists."""

    kind: Kind
    id: str
    before: Item | None
    after: Item | None

    def as_dict(self) -> dict:
        return {
            "kind": self.kind,
            "id": self.id,
            "before": self.before and self.before.as_dict(),
            "after": self.after and self.after.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Annotations:
    """Tubes, spans and coverage of one video by id, at a revision."""

    revision: int = 0
    tubes: dict[str, Tube] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    coverage: dict[str, Coverage] = field(default_factory=dict)

    @classmethod
    def of(cls, data: dict) -> "Annotations":
        """Read the wire form {revision, tubes: [...], spans: [...], coverage: [...]}."""
        return cls(
            revision=data.get("revision", 0),
            tubes=_by_id(map(Tube.of, data.get("tubes", ()))),
            spans=_by_id(map(Span.of, data.get("spans", ()))),
            coverage=_by_id(map(Coverage.of, data.get("coverage", ()))),
        )

    def as_dict(self) -> dict:
        return {
            "revision": self.revision,
            "tubes": [tube.as_dict() for tube in self.tubes.values()],
            "spans": [span.as_dict() for span in self.spans.values()],
            "coverage": [coverage.as_dict() for coverage in self.coverage.values()],
        }

    def spans_of(self, tube_id: str | None) -> list[Span]:
        """Spans on this tube; with None, those on the video."""
        return [span for span in self.spans.values() if span.tube_id == tube_id]

    def coverage_of(self, tube_id: str | None) -> list[Coverage]:
        """Coverage on this tube; with None, that on the video."""
        return [covered for covered in self.coverage.values() if covered.tube_id == tube_id]

    def get(self, kind: Kind, item_id: str) -> Item | None:
        return self._table(kind).get(item_id)

    def changed(self, changes: Iterable[Change]) -> "Annotations":
        """A copy with these changes made."""
        copy = replace(
            self, tubes=dict(self.tubes), spans=dict(self.spans), coverage=dict(self.coverage)
        )
        copy.change(changes)
        return copy

    def change(self, changes: Iterable[Change]) -> None:
        """Make these changes in place: only on a copy that nobody else holds."""
        for change in changes:
            if change.after is None:
                self._table(change.kind).pop(change.id, None)
            else:
                self._table(change.kind)[change.id] = change.after

    def _table(self, kind: Kind) -> dict:
        return {"tube": self.tubes, "span": self.spans, "coverage": self.coverage}[kind]


def _by_id(items: Iterable) -> dict:
    return {item.id: item for item in items}

"""The video that a file is compared with, and what comes of it."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from labeling.domain.annotations import Annotations
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube
from labeling.formats.dataset import Holds
from labeling.formats.plan import Range

_CONFLICTS_TOLD = 20


@dataclass(slots=True)
class Target:
    """The video that is imported into.

    Args:
        current: its annotations now.
        size: width and height in px.
        label_ids: (kind, name in the file) → label id here; None: left out.
        kinds: label id → kind, of the project's labels.
        covered_label_ids: actions that the file speaks about; empty: it says nothing of what was
            looked at.
        holds: what the file's format has a place for; the rest of what is here stays.
        decimals: of the boxes of a sampled file.
        replace: whether what the file lacks goes.
        not_reviewed: frames that the file's makers did not look at; in order and disjoint.
    """

    current: Annotations
    size: tuple[int, int]
    label_ids: Mapping[tuple[str, str], int | None]
    kinds: Mapping[int, str]
    covered_label_ids: list[int]
    holds: frozenset[Holds]
    decimals: int = 3
    replace: bool = False
    not_reviewed: tuple[Range, ...] = ()
    spans: dict[str | None, list[Span]] = field(default_factory=dict)
    coverage: dict[str | None, list[Coverage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for span in self.current.spans.values():
            self.spans.setdefault(span.tube_id, []).append(span)
        for covered in self.current.coverage.values():
            self.coverage.setdefault(covered.tube_id, []).append(covered)

    def label_id(self, kind: str, name: str) -> int | None:
        return self.label_ids.get((kind, name))

    def is_untouched(self, tube: Tube) -> bool:
        """Whether nobody decided on the tube or its actions, or looked for actions on it."""
        items = (tube, *self.spans.get(tube.id, ()))
        return all(x.state is State.PROPOSED for x in items) and tube.id not in self.coverage


@dataclass(slots=True)
class Diff:
    """Operations, counts of tubes and spans by what happens to them, and what is in the way.

    `base_revision` is the one compared with; `conflicts` names the first few.
    """

    operations: list[dict] = field(default_factory=list)
    tubes: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)
    base_revision: int = 0

    def conflict(self, text: str) -> None:
        if len(self.conflicts) < _CONFLICTS_TOLD:
            self.conflicts.append(text)

    def add_span(self, tube_id: str | None, label_id: int, start: int, end: int) -> None:
        span = {
            "id": str(uuid.uuid4()), "tube_id": tube_id, "label_id": label_id,
            "start_frame": start, "end_frame": end,
        }  # fmt: skip
        self.operations.append({"op": "span_add", "span": span})
        self.spans["new"] += 1

    def confirm(self, span: Span) -> None:
        """The file says what is here; where that was a proposal, it is one no longer."""
        if span.is_confirmed:
            self.spans["unchanged"] += 1
            return
        decision = {"op": "span_decide", "span_id": span.id, "decision": State.ACCEPTED.value}
        self.operations.append(decision)
        self.spans["changed"] += 1

    def add_coverage(self, tube_id: str | None, start: int, end: int, label_ids: list[int]) -> None:
        coverage = {
            "id": str(uuid.uuid4()), "tube_id": tube_id, "start_frame": start, "end_frame": end,
            "label_ids": label_ids,
        }  # fmt: skip
        self.operations.append({"op": "coverage_add", "coverage": coverage})

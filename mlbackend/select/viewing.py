"""What a person is shown at once, and what they are asked: values between ranking and the queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class QuestionKind(StrEnum):
    """What can be asked."""

    PERSON = "person"  # is this a person?
    TUBE = "tube"  # does the box follow the person?
    ACTIONS = "actions"  # which actions, from when to when?
    BOUNDARY = "boundary"  # is this segment's start or end right?
    MISSING = "missing"  # is anybody or anything missing in this stretch?


@dataclass(frozen=True, slots=True)
class Question:
    """One question and why it is asked, as a person reads it."""

    kind: QuestionKind
    reason: str

    def as_dict(self) -> dict[str, str]:
        """For the queue's row."""
        return {"kind": str(self.kind), "reason": self.reason}


@dataclass(frozen=True, slots=True, eq=False)
class Viewing:
    """A tube, a segment or a stretch with all that is asked about it, in its place by list order.

    Attributes:
        kind: "tube", "segment" or "stretch", as `QueueItem.Kind`.
        key: names it in a way that a project made again would too; ties are broken by it.
        questions: at least one; the first is what it was chosen for.
        score: of the acquisition function, larger is more telling; 0 where chance chose.
        slice: who chose it, as `QueueItem.Slice`.
        blind: to be shown without what the model says about actions.
        probability: with which chance drew it; None where chance had no part.
        asked_by: acquisition function, seed, model and the like: why it was asked, for later.
    """

    kind: str
    key: tuple[Any, ...]
    video_id: str
    questions: tuple[Question, ...]
    tube_id: str | None = None
    tube_number: int | None = None
    span_id: str | None = None
    label_id: int | None = None
    start_frame: int | None = None
    end_frame: int | None = None
    score: float = 0.0
    slice: str = "chosen"
    blind: bool = False
    probability: float | None = None
    asked_by: dict[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """That of the first question."""
        return self.questions[0].reason

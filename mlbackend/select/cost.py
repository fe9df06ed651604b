"""How long answers take, learned from those that were timed, and what that means for the order.

Seconds of an answer are those of the queue's item; where it has none, the work that the log of
revisions counts on what it was about. Both end where a person is idle; whatever is longer than
`IDLE_S` counts as that. The logarithm of the seconds is a straight line in the logarithms of
length, proposed actions and expected corrections, by ridge regression.

From `ENOUGH` timed answers on the queue goes by what a second tells, before that by score alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling import api
from mlbackend.models import QueueItem
from mlbackend.models.queue_item import AT_ONCE

Floats = NDArray[np.float64]

ENOUGH = 200
IDLE_S = 180.0
SHORTEST_S = 0.5
RIDGE = 1.0
BY_SCORE, BY_SECOND = "score", "score per second"
# What an item without questions asks.
_USUAL = {"tube": "actions", "segment": "boundary", "stretch": "missing"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the time an answer takes depends on.

    Attributes:
        kind: "tube", "segment" or "stretch". length_s: how long it lasts.
        actions: how many are proposed on it. edits: how many corrections it may need.
        blind: shown without the model's actions.
    """

    kind: str
    length_s: float
    actions: int = 0
    edits: float = 0.0
    blind: bool = False

    def as_dict(self) -> dict[str, float | int]:
        """For `Viewing.asked_by`; kind and blindness are the item's own."""
        return {
            "length_s": round(self.length_s, 3),
            "actions": self.actions,
            "edits": round(self.edits, 3),
        }

    def row(self) -> list[float]:
        """The variables of the line."""
        return [
            np.log(max(self.length_s, 0.1)),
            np.log1p(self.actions),
            np.log1p(self.edits),
            float(self.kind == "segment"),
            float(self.kind == "stretch"),
            float(self.blind),
        ]


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer and its seconds; facts are None where nobody noted them when it was asked."""

    question: str
    seconds: float
    facts: Facts | None


@dataclass(frozen=True, eq=False)
class CostModel:
    """log seconds = intercept + weights . (row - center) / scale."""

    intercept: float
    weights: Floats
    center: Floats
    scale: Floats

    def seconds(self, facts: Sequence[Facts]) -> Floats:
        """(N,) expected seconds, within those that can be measured."""
        if not facts:
            return np.zeros(0)
        rows = (np.array([one.row() for one in facts]) - self.center) / self.scale
        return np.exp(np.clip(self.intercept + rows @ self.weights, *np.log([SHORTEST_S, IDLE_S])))


def fitted(timed: Sequence[Timed]) -> CostModel | None:
    """The line through timed answers; None while there are fewer than `ENOUGH` with facts."""
    known = [(one.facts, one.seconds) for one in timed if one.facts is not None]
    if len(known) < ENOUGH:
        return None
    rows = np.array([facts.row() for facts, _ in known])
    y = np.log([max(seconds, SHORTEST_S) for _, seconds in known])
    center, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    z = (rows - center) / scale
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ (y - y.mean()))
    return CostModel(float(y.mean()), weights, center, scale)


def timed_answers(project_id: int) -> list[Timed]:
    """All answers of a project whose seconds are known, oldest first; none by score alone."""
    rows = QueueItem.objects.filter(project_id=project_id, state=QueueItem.State.DONE)
    rows = rows.filter(**{f"answer_detail__{AT_ONCE}__isnull": True})
    rows = rows.exclude(answer__in=(QueueItem.Answer.NONE, QueueItem.Answer.GONE))
    fields = ("kind", "tube_id", "span_id", "questions", "blind", "asked_by", "seconds")
    found = list(rows.order_by("done_at", "id").values(*fields))
    lacking = any(not row["seconds"] and (row["tube_id"] or row["span_id"]) for row in found)
    log = seconds_in_log(project_id) if lacking else {}
    return [one for row in found if (one := _timed(row, log)) is not None]


def seconds_in_log(project_id: int) -> dict[str, float]:
    """Seconds of people's work by the tube or span it was on; a commit's are shared evenly."""
    found: dict[str, float] = defaultdict(float)
    for revision in api.revisions_of(project_id, timed=True):
        touched = {one for operation in revision.operations for one in _touched(operation)}
        for one in touched:
            found[one] += min(revision.seconds, IDLE_S) / len(touched)
    return dict(found)


def _touched(operation: Mapping[str, Any]) -> list[str]:
    """The tube an operation is about, or else the segment."""
    for name in ("span", "coverage"):
        inner = operation.get(name)
        if isinstance(inner, Mapping) and inner.get("tube_id"):
            return [str(inner["tube_id"])]
    if operation.get("tube_id"):
        return [str(operation["tube_id"])]
    return [str(operation["span_id"])] if operation.get("span_id") else []


def _timed(row: Mapping[str, Any], log: Mapping[str, float]) -> Timed | None:
    about = str(row["tube_id"] or row["span_id"])
    seconds = row["seconds"] or log.get(about, 0.0)
    if seconds <= 0:
        return None
    questions = row["questions"] or [{"kind": _USUAL.get(row["kind"], row["kind"])}]
    return Timed(questions[0]["kind"], min(float(seconds), IDLE_S), _facts(row))


def _facts(row: Mapping[str, Any]) -> Facts | None:
    said = (row["asked_by"] or {}).get("cost")
    if not said:
        return None
    return Facts(
        row["kind"], float(said["length_s"]), int(said["actions"]), float(said["edits"]),
        bool(row["blind"]),
    )  # fmt: skip


def cost_report(project_id: int) -> dict[str, Any]:
    """What is known of the time answers take, for pages and reports.

    Returns:
        n_timed, needed, ranked_by ("score" or "score per second"), seconds (of all timed answers
        together) and by_kind, a list of {kind, n, median_s, mean_s}. An item counts under its
        first question, what it was chosen for.
    """
    timed = timed_answers(project_id)
    return {
        "n_timed": len(timed),
        "needed": ENOUGH,
        "ranked_by": BY_SCORE if fitted(timed) is None else BY_SECOND,
        "seconds": round(sum(one.seconds for one in timed), 1),
        "by_kind": _by_kind(timed),
    }


def _by_kind(timed: Sequence[Timed]) -> list[dict[str, Any]]:
    kinds: dict[str, list[float]] = defaultdict(list)
    for one in timed:
        kinds[one.question].append(one.seconds)
    return [
        {
            "kind": kind,
            "n": len(seconds),
            "median_s": round(float(np.median(seconds)), 2),
            "mean_s": round(float(np.mean(seconds)), 2),
        }
        for kind, seconds in sorted(kinds.items())
    ]

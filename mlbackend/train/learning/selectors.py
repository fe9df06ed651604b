"""Reading how a project learns."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from labeling import api
from labeling.domain.errors import NotFound
from labeling.domain.taxonomy import LabelKind, LabelValue
from mlbackend.models import Round
from mlbackend.train.learning.compare_any import diff
from mlbackend.train.learning.curve import learning
from mlbackend.train.learning.health import ClassFigures, status_of, trend_of

__all__ = ["classes", "diff", "learning", "other_round"]


def other_round(row: Round, round_id: Any) -> Round | None:
    """Another round of the same project; None where none is named.

    Raises:
        NotFound: there is no such round in this project.
    """
    if not round_id:
        return None
    try:
        rows = Round.objects.filter(project_id=row.project_id).select_related("model")
        return rows.get(pk=uuid.UUID(str(round_id)))
    except (Round.DoesNotExist, ValueError):
        raise NotFound("There is no such round in this project.") from None


def classes(project_id: int) -> list[dict[str, Any]]:
    """Each action of the project as the newest round found it, retired ones last."""
    rounds = list(
        Round.objects.filter(project_id=project_id, state=Round.State.DONE, model__isnull=False)
        .only("number", "learning")
        .order_by("number")
    )
    actions = [label for label in api.labels(project_id) if label.kind is LabelKind.ACTION]
    return [_class(label, rounds) for label in sorted(actions, key=lambda label: label.is_retired)]


def _class(label: LabelValue, rounds: Sequence[Round]) -> dict[str, Any]:
    each = [_figures(row, label.id) for row in rounds]
    trend = [
        {"round": row.number, "f1": figures.get("f1")}
        for row, figures in zip(rounds, each, strict=True)
        if figures
    ]
    now = each[-1] if each else {}
    counts = ("train_yes", "train_no", "train_tubes", "hold_out_yes", "hold_out_no")
    found = ClassFigures(
        known=bool(now),
        **{name: int(now.get(name, 0)) for name in counts},
        f1_high=now.get("f1_high"),
        ece=now.get("ece"),
        trend=trend_of([entry["f1"] for entry in trend]),
    )
    status, advice = status_of(found)
    if label.is_retired:
        status, advice = "ok", "Retired: it is not asked about any more."
    return {
        "label_id": label.id,
        "name": label.name,
        "retired": label.is_retired,
        **{name: int(now.get(name, 0)) for name in (*counts, "hold_out_tubes")},
        **{name: now.get(name) for name in ("f1", "f1_low", "f1_high", "ap", "ece", "brier")},
        "trend": trend,
        "status": status,
        "advice": advice,
    }


def _figures(row: Round, label_id: int) -> dict[str, Any]:
    """What a round found about a class; nothing where it did not know it."""
    found = row.learning.get("classes", ())
    return next((one for one in found if one["label_id"] == label_id), {})

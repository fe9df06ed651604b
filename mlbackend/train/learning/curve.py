"""The learning curve of a project: a point a round, what comes next, and whether to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlbackend.models import ModelVersion, QueueItem, Round
from mlbackend.train.champion import champion_row
from mlbackend.train.learning.answered import ACTIVE, acceptance

NEXT_LABELS = 100
# The forecast is drawn at so many places, up to `REACH` times the labels there are.
FORECAST_POINTS, REACH = 12, 2.0


def learning(project_id: int) -> dict[str, Any]:
    """The curve, its forecast, the advice to stop and what was accepted, from what the rounds left.

    Nothing is computed from videos or models here.
    """
    rounds = list(
        Round.objects.filter(project_id=project_id)
        .select_related("model")
        .only(*_READ)
        .order_by("number")
    )
    points = [point(row) for row in rounds]
    drawn = acceptance(project_id, (QueueItem.Slice.RANDOM,))
    chosen = acceptance(project_id, ACTIVE)
    return {
        "rounds": points,
        "forecast": forecast([p for p in points if p["macro_f1"] is not None]),
        "stop": stop(project_id, rounds, drawn.shown, drawn.accepted),
        "acceptance": {
            "random": {"shown": drawn.shown, "accepted": drawn.accepted},
            "chosen": {"shown": chosen.shown, "accepted": chosen.accepted},
        },
    }


_READ = (
    *("id", "number", "created_at", "state", "decision", "metrics", "learning", "effort"),
    *("evaluated_on", "project_id", "model__status", "model__parent_id", "model__name"),
)


def point(row: Round) -> dict[str, Any]:
    """A round on the curve; None where it has no such figure."""
    found, effort = row.learning, row.effort
    candidate = row.metrics.get("candidate") if row.model_id else None
    measured = candidate is not None and candidate["n"] > 0
    kappa = found.get("kappa") or {}
    return {
        "number": row.number,
        "round_id": str(row.id),
        "created_at": row.created_at,
        "state": row.state,
        "decision": row.decision,
        "in_use": row.model is not None and row.model.status == ModelVersion.Status.CHAMPION,
        # What it learned from: work on the hold-out teaches nothing.
        "labels": found.get("labels", effort.get("labels")),
        "seconds": effort.get("seconds"),
        "macro_f1": candidate["macro"]["f1"] if measured else None,
        "macro_f1_low": found.get("macro_f1_low"),
        "macro_f1_high": found.get("macro_f1_high"),
        "map": found.get("map"),
        "ece": found.get("ece"),
        "brier": found.get("brier"),
        "hold_out": found.get("hold_out"),
        "control": found.get("control"),
        "control_note": found.get("control_note", ""),
        "kappa": kappa.get("value"),
        "kappa_windows": kappa.get("windows", 0),
    }


def forecast(points: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the next labels will bring, by the rounds so far.

    Args:
        points: of the rounds that were measured, oldest first.
    """
    import numpy as np

    from mlbackend.evaluate.forecast import FEWEST_POINTS, INTERVAL, fit

    known = [p for p in points if p["labels"]]
    found = fit(
        np.array([p["labels"] for p in known], dtype=np.float64),
        np.array([p["macro_f1"] for p in known]),
    )
    each = seconds_per_label(points)
    if found is None:
        return {
            "points": [],
            "next_hundred": None,
            "next_hundred_low": None,
            "next_hundred_high": None,
            "seconds_per_label": each,
            "note": f"A forecast needs {FEWEST_POINTS} rounds with different numbers of labels.",
        }
    gain = found.gain(NEXT_LABELS)
    places = np.linspace(min(p["labels"] for p in known), found.labels * REACH, FORECAST_POINTS)
    drawn = [found.at(int(round(place))) for place in places]
    return {
        "points": [{"labels": p.labels, "f1": p.f1, "low": p.low, "high": p.high} for p in drawn],
        "next_hundred": gain.value,
        "next_hundred_low": gain.low,
        "next_hundred_high": gain.high,
        "seconds_per_label": each,
        "note": _said(gain.value, gain.low, gain.high, each, INTERVAL) + _moved(known),
    }


def seconds_per_label(points: Sequence[dict[str, Any]]) -> float | None:
    """What a label cost between the first and the newest round that know; of one, on average."""
    known = [p for p in points if p["labels"] and p["seconds"]]
    if not known:
        return None
    first, last = known[0], known[-1]
    labels, seconds = last["labels"] - first["labels"], last["seconds"] - first["seconds"]
    if labels <= 0 or seconds <= 0:
        labels, seconds = last["labels"], last["seconds"]
    return round(seconds / labels, 2)


def stop(project_id: int, rounds: Sequence[Round], shown: int, accepted: int) -> dict[str, Any]:
    """Advice about the champion in use; see `evaluate.stop`."""
    from mlbackend.evaluate.compare import Difference
    from mlbackend.evaluate.stop import ROUNDS, Agreement, advise

    made_by = {row.model_id: row for row in rounds if row.model_id}
    champions: list[Round] = []
    model = champion_row(project_id)
    while model is not None and model.pk in made_by and len(champions) < ROUNDS:
        champions.append(made_by[model.pk])
        model = model.parent
    kappas = [row.learning.get("kappa") or {} for row in reversed(champions)]
    agreements = [Agreement(k.get("value"), k.get("windows", 0)) for k in kappas]
    gain = champions[0].learning.get("gain") if champions else None
    difference = gain and Difference(gain["mean"], gain["lower"], gain["groups"])
    advice = advise(agreements, difference or None, shown, accepted)
    return {
        "advised": advice.advised,
        "reasons": [
            {"what": s.what, "met": s.met, "value": s.value, "note": s.note} for s in advice.reasons
        ],
    }


def _said(value: float, low: float, high: float, each: float | None, share: float) -> str:
    cost = f", for about {each * NEXT_LABELS / 60:.0f} minutes of work" if each else ""
    return (
        f"The next {NEXT_LABELS} labels will bring about {100 * value:.1f} points of macro F1 "
        f"({100 * low:.1f} to {100 * high:.1f} with {share:.0%} certainty, if the curve goes on as "
        f"it went){cost}."
    )


def _moved(points: Sequence[dict[str, Any]]) -> str:
    """A warning where the rounds were not measured on one hold-out."""
    sizes = {tuple(sorted((p["hold_out"] or {}).items())) for p in points}
    if len(sizes) < 2:
        return ""
    return (
        " The hold-out changed between the rounds, so that a part of the rise or fall may be its."
    )

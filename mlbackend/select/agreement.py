"""How far second looks say the same as the first: per action, and on what is a person."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling import api
from labeling.domain.agreement import cohen_kappa
from labeling.domain.taxonomy import LabelKind
from mlbackend.models import QueueItem
from mlbackend.select.selectors import with_video_names

Bools = NDArray[np.bool_]
_RESAMPLES = 1000
_SEED = 0
# Of fewer things an interval would say nothing.
_FEWEST = 10
# So many disagreements are listed, the latest first.
SHOWN = 100


def agreement(project_id: int) -> dict[str, Any]:
    """Second looks compared with what was said first.

    On actions, only tubes that both took for a person count. What somebody was unsure of is
    counted apart.
    """
    rows = QueueItem.objects.filter(project_id=project_id, slice=QueueItem.Slice.SECOND)
    done = list(
        rows.filter(answer=QueueItem.Answer.SECOND)
        .select_related("first_by", "done_by")
        .order_by("done_at", "id")
    )
    compared = [item for item in done if item.answer_detail.get("first") and is_answer(item)]
    return {
        "looks": len(compared),
        "open": rows.filter(state=QueueItem.State.OPEN).count(),
        "unsure": sum("unsure_said" in item.answer_detail for item in done),
        "person": _on_persons(compared),
        "labels": _on_labels(project_id, compared),
        "disagreements": _disagreements(compared),
    }


def is_answer(item: QueueItem) -> bool:
    """Whether the second person could say."""
    return item.answer_detail.get("person") is not None


def figures(first: Bools, second: Bools) -> dict[str, Any]:
    """Two people's yes and no on the same N things, (N,) each.

    Returns:
        n, both, first_only, second_only, neither; kappa with `low` and `high`, its 95 % interval
        over 1,000 resamples of the things. None where kappa is not defined, as where both said the
        same everywhere; no interval for fewer than ten things.
    """
    n = len(first)
    counts = np.array(
        [[np.sum(~first & ~second), np.sum(~first & second)],
         [np.sum(first & ~second), np.sum(first & second)]]
    )  # fmt: skip
    low, high = _interval(counts, n)
    return {
        "n": n,
        "both": int(counts[1, 1]), "first_only": int(counts[1, 0]),
        "second_only": int(counts[0, 1]), "neither": int(counts[0, 0]),
        "kappa": cohen_kappa(counts) if n else None, "low": low, "high": high,
    }  # fmt: skip


def _interval(counts: NDArray[np.int64], n: int) -> tuple[float | None, float | None]:
    """Bootstrap percentiles: drawing N things anew is drawing the four counts anew.

    None for few things, and where one of the two says the same everywhere: every resample would
    give zero.
    """
    is_one_sided = 0 in (*counts.sum(axis=0), *counts.sum(axis=1))
    if n < _FEWEST or is_one_sided:
        return None, None
    rng = np.random.default_rng(_SEED)
    shares = rng.multinomial(n, counts.ravel() / n, size=_RESAMPLES).reshape(-1, 2, 2) / n
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    usable = expected < 1.0
    kappas = (observed[usable] - expected[usable]) / (1.0 - expected[usable])
    low, high = np.percentile(kappas, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def _on_persons(items: Sequence[QueueItem]) -> dict[str, Any]:
    first = np.array([item.answer_detail["first"]["person"] for item in items], dtype=bool)
    return figures(first, np.array([item.answer_detail["person"] for item in items], dtype=bool))


def _on_labels(project_id: int, items: Sequence[QueueItem]) -> list[dict[str, Any]]:
    said = [item.answer_detail for item in items]
    both = [(d["first"]["label_ids"], d["label_ids"]) for d in said if _both_persons(d)]
    return [
        {
            "label_id": label.id,
            "name": label.name,
            **figures(*(_has(label.id, [pair[i] for pair in both]) for i in (0, 1))),
        }
        for label in api.labels(project_id)
        if label.kind is LabelKind.ACTION
    ]


def _both_persons(detail: dict[str, Any]) -> bool:
    return bool(detail["person"] and detail["first"]["person"])


def _has(label_id: int, label_ids: Sequence[Sequence[int]]) -> Bools:
    return np.array([label_id in ids for ids in label_ids], dtype=bool)


def _disagreements(items: Sequence[QueueItem]) -> list[dict[str, Any]]:
    differing = [item for item in reversed(items) if _said(item.answer_detail["first"])
                 != _said(item.answer_detail)][:SHOWN]  # fmt: skip
    if not differing:
        return []
    named = with_video_names(differing[0].project_id, differing)
    return [
        {
            "id": item.pk, "video_id": item.video_id,
            "video_name": item.video_name,  # type: ignore[attr-defined]
            "tube_id": item.tube_id, "tube_number": item.tube_number, "done_at": item.done_at,
            "first_by": item.first_by and item.first_by.username,
            "second_by": item.done_by and item.done_by.username,
            "first": _answer(item.answer_detail["first"]), "second": _answer(item.answer_detail),
        }
        for item in named
    ]  # fmt: skip


def _said(detail: dict[str, Any]) -> tuple[bool, list[int]]:
    return detail["person"], sorted(detail["label_ids"])


def _answer(detail: dict[str, Any]) -> dict[str, Any]:
    return {"person": detail["person"], "label_ids": detail["label_ids"]}

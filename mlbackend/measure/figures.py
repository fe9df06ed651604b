"""Results as the page shows them: summary, classes, curves; plain JSON values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.average_precision import precision_recall
from mlbackend.evaluate.matching import Floats

MOST_POINTS = 200


def result(
    summary: dict[str, float | int | None],
    classes: Sequence[dict[str, Any]],
    *,
    notes: Sequence[str],
    curves: Sequence[dict[str, Any]] = (),
    iou_curve: dict[str, Any] | None = None,
    confusion: dict[str, Any] | None = None,
    top_k: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One evaluation's figures; what a metric does not have is None."""
    return {
        "summary": summary,
        "classes": list(classes),
        "pr_curves": list(curves),
        "iou_curve": iou_curve,
        "confusion": confusion,
        "top_k": top_k,
        "notes": list(notes),
    }


def class_row(label: str, ap: float | None, support: int, **ratios: float) -> dict[str, Any]:
    """A class's figures; those a metric does not have are None."""
    shown = {key: ratios.get(key) for key in ("precision", "recall", "f1")}
    return {"label": label, "ap": number(ap), **shown, "support": int(support)}


def curve(label: str, hit: NDArray[np.bool_], positives: int) -> dict[str, Any]:
    """Precision over recall of detections by falling score: at most 200 points."""
    return drawn(label, *precision_recall(hit, positives))


def drawn(label: str, precision: Floats, recall: Floats) -> dict[str, Any]:
    """The same from precision and recall after each detection."""
    kept = thinned(precision, recall)
    precision, recall = precision[kept], recall[kept]
    return {
        "label": label,
        "recall": np.concatenate([recall[:1] * 0, recall]).tolist(),
        "precision": np.concatenate([precision[:1], precision]).tolist(),
    }


def thinned(precision: Floats, recall: Floats) -> NDArray[np.int64]:
    """Indices of at most 199 points that show the same envelope.

    Between two recalls only the highest precision is seen under an envelope; where there are too
    many recalls, the highest of every 1/199 of them is kept, and the last.
    """
    found = np.flatnonzero(np.diff(recall, prepend=0.0) > 0)
    if len(found) < MOST_POINTS:
        return found
    edges = np.linspace(0, len(found) - 1, MOST_POINTS - 1).astype(np.int64)
    bins = zip(edges[:-1], edges[1:], strict=True)
    best = [int(a) + int(np.argmax(precision[found[a:b]])) for a, b in bins]
    return found[[*best, len(found) - 1]]


def number(value: float | None) -> float | None:
    """None for NaN."""
    return None if value is None or np.isnan(value) else float(value)

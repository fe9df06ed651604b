"""The control that is always on: what the loop would know had chance alone chosen its questions.

A head is trained on the answers of the random slice, by the round's own recipe and on the same
features, and measured on the same hold-out. Random answers are few, so beside it stands a head
trained on as many of the chosen answers, the first ones: the same number on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.classification import report
from mlbackend.evaluate.probabilities import quality
from mlbackend.train.dataset import Dataset, Rows
from mlbackend.train.learning.answered import Answered
from mlbackend.train.loop import Mirror, answers, fit
from mlbackend.train.predictor import ActionModel

# A head of fewer tubes says nothing.
FEWEST_TUBES = 5

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Bench:
    """Where heads are compared: rows with features, a solver of `estimator.RECIPES`, a seed."""

    dataset: Dataset
    solver: str
    seed: int
    mirror: Mirror | None = None


def control(bench: Bench, said: Answered) -> tuple[dict[str, Any] | None, str]:
    """The control's figures, with those of as many chosen answers; or None, and why.

    Args:
        bench: the round's dataset by features that are there.
        said: tubes in order of their answers.
    """
    if not len(bench.dataset.hold_out.Y):
        return None, "Nothing is held out to measure the control on."
    known = set(bench.dataset.train.tube_ids.tolist())
    drawn = [tube_id for tube_id in dict.fromkeys(said.random) if tube_id in known]
    if len(drawn) < FEWEST_TUBES:
        return None, _too_few(len(drawn), set(said.random) & set(bench.dataset.hold_out.tube_ids))
    chosen = [tube_id for tube_id in dict.fromkeys(said.active) if tube_id in known]
    found = _figures(bench, drawn)
    enough = len(chosen) >= len(drawn)
    found["active"] = _figures(bench, chosen[: len(drawn)]) if enough else None
    note = "" if enough else "Fewer were chosen than drawn by chance: nothing to compare with yet."
    return found, note


def _too_few(drawn: int, kept_back: set[str]) -> str:
    note = (
        f"The random slice has {drawn} answers to learn from so far; a control needs "
        f"{FEWEST_TUBES}."
    )
    if not kept_back:
        return note
    return (
        f"{note} {len(kept_back)} more are kept back for measuring, until enough hold-out videos "
        "are annotated."
    )


def chosen_rows(rows: Rows, kept: NDArray[np.bool_]) -> Rows:
    """The rows where `kept` (N,) is true."""
    return Rows(
        rows.X[kept], rows.Y[kept], rows.tube_ids[kept], rows.video_ids[kept], rows.windows[kept]
    )


def figures_of(model: ActionModel, rows: Rows, label_ids: tuple[int, ...]) -> dict[str, Any]:
    """Macro F1 and mean average precision of a model on rows, over the classes they show."""
    whole, _ = quality(rows.Y, probabilities(model, rows, label_ids))
    f1 = report(rows.Y, answers(model, rows, label_ids)).macro.f1
    return {"macro_f1": round(f1, 6), "map": rounded(whole.average_precision)}


def probabilities(
    model: ActionModel, rows: Rows, label_ids: tuple[int, ...]
) -> NDArray[np.float64]:
    """(N, C) probabilities in the order of `label_ids`; 0 for a label the model does not know."""
    p = np.zeros((len(rows.Y), len(label_ids)))
    if len(rows.Y):
        own = model.predict_proba(rows.X)
        for c, label_id in enumerate(label_ids):
            if label_id in model.label_ids:
                p[:, c] = own[:, model.label_ids.index(label_id)]
    return p


def rounded(value: float | None) -> float | None:
    """For the round's row: six digits, None where there is no figure."""
    return None if value is None or np.isnan(value) else round(float(value), 6)


def _figures(bench: Bench, tubes: Sequence[str]) -> dict[str, Any]:
    """Figures of a head trained on these tubes alone."""
    dataset = bench.dataset
    kept = np.isin(dataset.train.tube_ids, list(tubes))
    part = replace(dataset, train=chosen_rows(dataset.train, kept))
    model = fit(part, bench.solver, bench.seed, bench.mirror)
    return {"labels": len(tubes), **figures_of(model, dataset.hold_out, dataset.label_ids)}

"""All that a round finds out beside its decision: `Round.learning`, written where it compares.

Nothing here decides, and nothing here may cost a round: a part that fails is logged, and its note
says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from labeling.domain.errors import JobCancelled
from mlbackend.evaluate.probabilities import quality
from mlbackend.models import ModelVersion, Round
from mlbackend.train.card_figures import f1_intervals
from mlbackend.train.learning.answered import answered
from mlbackend.train.learning.before import gain_over_earlier
from mlbackend.train.learning.control import control, probabilities, rounded
from mlbackend.train.learning.diff import Said, difference
from mlbackend.train.learning.meaning import changed_since
from mlbackend.train.learning.pairs import bench_rows, diff_file, tubes_of
from mlbackend.train.learning.stop_set import agreement
from mlbackend.train.loop import answers, bootstrap_groups

if TYPE_CHECKING:
    from mlbackend.train.loop import Outcome
    from mlbackend.train.recipes import Learned, Work

log = logging.getLogger(__name__)

Part = TypeVar("Part")


def learning_figures(
    running: Round,
    work: Work,
    learned: Learned,
    outcome: Outcome,
    champion: ModelVersion | None,
) -> dict[str, Any]:
    """Work out a round's further figures; JSON, with None where there is no figure.

    The cases won and lost against the champion are left in the work's folder and added to the
    model's files.

    Args:
        champion: the model it was compared with.

    Raises:
        JobCancelled: a person stopped it.
    """
    changed = changed_since(champion, running)
    found = {"labels": outcome.dataset.train.tubes, **_measured(outcome, work.seed)}
    for name, part, without in (
        ("control", lambda: _control(running, work, learned, outcome), (None, _FAILED)),
        ("kappa", lambda: _kappa(work, learned, changed), None),
        ("gain", lambda: gain_over_earlier(work, learned, outcome, champion, changed), None),
        ("diff", lambda: _diff(work, learned, outcome, champion), None),
    ):
        found[name] = _tried(running, name, part, without)
    found["control"], found["control_note"] = found["control"]
    return found


_FAILED = "It failed unexpectedly; the worker's log says why."


def _tried(running: Round, name: str, part: Callable[[], Part], without: Part) -> Part:
    try:
        return part()
    except JobCancelled:
        raise
    except Exception:
        log.exception("%s of %s could not be worked out", name, running)
        return without


def _measured(outcome: Outcome, seed: int) -> dict[str, Any]:
    """Figures on the hold-out, over all and of each class."""
    dataset, rows = outcome.dataset, outcome.dataset.hold_out
    label_ids = dataset.label_ids
    whole, each = quality(rows.Y, probabilities(outcome.model, rows, label_ids))
    found: dict[str, Any] = {
        "hold_out": {"rule": dataset.rule.value, "tubes": rows.tubes, "videos": rows.videos},
        "macro_f1": None,
        "macro_f1_low": None,
        "macro_f1_high": None,
        "map": rounded(whole.average_precision),
        "ece": rounded(whole.ece),
        "brier": rounded(whole.brier),
        "classes": _counted(outcome),
    }
    for row, own in zip(found["classes"], each, strict=True):
        row |= {
            "ap": rounded(own.average_precision),
            "ece": rounded(own.ece),
            "brier": rounded(own.brier),
        }
    if len(rows.Y):
        groups, found["redrawn"] = bootstrap_groups(dataset)
        said = answers(outcome.model, rows, label_ids)
        macro, intervals = f1_intervals(rows.Y, said, groups, seed)
        found |= _interval("macro_f1", macro)
        for row, interval in zip(found["classes"], intervals, strict=True):
            row |= _interval("f1", interval)
    return found


def _interval(name: str, found: Any) -> dict[str, Any]:
    return {
        name: rounded(found.value),
        f"{name}_low": rounded(found.low),
        f"{name}_high": rounded(found.high),
    }


def _counted(outcome: Outcome) -> list[dict[str, Any]]:
    """Each class with how much of it there was to learn from and to measure on."""
    dataset = outcome.dataset
    train, held = dataset.train, dataset.hold_out
    every = np.arange(len(dataset.label_ids))
    columns = zip(
        dataset.label_ids,
        dataset.label_names,
        train.positives().tolist(),
        train.negatives().tolist(),
        train.tubes_showing(every),
        held.positives().tolist(),
        held.negatives().tolist(),
        held.tubes_showing(every),
        strict=True,
    )
    names = (
        *("label_id", "name", "train_yes", "train_no", "train_tubes"),
        *("hold_out_yes", "hold_out_no", "hold_out_tubes"),
    )
    nothing = {"f1": None, "f1_low": None, "f1_high": None}
    return [dict(zip(names, column, strict=True)) | nothing for column in columns]


def _control(
    running: Round, work: Work, learned: Learned, outcome: Outcome
) -> tuple[dict[str, Any] | None, str]:
    bench, why = bench_rows(work, learned, outcome)
    if bench is None:
        return None, why
    found, note = control(bench, answered(running.project_id))
    return found, " ".join(part for part in (why, note) if part)


def _kappa(work: Work, learned: Learned, changed: frozenset[int]) -> dict[str, Any] | None:
    if work.champion is None:
        return None
    return agreement(work.content, learned.model, learned.descriptor, work.champion, changed)


def _diff(
    work: Work, learned: Learned, outcome: Outcome, champion: ModelVersion | None
) -> dict[str, int] | None:
    """Write the cases beside the model; how many there are."""
    if champion is None or work.champion is None or outcome.champion_rows is None:
        return None
    rows, columns = outcome.dataset.hold_out, list(outcome.shared)
    ids, names = outcome.dataset.label_ids, outcome.dataset.label_names

    def said(model: Any, seen: Any) -> Said:
        return Said(
            probabilities(model, seen, ids)[:, columns], answers(model, seen, ids)[:, columns]
        )

    found = difference(
        rows,
        rows.Y[:, columns],
        said(outcome.model, rows),
        said(work.champion.model, outcome.champion_rows),
        [{"id": ids[c], "name": names[c]} for c in columns],
        tubes_of(work.content),
    )
    name = diff_file(champion)
    path = work.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found | {"windows": len(rows.Y), "left_out": 0}))
    learned.files[name] = path
    return {
        "won": sum(row["won"] for row in found["per_class"]),
        "lost": sum(row["lost"] for row in found["per_class"]),
    }

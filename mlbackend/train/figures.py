"""The figures of a round as they travel over the wire and into the manifest."""

from typing import Any

from mlbackend.evaluate.classification import Ratios, Report
from mlbackend.train.dataset import Dataset, Rows
from mlbackend.train.loop import Outcome


def metrics(report: Report, label_ids: tuple[int, ...], names: tuple[str, ...]) -> dict[str, Any]:
    """A report with its labels: accuracy, micro, macro, one entry per class, and n windows."""
    return {
        "accuracy": report.accuracy,
        "micro": _ratios(report.micro),
        "macro": _ratios(report.macro),
        "per_class": [
            {"label_id": label_id, "name": name, **_ratios(ratios), "support": support}
            for label_id, name, ratios, support in zip(
                label_ids, names, report.per_class, report.support, strict=True
            )
        ],
        "n": report.n,
    }


def compared(outcome: Outcome) -> dict[str, Any]:
    """The new model's figures, and the champion's on the labels that it knows."""
    dataset = outcome.dataset
    ids, names = dataset.label_ids, dataset.label_names
    shared_ids = tuple(ids[c] for c in outcome.shared)
    shared_names = tuple(names[c] for c in outcome.shared)
    return {
        "candidate": metrics(outcome.candidate, ids, names),
        "champion": outcome.champion and metrics(outcome.champion, shared_ids, shared_names),
    }


def counts(dataset: Dataset) -> dict[str, dict[str, int]]:
    """Positive windows of every class, by name, in both sets."""
    return {
        "train": _positives(dataset.train, dataset.label_names),
        "hold_out": _positives(dataset.hold_out, dataset.label_names),
    }


def _positives(rows: Rows, names: tuple[str, ...]) -> dict[str, int]:
    return {name: int(n) for name, n in zip(names, rows.positives(), strict=True)}


def _ratios(ratios: Ratios) -> dict[str, float]:
    return {"precision": ratios.precision, "recall": ratios.recall, "f1": ratios.f1}

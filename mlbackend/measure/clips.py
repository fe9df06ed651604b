"""Metric `clips`: did people confirm the actions that were proposed on a tube?

Precision and recall are of the answers; average precision takes them by falling score. Missed
actions count as never found.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.average_precision import envelope_area, precision_recall
from mlbackend.evaluate.classification import NOT_ASKED, Report, report
from mlbackend.measure import figures
from mlbackend.measure.clip_rows import Rows, from_file, from_proposals
from mlbackend.measure.project import Measured, nothing

EVALUATORS = ("per-tube",)
NOBODY = "(none)"
TOP = (1, 5)


def evaluate(measured: Measured) -> dict[str, Any]:
    """Accuracy, precision, recall and F1 per action, micro and macro; confusion; top-1 and top-5.

    Raises:
        InvalidInput: no tube was reviewed for actions, or none was ever proposed.
    """
    names = measured.labels_of("action")
    if measured.predictions:
        rows, notes = from_file(measured, list(names)), measured.notes
    else:
        rows = from_proposals(measured, list(names))
        notes = measured.honest()
    rows = rows.asked()
    if not len(rows.truth):
        raise nothing("no confirmed tube was reviewed for actions that a run could have proposed")
    return _result(rows, list(names.values()), notes)


def _result(rows: Rows, names: list[str], notes: list[str]) -> dict[str, Any]:
    done = report(rows.truth.astype(np.int64), rows.proposed)
    aps = np.array([_average_precision(rows, index) for index in range(len(names))])
    shown = [c for c in range(len(names)) if (rows.truth[:, c] != NOT_ASKED).any()]
    known = aps[~np.isnan(aps)]
    summary = {
        "accuracy": done.accuracy,
        **{f"micro_{key}": getattr(done.micro, key) for key in ("precision", "recall", "f1")},
        **{f"macro_{key}": getattr(done.macro, key) for key in ("precision", "recall", "f1")},
        "mean_AP": float(known.mean()) if len(known) else None,
        "tubes": done.n,
    }
    return figures.result(
        summary,
        [_class_row(names[c], aps[c], done, c) for c in shown],
        notes=notes,
        curves=[figures.curve(names[c], *_hits(rows, c)) for c in shown if done.support[c]],
        confusion=_confusion(rows, names),
        top_k=_top_k(rows),
    )


def _class_row(name: str, ap: float, done: Report, index: int) -> dict[str, Any]:
    one = done.per_class[index]
    return figures.class_row(
        name, ap, done.support[index], precision=one.precision, recall=one.recall, f1=one.f1
    )


def _hits(rows: Rows, index: int) -> tuple[NDArray[np.bool_], int]:
    """Whether the answers of a class, best first, are right, and how many there are to find."""
    truth, scores = rows.truth[:, index], rows.scores[:, index]
    found = (truth != NOT_ASKED) & np.isfinite(scores)
    order = np.argsort(-scores[found], kind="stable")
    return (truth[found] == 1)[order], int((truth == 1).sum())


def _average_precision(rows: Rows, index: int) -> float:
    hit, positives = _hits(rows, index)
    return float(envelope_area(*precision_recall(hit, positives))) if positives else float("nan")


def _confusion(rows: Rows, names: list[str]) -> dict[str, Any]:
    """Rows: what a tube shows; columns: what was proposed for it.

    An action found stands on the diagonal. One that was missed stands in the column of the best
    wrong proposal of its tube that no other missed one has taken, else in the column "(none)";
    a wrong proposal that is left stands in the row "(none)".
    """
    size = len(names)
    matrix = np.zeros((size + 1, size + 1), dtype=np.int64)
    for truth, scores in zip(rows.truth, rows.scores, strict=True):
        answer = np.isfinite(scores) & (truth != NOT_ASKED)
        right = np.flatnonzero(answer & (truth == 1))
        matrix[right, right] += 1
        missed = np.flatnonzero(~answer & (truth == 1)).tolist()
        wrong = np.flatnonzero(answer & (truth == 0))
        taken = wrong[np.argsort(-scores[wrong], kind="stable")].tolist()
        both = max(len(missed), len(taken))
        for row, column in zip(
            missed + [size] * (both - len(missed)),
            taken + [size] * (both - len(taken)),
            strict=True,
        ):
            matrix[row, column] += 1
    kept = np.flatnonzero(matrix.sum(axis=0) + matrix.sum(axis=1))
    return {
        "labels": [[*names, NOBODY][index] for index in kept],
        "matrix": matrix[np.ix_(kept, kept)].tolist(),
    }


def _top_k(rows: Rows) -> dict[str, Any] | None:
    """Of the tubes that show exactly one action: is it among the k best proposals?"""
    single = (rows.truth == 1).sum(axis=1) == 1
    if not single.any():
        return None
    scores = rows.scores[single]
    own = scores[rows.truth[single] == 1]
    better = (scores > own[:, None]).sum(axis=1)
    found = np.isfinite(own)
    shares = {f"top{k}": float((found & (better < k)).mean()) for k in TOP}
    return {**shares, "tubes_with_one_action": int(single.sum())}

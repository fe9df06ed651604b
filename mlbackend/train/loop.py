"""What every recipe shares: fitting lines, measuring, comparing, deciding; no database."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.classification import (
    NOT_ASKED,
    Report,
    count,
    count_by_group,
    macro_f1,
    report,
)
from mlbackend.evaluate.compare import Difference, paired_bootstrap
from mlbackend.evaluate.promotion import (
    FEWEST_VIDEOS,
    Decision,
    Measured,
    decide_first,
    decide_next,
    decide_unlike,
    many,
)
from mlbackend.select.acquisition import DEFAULT, query_strategy
from mlbackend.select.modal_shim import ActiveLearner
from mlbackend.train.dataset import (
    Dataset,
    Features,
    Rows,
    hold_out_rows,
    numbered,
)
from mlbackend.train.estimator import ActionEstimator
from mlbackend.train.holdout import HINTS, HoldOut
from mlbackend.train.predictor import ActionModel, Champion

# (N, D) features to (N, D); None where a descriptor cannot tell.
Mirror = Callable[[NDArray[np.float64]], NDArray[np.float64] | None]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a round found.

    Attributes:
        candidate: figures on all labels of the dataset.
        champion: figures on the labels that mean the same to it, whose columns in the dataset are
            `shared`; None where there was nothing to compare with.
        champion_rows: the hold-out as the champion reads it, where it was compared.
    """

    model: ActionModel
    dataset: Dataset
    candidate: Report
    champion: Report | None
    shared: tuple[int, ...]
    decision: Decision
    champion_rows: Rows | None = None


def judge(
    content: dict[str, Any],
    dataset: Dataset,
    model: ActionModel,
    champion: Champion | None,
    champion_features: Features | None,
    seed: int,
    changed: Collection[int] = (),
) -> Outcome:
    """Decide whether a trained model is better than the champion, on the same hold-out windows.

    Args:
        content: the snapshot's content the dataset is from.
        champion: the model in use, if there is one.
        champion_features: windows and features of a held-out tube by the champion's own
            descriptor; None where both read the same.
        seed: makes the draws of the comparison repeatable.
        changed: ids of labels whose meaning changed since the champion learned them; they are
            not compared on.
    """
    rows = dataset.hold_out
    if champion is not None and champion_features is not None:
        rows = hold_out_rows(content, dataset.label_ids, champion_features)
    return _judged(dataset, model, champion, rows, seed, frozenset(changed))


def fit(dataset: Dataset, recipe: str, seed: int, mirror: Mirror | None = None) -> ActionModel:
    """Train one model through modAL's learner, which the same strategies query later."""
    np.random.seed(seed)  # modAL itself draws from numpy's global state
    rows = dataset.train
    X, Y, groups = rows.X, rows.Y, rows.groups
    mirrored = mirror(X) if mirror is not None else None
    if mirrored is not None:
        X = np.concatenate([X, mirrored])
        Y, groups = np.tile(Y, (2, 1)), np.tile(groups, 2)
    learner = ActiveLearner(
        ActionEstimator(dataset.label_ids, recipe, seed),
        query_strategy(DEFAULT, np.random.default_rng(seed)),
        X_training=X,
        y_training=Y,
        groups=groups,
    )
    return learner.estimator.model_


def answers(model: ActionModel, rows: Rows, label_ids: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N, C) answers in the order of `label_ids`; a label the model does not know is never said."""
    said = np.zeros((len(rows.Y), len(label_ids)), dtype=bool)
    if len(rows.Y):
        predicted = model.predict(rows.X)
        for c, label_id in enumerate(label_ids):
            if label_id in model.label_ids:
                said[:, c] = predicted[:, model.label_ids.index(label_id)]
    return said


def _judged(
    dataset: Dataset,
    model: ActionModel,
    champion: Champion | None,
    champion_rows: Rows,
    seed: int,
    changed: frozenset[int],
) -> Outcome:
    """Compare; `champion_rows` are the hold-out's as the champion's descriptor sees them."""
    rows, label_ids = dataset.hold_out, dataset.label_ids
    said = answers(model, rows, label_ids)
    candidate = report(rows.Y, said)
    if champion is None or not _readable(champion, champion_rows):
        trivial = float(macro_f1(count(rows.Y, np.ones_like(said))))
        decision = decide_first(candidate, trivial, measured(dataset))
        return Outcome(model, dataset, candidate, None, (), _hinted(decision, dataset.rule, ""))
    shared = shared_columns(label_ids, champion.model, changed)
    if not len(shared):
        decision = decide_unlike(_changed_names(dataset, champion.model, changed), dataset.unit)
        return Outcome(model, dataset, candidate, None, (), _hinted(decision, dataset.rule, ""))
    truth, new_said = rows.Y[:, shared], said[:, shared]
    old_said = answers(champion.model, champion_rows, label_ids)[:, shared]
    old = report(truth, old_said)
    decision = decide_next(
        report(truth, new_said),
        old,
        _difference(dataset, truth, new_said, old_said, seed),
        measured(dataset, shared),
        tuple(dataset.label_names[c] for c in shared),
        rows.tubes_showing(shared),
    )
    decision = _hinted(decision, dataset.rule, _seen_before(champion, dataset))
    columns = tuple(shared.tolist())
    return Outcome(model, dataset, candidate, old, columns, decision, champion_rows)


def measured(dataset: Dataset, columns: NDArray[np.int64] | None = None) -> Measured:
    """How large the hold-out of a dataset is, for the labels in these columns or for all."""
    rows = dataset.hold_out
    truth = rows.Y if columns is None else rows.Y[:, columns]
    asked = (truth != NOT_ASKED).any(axis=1)
    videos = len(np.unique(rows.video_ids[asked])) if dataset.rule is HoldOut.VIDEOS else None
    shown = int((truth == 1).any(axis=0).sum())
    return Measured(len(np.unique(rows.tube_ids[asked])), videos, dataset.unit, shown)


def shared_columns(
    label_ids: tuple[int, ...], other: ActionModel, changed: Collection[int] = ()
) -> NDArray[np.int64]:
    """The places in `label_ids` of labels that mean the same to another model."""
    same = [i for i in other.label_ids if i not in changed]
    return np.flatnonzero(np.isin(label_ids, same))


def _changed_names(
    dataset: Dataset, other: ActionModel, changed: frozenset[int]
) -> tuple[str, ...]:
    both = set(other.label_ids) & changed
    labels = zip(dataset.label_ids, dataset.label_names, strict=True)
    return tuple(name for label_id, name in labels if label_id in both)


def _difference(
    dataset: Dataset,
    truth: NDArray[np.int8],
    new_said: NDArray[np.bool_],
    old_said: NDArray[np.bool_],
    seed: int,
) -> Difference | None:
    if not len(truth):
        return None
    groups, _ = bootstrap_groups(dataset)
    return paired_bootstrap(
        count_by_group(truth, new_said, groups),
        count_by_group(truth, old_said, groups),
        np.random.default_rng(seed),
    )


def _readable(champion: Champion, rows: Rows) -> bool:
    """Whether the champion reads features of this width."""
    return not len(rows.Y) or len(champion.model.mean) == rows.X.shape[1]


def bootstrap_groups(dataset: Dataset) -> tuple[NDArray[np.int64], str]:
    """(N,) what is redrawn in a bootstrap, and its name: the hold-out's videos, or its tubes.

    Of fewer than `FEWEST_VIDEOS` hold-out videos tubes are redrawn, to show some interval at all:
    nothing is decided on so few.
    """
    rows = dataset.hold_out
    if dataset.rule is HoldOut.VIDEOS and rows.videos >= FEWEST_VIDEOS:
        return numbered(rows.video_ids), "videos"
    return rows.groups, many(dataset.unit)


def _seen_before(champion: Champion, dataset: Dataset) -> str:
    """A warning where the champion was trained on what now measures it."""
    trained = set(champion.manifest.get("train_tube_ids", ()))
    both = trained & set(dataset.hold_out.tube_ids.tolist())
    if not both:
        return ""
    return (
        f"The champion was trained on {len(both)} of the {many(dataset.unit)} it is measured on "
        "here, which favors it."
    )


def _hinted(decision: Decision, rule: HoldOut, seen: str) -> Decision:
    reason = " ".join(part for part in (decision.reason, seen, HINTS[rule]) if part)
    return Decision(decision.verdict, reason)

"""What every recipe shares: fitting lines, measuring, comparing, deciding; no database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.classification import Report, count, count_by_group, macro_f1, report
from mlbackend.evaluate.compare import Difference, paired_bootstrap
from mlbackend.evaluate.promotion import Decision, decide_first, decide_next, many
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

# From this many hold-out videos on whole videos are redrawn when models are compared, else tubes.
FEWEST_VIDEOS = 8

# (N, D) features to (N, D); None where a descriptor cannot tell.
Mirror = Callable[[NDArray[np.float64]], NDArray[np.float64] | None]


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a round found.

    Attributes:
        candidate: figures on all labels of the dataset.
        champion: figures on the labels it knows, whose columns in the dataset are `shared`.
    """

    model: ActionModel
    dataset: Dataset
    candidate: Report
    champion: Report | None
    shared: tuple[int, ...]
    decision: Decision


def judge(
    content: dict[str, Any],
    dataset: Dataset,
    model: ActionModel,
    champion: Champion | None,
    champion_features: Features | None,
    seed: int,
) -> Outcome:
    """Decide whether a trained model is better than the champion, on the same hold-out windows.

    Args:
        content: the snapshot's content the dataset is from.
        champion: the model in use, if there is one.
        champion_features: windows and features of a held-out tube by the champion's own
            descriptor; None where both read the same.
        seed: makes the draws of the comparison repeatable.
    """
    rows = dataset.hold_out
    if champion is not None and champion_features is not None:
        rows = hold_out_rows(content, dataset.label_ids, champion_features)
    return _judged(dataset, model, champion, rows, seed)


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
) -> Outcome:
    """Compare; `champion_rows` are the hold-out's as the champion's descriptor sees them."""
    rows, label_ids = dataset.hold_out, dataset.label_ids
    said = answers(model, rows, label_ids)
    candidate = report(rows.Y, said)
    if champion is None or not _comparable(champion, champion_rows, dataset):
        everything = np.ones_like(said)
        trivial = float(macro_f1(count(rows.Y, everything)))
        decision = decide_first(candidate, trivial, rows.tubes, dataset.unit)
        return Outcome(model, dataset, candidate, None, (), _hinted(decision, dataset.rule, ""))
    shared = np.flatnonzero(np.isin(label_ids, champion.model.label_ids))
    truth, new_said = rows.Y[:, shared], said[:, shared]
    old_said = answers(champion.model, champion_rows, label_ids)[:, shared]
    old = report(truth, old_said)
    decision = decide_next(
        report(truth, new_said),
        old,
        _difference(rows, truth, new_said, old_said, seed),
        rows.tubes,
        tuple(dataset.label_names[c] for c in shared),
        rows.tubes_showing(shared),
        dataset.unit,
    )
    decision = _hinted(decision, dataset.rule, _seen_before(champion, dataset))
    return Outcome(model, dataset, candidate, old, tuple(shared.tolist()), decision)


def _difference(
    rows: Rows,
    truth: NDArray[np.int8],
    new_said: NDArray[np.bool_],
    old_said: NDArray[np.bool_],
    seed: int,
) -> Difference | None:
    if not len(truth):
        return None
    groups, _ = bootstrap_groups(rows)
    return paired_bootstrap(
        count_by_group(truth, new_said, groups),
        count_by_group(truth, old_said, groups),
        np.random.default_rng(seed),
    )


def _comparable(champion: Champion, rows: Rows, dataset: Dataset) -> bool:
    """Whether the champion reads these rows and knows one of these labels."""
    same_width = not len(rows.Y) or len(champion.model.mean) == rows.X.shape[1]
    return same_width and bool(set(champion.model.label_ids) & set(dataset.label_ids))


def bootstrap_groups(rows: Rows) -> tuple[NDArray[np.int64], str]:
    """(N,) what is redrawn in a bootstrap, and its name: videos if there are enough, else tubes."""
    if len(np.unique(rows.video_ids)) >= FEWEST_VIDEOS:
        return numbered(rows.video_ids), "videos"
    return rows.groups, "tubes"


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
    return Decision(decision.promoted, reason)

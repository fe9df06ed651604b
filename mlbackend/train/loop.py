"""One round of learning, from a snapshot to a decision; no database.

Read from top to bottom: rows, fit, measure, compare, decide.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlbackend.data.descriptor import Descriptor
from mlbackend.evaluate.classification import Report, count, count_by_group, macro_f1, report
from mlbackend.evaluate.compare import Difference, paired_bootstrap
from mlbackend.evaluate.promotion import Decision, decide_first, decide_next
from mlbackend.select.acquisition import DEFAULT, query_strategy
from mlbackend.select.modal_shim import ActiveLearner
from mlbackend.train.dataset import (
    Dataset,
    Features,
    Rows,
    check_trainable,
    dataset_from,
    numbered,
)
from mlbackend.train.estimator import ActionEstimator
from mlbackend.train.holdout import HINTS, HoldOut
from mlbackend.train.predictor import ActionModel

# From this many hold-out videos on whole videos are redrawn when models are compared, else tubes.
FEWEST_VIDEOS = 8

Progress = Callable[[float, str], None]
# (N, D) features to (N, D).
Mirror = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Champion:
    """The model in use, what it was trained on and what it reads."""

    model: ActionModel
    manifest: dict[str, Any]
    descriptor: Descriptor


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


def round_learn(
    content: dict[str, Any],
    features: Features,
    champion: Champion | None,
    *,
    recipe: str,
    seed: int,
    progress: Progress,
    mirror: Mirror | None = None,
    champion_features: Features | None = None,
) -> Outcome:
    """Train on a snapshot and decide whether the result is better than the champion.

    Args:
        content: a snapshot's content.
        features: windows and features of a reviewed tube.
        champion: the model in use, if there is one.
        recipe: a name of `estimator.RECIPES`.
        seed: makes the round repeatable, bit for bit.
        progress: told the fraction done and what is being done.
        mirror: makes of features those of the mirrored picture, to learn from both; None where
            left and right matter to the actions.
        champion_features: as `features`, by the champion's own descriptor; None where both read
            the same.

    Raises:
        InvalidInput: there is nothing, or too little, to train on.
    """
    dataset = dataset_from(content, features)
    check_trainable(dataset)
    progress(0.6, f"Training on {len(dataset.train.Y)} windows of {dataset.train.tubes} tubes.")
    model = fit(dataset, recipe, seed, mirror)
    progress(0.85, f"Measuring on {dataset.hold_out.tubes} tubes.")
    rows = dataset.hold_out
    if champion is not None and champion_features is not None:
        rows = dataset_from(content, champion_features).hold_out
    return _judged(dataset, model, champion, rows, seed)


def fit(dataset: Dataset, recipe: str, seed: int, mirror: Mirror | None = None) -> ActionModel:
    """Train one model through modAL's learner, which the same strategies query later."""
    np.random.seed(seed)  # modAL itself draws from numpy's global state
    rows = dataset.train
    X, Y, groups = rows.X, rows.Y, rows.groups
    if mirror is not None:
        X = np.concatenate([X, mirror(X)])
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
        decision = decide_first(candidate, trivial, rows.tubes)
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
    groups = _groups(rows)
    return paired_bootstrap(
        count_by_group(truth, new_said, groups),
        count_by_group(truth, old_said, groups),
        np.random.default_rng(seed),
    )


def _comparable(champion: Champion, rows: Rows, dataset: Dataset) -> bool:
    """Whether the champion reads these rows and knows one of these labels."""
    same_width = not len(rows.Y) or len(champion.model.mean) == rows.X.shape[1]
    return same_width and bool(set(champion.model.label_ids) & set(dataset.label_ids))


def _groups(rows: Rows) -> NDArray[np.int64]:
    """What is redrawn in the bootstrap: videos if there are enough, else tubes."""
    enough = len(np.unique(rows.video_ids)) >= FEWEST_VIDEOS
    return numbered(rows.video_ids) if enough else rows.groups


def _seen_before(champion: Champion, dataset: Dataset) -> str:
    """A warning where the champion was trained on what now measures it."""
    trained = set(champion.manifest.get("train_tube_ids", ()))
    both = trained & set(dataset.hold_out.tube_ids.tolist())
    if not both:
        return ""
    return (
        f"The champion was trained on {len(both)} of the tubes it is measured on here, which "
        "favors it."
    )


def _hinted(decision: Decision, rule: HoldOut, seen: str) -> Decision:
    reason = " ".join(part for part in (decision.reason, seen, HINTS[rule]) if part)
    return Decision(decision.promoted, reason)

"""In which order a person should see unreviewed tubes, and why: pure, seeded, no database.

With a model, the least sure and most different tubes come first (`acquisition.DEFAULT`), every
fifth place goes to what looks least like anything learned while there are actions nobody has shown
yet, and one place in seven is a random check. Without a model the most typical tubes come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbackend.select import acquisition
from mlbackend.select.modal_shim import ActiveLearner
from mlbackend.train.predictor import ActionModel

Floats = NDArray[np.float64]

# How many places the acquisition function fills, about what is reviewed between two rounds; what
# follows is in order of uncertainty alone.
BATCH = 20
RANDOM_EVERY = 7
DISCOVERY_EVERY = 5
# Two actions this close are a hesitation; below `NOTHING` no action is seen at all.
CLOSE, NOTHING, SURE = 0.25, 0.15, 0.80


@dataclass(frozen=True, eq=False)
class Candidate:
    """An unreviewed tube.

    Attributes:
        key: names the tube in a way that a project made again would too; candidates are ordered
            by it before anything is drawn.
        score: of the detector, 0 to 1, None if it has none.
        features: (W, D) of its windows, None where they were never computed.
        reserved: kept for measuring, so that only chance may choose it.
    """

    key: tuple[str, int]
    video_id: str
    tube_id: str
    number: int | None
    score: float | None
    features: Floats | None
    reserved: bool = False


@dataclass(frozen=True)
class Ranked:
    """A tube in its place in the queue, with the reason a person reads."""

    candidate: Candidate
    reason: str
    score: float


@dataclass(frozen=True)
class KnownClasses:
    """A model as an acquisition function should see it: only the classes it has learned.

    A class answered by a constant is never uncertain and would only thin the scores out.
    """

    model: ActionModel

    def predict_proba(self, X: Floats) -> Floats:
        """(N, D) features to (N, K) probabilities of the K learned classes."""
        return self.model.predict_proba(X)[:, self.model.learned]


def rank(
    candidates: Sequence[Candidate],
    model: ActionModel | None,
    names: dict[int, str],
    seed: int,
) -> list[Ranked]:
    """Order all candidates.

    Args:
        candidates: unreviewed tubes; their order does not matter.
        model: the champion, None before the first.
        names: of the actions by label id.
        seed: the same seed and candidates give the same list.
    """
    rng = np.random.default_rng(seed)
    ordered = sorted(candidates, key=lambda c: c.key)
    free = [c for c in ordered if not c.reserved]
    with_features = [c for c in free if c.features is not None and len(c.features)]
    without = [c for c in free if c.features is None or not len(c.features)]
    if model is not None and model.learned.any():
        asked = _by_model(with_features, model, names, rng)
        asked = _with_discovery(asked, with_features, model, names)
    else:
        asked = _typical_first(with_features, rng)
    asked += _by_score(without)
    return _with_random_checks(asked, [c for c in ordered if c.reserved], rng)


def _by_model(
    pool: list[Candidate], model: ActionModel, names: dict[int, str], rng: np.random.Generator
) -> list[Ranked]:
    """The acquisition function's batch, then the rest, least sure first."""
    if not pool:
        return []
    X = np.concatenate([c.features for c in pool if c.features is not None])
    groups = np.repeat(np.arange(len(pool)), [len(c.features) for c in pool])  # type: ignore[arg-type]
    known = KnownClasses(model)
    learner = ActiveLearner(known, acquisition.query_strategy(acquisition.DEFAULT, rng))
    batch = min(BATCH, len(pool))
    rows, _, scores = learner.query(X, n_instances=batch, groups=groups, return_metrics=True)
    everything = acquisition.query_strategy("mean_binary_entropy", rng)
    all_rows, all_scores = everything(known, X, len(pool), groups)
    chosen = set(groups[rows].tolist())
    later = [i for i, row in enumerate(all_rows) if int(groups[row]) not in chosen]
    order = [*zip(rows, scores, strict=True)]
    order += [(all_rows[i], all_scores[i]) for i in later]
    p = model.predict_proba(X)
    return [
        Ranked(pool[groups[row]], reason_of(p[row], model, names), float(score))
        for row, score in order
    ]


def reason_of(p: Floats, model: ActionModel, names: dict[int, str]) -> str:
    """What the model thinks of the window it is least sure of, in words.

    Args:
        p: (C,) probabilities of that window.
    """
    learned = np.flatnonzero(model.learned)
    order = learned[np.argsort(-p[learned], kind="stable")]
    top = order[0]
    first = names.get(model.label_ids[top], "an action")
    if p[top] < NOTHING:
        return f"sees no action here ({first} {p[top]:.2f} at most)"
    if len(order) > 1:
        second = order[1]
        if p[top] - p[second] < CLOSE and p[second] >= NOTHING:
            other = names.get(model.label_ids[second], "another")
            return f"hesitates between {first} and {other} ({p[top]:.2f} / {p[second]:.2f})"
    if p[top] >= SURE:
        return f"fairly sure of {first} ({p[top]:.2f})"
    return f"unsure whether it is {first} ({p[top]:.2f})"


def _with_discovery(
    asked: list[Ranked], pool: list[Candidate], model: ActionModel, names: dict[int, str]
) -> list[Ranked]:
    """Give every fifth place to the strangest tube while some action was never seen."""
    never = [
        names[label_id]
        for label_id, constant in zip(model.label_ids, model.constants, strict=True)
        if constant == 0.0 and label_id in names
    ]
    never += [name for label_id, name in names.items() if label_id not in model.label_ids]
    if not never or not pool:
        return asked
    reason = f"never seen: {', '.join(never[:3])}{' …' if len(never) > 3 else ''}"
    strange = [
        (float((((c.features - model.mean) / model.scale) ** 2).mean()), i)
        for i, c in enumerate(pool)
    ]
    wanted = (len(asked) + DISCOVERY_EVERY - 1) // DISCOVERY_EVERY
    wanted = min(wanted, (BATCH + DISCOVERY_EVERY - 1) // DISCOVERY_EVERY)
    picks = [
        Ranked(pool[i], reason, value)
        for value, i in sorted(strange, key=lambda s: (-s[0], s[1]))[:wanted]
    ]
    taken = {pick.candidate.tube_id for pick in picks}
    rest = [item for item in asked if item.candidate.tube_id not in taken]
    return list(_interleaved(rest, picks, DISCOVERY_EVERY))


def _interleaved(rest: list[Ranked], picks: list[Ranked], every: int) -> Iterator[Ranked]:
    """One pick after every ``every - 1`` of the rest, then whatever is left."""
    waiting = iter(picks)
    for place, item in enumerate(rest, start=1):
        yield item
        if place % (every - 1) == 0:
            yield from _next_of(waiting)
    yield from waiting


def _next_of(items: Iterator[Ranked]) -> Iterator[Ranked]:
    item = next(items, None)
    if item is not None:
        yield item


def _typical_first(pool: list[Candidate], rng: np.random.Generator) -> list[Ranked]:
    """Cold start: medoids of k-means, largest cluster first, then by the detector's score."""
    if not pool:
        return []
    X = np.concatenate([c.features for c in pool if c.features is not None])
    groups = np.repeat(np.arange(len(pool)), [len(c.features) for c in pool])  # type: ignore[arg-type]
    choose = acquisition.ACQUISITIONS[acquisition.COLD_START]
    rows, _ = choose(None, X, min(BATCH, len(pool)), rng, groups)
    chosen = [pool[groups[row]] for row in rows]
    first = [Ranked(c, "typical of what nobody has reviewed yet", 0.0) for c in chosen]
    taken = {c.tube_id for c in chosen}
    return first + _by_score([c for c in pool if c.tube_id not in taken])


def _by_score(pool: list[Candidate]) -> list[Ranked]:
    """The clearest detections first: they teach actions before they teach what a person is."""
    ordered = sorted(pool, key=lambda c: (-(c.score or 0.0), c.key))
    return [
        Ranked(c, "not reviewed yet" if c.score is None else f"detector score {c.score:.2f}", 0.0)
        for c in ordered
    ]


def _with_random_checks(
    asked: list[Ranked], reserved: list[Candidate], rng: np.random.Generator
) -> list[Ranked]:
    """Give every seventh place to a random tube: a reserved one while there are any.

    Reserved tubes measure the model, so chance alone may bring them to a person. Without them the
    random tubes are drawn from all the others.
    """
    checks = [reserved[i] for i in rng.permutation(len(reserved))]
    if not checks:
        drawn = rng.choice(len(asked), size=len(asked) // RANDOM_EVERY, replace=False)
        checks = [asked[i].candidate for i in drawn]
        asked = [item for i, item in enumerate(asked) if i not in set(drawn.tolist())]
    picks = [Ranked(c, "random check", 0.0) for c in checks]
    return list(_interleaved(asked, picks, RANDOM_EVERY))

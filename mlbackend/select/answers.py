"""What the model in use says of many tubes, computed block by block: pure, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbackend.select.packed import Place
from mlbackend.select.terms import Terms
from mlbackend.train.predictor import ActionModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# Rows looked at in one go: 50 MB of HOG/HOF in double precision.
BLOCK_ROWS = 4096
# Probabilities this far from 0 and from 1 leave it open.
OPEN = 0.25
# Beyond this the last bits depend on how many threads added up.
DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Answers:
    """Of T tubes.

    Attributes:
        p: (N, C) probabilities of the model's C columns.
        unsure: (T,) mean over its rows of `Terms.score`.
        peak: (T,) the row the model is least sure of.
        strange: (T,) mean square of the standardized features: 1 is usual.
        windows: (N, 2) frames.
    """

    p: Floats
    unsure: Floats
    peak: Ints
    strange: Floats
    windows: Ints


def answers(places: Sequence[Place], model: ActionModel, terms: Terms) -> Answers:
    """Ask the model about every row of these tubes, each of one or more rows."""
    counts = np.array([place.count for place in places], dtype=np.int64)
    edges = np.concatenate([[0], np.cumsum(counts)])
    blocks = [_asked(X, model) for X in _blocks(places)]
    p = np.concatenate([block[0] for block in blocks])
    strange = np.concatenate([block[1] for block in blocks])
    by_row = np.round(terms.score(p), DECIMALS)
    return Answers(
        p=p,
        unsure=np.round(means(by_row, edges), DECIMALS),
        peak=_peaks(by_row, edges),
        strange=np.round(means(strange, edges), DECIMALS),
        windows=np.concatenate([place.windows for place in places]),
    )


def hesitations(said: Answers, terms: Terms) -> list[int]:
    """Of each tube how many labels are neither likely nor unlikely where the model is least sure.

    What it proposes of them is what a person may have to put right.
    """
    p = said.p[said.peak][:, list(terms.columns)]
    return np.asarray((p > OPEN) & (p < 1.0 - OPEN)).sum(axis=1).tolist()


def mean_features(places: Sequence[Place]) -> Floats:
    """(T, D) the mean feature of each tube."""
    return np.stack([place.rows.mean(axis=0, dtype=np.float64) for place in places])


def rows_of(places: Sequence[Place]) -> tuple[Floats, Ints]:
    """(N, D) all rows of these tubes, and (N,) the place of each one's tube."""
    counts = [place.count for place in places]
    X = np.concatenate([place.rows for place in places]).astype(np.float64)
    return X, np.repeat(np.arange(len(places)), counts)


def means(by_row: Floats, edges: Ints) -> Floats:
    """(T,) mean of (N,) over the rows of each tube."""
    return np.add.reduceat(by_row, edges[:-1]) / np.diff(edges)


def _blocks(places: Sequence[Place]) -> list[list[Place]]:
    """Tubes gathered until they have `BLOCK_ROWS` rows."""
    blocks: list[list[Place]] = [[]]
    rows = 0
    for place in places:
        if rows >= BLOCK_ROWS:
            blocks.append([])
            rows = 0
        blocks[-1].append(place)
        rows += place.count
    return blocks


def _asked(places: list[Place], model: ActionModel) -> tuple[Floats, Floats]:
    """Probabilities (n, C) and strangeness (n,) of a block's rows."""
    X = np.concatenate([place.rows for place in places]).astype(np.float64)
    p = np.round(model.predict_proba(X), DECIMALS)
    X -= model.mean
    X /= model.scale
    return p, np.einsum("nd,nd->n", X, X) / X.shape[1]


def _peaks(by_row: Floats, edges: Ints) -> Ints:
    """(T,) the row of each tube with the highest value, the first of equals."""
    group = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    order = np.lexsort((np.arange(len(by_row)), -by_row, group))
    return order[edges[:-1]]

"""Disagreement: tubes that several models, fitted on different draws, answer differently.

A committee is whatever has ``vote_proba(X) -> (N, M, C)``: modAL's Committee, or one net asked M
times with dropout on. Vote entropy and the largest divergence from the consensus are modAL's own;
it has no mutual information.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.select import modal_shim
from mlbackend.select.pool import (
    Acquisition,
    Floats,
    Ints,
    Picked,
    Pool,
    answered,
    by_tube,
    least_sure_first,
)
from mlbackend.select.uncertainty import entropy


@dataclass(frozen=True, eq=False)
class _Ballots:
    """(N, M, C) answers in the shape modAL's measures ask for, with classes numbered 0..C-1."""

    answers: Floats

    def __len__(self) -> int:
        return self.answers.shape[1]

    def __iter__(self) -> Any:
        return iter(range(len(self)))

    @property
    def classes_(self) -> Ints:
        return np.arange(self.answers.shape[2])

    def vote(self, _rows: Floats) -> Ints:
        return self.answers.argmax(axis=2)

    def vote_proba(self, _rows: Floats) -> Floats:
        return self.answers


def vote_entropy_of(answers: Floats) -> Floats:
    """(N, M, C) to (N,): entropy in nats of the share of members that vote for each class.

    Dagan and Engelson 1995, not divided by its largest value.
    """
    return modal_shim.vote_entropy(_Ballots(answers), answers[:, 0])


def kl_of(answers: Floats) -> Floats:
    """(N, M, C) to (N,): of all members the largest divergence from their mean, nats.

    McCallum and Nigam 1998 take the mean over the members, modAL the largest.
    """
    return modal_shim.KL_max_disagreement(_Ballots(answers), answers[:, 0])


def mutual_information(answers: Floats) -> Floats:
    """(N, M, C) to (N,): entropy of the mean less the mean of the entropies, nats, >= 0.

    What learning which member is right would tell about the answer: Houlsby et al. 2011 (BALD).
    """
    inside = np.stack([entropy(answers[:, m]) for m in range(answers.shape[1])])
    return np.maximum(entropy(answers.mean(axis=1)) - inside.mean(axis=0), 0.0)


def _most_disputed(measure: Callable[[Floats], Floats]) -> Acquisition:
    def pick(learner: Any, pool: Pool, n: int, rng: np.random.Generator) -> Picked:
        by_row = measure(_answers(learner, pool))
        score = pool.mean(by_row)
        order = least_sure_first(score, rng)[:n]
        return Picked(order, score[order], by_row)

    return by_tube(pick)


def _answers(learner: Any, pool: Pool) -> Floats:
    """(N, M, C) of a committee of two or more.

    Raises:
        InvalidInput: it is one model alone, or not fitted.
    """
    answers = answered(learner, "vote_proba", pool.X)
    if answers.ndim != 3 or answers.shape[1] < 2:
        raise InvalidInput(
            f"A committee disagrees from two members on; its answers have shape {answers.shape}."
        )
    return answers


vote_entropy = _most_disputed(vote_entropy_of)
committee_kl = _most_disputed(kl_of)
bald = _most_disputed(mutual_information)

"""In which order unreviewed tubes are worth a person's time, and why: no database.

With a model that knows its labels, the acquisition function chooses a batch and the rest follows
least sure first. Before that the most typical tubes come first, and where nothing was computed of
a tube yet, the detector's score says when.

The start ends when every action has `ENOUGH` examples to learn from, or when there are so many in
all that each would have as many if they were equally frequent, and two actions have: what has not
turned up by then is rare, and the quota for actions never seen looks for it. To wait for the last
action would be to wait for ever where there are eighty, as in AVA; and the measured gain over
random began at two labels a class. Only actions with enough examples count as uncertain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlbackend.select import reasons
from mlbackend.select.answers import Answers
from mlbackend.select.candidates import TubeCandidate
from mlbackend.select.choosing import (
    Choose,
    Unreviewed,
    in_order,
    most_per_video,
    spread_over_videos,
)
from mlbackend.select.cost import Facts
from mlbackend.select.packed import Place
from mlbackend.select.terms import Terms
from mlbackend.train.predictor import Champion

Ints = NDArray[np.int64]

# Examples, in windows, from which on an action can be uncertain rather than unknown.
ENOUGH = 5
COLD, UNCERTAINTY, SCORE = "cold start", "uncertainty", "detector score"


def examples(champion: Champion | None) -> dict[int, int | None]:
    """Windows that taught each label of the model in use; None where its manifest does not say."""
    if champion is None:
        return {}
    counts = champion.manifest.get("counts", {}).get("train", {})
    names = {label["id"]: label["name"] for label in champion.manifest.get("labels", ())}
    return {i: counts.get(names.get(i)) for i in champion.model.label_ids}


def ripe(champion: Champion | None, actions: Mapping[int, str]) -> list[int]:
    """The actions asked about that the model has learned from enough examples."""
    if champion is None:
        return []
    counts = examples(champion)
    return [
        label_id
        for label_id, learned in zip(champion.model.label_ids, champion.model.learned, strict=True)
        if learned and label_id in actions and _is_enough(counts[label_id])
    ]


def is_cold(champion: Champion | None, actions: Mapping[int, str]) -> bool:
    """Whether it is too early to ask what the model is unsure of; see the module's description."""
    ready = len(ripe(champion, actions))
    if ready < min(2, len(actions)) or not ready:
        return True
    counts = examples(champion)
    known = sum(counts.get(label_id) or 0 for label_id in actions)
    return ready < len(actions) and not _is_unsaid(counts) and known < ENOUGH * len(actions)


def unlearned(champion: Champion, actions: Mapping[int, str]) -> list[int]:
    """The actions asked about of which the model in use has no example at all."""
    counts = examples(champion)
    constants = dict(zip(champion.model.label_ids, champion.model.constants, strict=True))
    return [
        label_id
        for label_id in actions
        if label_id not in counts or counts[label_id] == 0 or constants[label_id] == 0.0
    ]


def _is_unsaid(counts: Mapping[int, int | None]) -> bool:
    """Whether the model's manifest does not say what taught it, as that of older ones."""
    return all(count is None for count in counts.values())


def _is_enough(count: int | None) -> bool:
    return count is None or count >= ENOUGH


@dataclass(frozen=True, eq=False)
class TubeRanking:
    """The tubes of a project, ranked.

    Attributes:
        tubes: all candidates, in order of their keys.
        known: places of those with features; `places`, `answers` are of these, in this order.
        names: of the model's columns, for reasons.
        terms: what counts as uncertain.
        phase: "cold start", "uncertainty" or "detector score".
        choose: of places in `known`.
        doubt: by which tubes are ordered where there are no actions to ask about; else None.
        facts: what the time to answer depends on, of every tube.
    """

    tubes: Sequence[TubeCandidate]
    known: Ints
    places: Sequence[Place]
    answers: Answers | None
    names: Mapping[int, str]
    terms: Terms
    phase: str
    choose: Choose | None = None
    pool: Unreviewed | None = None
    doubt: Sequence[float] | None = None
    facts: Sequence[Facts] = ()
    _row: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._row.update({int(tube): row for row, tube in enumerate(self.known)})

    def chosen(self, free: Sequence[int], n: int, batch: int) -> list[int]:
        """The n of these tubes that make a batch, best first."""
        video_of = [tube.scene.video.sha256 for tube in self.tubes]
        most = most_per_video(batch, len({video_of[i] for i in free}))
        found: list[int] = []
        rows = np.array([self._row[i] for i in free if i in self._row], dtype=np.int64)
        if self.choose is not None and len(rows):
            of_rows = [video_of[i] for i in self.known]
            picked = spread_over_videos(self.choose, rows, n, of_rows, most)
            found = [int(self.known[row]) for row in picked]
        if len(found) < n:
            taken = set(found)
            left = np.array([i for i in free if i not in taken], dtype=np.int64)
            by_score = in_order(np.array(self._by_score(left.tolist()), dtype=np.int64))
            found += spread_over_videos(by_score, left, n - len(found), video_of, most)
        return found

    def rest(self, free: Sequence[int]) -> list[int]:
        """These tubes in order after the batch: least sure first, then by the detector's score."""
        if self.phase != UNCERTAINTY or self.pool is None:
            return self._by_score(free)
        worth, ties = self.pool.worth, self.pool.ties
        known = [i for i in free if i in self._row]
        unknown = [i for i in free if i not in self._row]
        return sorted(
            known, key=lambda i: (-worth[self._row[i]], ties[self._row[i]])
        ) + self._by_score(unknown)

    def strangest(self, free: Sequence[int], n: int, batch: int) -> list[int]:
        """The n of these tubes that look least like anything learned."""
        if self.answers is None or n < 1:
            return []
        rows = np.array([self._row[i] for i in free if i in self._row], dtype=np.int64)
        order = rows[np.argsort(-self.answers.strange[rows], kind="stable")]
        of_rows = [self.tubes[i].scene.video.sha256 for i in self.known]
        most = most_per_video(batch, len({of_rows[row] for row in rows}))
        picked = spread_over_videos(in_order(order), rows, min(n, len(rows)), of_rows, most)
        return [int(self.known[row]) for row in picked]

    def score(self, i: int) -> float:
        """Of the acquisition function: how unsure the model is of a tube; 0 where nobody asked."""
        if self.phase != UNCERTAINTY or self.answers is None or i not in self._row:
            return 0.0
        return float(self.answers.unsure[self._row[i]])

    def reason(self, i: int, *, in_batch: bool) -> str:
        """Why the tube is asked about."""
        tube = self.tubes[i].tube
        if i not in self._row or self.phase == SCORE:
            return reasons.detector_score(tube.score)
        if self.phase == COLD:
            return reasons.TYPICAL if in_batch else reasons.detector_score(tube.score)
        return self.hesitation(i)

    def hesitation(self, i: int) -> str:
        """What the model thinks of the window it is least sure of."""
        p, row = self.peak(i)
        assert self.answers is not None
        names = [self.names[column] for column in self.terms.columns]
        times_s = self.tubes[i].scene.times_s
        start, end = self.answers.windows[row]
        return reasons.hesitation(p, names, float(times_s[start] + times_s[end]) / 2)

    def peak(self, i: int) -> tuple[NDArray[np.float64], int]:
        """Probabilities of the labels that count in the window the model is least sure of."""
        assert self.answers is not None
        row = int(self.answers.peak[self._row[i]])
        return self.answers.p[row, list(self.terms.columns)], row

    def _by_score(self, free: Sequence[int]) -> list[int]:
        """The clearest first: they teach actions before they teach what a person is.

        Where there are no actions to ask about, the most doubtful first.
        """
        if self.doubt is not None:
            doubt = self.doubt
            return sorted(free, key=lambda i: (-doubt[i], i))
        return sorted(free, key=lambda i: (-(self.tubes[i].tube.score or 0.0), i))

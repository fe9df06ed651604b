"""From a candidate in its place to what a person is shown: its questions and their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlbackend.select import reasons
from mlbackend.select.candidates import SegmentCandidate, TubeCandidate
from mlbackend.select.cost import CostModel, Facts
from mlbackend.select.doubts import Doubt
from mlbackend.select.draws import is_blind
from mlbackend.select.ordering import Placed
from mlbackend.select.ranking import TubeRanking
from mlbackend.select.segments import AskedSegment
from mlbackend.select.slices import CHOSEN, DISCOVERY, RANDOM
from mlbackend.select.stretches import AskedStretch
from mlbackend.select.viewing import Question, QuestionKind, Viewing

# Digits that survive another order of adding up.
DECIMALS = 6
PROBABILITY_DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Asking:
    """All that viewings are made from.

    Attributes:
        segments: asked ones by key. doubts: by tube id.
        looks_for: which actions the quota for discovery looks for, in words.
        by: what `asked_by` says of every viewing.
        cost: expected seconds, None while too few answers were timed.
    """

    ranking: TubeRanking
    segments: Mapping[tuple[Any, ...], AskedSegment]
    doubts: Mapping[str, Sequence[Doubt]]
    looks_for: str
    has_actions: bool
    blind_share: float
    by: Mapping[str, Any]
    cost: CostModel | None

    @cached_property
    def places(self) -> dict[tuple[Any, ...], int]:
        """Where each tube stands in the ranking, by its key."""
        return {tube.key: i for i, tube in enumerate(self.ranking.tubes)}

    def viewing(self, placed: Placed) -> Viewing:
        """What a person is shown of a tube or a segment."""
        if isinstance(placed.candidate, SegmentCandidate):
            return self._of_segment(placed, placed.candidate)
        return self._of_tube(placed, placed.candidate)

    def stretch(self, asked: AskedStretch) -> Viewing:
        """What a person is shown of a stretch of a video."""
        video = asked.scene.video
        length_s = asked.scene.seconds(asked.start_frame, asked.end_frame)
        return Viewing(
            kind="stretch",
            key=asked.key,
            video_id=video.id,
            questions=(Question(QuestionKind.MISSING, asked.reason),),
            start_frame=asked.start_frame,
            end_frame=asked.end_frame,
            score=round(asked.score, DECIMALS),
            slice=CHOSEN if asked.probability is None else RANDOM,
            probability=asked.probability and round(asked.probability, PROBABILITY_DECIMALS),
            asked_by=self._by(Facts("stretch", length_s)) | {"acquisition": asked.by},
        )

    def _of_tube(self, placed: Placed, candidate: TubeCandidate) -> Viewing:
        tube = candidate.tube
        place = self.places[candidate.key]
        by_chance = placed.slice == RANDOM
        blind = by_chance and self.has_actions and is_blind(candidate.key, self.blind_share)
        lead = self._lead(placed, place, tube.id)
        return Viewing(
            kind="tube",
            key=candidate.key,
            video_id=candidate.scene.video.id,
            questions=questions_of(lead, self.doubts.get(tube.id, ())),
            tube_id=tube.id,
            tube_number=tube.number,
            start_frame=tube.start_frame,
            end_frame=tube.end_frame,
            score=0.0 if by_chance else round(self.ranking.score(place), DECIMALS),
            slice=placed.slice,
            blind=blind,
            probability=placed.probability and round(placed.probability, PROBABILITY_DECIMALS),
            asked_by=self._by(self.ranking.facts[place], blind) | {"batch": placed.batch},
        )

    def _of_segment(self, placed: Placed, candidate: SegmentCandidate) -> Viewing:
        asked, span = self.segments[candidate.key], candidate.span
        by_chance = placed.slice == RANDOM
        reason = reasons.RANDOM if by_chance else asked.reason
        facts = Facts(
            "segment", candidate.scene.seconds(span.start_frame, span.end_frame), 1, asked.score
        )
        return Viewing(
            kind="segment",
            key=candidate.key,
            video_id=candidate.scene.video.id,
            questions=(Question(QuestionKind.BOUNDARY, reason),),
            span_id=span.id,
            label_id=span.label_id,
            start_frame=span.start_frame,
            end_frame=span.end_frame,
            score=0.0 if by_chance else round(asked.score, DECIMALS),
            slice=placed.slice,
            probability=placed.probability and round(placed.probability, PROBABILITY_DECIMALS),
            asked_by=self._by(facts)
            | {"batch": placed.batch, "acquisition": "segment uncertainty"},
        )

    def _lead(self, placed: Placed, place: int, tube_id: str) -> Question:
        """The first question: what the tube was chosen for."""
        if placed.slice == DISCOVERY:
            return Question(QuestionKind.ACTIONS, self.looks_for)
        if placed.slice == RANDOM:
            kind = QuestionKind.ACTIONS if self.has_actions else QuestionKind.TUBE
            return Question(kind, reasons.RANDOM)
        if self.has_actions:
            reason = self.ranking.reason(place, in_batch=placed.batch == 0)
            return Question(QuestionKind.ACTIONS, reason)
        doubts = self.doubts.get(tube_id, ())
        if doubts:
            return doubts[0].question
        score = self.ranking.tubes[place].tube.score
        return Question(QuestionKind.PERSON, reasons.detector_score(score))

    def _by(self, facts: Facts, blind: bool = False) -> dict[str, Any]:
        said = {**self.by, "cost": facts.as_dict()}
        if self.cost is not None:
            asked = Facts(facts.kind, facts.length_s, facts.actions, facts.edits, blind)
            said["seconds"] = round(float(self.cost.seconds([asked])[0]), 2)
        return said


def questions_of(lead: Question, doubts: Sequence[Doubt]) -> tuple[Question, ...]:
    """The first question, then one of each kind that is doubtful, with all that is odd in it."""
    said: dict[QuestionKind, list[str]] = {}
    for doubt in doubts:
        if doubt.text != lead.reason:
            said.setdefault(doubt.kind, []).append(doubt.text)
    return (lead, *(Question(kind, "; ".join(texts)) for kind, texts in said.items()))

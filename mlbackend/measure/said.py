"""What people said in a snapshot's video, and what runs had proposed there.

A proposal is measured once a person decided about it, whatever they made of it: `proposed` keeps
what the run had said. Undecided ones are neither right nor wrong, and are left out. Where people
annotate blind, nobody decides about a proposal that they do not see: there every one is measured,
against what they drew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from labeling.domain.ranges import union
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube
from labeling.formats.choice import FrameRange, covered


@dataclass(frozen=True, slots=True)
class Shown:
    """A label on the frames `[start_frame, end_frame)` of a tube; of the video where it is None.

    Args:
        tube: of a proposal, with the keyframes the run had proposed; a person's own where a run
            only saw that.
        score: 0..1 of a proposal; its tube's, else 1, where the run gave none. 1 of the truth.
    """

    tube: Tube | None
    label_id: int
    start_frame: int
    end_frame: int
    score: float = 1.0


@dataclass(frozen=True)
class Said:
    """One video of a snapshot, read once."""

    video: dict[str, Any]
    tubes: dict[str, Tube] = field(init=False)
    spans: tuple[Span, ...] = field(init=False)
    coverage: tuple[Coverage, ...] = field(init=False)

    def __post_init__(self) -> None:
        tubes = map(Tube.of, self.video["tubes"])
        object.__setattr__(self, "tubes", {tube.id: tube for tube in tubes})
        object.__setattr__(self, "spans", tuple(map(Span.of, self.video["spans"])))
        object.__setattr__(self, "coverage", tuple(map(Coverage.of, self.video["coverage"])))

    @property
    def is_blind(self) -> bool:
        """Whether people do not see proposals here."""
        return bool(self.video.get("blind"))

    @property
    def ranges(self) -> list[FrameRange]:
        """Where nobody is missing: reviewed as a whole, in order and apart."""
        return union(covered(self.video["coverage"]))

    def ranges_of(self, tube: Tube, label_id: int) -> list[FrameRange]:
        """Where this tube was reviewed for this label, on it or with the whole video."""
        return union(
            (max(one.start_frame, tube.start_frame), min(one.end_frame, tube.end_frame))
            for one in self.coverage
            if one.tube_id in (None, tube.id)
            and label_id in one.label_ids
            and one.start_frame < tube.end_frame
            and tube.start_frame < one.end_frame
        )

    def confirmed(self) -> Iterator[Shown]:
        """Actions that people stand by, on tubes they stand by."""
        for span in self.spans:
            tube = self.tubes.get(span.tube_id or "")
            if tube is not None and tube.is_confirmed and span.is_confirmed:
                yield Shown(tube, span.label_id, span.start_frame, span.end_frame)

    def acting(self) -> Iterator[Shown]:
        """The same; an action that was set twice at one time is there once."""
        ranges: dict[tuple[str, int], list[FrameRange]] = {}
        for one in self.confirmed():
            key = one.tube.id if one.tube else "", one.label_id
            ranges.setdefault(key, []).append((one.start_frame, one.end_frame))
        for (tube_id, label_id), held in ranges.items():
            for start, end in union(held):
                yield Shown(self.tubes[tube_id], label_id, start, end)

    def proposals(self) -> Iterator[Shown]:
        """Actions that runs proposed and people decided about, one by one or with their tube."""
        for span in self.spans:
            tube = self.tubes.get(span.tube_id or "")
            if tube is None or span.proposed is None:
                continue
            if self.is_blind or is_decided(tube, span):
                yield _proposal(span, tube)

    def people(self) -> Iterator[Shown]:
        """Tubes that people stand by, under their object label."""
        for tube in self.tubes.values():
            if tube.is_confirmed:
                yield Shown(tube, tube.label_id, tube.start_frame, tube.end_frame)

    def proposed_people(self) -> Iterator[Shown]:
        """Tubes that runs proposed and people decided about."""
        for tube in self.tubes.values():
            is_measured = self.is_blind or tube.state is not State.PROPOSED
            if tube.proposed is not None and is_measured:
                made, score = _as_proposed(tube), 1.0 if tube.score is None else tube.score
                label_id = int(tube.proposed["label_id"])
                yield Shown(made, label_id, made.start_frame, made.end_frame, score)

    def undecided(self) -> int:
        """How many proposed actions somebody has yet to decide about."""
        if self.is_blind:
            return 0
        return sum(
            span.proposed is not None and not is_decided(self.tubes[span.tube_id], span)
            for span in self.spans
            if span.tube_id in self.tubes
        )

    def segments(self) -> Iterator[Shown]:
        """Labels of the video itself that people stand by."""
        for span in self.spans:
            if span.tube_id is None and span.is_confirmed:
                yield Shown(None, span.label_id, span.start_frame, span.end_frame)

    def proposed_segments(self) -> Iterator[Shown]:
        """Labels of the video itself that runs proposed and people decided about."""
        for span in self.spans:
            is_measured = self.is_blind or span.state is not State.PROPOSED
            if span.tube_id is None and span.proposed is not None and is_measured:
                yield _proposal(span, None)


def is_decided(tube: Tube, span: Span) -> bool:
    """On a rejected tube nothing happens; on one that stands, every action is decided alone."""
    if tube.state is State.REJECTED:
        return True
    return tube.is_confirmed and span.state is not State.PROPOSED


def pieces(start: int, end: int, ranges: list[FrameRange]) -> Iterator[FrameRange]:
    """The parts of `[start, end)` inside the ranges."""
    for first, last in ranges:
        if max(start, first) < min(end, last):
            yield max(start, first), min(end, last)


def _proposal(span: Span, tube: Tube | None) -> Shown:
    content = span.proposed or {}
    scores = (span.score, None if tube is None else tube.score, 1.0)
    return Shown(
        tube and _as_proposed(tube),
        int(content["label_id"]),
        int(content["start_frame"]),
        int(content["end_frame"]),
        next(score for score in scores if score is not None),
    )


def _as_proposed(tube: Tube) -> Tube:
    if tube.proposed is None:
        return tube
    return replace(tube, keyframes=tuple(map(Keyframe.of, tube.proposed["keyframes"])))

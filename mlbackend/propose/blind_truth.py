"""Which proposals that nobody saw were right, by what people drew without seeing them.

Only where people said that nothing is missing: there a proposal that finds what somebody drew is
right, any other is wrong. Of one model's proposals each takes at most one truth, best score first,
as evaluators of detections have it, and what a person already made of a proposal of that model is
taken. A proposal of which less than half was looked through is not judged, nor is an action on
somebody whom nobody drew: it says nothing of the action.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from labeling.domain.agreement import DenseTube, tube_iou_matrix
from labeling.domain.annotations import Annotations
from labeling.domain.span import Coverage, Span
from labeling.domain.state import State
from labeling.domain.tube import Tube

# IoU in space and time of a tube, in time of a span, from which on it is the same.
SAME = 0.5
# The share of a proposal's frames that must have been looked through.
COVERED = 0.5

Frames = NDArray[np.bool_]


@dataclass(frozen=True)
class BlindTruth:
    """One hold-out video.

    Args:
        said: all that is annotated on it.
        frame_count: V.
        detectors, models: by run id, under which name its tubes, and its spans, are gathered.
    """

    said: Annotations
    frame_count: int
    detectors: Mapping[str, str]
    models: Mapping[str, str]
    found: dict[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", dict(self._tubes()))

    def judged(self) -> dict[str, bool]:
        """Whether each open proposal was right, tubes and spans by id; the others are not there."""
        tubes = {tube_id: truth is not None for tube_id, truth in self.found.items()}
        return tubes | dict(self._spans())

    def _tubes(self) -> Iterator[tuple[str, str | None]]:
        """Of each judged tube the drawn one that it found, None for nobody."""
        groups: dict[tuple[str, int], list[Tube]] = defaultdict(list)
        for tube in self.said.tubes.values():
            name = self.detectors.get(str(tube.run_id))
            if tube.state is State.PROPOSED and name is not None:
                groups[name, tube.label_id].append(tube)
        for (name, label_id), proposed in groups.items():
            seen = self._covered(self.said.coverage_of(None), label_id)
            drawn = [
                tube
                for tube in self.said.tubes.values()
                if tube.is_confirmed
                and tube.label_id == label_id
                and self.detectors.get(str(tube.run_id)) != name
            ]
            yield from _people(proposed, drawn, seen)

    def _spans(self) -> Iterator[tuple[str, bool]]:
        open_spans = [
            span
            for span in self.said.spans.values()
            if span.state is State.PROPOSED and str(span.run_id) in self.models
        ]
        ordered = sorted(open_spans, key=self._where)
        for (name, truth_id, label_id), group in groupby(ordered, key=self._where):
            if truth_id == NOWHERE:
                continue
            yield from self._actions(list(group), name, truth_id or None, label_id)

    def _where(self, span: Span) -> tuple[str, str, int]:
        """Whose it is, the tube a person stands by that it is on ("" for the video), its label."""
        name = self.models[str(span.run_id)]
        if span.tube_id is None:
            return name, "", span.label_id
        carrier = self.said.tubes.get(span.tube_id)
        stands = carrier is not None and carrier.is_confirmed
        truth_id = span.tube_id if stands else self.found.get(span.tube_id)
        return name, truth_id or NOWHERE, span.label_id

    def _actions(
        self, proposed: Sequence[Span], name: str, truth_id: str | None, label_id: int
    ) -> Iterator[tuple[str, bool]]:
        """Spans of one label by one model on one drawn tube, or on the video."""
        coverage = self.said.coverage_of(None)
        if truth_id is not None:
            coverage = [*coverage, *self.said.coverage_of(truth_id)]
        seen = self._covered(coverage, label_id)
        free = [
            span
            for span in self.said.spans_of(truth_id)
            if span.is_confirmed
            and span.label_id == label_id
            and self.models.get(str(span.run_id)) != name
        ]
        for span in sorted(proposed, key=_best_first):
            own = self._frames([span])
            if not own.any() or (own & seen).sum() < COVERED * own.sum():
                continue
            # Where the proposed tube is not, nothing could be said of what its actor does.
            within = seen & self._extent(span.tube_id)
            shares = [_iou(own & within, self._frames([one]) & within) for one in free]
            best = int(np.argmax(shares)) if shares else -1
            right = best >= 0 and shares[best] >= SAME
            if right:
                free.pop(best)
            yield span.id, right

    def _covered(self, coverage: Iterable[Coverage], label_id: int) -> Frames:
        return self._frames([one for one in coverage if label_id in one.label_ids])

    def _extent(self, tube_id: str | None) -> Frames:
        if tube_id is None:
            return np.ones(self.frame_count, dtype=bool)
        return self._frames([self.said.tubes[tube_id]])

    def _frames(self, ranges: Iterable[Span | Coverage | Tube]) -> Frames:
        """(V,) bool: frames in any of the ranges."""
        marked = np.zeros(self.frame_count, dtype=bool)
        for one in ranges:
            marked[one.start_frame : one.end_frame] = True
        return marked


# No tube's id: who does this was found by nobody.
NOWHERE = "nowhere"


def _people(
    proposed: Sequence[Tube], drawn: Sequence[Tube], seen: Frames
) -> Iterator[tuple[str, str | None]]:
    """Match one detector's tubes of one label with those that people stand by."""
    whole = [(tube, DenseTube.of(tube)) for tube in sorted(proposed, key=_best_first)]
    looked_at = [(tube, dense) for tube, dense in whole if _share(dense, seen) >= COVERED]
    iou = tube_iou_matrix(
        [dense.within(seen) for _, dense in looked_at],
        [DenseTube.of(tube).within(seen) for tube in drawn],
    )
    for row, (tube, _) in enumerate(looked_at):
        best = int(iou[row].argmax()) if len(drawn) else -1
        if best >= 0 and iou[row, best] >= SAME:
            iou[:, best] = 0.0
            yield tube.id, drawn[best].id
        else:
            yield tube.id, None


def _share(tube: DenseTube, seen: Frames) -> float:
    """The share of the frames on which the tube shows somebody that was looked through."""
    shown = ~np.isnan(tube.boxes[:, 0])
    return float((shown & seen[tube.start_frame : tube.end_frame]).sum() / max(shown.sum(), 1))


def _iou(a: Frames, b: Frames) -> float:
    either = (a | b).sum()
    return float((a & b).sum() / either) if either else 0.0


def _best_first(one: Tube | Span) -> tuple[float, str]:
    return -(one.score if one.score is not None else 1.0), one.id

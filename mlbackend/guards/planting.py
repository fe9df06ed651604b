"""Makes wrong proposals that look like right ones: values in, values out, no writing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.blind import HOLD_OUT
from labeling.domain.ranges import Ranges, difference, union
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.tube import Keyframe, Tube
from mlbackend.guards.placing import empty_place

# So many of the planted ones are actions, where one is known not to happen on a tube.
SPAN_SHARE = 1 / 3
# A planted tube has at least so much of the length of the one that lent it its boxes.
LEAST_KEPT = 0.6
# Where no place is found in these, none is planted this time: the queue is not to wait for it.
VIDEOS_TRIED, LENDERS_TRIED = 30, 4


@dataclass(frozen=True, slots=True)
class Planting:
    """What to plant, and why it is wrong: a tube with its actions, or one action."""

    video_id: str
    tube: Tube | None
    spans: tuple[Span, ...]
    what: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A video to plant on.

    Attributes:
        seen: all that people see there; `planted` has the ids of what was planted before.
        names: the project's labels that are asked about, by id.
        key: what is planted gets ids that follow from it.
    """

    video: api.VideoValue
    seen: Annotations
    planted: frozenset[str]
    names: Mapping[int, LabelValue]
    rng: np.random.Generator
    key: str

    @property
    def tubes(self) -> list[Tube]:
        """All tubes, in order of their numbers."""
        return sorted(self.seen.tubes.values(), key=lambda tube: tube.number or 0)


def planting(
    project_id: int, videos: Sequence[api.VideoValue], rng: np.random.Generator, key: str
) -> Planting | None:
    """One wrong proposal somewhere in these videos; None where nothing is known well enough.

    Args:
        key: what is planted gets ids that follow from it.
    """
    names = {label.id: label for label in api.labels(project_id) if not label.is_retired}
    planted = frozenset(one.object_id for one in api.planted(project_id))
    usable = [video for video in videos if video.split != HOLD_OUT]
    actions_first = rng.random() < SPAN_SHARE
    order = [usable[int(at)] for at in rng.permutation(len(usable))[:VIDEOS_TRIED]]
    for wants_action in (actions_first, not actions_first):
        for video in order:
            seen = api.annotations_with_planted(video.id)
            ground = Ground(video, seen, planted, names, rng, key)
            found = _action(ground) if wants_action else _tube(ground)
            if found is not None:
                return found
    return None


def _tube(ground: Ground) -> Planting | None:
    """A proposed tube of a run, moved to where no tube is while it lasts.

    Only on frames of which a person said that nobody is missing: where somebody was overlooked, a
    box in a free place may well be on them.
    """
    every, video = ground.tubes, ground.video
    lenders = [tube for tube in every if _may_lend(tube) and tube.id not in ground.planted]
    for at in ground.rng.permutation(len(lenders))[:LENDERS_TRIED]:
        lender = _as_proposed(lenders[int(at)])
        found = _elsewhen(lender, _reviewed(ground.seen, lender.label_id), ground.rng)
        if found is None:
            continue
        lent, start, later = found
        keyframes = empty_place(lent, [*every, lender], video.width, video.height, ground.rng)
        if keyframes is not None:
            actions = _shifted(_proposed_actions(ground.seen, lender), lent, start, later)
            return _moved_tube(ground, lent, keyframes, actions)
    return None


def _reviewed(seen: Annotations, label_id: int) -> Ranges:
    """Frames of the video on which a person said that nothing of this label is missing."""
    parts = [part for part in seen.coverage_of(None) if label_id in part.label_ids]
    return union((part.start_frame, part.end_frame) for part in parts)


def _elsewhen(tube: Tube, ranges: Ranges, rng: np.random.Generator) -> tuple[Tube, int, int] | None:
    """A part of the tube at another time: two with the same times would tell of each other.

    Args:
        ranges: of frames, in one of which the part is to lie.

    Returns:
        The tube; the frame of the whole one that it begins with; by how much later that is now.
        None where no range is long enough.
    """
    length = tube.end_frame - tube.start_frame
    kept = max(2, round(length * rng.uniform(LEAST_KEPT, 1.0)))
    fitting = [(first, end) for first, end in ranges if end - first >= kept]
    if not fitting or kept > length:
        return None
    first, end = fitting[int(rng.integers(len(fitting)))]
    start = tube.start_frame + int(rng.integers(length - kept + 1))
    part = tube.trimmed(start, start + kept)
    later = int(rng.integers(first, end - kept + 1)) - start
    moved = (replace(keyframe, frame=keyframe.frame + later) for keyframe in part.keyframes)
    return part.with_keyframes(moved), start, later


def _shifted(spans: Sequence[Span], lent: Tube, start: int, later: int) -> list[Span]:
    """The actions of the whole tube that its part has, at their new times."""
    end = start + lent.end_frame - lent.start_frame
    cut = [span.clipped(start, end) for span in spans]
    return [
        replace(span, start_frame=span.start_frame + later, end_frame=span.end_frame + later)
        for span in cut
        if span is not None
    ]


def _may_lend(tube: Tube) -> bool:
    """Whether a run proposed the tube, and with a score."""
    return bool(tube.run_id and tube.proposed and tube.score is not None)


def _as_proposed(tube: Tube) -> Tube:
    """The tube as its run had it, whatever people made of it."""
    said = tube.proposed or {}
    keyframes = tuple(Keyframe.of(keyframe) for keyframe in said["keyframes"])
    return replace(tube, label_id=int(said["label_id"]), keyframes=keyframes)


def _moved_tube(
    ground: Ground, lender: Tube, keyframes: tuple[Keyframe, ...], actions: Sequence[Span]
) -> Planting:
    rng, key = ground.rng, ground.key
    tube = replace(
        lender, id=_id(key, "tube"), keyframes=keyframes, state=State.PROPOSED, number=None,
        score=_near(lender.score or 0.5, rng), revision=0, proposed=None,
    )  # fmt: skip
    spans = tuple(
        replace(
            span, id=_id(key, "span", place), tube_id=tube.id, state=State.PROPOSED,
            score=_near(span.score or 0.5, rng), revision=0, proposed=None,
        )
        for place, span in enumerate(actions)
        if span.label_id in ground.names
    )  # fmt: skip
    label = ground.names.get(tube.label_id)
    return Planting(
        ground.video.id, tube, spans,
        f"a {label.name if label else 'tube'} where none is, on frames {tube.start_frame} to "
        f"{tube.end_frame - 1} of {ground.video.name}",
    )  # fmt: skip


def _proposed_actions(seen: Annotations, tube: Tube) -> list[Span]:
    """What a run proposed on the tube, as it did."""
    found = []
    for span in seen.spans_of(tube.id):
        if span.run_id and span.proposed:
            said = span.proposed
            start, end = int(said["start_frame"]), int(said["end_frame"])
            label_id = int(said["label_id"])
            found.append(replace(span, label_id=label_id, start_frame=start, end_frame=end))
    return sorted(found, key=lambda span: (span.start_frame, span.label_id))


def _action(ground: Ground) -> Planting | None:
    """An action on a tube that was looked through for it and does not have it."""
    found = list(_absent(ground))
    if not found:
        return None
    tube, label_id, like = found[int(ground.rng.integers(len(found)))]
    span = Span(
        _id(ground.key, "span"), tube.id, label_id, tube.start_frame, tube.end_frame,
        state=State.PROPOSED, score=_near(like.score or 0.5, ground.rng), run_id=like.run_id,
    )  # fmt: skip
    name, video = ground.names[label_id].name, ground.video.name
    return Planting(
        ground.video.id, None, (span,),
        f"'{name}' on tube {tube.number} of {video}, which was looked through and has it not",
    )  # fmt: skip


def _absent(ground: Ground) -> Iterator[tuple[Tube, int, Span]]:
    """Confirmed tubes, an action that each was fully looked through for without a sign of it, and
    something that a run proposed on it."""
    actions = [i for i, label in ground.names.items() if label.kind is LabelKind.ACTION]
    for tube in ground.tubes:
        spans = [s for s in ground.seen.spans_of(tube.id) if s.id not in ground.planted]
        like = next((span for span in spans if span.run_id and span.score is not None), None)
        if not tube.is_confirmed or like is None or tube.id in ground.planted:
            continue
        if any(span.state is State.PROPOSED for span in ground.seen.spans_of(tube.id)):
            continue  # it waits for an answer already
        marked = {span.label_id for span in spans}
        for label_id in sorted(set(actions) - marked):
            if _is_covered(ground.seen, tube, label_id):
                yield tube, label_id, like


def _is_covered(seen: Annotations, tube: Tube, label_id: int) -> bool:
    covered = [
        (part.start_frame, part.end_frame)
        for part in seen.coverage_of(tube.id)
        if label_id in part.label_ids
    ]
    return not difference([(tube.start_frame, tube.end_frame)], covered)


def _near(score: float, rng: np.random.Generator) -> float:
    """A score like this one; two equal ones would tell that one was copied."""
    return round(float(np.clip(score + rng.normal(scale=0.03), 0.05, 0.99)), 4)


def _id(key: str, *parts: Any) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(["planted", key, *map(str, parts)])))

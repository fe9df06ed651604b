"""The truth of a synthetic clip as the annotations a careful person would have made."""

from __future__ import annotations

import uuid

import numpy as np

from labeling.domain.box import Box
from labeling.domain.span import Span
from labeling.domain.tube import Keyframe, Tube
from mlbackend.data.synthetic import ClipTruth, PersonTruth

_SPACE = uuid.UUID("6f2a1c1e-3a55-4a44-9d0e-5f5b8a1f8d11")


def truth_tubes(truth: ClipTruth, label_id: int, *, every: int = 1) -> list[Tube]:
    """Return one tube per person that is ever seen, a keyframe on every `every`-th frame.

    Where the person is hidden the tube has an `outside` keyframe. Ids follow from the clip's
    name, seed and the person's number.
    """
    return [
        Tube(
            id=tube_id(truth, person),
            label_id=label_id,
            keyframes=keyframes,
            number=person.number,
        )
        for person in truth.people
        if (keyframes := _keyframes(person, every))
    ]


def truth_spans(truth: ClipTruth, label_ids: dict[str, int]) -> list[Span]:
    """Return the actions on those tubes, those that `label_ids` names, cut to each tube."""
    spans = []
    for person in truth.people:
        seen = np.flatnonzero(person.visible)
        if len(seen) == 0:
            continue
        for name, start_frame, end_frame in person.actions:
            start, end = max(start_frame, int(seen[0])), min(end_frame, int(seen[-1]) + 1)
            if name in label_ids and end > start:
                owner = tube_id(truth, person)
                key = f"{owner}/{name}/{start_frame}"
                spans.append(Span(str(uuid.uuid5(_SPACE, key)), owner, label_ids[name], start, end))
    return spans


def tube_id(truth: ClipTruth, person: PersonTruth) -> str:
    """Return the id a person's tube gets."""
    return str(uuid.uuid5(_SPACE, f"{truth.spec.name}/{truth.spec.seed}/{person.number}"))


def _keyframes(person: PersonTruth, every: int) -> tuple[Keyframe, ...]:
    visible = person.visible
    seen = np.flatnonzero(visible)
    if len(seen) == 0:
        return ()
    keyframes, box = [], None
    for frame in range(int(seen[0]), int(seen[-1]) + 1):
        edge = frame in (seen[0], seen[-1]) or visible[frame] != visible[frame - 1]
        ends = frame + 1 < len(visible) and visible[frame] and not visible[frame + 1]
        if not (edge or ends or frame % every == 0):
            continue
        if visible[frame]:
            box = Box.of(person.boxes[frame])
        if box is None:
            continue
        keyframes.append(
            Keyframe(frame, box, bool(person.occluded[frame]), not bool(visible[frame]))
        )
    return tuple(keyframes)

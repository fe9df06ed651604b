"""From the detections of a whole video to the tubes a person is shown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import numpy as np

from labeling.domain.box import Box
from labeling.domain.state import State
from labeling.domain.tube import Keyframe, Tube
from mlbackend.propose.link import LinkRules, Observed, Track, link
from mlbackend.propose.thin import MIN_IOU, dense, smoothed, thin

DECIMALS = 2


def tubes_of(
    observations: Sequence[Observed],
    *,
    label_id: int | Mapping[int, int],
    run_id: str,
    min_iou: float = MIN_IOU,
    rules: LinkRules | None = None,
) -> list[Tube]:
    """Link, smooth and thin; return proposed tubes with few keyframes.

    Ids follow from the run, the first frame and the order, so that a run repeated after a crash
    proposes the same tubes under the same ids.

    Args:
        label_id: the label of every tube, or a label for each category; boxes of a category
            without one are passed over.
    """
    space = uuid.UUID(run_id)
    labels = label_id if isinstance(label_id, Mapping) else {0: label_id}
    wanted = [seen.of_categories(labels) for seen in observations]
    return [
        Tube(
            id=str(uuid.uuid5(space, f"tube/{number}/{track.frames[0]}")),
            label_id=labels[track.category],
            keyframes=keyframes(track, min_iou),
            state=State.PROPOSED,
            score=round(min(1.0, track.score), 4),
            run_id=run_id,
        )
        for number, track in enumerate(link(wanted, rules))
    ]


def keyframes(track: Track, min_iou: float) -> tuple[Keyframe, ...]:
    """Return a track's keyframes: its smoothed boxes on every frame, thinned."""
    boxes = smoothed(np.array(track.times_s), np.array(track.boxes))
    frames, every = dense(np.array(track.frames, dtype=np.int64), boxes)
    kept = thin(frames, every, min_iou)
    return tuple(
        Keyframe(int(frames[index]), Box.of(np.round(every[index], DECIMALS))) for index in kept
    )

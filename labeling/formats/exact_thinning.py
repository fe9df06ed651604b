"""Leaves out keyframes that linear interpolation gives back."""

from collections.abc import Sequence

import numpy as np

from labeling.domain.tube import Keyframe

EXACT_PX = 1e-9


def thinned(keyframes: Sequence[Keyframe]) -> list[Keyframe]:
    """The fewest keyframes in a row that give the same box on every frame, to 1e-9 px.

    A keyframe goes only if those on either side have the same flags, so that nothing is shown
    otherwise.
    """
    if len(keyframes) < 3:
        return list(keyframes)
    frames = np.array([keyframe.frame for keyframe in keyframes], dtype=np.float64)
    boxes = np.array([keyframe.box.as_list() for keyframe in keyframes])
    kept, anchor = [0], 0
    last = len(keyframes) - 1
    while anchor < last:
        end = _farthest(frames, boxes, keyframes, anchor)
        kept.append(end)
        anchor = end
    return [keyframes[index] for index in kept]


def _farthest(
    frames: np.ndarray, boxes: np.ndarray, keyframes: Sequence[Keyframe], anchor: int
) -> int:
    """The last index up to which one straight line holds from `anchor` on."""
    step = (boxes[anchor + 1] - boxes[anchor]) / (frames[anchor + 1] - frames[anchor])
    end, last = anchor + 1, len(keyframes) - 1
    # Its slope leads to where the line may end; what lies between is then held against it.
    while end < last and _same_flags(keyframes, end):
        line = boxes[anchor] + step * (frames[end + 1] - frames[anchor])
        if np.abs(line - boxes[end + 1]).max() > EXACT_PX / 2:
            break
        end += 1
    while end > anchor + 1 and not _holds(frames, boxes, anchor, end):
        end -= 1
    return end


def _same_flags(keyframes: Sequence[Keyframe], index: int) -> bool:
    before, own, after = keyframes[index - 1 : index + 2]
    return (before.occluded, before.outside) == (own.occluded, own.outside) and (
        (after.occluded, after.outside) == (own.occluded, own.outside)
    )


def _holds(frames: np.ndarray, boxes: np.ndarray, anchor: int, end: int) -> bool:
    weight = (frames[anchor : end + 1] - frames[anchor]) / (frames[end] - frames[anchor])
    line = boxes[anchor] + weight[:, None] * (boxes[end] - boxes[anchor])
    return bool(np.abs(line - boxes[anchor : end + 1]).max() <= EXACT_PX)

"""Whether a tube here and one of a file say the same."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from labeling.domain.box import iou_matrix
from labeling.domain.tube import Tube
from labeling.export.import_target import Target
from labeling.formats.ava_export import normalized, written
from labeling.formats.dataset import Corners, Holds
from labeling.formats.plan import PlannedTube, Range

_ROUNDING = 1e-9
# Beyond this, digits of a file say nothing about the picture.
_MOST_DECIMALS = 6
# What a format of whole pixels loses.
_HALF_PX = 0.51


class Sameness:
    """Compares tubes of one video with those of a file.

    Args:
        target: the video here.
        frames: at which a sampled file speaks; None: its boxes are keyframes.
    """

    def __init__(self, target: Target, frames: Sequence[int] | None) -> None:
        self.target, self.frames = target, frames
        self.digits = min(target.decimals, _MOST_DECIMALS)

    def tube(self, tube: Tube, planned: PlannedTube, wanted: list[tuple[int, int, int]]) -> bool:
        """Whether the tube and its confirmed actions are those of the file.

        A sampled file knows boxes and actions only where it speaks; written again, they are the
        same rows. Other files are compared on every frame, to half a pixel.

        Args:
            wanted: (label id, start, end) of the file's actions.
        """
        if planned.moments is not None:
            return self.moments(tube, planned) and not self._says_more(tube, planned)
        if Holds.ACTIONS in self.target.holds:
            spans = {(s.label_id, s.start_frame, s.end_frame) for s in self._spans(tube)}
            if spans != set(wanted):
                return False
        return self._same_on_every_frame(tube, planned)

    def moments(self, tube: Tube, planned: PlannedTube) -> bool:
        """Whether the tube says what the file says, where the file speaks of this actor."""
        assert planned.moments is not None
        for frame, moment in planned.moments.items():
            box = tube.box_at(frame)
            norm = box and normalized(box, self.target.size)
            if norm is None or not self._same_box(norm, moment.box):
                return False
            named = {self.target.label_id("action", action) for action in moment.actions}
            if self._compares_actions and self._labels(tube, frame) != named - {None}:
                return False
        return True

    def _says_more(self, tube: Tube, planned: PlannedTube) -> bool:
        """Whether an action is marked where the file speaks, but not of this actor."""
        assert planned.moments is not None and self.frames is not None
        first = bisect_left(self.frames, tube.start_frame)
        last = bisect_left(self.frames, tube.end_frame)
        for frame in self.frames[first:last]:
            if frame in planned.moments or not self._labels(tube, frame):
                continue
            box = tube.box_at(frame)
            if box is not None and normalized(box, self.target.size) is not None:
                return True
        return False

    @property
    def _compares_actions(self) -> bool:
        return Holds.ACTIONS in self.target.holds

    def _spans(self, tube: Tube) -> list:
        return [span for span in self.target.spans.get(tube.id, ()) if span.is_confirmed]

    def _labels(self, tube: Tube, frame: int) -> set[int]:
        if not self._compares_actions:
            return set()
        spans = self._spans(tube)
        return {s.label_id for s in spans if s.start_frame <= frame < s.end_frame}

    def _same_box(self, here: Corners, there: Corners) -> bool:
        slack = 0.5 * 10.0**-self.digits + _ROUNDING
        return any(
            all(abs(a - b) <= most for a, b in zip(box, there, strict=True))
            for box, most in ((here, slack), (written(here, self.digits), _ROUNDING))
        )

    def _same_on_every_frame(self, tube: Tube, planned: PlannedTube) -> bool:
        other = Tube("", 0, planned.keyframes)
        (frames, boxes), (their_frames, their_boxes) = tube.dense(), other.dense()
        if not np.array_equal(frames, their_frames):
            return False
        if len(frames) and np.abs(boxes - their_boxes).max() > _HALF_PX:
            return False
        hidden = Holds.OCCLUSION in self.target.holds
        return not hidden or np.array_equal(_occluded(tube, frames), _occluded(other, frames))


def _occluded(tube: Tube, frames: np.ndarray) -> np.ndarray:
    own = np.array([keyframe.frame for keyframe in tube.keyframes])
    flags = np.array([keyframe.occluded for keyframe in tube.keyframes])
    return flags[np.searchsorted(own, frames, side="right") - 1]


def covers(tube: Tube, planned: PlannedTube) -> float:
    """Mean IoU of the tube's box with the file's, over the frames of the file's boxes, 0..1."""
    shown = [keyframe for keyframe in planned.keyframes if not keyframe.outside]
    pairs = [(tube.box_at(keyframe.frame), keyframe.box) for keyframe in shown]
    found = [(mine.as_list(), theirs.as_list()) for mine, theirs in pairs if mine is not None]
    if not found:
        return 0.0
    mine, theirs = np.array(found).transpose(1, 0, 2)
    return float(iou_matrix(mine, theirs).diagonal().sum() / len(shown))


def overlap(a: Range, b: Range) -> float:
    """Intersection over union of two frame ranges, 0..1."""
    both = min(a[1], b[1]) - max(a[0], b[0])
    return max(both, 0) / (max(a[1], b[1]) - min(a[0], b[0]))

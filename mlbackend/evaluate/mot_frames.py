"""Truth and tracks of one sequence, frame by frame."""

from dataclasses import dataclass

from mlbackend.evaluate.matching import Floats, Integers

# From here on two boxes may be the same person; equal is enough.
THRESHOLD = 0.5


@dataclass(frozen=True)
class Frame:
    """One frame: ids (N,) of the truth, (M,) of the tracks, and their IoU (N, M)."""

    true_ids: Integers
    ids: Integers
    iou: Floats


@dataclass(frozen=True)
class Tracking:
    """A sequence.

    Args:
        frames: those with a box, in order; ids are 0 … n-1.
        true_tracks, tracks: how many ids there are.
        length: of the sequence in frames.
    """

    frames: tuple[Frame, ...]
    true_tracks: int
    tracks: int
    length: int

    @property
    def truths(self) -> int:
        return sum(len(frame.true_ids) for frame in self.frames)

    @property
    def boxes(self) -> int:
        return sum(len(frame.ids) for frame in self.frames)

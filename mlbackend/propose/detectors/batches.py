"""Frames in batches that fit into memory: what does not fit is halved, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlbackend.nets.memory import give_back, is_out_of_memory
from mlbackend.propose.detectors.base import Detections, DetectorFailed, Frame


class Batches:
    """Runs a net on as many frames at a time as fit; remembers what it learned.

    notice: a sentence once a batch was halved, else empty.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.notice = ""

    def run(
        self, frames: Sequence[Frame], work: Callable[[Sequence[Frame]], list[Detections]]
    ) -> list[Detections]:
        """Return `work` of all frames, in order.

        Raises:
            DetectorFailed: a single frame does not fit into memory.
        """
        found: list[Detections] = []
        while len(found) < len(frames):
            batch = frames[len(found) : len(found) + self.size]
            try:
                found += work(batch)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                self._halve(batch, error)
        return found

    def _halve(self, batch: Sequence[Frame], error: Exception) -> None:
        if len(batch) == 1:
            height, width = batch[0].shape[:2]
            raise DetectorFailed(
                f"a frame of {width} x {height} px does not fit into memory; choose a smaller "
                "detector, or close what else uses the memory"
            ) from error
        self.size = len(batch) // 2
        self.notice = (
            f"Memory was too small for {len(batch)} frames at a time; went on with {self.size}."
        )
        give_back()

"""Batches of changed clips: drawn by seed, made ahead of the net in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mlbackend.train.net.augment import STILL, Jitter, draw
from mlbackend.train.net.samples import Unit


@dataclass(frozen=True, eq=False)
class ReadClip:
    """A clip as a net takes it.

    Attributes:
        streams: (C, T, H, W) float32 each.
        boxes: (K, 4) px of the input, of the windows asked for, for nets that see the whole
            picture; None for crops.
    """

    streams: tuple[Tensor, ...]
    boxes: NDArray[np.float64] | None = None


class ClipSource(Protocol):
    """Where the clips of N windows come from."""

    def read(self, unit: Unit, jitter: Jitter) -> ReadClip:
        """The clip of windows that share one, changed; called from several threads."""
        ...


@dataclass(frozen=True, eq=False)
class Batch:
    """What goes through the net at once: streams (N, C, T, H, W), rois (K, 5) or None, truth of
    each clip or roi."""

    streams: tuple[Tensor, ...]
    rois: Tensor | None
    truth: Tensor

    def to(self, device: torch.device) -> Batch:
        if device.type == "cpu":
            return self
        return Batch(
            tuple(s.pin_memory().to(device, non_blocking=True) for s in self.streams),
            None if self.rois is None else self.rois.to(device),
            self.truth.to(device),
        )


def joined(clips: Sequence[ReadClip], truth: NDArray[np.int8]) -> Batch:
    """Put clips together; pictures of other shapes are filled up at the right and the bottom."""
    streams = []
    for parts in zip(*(clip.streams for clip in clips), strict=True):
        height, width = (max(part.shape[k] for part in parts) for k in (-2, -1))
        streams.append(torch.stack([_filled(part, height, width) for part in parts]))
    rois = None
    if all(clip.boxes is not None for clip in clips):
        rows = [[float(i), *box] for i, clip in enumerate(clips) for box in clip.boxes]
        rois = torch.tensor(rows, dtype=torch.float32)
    return Batch(tuple(streams), rois, torch.from_numpy(truth.astype(np.int64)))


def _filled(part: Tensor, height: int, width: int) -> Tensor:
    missing = (0, width - part.shape[-1], 0, height - part.shape[-2])
    return torch.nn.functional.pad(part, missing) if any(missing) else part


@dataclass(frozen=True)
class Draws:
    """How the clips of an epoch are changed: by seed, epoch and place in the order alone."""

    seed: int
    epoch: int
    strength: float
    may_mirror: bool

    def jitter(self, position: int) -> Jitter:
        """The changes of the clip at this place of the epoch's order."""
        rng = np.random.default_rng([self.seed, self.epoch, position])
        return draw(rng, self.strength, self.may_mirror)


class Maker:
    """Makes clips ahead of the net."""

    def __init__(self, source: ClipSource, truth: NDArray[np.int8], threads: int) -> None:
        self._source, self._truth = source, truth
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="clips")

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def clip(self, unit: Unit, jitter: Jitter = STILL) -> Future[ReadClip]:
        return self._pool.submit(self._source.read, unit, jitter)

    def batch(self, units: Sequence[Unit], clips: Sequence[Future[ReadClip]]) -> Batch:
        rows = [place for unit in units for place in unit]
        return joined([clip.result() for clip in clips], self._truth[rows])

    def ahead(
        self, lists: Sequence[Sequence[Unit]], jitter: Callable[[int, int], Jitter]
    ) -> Iterator[tuple[Sequence[Unit], list[Future[ReadClip]]]]:
        """For each list of units, their clips being made; the next list is begun before.

        Args:
            jitter: place of the list, place in it -> the changes.
        """
        begun: list[list[Future[ReadClip]]] = []
        for at, units in enumerate(lists):
            for soon in range(len(begun), min(at + 2, len(lists))):
                begun.append(
                    [self.clip(unit, jitter(soon, i)) for i, unit in enumerate(lists[soon])]
                )
            yield units, begun[at]
            begun[at] = []

"""What every net that recognizes actions is to the rest: clips in, an embedding and logits out.

All published heads here are linear on a pooled embedding, so `classify(embed(...))` gives the
logits of the whole net, and an embedding kept on disk is enough to train or run another head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from torch import Tensor, nn


class View(StrEnum):
    """What a net is shown: a crop that follows the tube, or the whole picture with boxes."""

    TUBE = "tube"
    PICTURE = "picture"


class Stream(StrEnum):
    """What a clip's channels are: color, optical flow (x, y), or differences of color."""

    RGB = "rgb"
    FLOW = "flow"
    RGB_DIFFERENCE = "rgb_difference"


@dataclass(frozen=True, slots=True)
class ClipInput:
    """How one stream of a clip is sampled and scaled before it enters a net.

    Attributes:
        frames: T, how many moments a clip has.
        step_s: seconds between two of them (a net made for every second frame at 25 frames a
            second has 0.08). Where `segments` is set, it is what separates stacked frames.
        size: side of the square crop (TUBE) or the picture's short side (PICTURE), px.
        mean, std: per channel of one frame, applied after `scale`: (x * scale - mean) / std;
            flow is clipped to +-`flow_limit` px a step first.
        bgr: channels in the order blue, green, red.
        segments: the T moments are the middles of T equal parts of the window (TSN) instead of
            lying `step_s` apart.
        stack: frames, flows or differences stacked into the channels at each moment, the
            oldest first (TSN's flow: 5, x and y of each).
    """

    frames: int
    step_s: float
    size: int
    stream: Stream = Stream.RGB
    scale: float = 1 / 255
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    bgr: bool = False
    segments: bool = False
    stack: int = 1
    flow_limit: float = 20.0

    @property
    def channels(self) -> int:
        """C of the clip (N, C, T, H, W)."""
        return len(self.mean) * self.stack


class ActionNet(Protocol):
    """A torch module that recognizes actions."""

    embedding_width: int

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """Return one embedding a clip, or a roi.

        Args:
            streams: for each of the net's inputs (N, C, T, H, W) float, scaled as its
                `ClipInput` says.
            rois: (K, 5) float: index of the clip, then x1, y1, x2, y2 in pixels of the input;
                None for nets whose view is TUBE.

        Returns:
            (N, embedding_width), or (K, embedding_width) with rois.
        """
        ...

    def classify(self, embedding: Tensor) -> Tensor:
        """(N, embedding_width) to (N, classes) logits."""
        ...


@dataclass(frozen=True, slots=True)
class NetSpec:
    """An architecture: how it is built, fed and trained.

    Attributes:
        name: as commands, manifests and checkpoints call it.
        title: as people read it.
        build: number of classes -> the net, random weights, in evaluation mode. It is an
            `ActionNet`.
        inputs: one `ClipInput` a stream.
        multi_label: True where published heads answer by a sigmoid per class (AVA), False where
            by a softmax (Kinetics).
        stages: beginnings of parameter names, the head's first, then backwards through the net;
            each is one or several, as `str.startswith` takes them. Recipe `head` trains the
            first stage, `finetune` the first few, `full` all.
        gflops: of one clip, one forward pass; a multiplication and an addition are two.
        source: the paper.
        renames: how published files name parameters otherwise: (pattern, replacement) pairs as
            `re.sub` takes them, applied in turn to every key.
    """

    name: str
    title: str
    build: Callable[[int], nn.Module]
    inputs: tuple[ClipInput, ...]
    view: View
    multi_label: bool
    stages: tuple[str | tuple[str, ...], ...]
    gflops: float
    source: str
    renames: tuple[tuple[str, str], ...] = ()

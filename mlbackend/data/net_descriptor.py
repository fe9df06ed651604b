"""A net as a descriptor: its embedding of the clip around each window of a tube."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Tube
from mlbackend.data.clip_maker import ClipMaker, MadeClip
from mlbackend.data.descriptor import Clip, Described, Ranges, Reading
from mlbackend.data.pixels import CONTEXT, batch_tensor
from mlbackend.data.windows import HOP_S, WINDOW_S
from mlbackend.nets.action_net import ClipInput, NetSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

# Raised when crops, flow or sampling change: vectors kept before are not those of today.
VERSION = 1
# Seconds between two clips that are looked at; in between vectors are interpolated.
CLOSEST_S, FARTHEST_S = 0.8, 1.2
# A clip of more GFLOPs than this fills a CPU alone: showing several at once gains nothing.
HEAVY_GFLOPS = 20.0
CPU_BATCH, GPU_BATCH = 8, 16

Say = Callable[[str], None]


class NetDescriptor:
    """See `descriptor.Descriptor`.

    The net is loaded, and made fast, when the first clip is there: a descriptor whose vectors are
    all kept costs nothing.

    Args:
        net: the module, or what loads it.
        weights_sha256: of the file(s) its weights are from.
        device: "cpu" or a CUDA device.
        length: width of the embedding; needed where `net` is not loaded yet.
        every: look at every so many windows; by default so that clips overlap little.
        precision: see `nets.inference.prepare`.
        say: told, in a sentence, when memory did not suffice and smaller batches go on.
    """

    def __init__(
        self,
        spec: NetSpec,
        net: nn.Module | Callable[[], nn.Module],
        weights_sha256: str,
        device: str = "cpu",
        *,
        length: int | None = None,
        every: int | None = None,
        batch: int | None = None,
        say: Say | None = None,
        precision: str = "auto",
    ) -> None:
        self.spec, self.device, self.say = spec, device, say
        self._net, self._precision = net, precision
        self._ready: nn.Module | None = None
        self.every = every or default_every(spec)
        self.length = length if length is not None else int(getattr(net, "embedding_width"))  # noqa: B009
        self.batch = batch or _batch(spec, device)
        self.key = (
            f"net/{spec.name}/{weights_sha256}/{sampling(spec)}/every {self.every}/"
            f"{WINDOW_S}/{HOP_S}/{CONTEXT}/{VERSION}"
        )

    def reading(self, clip: Clip, tubes: Sequence[Tube], ranges: Ranges) -> Reading:
        return _NetReading(self, ClipMaker(self.spec, clip, tubes, ranges))

    def mirrored(self, vectors: NDArray[Any]) -> None:
        """Unknown: a net would have to see the mirrored clips."""
        return

    def embed(self, clips: Sequence[MadeClip]) -> NDArray[np.float32]:
        """Return (K, length), a row for each target of each clip in order.

        Raises:
            InvalidInput: memory does not suffice for a single clip.
        """
        from mlbackend.nets.inference import in_batches
        from mlbackend.nets.memory import is_out_of_memory

        try:
            net = self.net()
            rows = in_batches(
                lambda chosen: self._forward(net, chosen), clips, self.batch, self._halved
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            raise InvalidInput(
                f"Memory does not suffice for one clip of {self.spec.title}. Choose a smaller net, "
                "or close what else uses the memory.",
                code="out_of_memory",
            ) from error
        return rows.numpy()

    def classify(self, embedding: Tensor) -> Tensor:
        """(N, length) embeddings, as they are kept, to (N, classes) logits, on the CPU."""
        return self.net().classify(embedding.to(self.device)).float().cpu()

    def net(self) -> nn.Module:
        """The net, loaded and made fast for its device at the first call."""
        if self._ready is None:
            from torch import nn

            from mlbackend.nets.inference import prepare

            net = self._net if isinstance(self._net, nn.Module) else self._net()
            self._ready = prepare(net, self.device, self._precision)
        return self._ready

    def _forward(self, net: nn.Module, clips: Sequence[MadeClip]) -> Tensor:
        streams = [
            batch_tensor([clip.streams[place] for clip in clips], wanted, self.device)
            for place, wanted in enumerate(self.spec.inputs)
        ]
        vectors: Tensor = net.embed(streams, _rois(clips, self.device))
        return vectors.float().cpu()

    def _halved(self, size: int) -> None:
        """Memory did not suffice: go on with smaller batches, also of what follows, and say so."""
        if self.say is not None:
            self.say(
                f"Memory did not suffice for {2 * size} clips of {self.spec.title} at once; it "
                f"goes on with {size}."
            )
        self.batch = size


class _NetReading:
    """Shows clips to the net as soon as there are enough of them."""

    def __init__(self, descriptor: NetDescriptor, maker: ClipMaker) -> None:
        self._descriptor, self._maker = descriptor, maker
        self._ready: list[MadeClip] = []
        self.frames = maker.frames

    def take(self, frame: int, picture: NDArray[np.uint8]) -> list[Described]:
        self._ready += self._maker.take(frame, picture)
        found: list[Described] = []
        while len(self._ready) >= self._descriptor.batch:
            found += self._run(self._descriptor.batch)
        return found

    def finish(self) -> list[Described]:
        return self._run(len(self._ready)) if self._ready else []

    def _run(self, count: int) -> list[Described]:
        clips, self._ready = self._ready[:count], self._ready[count:]
        vectors = self._descriptor.embed(clips)
        targets = [target for clip in clips for target in clip.targets]
        return [
            Described(tube, window, vector)
            for (tube, window), vector in zip(targets, vectors, strict=True)
        ]


def sampling(spec: NetSpec) -> str:
    """Everything of a net's clips that its embedding depends on, as text."""
    return "+".join(_sampling(each) for each in spec.inputs)


def default_every(spec: NetSpec) -> int:
    """Every how many windows a clip is looked at: half a clip apart, 0.8 to 1.2 s."""
    spans = [WINDOW_S if each.segments else each.frames * each.step_s for each in spec.inputs]
    apart = min(max(max(spans) / 2, CLOSEST_S), FARTHEST_S)
    return max(1, round(apart / HOP_S))


def _sampling(wanted: ClipInput) -> str:
    where = "segments" if wanted.segments else f"{wanted.step_s}s"
    color = "bgr" if wanted.bgr else "rgb"
    return (
        f"{wanted.stream} {wanted.frames}x{where}x{wanted.stack} {wanted.size}px {color} "
        f"{wanted.scale:.6g} {wanted.mean} {wanted.std} {wanted.flow_limit}"
    )


def _batch(spec: NetSpec, device: str) -> int:
    if device != "cpu":
        return GPU_BATCH
    return 1 if spec.gflops > HEAVY_GFLOPS else CPU_BATCH


def _rois(clips: Sequence[MadeClip], device: str) -> Tensor | None:
    """(K, 5) as `ActionNet.embed` takes them."""
    import torch

    if clips[0].rois is None:
        return None
    rows = [
        np.concatenate([np.full((len(clip.targets), 1), number), clip.rois], axis=1)
        for number, clip in enumerate(clips)
    ]
    return torch.tensor(np.concatenate(rows), dtype=torch.float32, device=device)

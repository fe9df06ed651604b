"""Makes a net fast for looking at clips, and halves batches that do not fit.

What pays differs by machine (docs/benchmarks.md has the figures):
- everywhere batch norms are worked into convolutions, channels lie innermost, and pools and
  1x1x1 convolutions are those of `fast_modules`: the same numbers up to rounding;
- bfloat16 where the processor multiplies it in hardware (avx512_bf16 or AMX), and on GPUs;
- on GPUs one CUDA graph for each shape of clips, since small kernels wait for their launch.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from mlbackend.nets.fast_modules import CHANNELS_LAST, fold_norms, swap
from mlbackend.nets.memory import give_back, is_out_of_memory

FLOAT32, BFLOAT16, AUTO = "float32", "bfloat16", "auto"
# A graph holds its memory; clips of more shapes than this go without.
_MAX_GRAPHS = 4

Item = TypeVar("Item")


class Prepared(nn.Module):
    """A net made fast, an `ActionNet` that answers in float32 and cannot be trained.

    Args:
        net: what `prepare` made of the original.
        device: where it stands. dtype: what it computes in.
    """

    def __init__(self, net: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.net = net
        self.device = device
        self.dtype = dtype
        self.embedding_width: int = net.embedding_width  # type: ignore[assignment]
        self._graphs: dict[tuple, _Graph | None] = {}

    def forward(self, *streams: Tensor) -> Tensor:
        """Return logits (N, classes) of clips; see `ActionNet`."""
        return self.classify(self.embed(streams))

    @torch.inference_mode()
    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`."""
        clips = [self._laid_out(clip) for clip in streams]
        if rois is not None:
            # How many people there are changes from clip to clip: no graph.
            return self.net.embed(clips, rois.to(self.device)).float()  # type: ignore[operator]
        if self.device.type == "cuda":
            graph = self._graph(clips)
            if graph is not None:
                return graph(clips)
        return self.net.embed(clips).float()  # type: ignore[operator]

    @torch.inference_mode()
    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        embedding = embedding.to(self.device, self.dtype)
        return self.net.classify(embedding).float()  # type: ignore[operator]

    def _laid_out(self, clip: Tensor) -> Tensor:
        return clip.to(self.device, self.dtype).contiguous(memory_format=CHANNELS_LAST)

    def _graph(self, clips: Sequence[Tensor]) -> _Graph | None:
        key = tuple(tuple(clip.shape) for clip in clips)
        if key not in self._graphs:
            if len(self._graphs) >= _MAX_GRAPHS:
                return None
            self._graphs[key] = _Graph.captured(self.net, clips)
        return self._graphs[key]


class _Graph:
    """One recorded forward pass for clips of one shape."""

    def __init__(self, graph: torch.cuda.CUDAGraph, inputs: list[Tensor], output: Tensor) -> None:
        self._graph, self._inputs, self._output = graph, inputs, output

    @classmethod
    def captured(cls, net: nn.Module, clips: Sequence[Tensor]) -> _Graph | None:
        """Record the pass; None where this net or driver does not allow it."""
        inputs = [clip.clone(memory_format=torch.preserve_format) for clip in clips]
        try:
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    net.embed(inputs)  # type: ignore[operator]
            torch.cuda.current_stream().wait_stream(side)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                output = net.embed(inputs).float()  # type: ignore[operator]
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            return None
        return cls(graph, inputs, output)

    def __call__(self, clips: Sequence[Tensor]) -> Tensor:
        for kept, clip in zip(self._inputs, clips, strict=True):
            kept.copy_(clip)
        self._graph.replay()
        return self._output.clone()


def prepare(net: nn.Module, device: str | torch.device, precision: str = AUTO) -> Prepared:
    """Return a fast copy of an `ActionNet` for a device; the net itself stays as it is.

    Args:
        precision: "float32", whose logits agree with the net's to 1e-4 of the largest;
            "bfloat16", to about 1 in 50; "auto" takes bfloat16 where hardware multiplies it.

    Raises:
        ValueError: another precision.
    """
    if precision not in (AUTO, FLOAT32, BFLOAT16):
        raise ValueError(f"precision is {AUTO}, {FLOAT32} or {BFLOAT16}, not {precision}")
    place = torch.device(device)
    if precision == AUTO:
        precision = BFLOAT16 if multiplies_bfloat16(place) else FLOAT32
    dtype = torch.bfloat16 if precision == BFLOAT16 else torch.float32
    fast = copy.deepcopy(net).eval().requires_grad_(False)
    with torch.inference_mode(False), torch.no_grad():
        fold_norms(fast)
        swap(fast)
        fast = fast.to(place, dtype)
        for module in fast.modules():
            if isinstance(module, nn.Conv3d):
                module.weight.data = module.weight.contiguous(memory_format=CHANNELS_LAST)
            elif isinstance(module, nn.Conv2d):
                module.weight.data = module.weight.contiguous(memory_format=torch.channels_last)
    return Prepared(fast, place, dtype)


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 in hardware."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def in_batches(
    work: Callable[[Sequence[Item]], Tensor],
    items: Sequence[Item],
    size: int,
    tell: Callable[[int], None] | None = None,
) -> Tensor:
    """Return what `work` makes of all items, `size` at a time, one after another.

    Where memory does not suffice the batch is halved, for all that follows too.

    Args:
        items: a list, or a tensor along its first axis; not empty.
        tell: called with the new size each time it is halved.

    Raises:
        the error of `work`: another one, or memory does not even suffice for one item.
    """
    done, start = [], 0
    while start < len(items):
        chosen = items[start : start + size]
        try:
            done.append(work(chosen))
        except (RuntimeError, MemoryError) as error:
            if len(chosen) == 1 or not is_out_of_memory(error):
                raise
            size = len(chosen) // 2
        else:
            start += len(chosen)
            continue
        # Here and not above: the error's traceback held what was to be freed.
        give_back()
        if tell is not None:
            tell(size)
    return torch.cat(done)

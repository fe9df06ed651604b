"""How long nets take here, and what each trick of `mlbackend.nets.inference` brings."""

from __future__ import annotations

import copy
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from mlbackend.bench.registry import Say
from mlbackend.nets import deterministic, inference
from mlbackend.nets.action_net import NetSpec, View
from mlbackend.nets.fast_modules import CHANNELS_LAST, fold_norms, swap
from mlbackend.nets.registry import spec as spec_of

HELP = "I3D by each way of computing it, as a ratio to plain float32; on a GPU also training."

# Of the square matrices by whose product a GPU's rate is measured.
_MATRIX = 8192
_TRAINED_BATCH = 8

Row = dict[str, Any]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--nets", nargs="+", default=["i3d"], metavar="NET", help="default: i3d")
    parser.add_argument(
        "--frames", nargs="+", type=int, default=[16, 64], metavar="T", help="default: 16 64"
    )
    parser.add_argument("--runs", type=int, default=3, help="the best of so many; default: 3")
    parser.add_argument("--threads", type=int, default=0, help="of a CPU; default: torch's own")


def run(options: dict[str, Any], say: Say) -> dict[str, Any]:
    """Measure and print; see `Bench`.

    On a CPU the time is the processor's, summed over threads: other programs disturb it less
    than they disturb a clock.
    """
    if options["threads"]:
        torch.set_num_threads(options["threads"])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rows: list[Row] = []
    for name in options["nets"]:
        for frames in options["frames"]:
            rows += _ways(spec_of(name), frames, device, options["runs"], say)
    figures: dict[str, Any] = {"device": _named(device), "rows": rows}
    if device.type == "cuda":
        figures["gpu"] = [_gpu(spec_of(name), options["runs"], say) for name in options["nets"]]
    return figures


def _ways(spec: NetSpec, frames: int, device: torch.device, runs: int, say: Say) -> list[Row]:
    """Time one clip by each way; the first is plain float32, and the others' measure."""
    net = spec.build(400).to(device).requires_grad_(False)
    streams, rois = _input(spec, frames, 1, device)
    say(f"{spec.title}, {frames} frames, {_named(device)}")
    say(f"{'':2}{'way':44}{'s':>8}{'ratio':>7}")
    rows: list[Row] = []
    for way, embed in _variants(net, device):
        with torch.inference_mode():
            seconds = best_s(lambda embed=embed: embed(streams, rois), device, runs)
        ratio = seconds / (rows[0]["s"] if rows else seconds)
        rows.append({"net": spec.name, "frames": frames, "way": way, "s": seconds, "ratio": ratio})
        say(f"{'':2}{way:44}{seconds:8.3f}{ratio:7.2f}")
    return rows


def _variants(net: nn.Module, device: torch.device) -> list[tuple[str, Callable[..., Tensor]]]:
    """One trick more each time, then all of them as `prepare` combines them."""
    folded = copy.deepcopy(net)
    fold_norms(folded)
    swapped = copy.deepcopy(folded)
    swap(swapped)

    def autocast(streams: list[Tensor], rois: Tensor | None) -> Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            return net.embed(streams, rois)  # type: ignore[operator, no-any-return]

    def innermost(streams: list[Tensor], rois: Tensor | None) -> Tensor:
        clips = [clip.contiguous(memory_format=CHANNELS_LAST) for clip in streams]
        return net.embed(clips, rois)  # type: ignore[operator, no-any-return]

    return [
        ("plain float32", net.embed),  # type: ignore[list-item]
        ("channels innermost", innermost),
        ("norms folded", folded.embed),  # type: ignore[list-item]
        ("norms folded, pools and 1x1x1 replaced", swapped.embed),  # type: ignore[list-item]
        ("prepared, float32", inference.prepare(net, device, "float32").embed),
        ("bfloat16 by autocast", autocast),
        ("prepared, bfloat16", inference.prepare(net, device, "bfloat16").embed),
    ]


def _gpu(spec: NetSpec, runs: int, say: Say) -> Row:
    """Clips a second in bfloat16, as a share of the measured rate, and a step of training."""
    device = torch.device("cuda")
    rate = _matrix_rate(device, runs)
    count = _TRAINED_BATCH
    streams, rois = _input(spec, spec.inputs[0].frames, count, device)
    fast = inference.prepare(spec.build(400), device, "bfloat16")
    seconds = best_s(lambda: fast.embed(streams, rois), device, runs)
    share = count * spec.gflops * 1e9 / seconds / rate
    step = best_s(_training(spec, streams, rois, device), device, runs)
    say(
        f"{spec.title}: {count / seconds:.1f} clips/s in bfloat16, {share:.1%} of the "
        f"{rate / 1e12:.0f} TFLOP/s of a matrix product; a step of training on {count} clips "
        f"{step:.3f} s"
    )
    return {
        "net": spec.name, "clips_per_s": count / seconds, "share_of_matmul": share,
        "matmul_flops": rate, "training_step_s": step, "training_batch": count,
    }  # fmt: skip


def _training(
    spec: NetSpec, streams: list[Tensor], rois: Tensor | None, device: torch.device
) -> Callable[[], None]:
    net = spec.build(400).to(device).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)

    def step() -> None:
        with torch.autocast(device.type, torch.bfloat16):
            logits = net.classify(net.embed(streams, rois))  # type: ignore[operator]
            loss = logits.float().square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


def _matrix_rate(device: torch.device, runs: int) -> float:
    """FLOP a second of a bfloat16 product of large matrices."""
    left = torch.randn(_MATRIX, _MATRIX, device=device, dtype=torch.bfloat16)
    seconds = best_s(lambda: left @ left, device, max(runs, 10))
    return 2.0 * _MATRIX**3 / seconds


def best_s(work: Callable[[], Any], device: torch.device, runs: int) -> float:
    """Seconds of the fastest of several runs after one that does not count."""
    clock = time.process_time if device.type == "cpu" else time.perf_counter
    _wait(work(), device)
    best = float("inf")
    for _ in range(runs):
        began = clock()
        _wait(work(), device)
        best = min(best, clock() - began)
    return best


def _wait(_result: Any, device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _input(
    spec: NetSpec, frames: int, count: int, device: torch.device
) -> tuple[list[Tensor], Tensor | None]:
    streams = [
        deterministic.clip((count, clip.channels, frames, clip.size, clip.size)).to(device)
        for clip in spec.inputs
    ]
    if spec.view is View.TUBE:
        return streams, None
    side = float(spec.inputs[0].size)
    boxes = [[float(i), 0.2 * side, 0.1 * side, 0.6 * side, 0.9 * side] for i in range(count)]
    return streams, torch.tensor(boxes, device=device)


def _named(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"

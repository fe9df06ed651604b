"""Verifies that nets compute what they should, with or without a folder of golden files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mlbackend.nets import check, registry
from mlbackend.nets.action_net import NetSpec, View
from mlbackend.zoo.check import Row

Say = Callable[[float, str], None]
_CLASSES = 8


def check_nets(names: Sequence[str], golden: Path | None, say: Say | None = None) -> list[Row]:
    """Compare each net, or those named, with recorded numbers and with golden files.

    A net that nothing was recorded of is run on one clip.
    """
    nets = [name for name in registry.NETS if not names or name in names]
    rows: list[Row] = []
    for at, name in enumerate(nets):
        if say is not None:
            say(at / len(nets), f"Checking {name}")
        rows += _recorded(name)
    if golden is not None and nets:
        if say is not None:
            say(0.9, "Comparing with the golden files")
        rows += [_row(line) for line in check.check_golden(golden, nets)]
    return rows


def _recorded(name: str) -> list[Row]:
    try:
        return [_row(line) for line in check.check_reference([name])]
    except KeyError:
        return [_runs(registry.NETS[name])]


def _row(line: check.Checked) -> Row:
    found = f"differs by {line.difference:.2g}, allowed {line.allowed:.2g}"
    return Row(line.net, line.what, line.ok, found)


def _runs(spec: NetSpec) -> Row:
    """Build it and let it answer a clip of its own size."""
    import torch

    streams = [
        torch.zeros(1, clip.channels, clip.frames, clip.size, clip.size) for clip in spec.inputs
    ]
    whole = torch.tensor([[0.0, 0.0, 0.0, streams[0].shape[4], streams[0].shape[3]]])
    try:
        net = spec.build(_CLASSES)
        with torch.inference_mode():
            embedding = net.embed(streams, None if spec.view is View.TUBE else whole)  # type: ignore[operator]
            logits = net.classify(embedding)  # type: ignore[operator]
    except Exception as error:  # whatever a new net does wrong
        return Row(spec.name, "runs", False, f"{type(error).__name__}: {error}")
    wanted = (1, net.embedding_width), (1, _CLASSES)
    shapes = tuple(embedding.shape), tuple(logits.shape)
    return Row(
        spec.name, "runs", shapes == wanted, f"embedding {shapes[0]}, logits {shapes[1]}"
    )  # fmt: skip

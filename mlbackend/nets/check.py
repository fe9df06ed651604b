"""Checks that the nets compute what they should, by weights that any machine can make.

Without any file: against numbers recorded in float64 with this package (`reference.json`). With a
folder of golden files: against published implementations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mlbackend.data import sampling
from mlbackend.nets import deterministic
from mlbackend.nets.action_net import View
from mlbackend.nets.registry import NETS

CLASSES = 8
# Of the largest logit; float32 reaches a hundredth of it.
_RELATIVE = 1e-4
_REFERENCE = Path(__file__).with_name("reference.json")
# (frames, height, width): small, and odd where a net takes that, so that padding shows.
_SIZE = (11, 45, 38)
_SIZES = {
    "slowfast_r50": (12, 45, 38),
    "slowfast_roi": (12, 45, 38),
    "s3d": (15, 45, 38),
    "mvit_v2_s": (16, 224, 224),
    "tsn": (8, 45, 38),
    "tsn_max": (8, 45, 38),
    "tsn_top_k": (8, 45, 38),
    "tsn_flow": (8, 45, 38),
    "tsn_rgb_difference": (8, 45, 38),
}
_ROIS = ((0.0, 2.0, 3.0, 30.0, 40.0), (0.0, 0.0, 0.0, 38.0, 45.0))


@dataclass(frozen=True, slots=True)
class Checked:
    """One line: what was compared, the largest difference found and the largest allowed."""

    net: str
    what: str
    difference: float
    allowed: float

    @property
    def ok(self) -> bool:
        # Not a number is not fine.
        return bool(self.difference <= self.allowed)


def check_reference(names: Iterable[str] | None = None) -> Iterator[Checked]:
    """Compare each net's logits, in float32, with those recorded; all nets without names."""
    for name in NETS if names is None else names:
        recorded = np.array(_recorded()[name])
        found = logits(name, torch.float32).numpy()
        scale = float(np.abs(recorded).max())
        gap = float(np.abs(found - recorded).max()) / scale
        yield Checked(name, "recorded logits (of the largest)", gap, _RELATIVE)


def check_golden(folder: Path, names: Iterable[str] | None = None) -> Iterator[Checked]:
    """Compare with the golden files of a folder; those that are absent are passed over.

    Args:
        folder: holds `i3d_rgb_deterministic_weights.json`, `torchvision_ops.json` and
            `frame_sampling.json`, or some of them; clips are looked for in `../clips`.
        names: only these nets.
    """
    wanted = None if names is None else set(names)
    for file_name, nets, check in _GOLDEN:
        path = folder / file_name
        if path.is_file() and (wanted is None or wanted & set(nets)):
            yield from check(json.loads(path.read_text()), folder)


@torch.inference_mode()
def logits(name: str, dtype: torch.dtype) -> Tensor:
    """Return the (N, CLASSES) logits of the named net under deterministic weights and input."""
    spec = NETS[name]
    net = spec.build(CLASSES)
    deterministic.fill(net, spec.stages[0])
    net = net.to(dtype)
    frames, height, width = _SIZES.get(name, _SIZE)
    streams = [
        deterministic.clip((1, clip.channels, frames, height, width)).to(dtype)
        for clip in spec.inputs
    ]
    rois = None if spec.view is View.TUBE else torch.tensor(_ROIS, dtype=dtype)
    return net.classify(net.embed(streams, rois))


def record(path: Path = _REFERENCE) -> None:
    """Write the numbers that `check_reference` compares with, computed in float64."""
    rows = {name: np.round(logits(name, torch.float64).numpy(), 9).tolist() for name in NETS}
    text = ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    path.write_text("{\n" + text + "\n}\n")


@cache
def _recorded() -> dict[str, Any]:
    return dict(json.loads(_REFERENCE.read_text()))


def _i3d(golden: dict[str, Any], folder: Path) -> Iterator[Checked]:
    net = NETS["i3d"].build(400)
    deterministic.fill(net, NETS["i3d"].stages[0])
    for case in golden["cases"]:
        clip = _clip(case, folder)
        if clip is None:
            continue
        with torch.inference_mode():
            found = net(clip).mean(dim=2)[0]
        wanted = torch.tensor(case["logits_mean_over_time_space"])
        gap = float((found - wanted).abs().max())
        yield Checked("i3d", f"published port's logits, {case['id']}", gap, 2e-3)


def _clip(case: dict[str, Any], folder: Path) -> Tensor | None:
    """The case's clip (1, 3, T, H, W); None where it needs a file that is not here."""
    seed = re.search(r"RandomState\((\d+)\)\.uniform\(-1, ?1", case["input"])
    if seed is not None:
        return deterministic.clip(case["input_shape"], int(seed[1]))
    named = re.search(r"\S+\.gif", case["input"])
    found = sorted((folder.parent / "clips").rglob(f"*{named[0]}")) if named else []
    if not found:
        return None
    import av

    with av.open(str(found[0])) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    pixels = torch.from_numpy(np.stack(frames)).float()
    return (pixels * (2 / 255) - 1).permute(3, 0, 1, 2)[None]


def _operators(golden: dict[str, Any], folder: Path) -> Iterator[Checked]:
    from torchvision import ops

    drawn = np.random.RandomState(11).standard_normal((2, 3, 14, 20)).astype(np.float32)
    feature = torch.from_numpy(drawn)
    rois = torch.tensor(golden["rois_b_x1y1x2y2"])
    scale = float(golden["spatial_scale"])
    for key, expected in golden["roi_align"].items():
        aligned, ratio = "aligned=True" in key, int(key.rsplit("=", 1)[1])
        cells = ops.roi_align(feature, rois, 7, scale, ratio, aligned)
        sums = np.abs(cells.sum(dim=(1, 2, 3)).numpy() - expected["sum_per_roi"]).max()
        one = np.abs(cells[1, 0].numpy() - expected["roi1_channel0"]).max()
        yield Checked("roi head", f"roi_align {key}", float(max(sums, one)), 1e-3)
    pooled = ops.roi_pool(feature, rois, 7, scale).sum(dim=(1, 2, 3)).numpy()
    gap = np.abs(pooled - golden["roi_pool"]["sum_per_roi"]).max()
    yield Checked("roi head", "roi_pool", float(gap), 1e-3)
    boxes, scores = _nms_input()
    for threshold, keep in golden["nms"]["keep"].items():
        kept = ops.nms(boxes, scores, float(threshold)).tolist()
        yield Checked("detectors", f"nms {threshold}", float(kept != keep), 0.0)


def _nms_input() -> tuple[Tensor, Tensor]:
    random = np.random.RandomState(12)
    boxes = random.uniform(0, 200, (200, 4)).astype("f4")
    boxes[:, 2:] = boxes[:, :2] + random.uniform(5, 80, (200, 2)).astype("f4")
    scores = random.uniform(0, 1, 200).astype("f4")
    return torch.from_numpy(boxes), torch.from_numpy(scores)


def _ends(*numbers: int) -> np.ndarray:
    return sampling.mmaction2_3d_test(*numbers)[:, [0, -1]]


_SAMPLERS: dict[str, Callable[..., np.ndarray]] = {
    "tsn_pytorch_test": sampling.tsn_test,
    "tsn_pytorch_val": sampling.tsn_validation,
    "mmaction2_2d_test": sampling.mmaction2_2d_test,
    "mmaction2_3d_test_first_last": _ends,
    "slowfast_ava_seq": sampling.slowfast_ava,
    "mmaction2_ava": sampling.mmaction2_ava,
}


def _sampling(golden: dict[str, Any], folder: Path) -> Iterator[Checked]:
    for name, sampler in _SAMPLERS.items():
        gap = 0
        for key, expected in golden.get(name, {}).items():
            found = sampler(*(int(n) for n in re.findall(r"=(\d+)", key)))
            gap = max(gap, int(np.abs(found - np.array(expected)).max()))
        yield Checked("sampling", f"{name}, frames", float(gap), 0.0)


_ROI_NETS = ("i3d_roi", "slowfast_roi")
_SAMPLED: Sequence[str] = tuple(NETS)
_GOLDEN: tuple[tuple[str, Sequence[str], Callable[..., Iterator[Checked]]], ...] = (
    ("i3d_rgb_deterministic_weights.json", ("i3d",), _i3d),
    ("torchvision_ops.json", _ROI_NETS, _operators),
    ("frame_sampling.json", _SAMPLED, _sampling),
)

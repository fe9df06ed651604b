"""torchvision's video nets behind one adapter, with the clips their published weights expect.

Their published files load by the registry's renames: the last layer is `head`, the rest `net`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import video
from torchvision.models._api import WeightsEnum

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import ClipInput, NetSpec, View


class VideoNet(nn.Module):
    """A net of torchvision cut before its last layer, an `ActionNet`.

    Args:
        net: torchvision's, whole.
        head: the name of its last layer or layers, which end in one that is linear.
        min_frames: fewer cannot be taken.
    """

    def __init__(self, net: nn.Module, head: str, min_frames: int) -> None:
        super().__init__()
        self.net = net
        self.head = net.get_submodule(head)
        setattr(net, head, nn.Identity())
        if isinstance(net, video.S3D):
            net.avgpool = _Pool()
        self.min_frames = min_frames
        last = [m for m in self.head.modules() if isinstance(m, nn.Linear | nn.Conv3d)][-1]
        self.embedding_width: int = last.weight.shape[1]
        self._convolves = isinstance(last, nn.Conv3d)

    def forward(self, clip: Tensor) -> Tensor:
        """(N, 3, T, H, W) to (N, classes) logits."""
        return self.classify(self.embed([clip]))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`: what enters the last layer.

        Raises:
            InvalidInput: the clip has too few frames.
        """
        clip = streams[0]
        if clip.shape[2] < self.min_frames:
            raise InvalidInput(
                f"{type(self.net).__name__} needs clips of at least {self.min_frames} frames, "
                f"got {clip.shape[2]}."
            )
        return self.net(clip)

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        if self._convolves:
            embedding = embedding[:, :, None, None, None]
        return self.head(embedding).flatten(1)


class _Pool(nn.Module):
    """S3D's pool of [2, 7, 7]; of smaller pictures it pools what is there."""

    def forward(self, x: Tensor) -> Tensor:
        kernel = (2, min(7, x.shape[3]), min(7, x.shape[4]))
        exact = x.float() if x.dtype == torch.bfloat16 else x
        return functional.avg_pool3d(exact, kernel, 1).to(x.dtype)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of torchvision's nets: how it is made, its last layer, what its weights saw."""

    title: str
    build: Callable[..., nn.Module]
    weights: WeightsEnum
    head: str
    frames: int
    step_s: float
    gflops: float
    stages: tuple[str | tuple[str, ...], ...]
    source: str
    min_frames: int = 1


def _stages(*names: str | tuple[str, ...]) -> tuple[str | tuple[str, ...], ...]:
    def full(name: str | tuple[str, ...]) -> str | tuple[str, ...]:
        return f"net.{name}." if isinstance(name, str) else tuple(f"net.{n}." for n in name)

    return ("head.", *(full(name) for name in names))


_RESNET_STAGES = _stages("layer4", "layer3", "layer2", "layer1", "stem")
# Between them are pools.
_S3D_BLOCKS = (15, 14, 12, 11, 10, 9, 8, 6, 5, 3, 2, 0)
_TRAN = "Tran et al., A Closer Look at Spatiotemporal Convolutions (2018)"

# Frames and rates are those of torchvision's documented accuracies; S3D's was measured on 128
# frames, of which 32 are taken here: 2 s are more than most windows already.
KINDS = {
    "r2plus1d_18": _Kind(
        "R(2+1)D-18", video.r2plus1d_18, video.R2Plus1D_18_Weights.KINETICS400_V1, "fc",
        16, 1 / 15, 81.0, _RESNET_STAGES, _TRAN,
    ),
    "r3d_18": _Kind(
        "ResNet3D-18", video.r3d_18, video.R3D_18_Weights.KINETICS400_V1, "fc",
        16, 1 / 15, 81.4, _RESNET_STAGES, _TRAN,
    ),
    "mc3_18": _Kind(
        "MC3-18", video.mc3_18, video.MC3_18_Weights.KINETICS400_V1, "fc",
        16, 1 / 15, 86.7, _RESNET_STAGES, _TRAN,
    ),
    "s3d": _Kind(
        "S3D", video.s3d, video.S3D_Weights.KINETICS400_V1, "classifier",
        32, 1 / 15, 71.9, _stages(*(f"features.{n}" for n in _S3D_BLOCKS)),
        "Xie et al., Rethinking Spatiotemporal Feature Learning (2018)", 14,
    ),
    "mvit_v2_s": _Kind(
        "MViTv2-S", video.mvit_v2_s, video.MViT_V2_S_Weights.KINETICS400_V1, "head",
        16, 1 / 7.5, 128.4,
        _stages(
            ("blocks.15", "norm"), *(f"blocks.{n}" for n in range(14, -1, -1)),
            ("conv_proj", "pos_encoding"),
        ),
        "Li et al., MViTv2 (2022)",
    ),
    "swin3d_t": _Kind(
        "Video Swin-T", video.swin3d_t, video.Swin3D_T_Weights.KINETICS400_V1, "head",
        32, 1 / 15, 175.5,
        _stages(
            ("features.6", "norm"), *(f"features.{n}" for n in range(5, -1, -1)), "patch_embed",
        ),
        "Liu et al., Video Swin Transformer (2022)",
    ),
}  # fmt: skip


def build(name: str, num_classes: int) -> VideoNet:
    """Return the named net of torchvision with random weights, in evaluation mode."""
    kind = KINDS[name]
    net = kind.build(weights=None, num_classes=num_classes)
    return VideoNet(net, kind.head, kind.min_frames).eval()


def _spec(name: str, kind: _Kind) -> NetSpec:
    seen = kind.weights.transforms()
    return NetSpec(
        name=name,
        title=f"{kind.title} (torchvision)",
        build=lambda classes: build(name, classes),
        inputs=(
            ClipInput(
                frames=kind.frames,
                step_s=kind.step_s,
                size=seen.crop_size[0],
                mean=tuple(seen.mean),
                std=tuple(seen.std),
            ),
        ),
        view=View.TUBE,
        multi_label=False,
        stages=kind.stages,
        gflops=kind.gflops,
        source=kind.source,
        renames=(
            (rf"^{kind.head}\.", "head."),
            (r"^(?!(head|net)\.)", "net."),
        ),
    )


SPECS = tuple(_spec(name, kind) for name, kind in KINDS.items())

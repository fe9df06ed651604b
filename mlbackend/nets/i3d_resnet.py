"""I3D-ResNet50: a ResNet-50 whose kernels see time, in the two forms that are published.

They differ in how fast time is halved. Of their files load as they are, by the registry's renames:
- `i3d_r50`: mmaction2's `i3d_imagenet-pretrained-r50_*_32x2x1-*` (without non-local blocks);
- `i3d_r50_8x8`: PyTorchVideo's `I3D_8x8_R50.pyth` and PySlowFast's I3D 8x8 R50, without
  non-local blocks.

Source: Carreira and Zisserman (2017) for the inflation; Wang et al., "Non-local Neural Networks"
(2018), for the ResNet.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from mlbackend.nets.action_net import ClipInput, NetSpec, View
from mlbackend.nets.resnet3d import ResNet3d

EMBEDDING_WIDTH = 2048


class _Head(nn.Module):
    """Dropout and one linear layer, named as mmaction2 names it."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(0.5)
        self.fc_cls = nn.Linear(EMBEDDING_WIDTH, num_classes)

    def forward(self, embedding: Tensor) -> Tensor:
        return self.fc_cls(self.dropout(embedding))


class I3DResNet50(nn.Module):
    """An `ActionNet`.

    Args:
        slow: halve time once (8 frames of a rate of 8) instead of three times (32 of 2).
    """

    embedding_width = EMBEDDING_WIDTH

    def __init__(self, num_classes: int = 400, *, slow: bool = False) -> None:
        super().__init__()
        stride_t = 1 if slow else 2
        self.backbone = ResNet3d(stem_stride_t=stride_t, pool_stride_t=stride_t)
        self.cls_head = _Head(num_classes)

    def forward(self, clip: Tensor) -> Tensor:
        """(N, 3, T, H, W) to (N, classes) logits."""
        return self.classify(self.embed([clip]))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`: the last stage's mean over time and place."""
        return self.backbone(streams[0]).mean(dim=(2, 3, 4))

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        return self.cls_head(embedding)


IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
_STAGES = (
    "cls_head.", "backbone.layer4.", "backbone.layer3.", "backbone.layer2.", "backbone.layer1.",
    "backbone.conv1.",
)  # fmt: skip
# Branches of a block by the other projects' letters.
_BLOCK = tuple(
    pair
    for letter, number in (("a", 1), ("b", 2), ("c", 3))
    for pair in (
        (rf"\.branch2\.(conv_{letter}|{letter})\.", f".conv{number}.conv."),
        (rf"\.branch2\.(norm_{letter}|{letter}_bn)\.", f".conv{number}.bn."),
    )
)
_PYTORCHVIDEO = (
    (r"^blocks\.0\.conv\.", "backbone.conv1.conv."),
    (r"^blocks\.0\.norm\.", "backbone.conv1.bn."),
    (r"^blocks\.1\.res_blocks\.", "backbone.layer1."),
    # The pool after the first stage is a block of its own.
    (r"^blocks\.3\.res_blocks\.", "backbone.layer2."),
    (r"^blocks\.4\.res_blocks\.", "backbone.layer3."),
    (r"^blocks\.5\.res_blocks\.", "backbone.layer4."),
    (r"^blocks\.6\.proj\.", "cls_head.fc_cls."),
    (r"\.branch1_conv\.", ".downsample.conv."),
    (r"\.branch1_norm\.", ".downsample.bn."),
)
_PYSLOWFAST = (
    (r"^s1\.pathway0_stem\.", "backbone.conv1."),
    *((rf"^s{n + 1}\.pathway0_res(\d+)\.", rf"backbone.layer{n}.\1.") for n in (1, 2, 3, 4)),
    (r"^head\.projection\.", "cls_head.fc_cls."),
    (r"\.branch1\.", ".downsample.conv."),
    (r"\.branch1_bn\.", ".downsample.bn."),
)

SPECS = (
    NetSpec(
        name="i3d_r50",
        title="I3D (ResNet-50), 32 frames",
        build=lambda classes: I3DResNet50(classes).eval(),
        # Every second frame at 30 a second, as Kinetics is sampled there.
        inputs=(
            ClipInput(frames=32, step_s=2 / 30, size=224, mean=IMAGENET_MEAN, std=IMAGENET_STD),
        ),
        view=View.TUBE,
        multi_label=False,
        stages=_STAGES,
        gflops=66.3,
        source="Carreira and Zisserman (2017); Wang et al. (2018)",
    ),
    NetSpec(
        name="i3d_r50_8x8",
        title="I3D (ResNet-50), 8 frames",
        build=lambda classes: I3DResNet50(classes, slow=True).eval(),
        inputs=(ClipInput(frames=8, step_s=8 / 30, size=224, mean=(0.45,) * 3, std=(0.225,) * 3),),
        view=View.TUBE,
        multi_label=False,
        stages=_STAGES,
        gflops=56.8,
        source="Carreira and Zisserman (2017); Wang et al. (2018)",
        renames=(*_PYTORCHVIDEO, *_PYSLOWFAST, *_BLOCK),
    ),
)

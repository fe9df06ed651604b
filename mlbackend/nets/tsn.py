"""Temporal segment network: a ResNet-50 on a few moments of the window, whose scores are joined.

Source: Wang et al., "Temporal Segment Networks" (2016). The body is torchvision's ResNet-50 by its
names; mmaction2's TSN files load by the registry's renames.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from torch import Tensor, nn
from torchvision.models import resnet50

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View
from mlbackend.nets.i3d_resnet import IMAGENET_MEAN, IMAGENET_STD

FEATURE_WIDTH = 2048
SEGMENTS = 8


class Consensus(StrEnum):
    """How the segments' scores become one: their mean, largest, or mean of the k largest."""

    AVERAGE = "average"
    MAX = "max"
    TOP_K = "top_k"


def consensus(scores: Tensor, kind: Consensus, k: int) -> Tensor:
    """(N, segments, classes) scores before the softmax to (N, classes)."""
    if kind is Consensus.AVERAGE:
        return scores.mean(dim=1)
    if kind is Consensus.MAX:
        return scores.amax(dim=1)
    return scores.topk(min(k, scores.shape[1]), dim=1).values.mean(dim=1)


class TSN(nn.Module):
    """An `ActionNet`.

    The average of linear scores is the score of the averaged features, which are the embedding
    then. The other ways choose by score, so there all segments' features are, one after another.

    Args:
        in_channels: 3 for RGB; for stacks what `ClipInput.channels` says.
        segments: how many moments the embedding holds; an average takes any number.
        k: of the top-k consensus.
    """

    def __init__(
        self,
        num_classes: int,
        *,
        in_channels: int = 3,
        kind: Consensus = Consensus.AVERAGE,
        segments: int = SEGMENTS,
        k: int = 3,
        dropout: float = 0.8,
    ) -> None:
        super().__init__()
        self.backbone = resnet50(weights=None)
        self.backbone.fc = nn.Identity()
        if in_channels != 3:
            self.backbone.conv1 = nn.Conv2d(in_channels, 64, 7, 2, 3, bias=False)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(FEATURE_WIDTH, num_classes)
        nn.init.normal_(self.fc.weight, std=0.001)
        nn.init.zeros_(self.fc.bias)
        self.kind = kind
        self.segments = segments
        self.k = k
        self.embedding_width = FEATURE_WIDTH * (1 if kind is Consensus.AVERAGE else segments)

    def forward(self, clip: Tensor) -> Tensor:
        """(N, C, segments, H, W) to (N, classes) logits."""
        return self.classify(self.embed([clip]))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`.

        Raises:
            InvalidInput: another number of segments than this consensus was built for.
        """
        clip = streams[0]
        count, channels, moments, height, width = clip.shape
        pictures = clip.transpose(1, 2).reshape(count * moments, channels, height, width)
        features = self.backbone(pictures).view(count, moments, FEATURE_WIDTH)
        if self.kind is Consensus.AVERAGE:
            return features.mean(dim=1)
        if moments != self.segments:
            raise InvalidInput(f"This TSN takes {self.segments} segments, got {moments}.")
        return features.flatten(1)

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`: the consensus of the segments' logits."""
        features = embedding.view(len(embedding), -1, FEATURE_WIDTH)
        return consensus(self.fc(self.dropout(features)), self.kind, self.k)


_RGB = ClipInput(
    frames=SEGMENTS, step_s=0.04, size=224, mean=IMAGENET_MEAN, std=IMAGENET_STD, segments=True
)
# 20 px a step are half the range of a picture's values, whose mean deviation is 0.226.
_FLOW = ClipInput(
    frames=SEGMENTS,
    step_s=0.04,
    size=224,
    stream=Stream.FLOW,
    scale=1 / 40,
    mean=(0.0, 0.0),
    std=(0.226, 0.226),
    segments=True,
    stack=5,
)
# Differences of pictures scaled as RGB is; the mean falls out.
_DIFFERENCE = ClipInput(
    frames=SEGMENTS,
    step_s=0.04,
    size=224,
    stream=Stream.RGB_DIFFERENCE,
    mean=(0.0, 0.0, 0.0),
    std=IMAGENET_STD,
    segments=True,
    stack=5,
)
_MMACTION2 = (
    (r"^cls_head\.fc_cls\.", "fc."),
    (r"^backbone\.conv1\.bn\.", "backbone.bn1."),
    (r"^backbone\.conv1\.conv\.", "backbone.conv1."),
    (r"^(backbone\.layer\d\.\d+)\.conv(\d)\.conv\.", r"\1.conv\2."),
    (r"^(backbone\.layer\d\.\d+)\.conv(\d)\.bn\.", r"\1.bn\2."),
    (r"^(backbone\.layer\d\.\d+)\.downsample\.conv\.", r"\1.downsample.0."),
    (r"^(backbone\.layer\d\.\d+)\.downsample\.bn\.", r"\1.downsample.1."),
)


def _spec(
    name: str,
    title: str,
    clip: ClipInput,
    gflops: float,
    kind: Consensus = Consensus.AVERAGE,
    dropout: float = 0.8,
) -> NetSpec:
    return NetSpec(
        name=name,
        title=title,
        build=lambda classes: TSN(
            classes, in_channels=clip.channels, kind=kind, dropout=dropout
        ).eval(),
        inputs=(clip,),
        view=View.TUBE,
        multi_label=False,
        stages=(
            "fc.", "backbone.layer4.", "backbone.layer3.", "backbone.layer2.", "backbone.layer1.",
            ("backbone.conv1.", "backbone.bn1."),
        ),
        gflops=gflops,
        source="Wang et al., Temporal Segment Networks (2016)",
        renames=_MMACTION2,
    )  # fmt: skip


SPECS = (
    _spec("tsn", "TSN (ResNet-50), RGB, mean of 8 segments", _RGB, 65.4),
    _spec("tsn_max", "TSN (ResNet-50), RGB, largest of 8 segments", _RGB, 65.4, Consensus.MAX),
    _spec("tsn_top_k", "TSN (ResNet-50), RGB, best 3 of 8 segments", _RGB, 65.4, Consensus.TOP_K),
    _spec("tsn_flow", "TSN (ResNet-50), optical flow", _FLOW, 69.8, dropout=0.7),
    _spec("tsn_rgb_difference", "TSN (ResNet-50), differences of frames", _DIFFERENCE, 72.9),
)

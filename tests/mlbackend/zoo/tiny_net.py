"""A net as somebody would add one: a class, a spec, and the line in the registry."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from mlbackend.nets.action_net import ClipInput, NetSpec, View


class TinyNet(nn.Module):
    """One convolution, one linear layer."""

    embedding_width = 4

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv3d(3, 4, 3, padding=1), nn.BatchNorm3d(4))
        self.fc = nn.Linear(4, num_classes)

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        return self.body(streams[0]).mean(dim=(2, 3, 4))

    def classify(self, embedding: Tensor) -> Tensor:
        return self.fc(embedding)


TINY = NetSpec(
    name="tiny",
    title="Tiny",
    build=lambda classes: TinyNet(classes).eval(),
    inputs=(ClipInput(frames=4, step_s=0.1, size=16),),
    view=View.TUBE,
    multi_label=False,
    stages=("fc.", "body."),
    gflops=0.1,
    source="this test",
)

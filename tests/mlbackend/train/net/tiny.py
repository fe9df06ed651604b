"""A net small enough to be trained in a blink, and clips whose class can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mlbackend.nets.action_net import ClipInput, NetSpec, View
from mlbackend.train.net.augment import Jitter
from mlbackend.train.net.batches import ReadClip
from mlbackend.train.net.distributed import Process
from mlbackend.train.net.loop import Task, train
from mlbackend.train.net.params import TrainParams
from mlbackend.train.net.samples import Samples, Unit

SIZE, FRAMES = 12, 4


class TinyNet(nn.Module):
    """One convolution, one norm, one line."""

    embedding_width = 6

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.stem = nn.Conv3d(3, 6, 3, padding=1)
        self.norm = nn.BatchNorm3d(6)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(6, classes)

    def embed(self, streams: Sequence[Tensor], rois: Tensor | None = None) -> Tensor:
        """Mean of the features over time and place, or over the boxes."""
        maps = torch.relu(self.norm(self.stem(streams[0])))
        if rois is None:
            return maps.mean(dim=(2, 3, 4))
        rows = []
        for clip, x1, y1, x2, y2 in rois.tolist():
            part = maps[int(clip), :, :, int(y1) : int(y2) + 1, int(x1) : int(x2) + 1]
            rows.append(part.mean(dim=(1, 2, 3)))
        return torch.stack(rows)

    def classify(self, embedding: Tensor) -> Tensor:
        return self.head(self.dropout(embedding))


def seeded(classes: int, dropout: float = 0.0) -> TinyNet:
    torch.manual_seed(1)
    return TinyNet(classes, dropout).eval()


def spec(name: str = "tiny", view: View = View.TUBE, size: int = SIZE) -> NetSpec:
    return NetSpec(
        name=name,
        title="Tiny",
        build=lambda classes: TinyNet(classes).eval(),
        inputs=(ClipInput(frames=FRAMES, step_s=0.1, size=size, mean=(0.5,) * 3, std=(0.5,) * 3),),
        view=view,
        multi_label=False,
        stages=("head.", "norm.", "stem."),
        gflops=0.001,
        source="made for tests",
    )


class Colors:
    """Class 0 is red, class 1 is blue; noise on top."""

    def __init__(self, truth: np.ndarray) -> None:
        self.truth = truth

    def read(self, unit: Unit, jitter: Jitter) -> ReadClip:
        (place,) = unit
        rng = np.random.default_rng(place)
        clip = rng.normal(scale=0.3, size=(3, FRAMES, SIZE, SIZE)).astype(np.float32)
        clip[0] += self.truth[place, 0] == 1
        clip[2] += self.truth[place, 1] == 1
        return ReadClip((torch.from_numpy(clip * np.float32(jitter.brightness)),))


def samples(n: int = 24) -> Samples:
    """Two windows a tube, two classes in turn, every sixth tube kept apart."""
    tubes = np.arange(n) // 2
    truth = np.zeros((n, 2), dtype=np.int8)
    truth[np.arange(n), tubes % 2] = 1
    truth[::7, 1] = -1
    return Samples(truth, tubes, tubes % 6 >= 4, np.arange(n))


def task(folder: Path, *, dropout: float = 0.0, n: int = 24, **params: Any) -> Task:
    chosen = {"epochs": 3, "batch": 8, "micro": 4, "lr": 0.03, "stages": 0, "body_lr": 1.0,
              "freeze_norms": True, "augment": 0.5, "seed": 3,
              "precision": "float32"} | params  # fmt: skip
    found = samples(n)
    return Task(
        net=seeded(2, dropout), spec=spec(), source=Colors(found.truth), samples=found,
        params=TrainParams(**chosen), mirror=True, folder=folder,
    )  # fmt: skip


def one_step(folder: Path, process: Process | None = None, micro: int = 64) -> list[Tensor]:
    """The gradients of one step over all windows, in any number of parts and processes."""
    alone = task(folder, epochs=1, batch=64, micro=micro, clip_norm=1000.0)
    done = train(alone, lambda *_: None, torch.device("cpu"), process)
    return [parameter.grad for parameter in done.net.parameters()]

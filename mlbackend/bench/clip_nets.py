"""Nets trained from random weights on labeled clips, and what their random weights alone can do.

The clips, the random changes and the loop are those of the rounds (`mlbackend.train.net`); only
the input is smaller, so that a processor is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from mlbackend.bench.along_svm import clip_tube
from mlbackend.bench.clips import LabeledClip, tube_of
from mlbackend.bench.folds import Places
from mlbackend.bench.jhmdb import clip_timebase
from mlbackend.bench.registry import Say
from mlbackend.data.descriptor import Clip
from mlbackend.data.pixels import CONTEXT
from mlbackend.nets import registry
from mlbackend.nets.action_net import NetSpec
from mlbackend.train.estimator import ActionEstimator
from mlbackend.train.net.augment import STILL, Jitter
from mlbackend.train.net.batches import joined
from mlbackend.train.net.clips import ClipStore, FileClips, Sample
from mlbackend.train.net.curves import Report
from mlbackend.train.net.loop import Task, train
from mlbackend.train.net.params import TrainParams, train_params
from mlbackend.train.net.samples import Samples
from mlbackend.train.net.weights import begun_net

Floats = NDArray[np.float64]
MIRRORED = Jitter(mirror=True)


@dataclass(frozen=True, slots=True)
class Small:
    """How a net is made small enough: side of the crop in px, moments, seconds between them."""

    size: int
    frames: int
    step_s: float


@dataclass(frozen=True, eq=False)
class NetScores:
    """Class scores (N, C) of N clips, nan where a clip was not tested.

    trained: the net's own answers. linear: of a linear model on what the trained net's body gives.
    random: of the same linear model on what the body gave before it was trained.
    """

    trained: Floats
    linear: Floats
    random: Floats

    def by_name(self) -> dict[str, Floats]:
        return {"trained": self.trained, "linear": self.linear, "random": self.random}


def small_spec(name: str, small: Small) -> NetSpec:
    """The net with a smaller input; its weights have the same shapes.

    Raises:
        NotFound: there is no net of that name.
    """
    spec = registry.spec(name)
    inputs = tuple(
        replace(each, size=small.size, frames=small.frames, step_s=small.step_s)
        for each in spec.inputs
    )
    return replace(spec, inputs=inputs)


def stored_clips(spec: NetSpec, clips: Sequence[LabeledClip], folder: Path) -> list[Sample]:
    """Decode each clip once and keep what the net may see of it: one window, the whole tube."""
    store, samples = ClipStore(folder, spec), []
    for clip in clips:
        timebase = clip_timebase(clip.path)
        digest = hashlib.sha256(clip.path.read_bytes()).hexdigest()
        source, tube = Clip(clip.path, digest, 0, timebase), net_tube(clip, timebase)
        window = (tube.start_frame, tube.end_frame)
        store.make(source, [tube], {0: [window]})
        samples.append(store.sample(source, tube, window))
    return samples


def net_tube(clip: LabeledClip, timebase: Timebase) -> Tube:
    """The actor's tube; else one whose crop, `CONTEXT` wider, is as wide as the whole picture."""
    tube = clip_tube(clip, timebase)
    if clip.boxes is not None:
        return tube
    x1, y1, x2, y2 = tube.keyframes[0].box.as_list()
    center, half = np.array([x1 + x2, y1 + y2]) / 2, np.array([x2 - x1, y2 - y1]) / 2 / CONTEXT
    box = np.concatenate([center - half, center + half])
    return tube_of(np.tile(box, (timebase.frame_count, 1)))


def from_scratch(epochs: int, seed: int, **wishes: float) -> TrainParams:
    """The recipe `full` without weights to begin with, and with norms that do nothing.

    A batch of a few small clips gives the last norms a dozen numbers each. Statistics of all clips
    do not help: with them a deep random net sends a clip and the same clip moved by a few pixels to
    unrelated places (a linear model on TSN's body: 23 % of UT-Interaction, 58 % without).
    """
    params = train_params("full", {"start": "scratch", "epochs": epochs, "seed": seed, **wishes})
    return replace(params, micro=params.batch, freeze_norms=True)


def fresh_net(spec: NetSpec, samples: Samples, seed: int) -> nn.Module:
    """Random weights by He, which keep what passes through at its size; no dropout.

    A few hundred steps are too few for it.
    """
    net = begun_net(spec, samples, {}, keeps_head=False, seed=seed)
    for name, module in net.named_modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        elif isinstance(module, nn.Conv2d | nn.Conv3d) and not name.startswith(spec.stages[0]):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return net


def cross_scores(
    spec: NetSpec,
    files: Sequence[Sample],
    clips: Sequence[LabeledClip],
    classes: int,
    folds: Sequence[tuple[Places, Places]],
    params: TrainParams,
    folder: Path,
    say: Say,
) -> NetScores:
    """Train anew in each fold and score its test clips."""
    labels = np.array([clip.label for clip in clips])
    sources = np.unique([clip.source for clip in clips], return_inverse=True)[1]
    found = NetScores(*(np.full((len(clips), classes), np.nan) for _ in range(3)))
    for number, (seen, test) in enumerate(folds, start=1):
        source = FileClips(spec, [files[i] for i in seen])
        samples = Samples(
            np.eye(classes, dtype=np.int8)[labels[seen]],
            sources[seen].astype(np.int64),
            np.zeros(len(seen), dtype=bool),
            np.arange(len(seen)),
        )
        net = fresh_net(spec, samples, params.seed)
        tested = FileClips(spec, [files[i] for i in test])
        found.random[test] = _linear(net, source, samples, tested, len(test))
        where = folder / f"fold-{number}"
        task = Task(net, spec, source, samples, params, True, where, checkpoints=False)
        done = train(task, _teller(say), torch.device("cpu"))
        found.linear[test] = _linear(done.net, source, samples, tested, len(test))
        found.trained[test] = _own(done.net, tested, len(test))
        right = (found.trained[test].argmax(axis=1) == labels[test]).sum()
        say(
            f"  fold {number} of {len(folds)}: {right} of {len(test)} right, loss "
            f"{done.curves[0]['loss']:.3f} to {done.curves[-1]['loss']:.3f} in "
            f"{params.epochs} epochs"
        )
    return found


def _teller(say: Say) -> Report:
    """Say each epoch's loss."""
    told: list[int] = []

    def tell(_share: float, _message: str, curves: list[dict[str, Any]]) -> None:
        if curves and curves[-1]["epoch"] not in told:
            told.append(curves[-1]["epoch"])
            say(f"    epoch {curves[-1]['epoch']}: loss {curves[-1]['loss']:.4f}")

    return tell


def _linear(
    net: nn.Module, source: FileClips, samples: Samples, tested: FileClips, count: int
) -> Floats:
    """(count, C) log-odds of the rounds' linear model on the net's embeddings of these clips."""
    seen = range(len(samples.truth))
    model = ActionEstimator(tuple(range(samples.truth.shape[1])))
    model.fit(embeddings(net, source, seen), samples.truth, samples.tubes)
    p = np.clip(model.predict_proba(embeddings(net, tested, range(count))), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


@torch.no_grad()
def _own(net: nn.Module, tested: FileClips, count: int) -> Floats:
    """(count, C) logits, the mean of a clip's and of its mirror image's."""
    vectors = [embeddings(net, tested, range(count), j) for j in (STILL, MIRRORED)]
    logits = [net.classify(torch.from_numpy(v).float()) for v in vectors]  # type: ignore[operator]
    return (torch.stack(logits).mean(dim=0)).double().numpy()


def embeddings(
    net: nn.Module, source: FileClips, places: Sequence[int], jitter: Jitter = STILL
) -> Floats:
    """(N, D) of the clips at these places, the net being still."""
    net.eval()
    parts = [places[first : first + 8] for first in range(0, len(places), 8)]
    return np.concatenate([_embed(net, source, part, jitter) for part in parts])


@torch.no_grad()
def _embed(net: nn.Module, source: FileClips, places: Sequence[int], jitter: Jitter) -> Floats:
    clips = [source.read((place,), jitter) for place in places]
    batch = joined(clips, np.zeros((len(clips), 1), dtype=np.int8))
    return net.embed(batch.streams, batch.rois).double().numpy()  # type: ignore[operator]

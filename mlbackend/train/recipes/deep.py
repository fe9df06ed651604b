"""Trains a net's own weights: its last stages with the head, or all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlbackend.train.recipes.base import Learned, Progress, Work

if TYPE_CHECKING:
    from mlbackend.nets.action_net import NetSpec
    from mlbackend.train.clip_sets import ClipSet
    from mlbackend.train.net.loop import Task
    from mlbackend.train.start import Start

# Shares of the round's progress.
CLIPS, TRAINING, MEASURING = (0.02, 0.12), (0.12, 0.85), (0.85, 0.93)


@dataclass(frozen=True)
class Deep:
    """See `base.Recipe`."""

    name: str
    title: str
    about: str
    nets: str = "always"
    trains_net: bool = True

    def learn(self, work: Work) -> Learned:
        from mlbackend.nets.registry import spec as spec_of
        from mlbackend.train.clip_sets import clip_set
        from mlbackend.train.dataset import held_out_only, hold_out_rows
        from mlbackend.train.descriptors import net_descriptor
        from mlbackend.train.features import snapshot_features
        from mlbackend.train.net import devices
        from mlbackend.train.net.calibrate import calibrated_head
        from mlbackend.train.net.weights import write_weights
        from mlbackend.train.start import NET_FILE, find_start

        spec = spec_of(work.wish.net)
        start = find_start(work, may_be_none=self.name == "full")
        clips = clip_set(work.content, spec, _part(work, CLIPS))
        task = self._task(work, spec, start, clips)
        trained = devices.train(task, clips.files, _report(work))
        weights = work.folder / NET_FILE
        features = {"net": spec.name, "weights": write_weights(trained.net, weights)}
        label_ids, names = clips.dataset.label_ids, clips.dataset.label_names
        model, how = calibrated_head(trained, task.samples, label_ids)
        descriptor = net_descriptor(features, work.folder)
        held = snapshot_features(held_out_only(work.content), descriptor, _part(work, MEASURING))
        dataset = replace(clips.dataset, hold_out=hold_out_rows(work.content, label_ids, held))
        facts = {
            "params": task.params.as_dict(),
            "start": start.as_dict(),
            "curves": trained.curves,
            "calibrated": dict(zip(names, how, strict=True)),
            **trained.facts,
        }
        return Learned(dataset, model, descriptor, features, {NET_FILE: weights}, facts)

    def _task(self, work: Work, spec: NetSpec, start: Start, clips: ClipSet) -> Task:
        from mlbackend.train.net import devices
        from mlbackend.train.net.clips import FileClips, numbered
        from mlbackend.train.net.loop import Task
        from mlbackend.train.net.params import train_params
        from mlbackend.train.net.samples import Samples, kept_apart
        from mlbackend.train.net.weights import begun_net

        rows = clips.dataset.train
        apart = kept_apart(rows.Y, rows.groups, work.seed)
        samples = Samples(rows.Y, rows.groups, apart, numbered(clips.files))
        scratch = {"start": "scratch"} if start.source == "scratch" else {}
        params = replace(train_params(self.name, {**work.wish.params, **scratch}), seed=work.seed)
        keeps_head = start.label_ids == clips.dataset.label_ids
        net = begun_net(spec, samples, start.state(), keeps_head, work.seed)
        return Task(
            net=net, spec=spec, source=FileClips(spec, clips.files), samples=samples,
            params=params, mirror=work.mirror, folder=work.folder / "checkpoints",
            threads=devices.clip_threads(),
        )  # fmt: skip


def _part(work: Work, shares: tuple[float, float]) -> Progress:
    """The work's progress, of which this part takes a share."""
    first, last = shares

    def progress(share: float, message: str) -> None:
        work.progress(first + (last - first) * share, message)

    return progress


def _report(work: Work) -> Callable[[float, str, list[dict[str, Any]]], None]:
    progress, told = _part(work, TRAINING), 0

    def report(share: float, message: str, curves: list[dict[str, Any]]) -> None:
        nonlocal told
        if len(curves) != told:
            told = len(curves)
            work.tell_curves(curves)
        progress(share, message)

    return report

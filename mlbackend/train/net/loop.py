"""Trains a net on clips, from top to bottom: epochs, steps, parts of a step.

A step is `batch` windows whatever the memory: it is made of parts of `micro` windows, spread over
the processes, whose gradients are added. When memory runs out the parts are halved and the step
is done again. All draws follow from the seed, so a training that was killed after an epoch and
goes on from its checkpoint ends in the same weights, bit for bit on the same machine.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.classification import count, macro_f1
from mlbackend.nets.action_net import NetSpec
from mlbackend.nets.memory import give_back, is_out_of_memory
from mlbackend.train.net import checkpoint, precision
from mlbackend.train.net.augment import STILL
from mlbackend.train.net.batches import Batch, ClipSource, Draws, Maker
from mlbackend.train.net.curves import Clock, Epoch, Report
from mlbackend.train.net.distributed import Process
from mlbackend.train.net.ema import Ema
from mlbackend.train.net.loss import masked_bce
from mlbackend.train.net.params import TrainParams
from mlbackend.train.net.samples import Samples, Unit, balanced_order
from mlbackend.train.net.schedule import rate
from mlbackend.train.net.stages import choose_trained, groups, train_mode

# Windows that batch norms are settled on.
SETTLING = 64
# A step of a large net on a CPU takes minutes; whoever trains has to be heard of more often.
BEAT_S = 5.0


@dataclass(frozen=True, eq=False)
class Task:
    """One training.

    Attributes:
        net: an `ActionNet` as it begins. spec: its architecture.
        source: clips of the windows of `samples`.
        mirror: whether clips may be mirrored.
        folder: where checkpoints go.
        threads: that make clips.
        checkpoints: whether they are written; a training that is soon repeated needs none.
    """

    net: nn.Module
    spec: NetSpec
    source: ClipSource
    samples: Samples
    params: TrainParams
    mirror: bool
    folder: Path
    threads: int = 1
    checkpoints: bool = True


@dataclass(frozen=True, eq=False)
class Trained:
    """The averaged net, the curves, and the figures a card wants.

    `held_logits` (H, C) are what the net says of the windows kept apart; None without any.
    """

    net: nn.Module
    curves: list[dict[str, Any]]
    facts: dict[str, Any]
    held_logits: NDArray[np.float32] | None


def train(
    task: Task, report: Report, device: torch.device, process: Process | None = None
) -> Trained:
    """Train to the end, from the last checkpoint if there is one.

    Raises:
        JobCancelled, or whatever `report` raises to stop.
    """
    process = process or Process()
    run = _Run(task, report, device, process)
    try:
        run.resume()
        while run.epoch < task.params.epochs:
            run.run_epoch()
            run.save()
        if run.held_logits is None:
            run.measure()
        run.net.load_state_dict(run.ema.state)
        run.settle_norms()
    finally:
        run.maker.close()
    return Trained(run.net, run.curves, run.facts(), run.held_logits)


def fingerprint(task: Task) -> str:
    """What a checkpoint must share with a training to be gone on from."""
    params = {k: v for k, v in task.params.as_dict().items() if k != "micro"}
    digest = hashlib.sha256(json.dumps([task.spec.name, params, task.mirror]).encode())
    samples = task.samples
    for array in (samples.truth, samples.tubes, samples.apart, samples.clips):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _asked(samples: Samples, units: Sequence[Unit]) -> int:
    """How many cells of these windows somebody was asked about."""
    return sum(int((samples.truth[list(unit)] >= 0).sum()) for unit in units)


class _Run:
    """The moving parts of a training."""

    def __init__(self, task: Task, report: Report, device: torch.device, process: Process) -> None:
        self.task, self.report, self.device, self.process = task, report, device, process
        self.params, self.samples = task.params, task.samples
        self.net = task.net.to(device)
        self.trained = choose_trained(self.net, task.spec, self.params)
        self.ema = Ema(self.net, self.params.ema)
        self.optimizer = torch.optim.AdamW(groups(self.net, task.spec, self.params))
        self.precision = precision.chosen(self.params.precision, device)
        self.maker = Maker(task.source, self.samples.truth, task.threads)
        self.micro = max(1, min(self.params.micro, math.ceil(self.params.batch / process.world)))
        self.epoch, self.curves, self.notes = 0, [], []
        self.units = self.samples.units(apart=False)
        self.per_epoch = math.ceil(len(self.units) / self.params.batch)
        self.steps = self.per_epoch * self.params.epochs
        self.clock = Clock(0, self.steps)
        self.held_logits: NDArray[np.float32] | None = None
        self.said, self.said_s = (0.0, "The training begins."), time.monotonic()

    def resume(self) -> None:
        found = checkpoint.newest(self.task.folder, fingerprint(self.task))
        if found is None:
            return
        self.net.load_state_dict(found.net)
        self.ema.state = {k: v.to(self.device) for k, v in found.average.items()}
        self.optimizer.load_state_dict(found.optimizer)
        self.epoch, self.curves = found.epoch, found.facts["curves"]
        self.micro, self.notes = found.facts["micro"], found.facts["notes"]
        self.ema.steps = found.facts["ema_steps"]
        self.clock = Clock(self.epoch * self.per_epoch, self.steps)
        self.tell(self.epoch * self.per_epoch, f"Going on after epoch {self.epoch}.")

    def save(self) -> None:
        if self.process.is_first and self.task.checkpoints:
            facts = {
                "fingerprint": fingerprint(self.task),
                "curves": self.curves,
                "micro": self.micro,
                "notes": self.notes,
                "ema_steps": self.ema.steps,
            }
            state = self.net.state_dict(), self.ema.state, self.optimizer.state_dict()
            checkpoint.save(self.task.folder, checkpoint.Saved(self.epoch, *state, facts))
        self.process.wait()

    def run_epoch(self) -> None:
        begun_s, number = time.monotonic(), self.epoch
        rng = np.random.default_rng([self.params.seed, number])
        order = [self.units[i] for i in balanced_order(self.samples.unit_truth(self.units), rng)]
        size = self.params.batch
        lists = [order[i : i + size] for i in range(0, len(order), size)]
        draws = Draws(self.params.seed, number, self.params.augment, self.task.mirror)
        world, rank = self.process.world, self.process.rank
        mine = [units[rank::world] for units in lists]
        # The seed of what the net itself draws (dropout).
        own = np.random.SeedSequence([self.params.seed, number, rank]).generate_state(1)
        torch.manual_seed(int(own[0]))
        total = 0.0

        def jitter(at: int, i: int) -> Any:
            return draws.jitter(at * size + rank + i * world)

        for at, (units, clips) in enumerate(self.maker.ahead(mine, jitter)):
            step = number * self.per_epoch + at
            for group in self.optimizer.param_groups:
                group["lr"] = group["peak"] * rate(step, self.steps, self.params.warmup)
            total += self.run_step(units, clips, _asked(self.samples, lists[at]))
            self.ema.update(self.net)
            self.tell(step + 1, f"Epoch {number + 1} of {self.params.epochs}")
        seconds = time.monotonic() - begun_s
        val_loss, val_f1 = self.measure()
        self.epoch += 1
        self.curves = [
            *self.curves,
            Epoch(
                self.epoch, total / len(lists), val_loss, val_f1,
                self.params.lr * rate(self.epoch * self.per_epoch - 1, self.steps,
                                      self.params.warmup),
                seconds, len(order) / max(seconds, 1e-9), " ".join(self.notes),
            ).as_dict(),
        ]  # fmt: skip
        self.notes = []
        self.tell(self.epoch * self.per_epoch, f"Epoch {self.epoch} of {self.params.epochs} done")

    def run_step(self, units: Sequence[Unit], clips: list[Any], cells: int) -> float:
        """One step of the optimizer; returns the mean loss of its cells over all processes."""
        trained = [p for p in self.net.parameters() if p.requires_grad]
        while True:
            for parameter in trained:
                parameter.grad = torch.zeros_like(parameter)
            loss = torch.zeros(1, device=self.device)
            failed = self._parts(units, clips, cells, loss)
            summed = [*(p.grad for p in trained), loss]
            if not self.process.add(summed, failed, self.device):
                break
            self.halve()
        nn.utils.clip_grad_norm_(trained, self.params.clip_norm)
        self.optimizer.step()
        return float(loss.item())

    def _parts(
        self, units: Sequence[Unit], clips: list[Any], cells: int, loss: torch.Tensor
    ) -> bool:
        """Add the gradients of this process's windows, part by part; True if memory ran out."""
        train_mode(self.net, self.task.spec, self.params)
        try:
            for first in range(0, len(units), self.micro):
                part = slice(first, first + self.micro)
                batch = self.maker.batch(units[part], clips[part]).to(self.device)
                one = self.forward_loss(batch, cells)
                one.backward()
                loss += one.detach()
                self.beat()
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if self.micro == 1:
                raise InvalidInput(
                    "Memory is too small for even one window of this net at a time. Take a "
                    "smaller net or recipe 'head', or a machine with more memory.",
                    code="out_of_memory",
                ) from error
            return True
        return False

    def forward_loss(self, batch: Batch, cells: int) -> torch.Tensor:
        return masked_bce(self.logits(batch), batch.truth, cells)

    def logits(self, batch: Batch) -> torch.Tensor:
        with precision.autocast(self.precision, self.device):
            embedding = self.net.embed(batch.streams, batch.rois)  # type: ignore[operator]
            return self.net.classify(embedding)  # type: ignore[operator]

    def halve(self) -> None:
        """Half as many windows at once, twice as many parts: the step stays the same."""
        self.micro = max(1, self.micro // 2)
        give_back()
        self.notes.append(
            f"Memory ran out: {self.micro} window{'s' if self.micro > 1 else ''} at once from "
            "here on, in more parts."
        )

    @torch.no_grad()
    def measure(self) -> tuple[float | None, float | None]:
        """Loss and macro F1 of the averaged net on the windows kept apart."""
        held = self.samples.held
        if not len(held):
            return None, None
        now = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.net.load_state_dict(self.ema.state)
        self.settle_norms()
        units, size = self.samples.units(apart=True), self.params.batch
        lists = [units[i : i + size] for i in range(0, len(units), size)]
        said = torch.zeros(self.samples.truth.shape)
        for at, (chosen, clips) in enumerate(self.maker.ahead(lists, lambda *_: STILL)):
            said[[place for unit in chosen for place in unit]] = self._answers(chosen, clips)
            done = min(self.epoch + 1, self.params.epochs)
            self.tell(done * self.per_epoch, f"Epoch {done}: measuring {at + 1} of {len(lists)}")
        self.net.load_state_dict(now)
        logits, truth = said[held], self.samples.truth[held]
        self.held_logits = logits.numpy()
        cells = int((truth >= 0).sum())
        loss = float(masked_bce(logits, torch.from_numpy(truth.astype(np.int64)), cells))
        return loss, float(macro_f1(count(truth, self.held_logits >= 0.0)))

    @torch.no_grad()
    def settle_norms(self) -> None:
        """Give the averaged net's batch norms the statistics it has itself; evaluation mode.

        Averaged over the steps they lag behind the weights, far behind in a short training.
        """
        self.net.eval()
        norms = [m for m in self.net.modules() if isinstance(m, _BatchNorm)]
        if self.params.freeze_norms or not norms:
            return
        usual = [norm.momentum for norm in norms]
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean over what comes
            norm.train()
        units = self.units[:: max(1, len(self.units) // SETTLING)][:SETTLING]
        size = max(2, min(self.micro, len(units)))
        lists = [units[i : i + size] for i in range(0, len(units), size)]
        whole = [each for each in lists if len(each) == size] or lists
        for chosen, clips in self.maker.ahead(whole, lambda *_: STILL):
            self.logits(self.maker.batch(chosen, clips).to(self.device))
            self.beat()
        for norm, momentum in zip(norms, usual, strict=True):
            norm.momentum = momentum
            norm.eval()

    def _answers(self, units: Sequence[Unit], clips: list[Any]) -> torch.Tensor:
        """(K, C) logits on the CPU; all processes measure all windows, so they agree."""
        parts = []
        for first in range(0, len(units), self.micro):
            part = slice(first, first + self.micro)
            batch = self.maker.batch(units[part], clips[part]).to(self.device)
            parts.append(self.logits(batch).float().cpu())
            self.beat()
        return torch.cat(parts)

    def tell(self, step: int, message: str) -> None:
        parts = [message, *self.notes[-1:], self.clock.left(step)]
        said = ", ".join(part.rstrip(".") for part in parts if part) + "."
        stop: BaseException | None = None
        self.said, self.said_s = (step / max(1, self.steps), said), time.monotonic()
        if self.process.is_first:
            try:
                self.report(*self.said, self.curves)
            except BaseException as error:
                stop = error
        if self.process.stopped(stop is not None, self.device):
            raise stop or InterruptedError("The training was stopped.")

    def beat(self) -> None:
        """Say the last thing again within a step, now and then, so that the job counts as alive.

        Of several processes none may stop alone here, and whoever started them speaks for them.
        """
        if self.process.world == 1 and time.monotonic() - self.said_s >= BEAT_S:
            self.said_s = time.monotonic()
            self.report(*self.said, self.curves)

    def facts(self) -> dict[str, Any]:
        """What a card says of how it ran."""
        speeds = [row["clips_per_s"] for row in self.curves]
        return {
            "precision": self.precision,
            "trained_parameters": self.trained,
            "parameters": sum(p.numel() for p in self.net.parameters()),
            "micro": self.micro,
            "processes": self.process.world,
            "train_windows": len(self.samples.train),
            "apart_windows": len(self.samples.held),
            "clips_per_s": float(np.median(speeds)) if speeds else 0.0,
            "seconds": sum(row["seconds"] for row in self.curves),
        }

"""Trains a Faster R-CNN: SGD with a warm-up and a cosine, flips, and exact resume.

All draws of a step follow from the seed and the step's number, those inside torchvision's losses
too, so that a training that was stopped after an epoch ends in the same weights. When memory runs
out a step is made of smaller parts and done again.

Source: Ren et al., "Faster R-CNN" (2015); the recipe is the usual one for torchvision's.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from labeling.domain.errors import InvalidInput
from mlbackend.nets.memory import give_back, is_out_of_memory
from mlbackend.train.detector.frames import TrueFrame
from mlbackend.train.detector.net import freeze, train_mode
from mlbackend.train.detector.pictures import Pictures, as_input
from mlbackend.train.net.schedule import rate

CHECKPOINT = "epoch.pt"
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class DetectorParams:
    """How it is trained. `lr` is the peak rate at a batch of 8; `warmup` a share of the steps."""

    net: str
    epochs: int = 12
    batch: int = 4
    lr: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 5e-4
    warmup: float = 0.1
    clip_norm: float = 10.0
    flip: bool = True
    seed: int = 0
    from_scratch: bool = False


@dataclass(slots=True, eq=False)
class DetectorTask:
    """One training: a net as it begins, its frames and where its checkpoint goes.

    losses: the mean loss of each epoch so far. notes: what a person should know.
    """

    net: nn.Module
    frames: Sequence[TrueFrame]
    pictures: Pictures
    params: DetectorParams
    folder: Path
    losses: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def train(task: DetectorTask, report: Report, device: torch.device) -> nn.Module:
    """Train to the end, from the last checkpoint if there is one; return the net, evaluating.

    Raises:
        InvalidInput: not even one picture fits into memory. Also what `report` raises to stop.
    """
    params, net = task.params, task.net.to(device)
    trained = freeze(net, params.net, from_scratch=params.from_scratch)
    optimizer = torch.optim.SGD(
        trained, lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay
    )
    per_epoch = math.ceil(len(task.frames) / params.batch)
    steps = per_epoch * params.epochs
    begun = _resume(task, optimizer, device)
    part = params.batch
    for epoch in range(begun, params.epochs):
        order = np.random.default_rng([params.seed, epoch]).permutation(len(task.frames))
        total = 0.0
        for number in range(per_epoch):
            step = epoch * per_epoch + number
            for group in optimizer.param_groups:
                group["lr"] = params.lr * params.batch / 8 * rate(step, steps, params.warmup)
            chosen = order[number * params.batch : (number + 1) * params.batch]
            loss, part = _step(task, optimizer, chosen, step, part, device)
            total += loss
            report((step + 1) / steps, f"Epoch {epoch + 1} of {params.epochs}: loss {loss:.3f}.")
        task.losses.append(total / per_epoch)
        _save(task, optimizer, epoch + 1)
    return net.eval()


def _step(
    task: DetectorTask,
    optimizer: torch.optim.Optimizer,
    chosen: np.ndarray,
    step: int,
    part: int,
    device: torch.device,
) -> tuple[float, int]:
    """One step of the optimizer; returns its mean loss and how many pictures fit at once."""
    while True:
        try:
            optimizer.zero_grad()
            loss = _gradients(task, chosen, step, part, device)
            break
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            part = _halved(task, part, error)
            give_back()
    if not math.isfinite(loss):
        raise InvalidInput(
            f"The training fell apart at step {step + 1}: its loss is {loss}. Give a smaller --lr.",
            code="diverged",
        )
    trained = [parameter for parameter in task.net.parameters() if parameter.requires_grad]
    nn.utils.clip_grad_norm_(trained, task.params.clip_norm)
    optimizer.step()
    return loss, part


def _halved(task: DetectorTask, part: int, error: BaseException) -> int:
    if part == 1:
        raise InvalidInput(
            "Memory is too small for one picture of this net. Take a smaller net.",
            code="out_of_memory",
        ) from error
    task.notes.append(f"Memory ran out: {part // 2} pictures at once from here on.")
    return part // 2


def _gradients(
    task: DetectorTask, chosen: np.ndarray, step: int, part: int, device: torch.device
) -> float:
    """Add up the gradients of a step, part by part; returns its mean loss."""
    params = task.params
    rng = np.random.default_rng([params.seed, 1, step])
    flips = rng.random(len(chosen)) < 0.5 if params.flip else np.zeros(len(chosen), dtype=bool)
    train_mode(task.net, from_scratch=params.from_scratch)
    total = 0.0
    for first in range(0, len(chosen), part):
        images, targets = [], []
        for index, flip in zip(
            chosen[first : first + part], flips[first : first + part], strict=True
        ):
            image, target = _example(task, int(index), bool(flip))
            images.append(image.to(device))
            targets.append({name: value.to(device) for name, value in target.items()})
        # The losses draw which proposals they look at.
        torch.manual_seed(_seed(params.seed, step, first))
        losses: dict[str, Tensor] = task.net(images, targets)
        loss = torch.stack(list(losses.values())).sum() * (len(images) / len(chosen))
        loss.backward()
        total += float(loss.item())
    return total


def _example(task: DetectorTask, index: int, flip: bool) -> tuple[Tensor, dict[str, Tensor]]:
    true = task.frames[index]
    picture, boxes = task.pictures.read(true)
    return as_input(picture, boxes, true.labels, flip=flip)


def _seed(*parts: int) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def fingerprint(task: DetectorTask) -> str:
    """What a checkpoint must share with a training to be gone on from."""
    digest = hashlib.sha256(json.dumps(asdict(task.params), sort_keys=True).encode())
    for true in task.frames:
        digest.update(f"{true.video_id}/{true.frame}".encode())
        digest.update(np.ascontiguousarray(true.boxes).tobytes())
        digest.update(np.ascontiguousarray(true.labels).tobytes())
    return digest.hexdigest()


def _save(task: DetectorTask, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """Write the state after an epoch, whole or not at all."""
    task.folder.mkdir(parents=True, exist_ok=True)
    draft = task.folder / f".{uuid.uuid4().hex}.pt"
    state: dict[str, Any] = {
        "fingerprint": fingerprint(task),
        "epoch": epoch,
        "losses": task.losses,
        "notes": task.notes,
        "net": task.net.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    torch.save(state, draft)
    os.replace(draft, task.folder / CHECKPOINT)


def _resume(task: DetectorTask, optimizer: torch.optim.Optimizer, device: torch.device) -> int:
    """Go on from the checkpoint, if it is of this training; return how many epochs are done."""
    path = task.folder / CHECKPOINT
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        if state["fingerprint"] != fingerprint(task):
            return 0
    except Exception:  # not there, cut off, or of another version: begin again
        return 0
    task.net.load_state_dict(state["net"])
    optimizer.load_state_dict(state["optimizer"])
    task.losses[:], task.notes[:] = state["losses"], state["notes"]
    return int(state["epoch"])

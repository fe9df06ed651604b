"""The state of a training after an epoch, so that it goes on as if it had not been stopped.

A folder an epoch: the net and its average as safetensors, the optimizer by torch (read back with
``weights_only``), the rest as JSON with the hash of each file. The draws of an epoch follow from
the seed and its number, so no state of a random generator is kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

log = logging.getLogger(__name__)

NET, AVERAGE, OPTIMIZER, STATE = "net.safetensors", "ema.safetensors", "optimizer.pt", "state.json"


@dataclass(frozen=True, eq=False)
class Saved:
    """A training after `epoch` epochs."""

    epoch: int
    net: dict[str, Tensor]
    average: dict[str, Tensor]
    optimizer: dict[str, Any]
    facts: dict[str, Any]


def tensors(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """A state as safetensors takes it: on the CPU, each tensor of its own memory."""
    return {name: value.detach().cpu().contiguous().clone() for name, value in state.items()}


def save(folder: Path, saved: Saved) -> None:
    """Write an epoch's folder, whole or not at all, and then remove the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".{uuid.uuid4().hex[:8]}"
    staging.mkdir()
    try:
        save_file(tensors(saved.net), staging / NET)
        save_file(tensors(saved.average), staging / AVERAGE)
        torch.save(saved.optimizer, staging / OPTIMIZER)
        facts = {
            **saved.facts,
            "epoch": saved.epoch,
            "sha256": {name: _sha256(staging / name) for name in (NET, AVERAGE, OPTIMIZER)},
        }
        (staging / STATE).write_text(json.dumps(facts, indent=1))
        target = folder / f"epoch-{saved.epoch:05d}"
        shutil.rmtree(target, ignore_errors=True)
        staging.rename(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    for older in sorted(folder.glob("epoch-*"))[:-1]:
        shutil.rmtree(older, ignore_errors=True)


def newest(folder: Path, fingerprint: str) -> Saved | None:
    """The last whole epoch of the training with this fingerprint; None if there is none.

    What belongs to another training, or is damaged, is passed over: the epoch is done again.
    """
    for path in sorted(folder.glob("epoch-*"), reverse=True):
        try:
            facts = json.loads((path / STATE).read_text())
            if facts["fingerprint"] != fingerprint:
                continue
            for name, digest in facts["sha256"].items():
                if _sha256(path / name) != digest:
                    raise ValueError(f"{name} is not what was written")
            optimizer = torch.load(path / OPTIMIZER, weights_only=True, map_location="cpu")
            return Saved(
                facts["epoch"], load_file(path / NET), load_file(path / AVERAGE), optimizer, facts
            )
        except (OSError, ValueError, KeyError) as error:
            log.warning("checkpoint %s cannot be used: %s", path, error)
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Where a net trains: in this process, or in one process a graphics card."""

from __future__ import annotations

import os
from collections.abc import Sequence

import torch

from mlbackend.train.net import launch
from mlbackend.train.net.clips import Sample
from mlbackend.train.net.curves import Report
from mlbackend.train.net.loop import Task, Trained
from mlbackend.train.net.loop import train as train_here

# Clips are made by this many threads for a graphics card; a CPU that trains has none to spare.
CLIP_THREADS = 8


def clip_threads() -> int:
    """How many threads make clips."""
    if not torch.cuda.is_available():
        return 1
    return max(1, min(CLIP_THREADS, (os.cpu_count() or 2) - 1))


def train(task: Task, files: Sequence[Sample], report: Report) -> Trained:
    """Train on all graphics cards of this machine; on the CPU where there is none."""
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if cards > 1:
        return launch.train(task, files, report, processes=cards)
    device = torch.device("cuda" if cards else "cpu")
    return train_here(task, report, device)

"""What the settings say about detectors: folders of weights, threads, and whether to fetch."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from mlbackend.propose.detect import Detector, Host, load


def host() -> Host:
    """Return this machine: HOME/weights first, then the operator's folders, then torch's own."""
    named = [Path(name) for name in settings.DETECTOR_WEIGHTS.split(os.pathsep) if name]
    downloaded = _torch_home() / "hub" / "checkpoints"
    return Host(
        folders=(Path(settings.HOME_DIRS["weights"]), *named, downloaded),
        threads=settings.TORCH_THREADS,
        may_fetch=getattr(settings, "DETECTOR_FETCH", True),
    )


@lru_cache(maxsize=1)
def ready_detector(name: str, machine: Host) -> Detector:
    """Return the named detector, kept loaded from one step of a job to the next."""
    return load(name, machine)


def _torch_home() -> Path:
    """Where torchvision keeps what it downloaded, by torch's own rule."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TORCH_HOME") or cache / "torch")

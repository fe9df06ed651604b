"""Where weights lie on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def weights_folders() -> tuple[Path, ...]:
    """HOME/weights, where fetched and added files go, then the operator's folders, then torch's."""
    named = [Path(name) for name in settings.DETECTOR_WEIGHTS.split(os.pathsep) if name]
    downloaded = _torch_home() / "hub" / "checkpoints"
    return (Path(settings.HOME_DIRS["weights"]), *named, downloaded)


def _torch_home() -> Path:
    """Where torchvision keeps what it downloaded, by torch's own rule."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("TORCH_HOME") or cache / "torch")

"""Which detectors can run here, which one "auto" means, and what is said about the others."""

from __future__ import annotations

import time
from dataclasses import dataclass

from mlbackend.propose.detectors.base import Detections, Detector, DetectorFailed
from mlbackend.propose.detectors.options import (
    DETECTORS,
    FASTER_RCNN,
    PROJECT,
    SLOW,
    SMALL,
    Host,
    Option,
    Own,
    options,
)
from mlbackend.zoo.fetch import FetchFailed, Progress, fetch, recent_failure
from mlbackend.zoo.find import find_weights
from mlbackend.zoo.manifest import WEIGHTS

__all__ = [
    "AUTO",
    "DETECTORS",
    "Choice",
    "Detections",
    "Detector",
    "DetectorFailed",
    "Host",
    "Option",
    "Own",
    "choose",
    "ensure_weights",
    "load",
    "missing_weights",
    "option_of",
    "options",
    "title_of",
]

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Choice:
    """The detector to use, and a plain sentence on what was not there (or empty)."""

    name: str
    note: str


def option_of(name: str, host: Host) -> Option:
    """Return a detector by name.

    Raises:
        DetectorFailed: there is none of that name, or none any more.
    """
    known = options(host)
    if name not in known:
        if name == PROJECT:
            raise DetectorFailed(
                "this project has no detector of its own in use; train one with "
                "manage.py train_detector"
            )
        raise DetectorFailed(
            f"there is no detector {name!r}; there are {', '.join([AUTO, *known])}"
        )
    return known[name]


def title_of(name: str, host: Host) -> str:
    """Return what a detector is called for people; its name when it is gone."""
    known = options(host)
    return known[name].title if name in known else name


def missing_weights(name: str, host: Host) -> str | None:
    """Return what to do so that the named detector can run, or None when it can."""
    option = option_of(name, host)
    if not option.weights or find_weights(option.weights, host.folders) is not None:
        return None
    entry = WEIGHTS[option.weights]
    sentence = f"Put {entry.file_names[0]} into {host.folders[0]}."
    failed = recent_failure(option.weights, host.folders[0], time.time())
    if failed is not None:
        return failed
    return f"Its weights are not here. {sentence}"


def choose(wanted: str, host: Host) -> Choice:
    """Return the detector to run for a wished name or "auto".

    "auto" is the project's own detector where one is in use, else the best that can run here.

    Raises:
        DetectorFailed: there is no such detector, or the one wished for lacks its weights.
    """
    if wanted != AUTO:
        return Choice(_wished(wanted, host), "")
    own = next((own.name for own in host.own if own.champion), None)
    if own is not None:
        return Choice(own, "")
    name = next(name for name in _preference(host) if missing_weights(name, host) is None)
    if name.startswith("faster_rcnn"):
        return Choice(name, "")
    note = missing_weights("faster_rcnn", host)
    return Choice(name, f"Faster R-CNN would be preferred. {note}")


def ensure_weights(wanted: str, host: Host, progress: Progress) -> str:
    """Fetch Faster R-CNN's weights, or those wished for, where they are missing.

    Returns a sentence when fetching failed just now; empty when nothing needs saying (there,
    fetched, not wished for, or known not to work since less than a day).
    """
    name = SMALL
    if wanted in DETECTORS and DETECTORS[wanted].weights in WEIGHTS:
        name = DETECTORS[wanted].weights
    elif wanted != AUTO or any(own.champion for own in host.own) or _here(SLOW, host):
        return ""
    if not host.may_fetch or not WEIGHTS[name].url or _here(name, host):
        return ""
    try:
        fetch(name, host.folders[0], progress)
    except FetchFailed as failure:
        return str(failure) if failure.first_time else ""
    return ""


def load(name: str, host: Host) -> Detector:
    """Return the named detector, ready to be used.

    Raises:
        DetectorFailed: its weights are missing or cannot be used.
    """
    option = option_of(_wished(name, host), host)
    path = find_weights(option.weights, host.folders) if option.weights else None
    return option.make(path, host)


def _wished(name: str, host: Host) -> str:
    option = option_of(name, host)
    missing = missing_weights(name, host)
    if missing is not None:
        raise DetectorFailed(f"{option.title} cannot run. {missing}")
    return name


def _preference(host: Host) -> list[str]:
    """The order "auto" tries: slow nets before the others only where they are fast.

    torch is asked only when the answer matters: it is slow to import. The one that needs no
    weights stays last.
    """
    built_in = [name for name, option in DETECTORS.items() if not option.weights]
    slow = [name for name, option in DETECTORS.items() if option.slow]
    fast = [name for name in DETECTORS if name not in (*slow, *built_in)]
    on_gpu = [name for name in slow if DETECTORS[name].weights.startswith(FASTER_RCNN)]
    if any(missing_weights(name, host) is None for name in on_gpu) and _has_gpu():
        return [*on_gpu, *fast, *slow, *built_in]
    return [*fast, *slow, *built_in]


def _here(weights: str, host: Host) -> bool:
    return find_weights(weights, host.folders) is not None


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())

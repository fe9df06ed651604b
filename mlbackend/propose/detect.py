"""The detectors by name, which of them can run here, and which one "auto" means.

Adding a detector is one file under `detectors/` and one line in `DETECTORS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlbackend.propose.detectors.base import Detections, Detector, DetectorFailed
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
    "choose",
    "ensure_weights",
    "load",
    "missing_weights",
]

AUTO = "auto"
FETCHED = "fasterrcnn_mobilenet_v3_large_320_fpn"


@dataclass(frozen=True, slots=True)
class Host:
    """What this machine offers: folders searched for weights (the first is ours to write in)."""

    folders: tuple[Path, ...]
    threads: int = 2
    may_fetch: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """A detector: how it is called, loaded, and how many frames a second it should be given.

    `weights` is the zoo's name of its file, empty for a detector that needs none.
    """

    title: str
    weights: str
    rate_hz: float
    speed_note: str
    make: Callable[[Path | None, Host], Detector]


@dataclass(frozen=True, slots=True)
class Choice:
    """The detector to use, and a plain sentence on what was not there (or empty)."""

    name: str
    note: str


def _torchvision(name: str) -> Callable[[Path | None, Host], Detector]:
    def make(path: Path | None, host: Host) -> Detector:
        from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector

        return FasterRcnnDetector(name, _present(path), threads=host.threads)

    return make


def _torchscript(path: Path | None, host: Host) -> Detector:
    from mlbackend.propose.detectors.torchscript import TorchScriptDetector

    return TorchScriptDetector(_present(path), threads=host.threads)


def _yolox(path: Path | None, host: Host) -> Detector:
    from mlbackend.propose.detectors.onnx import YoloxDetector

    return YoloxDetector(_present(path), threads=host.threads)


def _hog(_path: Path | None, _host: Host) -> Detector:
    from mlbackend.propose.detectors.hog import HogDetector

    return HogDetector()


# In the order "auto" prefers them.
DETECTORS: dict[str, Option] = {
    "faster_rcnn": Option(
        "Faster R-CNN MobileNetV3 (torchvision)",
        "fasterrcnn_mobilenet_v3_large_320_fpn",
        6.0,
        "about 12 frames a second on two CPU cores",
        _torchvision("fasterrcnn_mobilenet_v3_large_320_fpn"),
    ),
    "faster_rcnn_resnet50": Option(
        "Faster R-CNN ResNet-50 v2 (torchvision)",
        "fasterrcnn_resnet50_fpn_v2",
        5.0,
        "wants a GPU: several seconds a frame on a CPU",
        _torchvision("fasterrcnn_resnet50_fpn_v2"),
    ),
    "yolox_nano": Option(
        "YOLOX-nano (ONNX)",
        "yolox_nano",
        10.0,
        "about 90 frames a second on two CPU cores",
        _yolox,
    ),
    "d2go": Option(
        "Faster R-CNN FBNetV3 int8 (TorchScript)",
        "d2go_fasterrcnn",
        6.0,
        "about 14 frames a second on two CPU cores",
        _torchscript,
    ),
    "hog": Option(
        "OpenCV HOG (built in)",
        "",
        5.0,
        "about 10 frames a second on two CPU cores; finds upright, whole people only",
        _hog,
    ),
}


def missing_weights(name: str, host: Host) -> str | None:
    """Return what to do so that the named detector can run, or None when it can."""
    option = DETECTORS[name]
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

    Raises:
        DetectorFailed: there is no such detector, or the one wished for lacks its weights.
    """
    if wanted != AUTO:
        return Choice(_wished(wanted, host), "")
    name = next(name for name in _preference(host) if missing_weights(name, host) is None)
    if name.startswith("faster_rcnn"):
        return Choice(name, "")
    note = missing_weights("faster_rcnn", host)
    return Choice(name, f"Faster R-CNN would be preferred. {note}")


def ensure_weights(wanted: str, host: Host, progress: Progress) -> str:
    """Fetch Faster R-CNN's weights where they would be used and are missing.

    Returns a sentence when fetching failed just now; empty when nothing needs saying (there,
    fetched, not wished for, or known not to work since less than a day).
    """
    name = FETCHED
    if wanted in DETECTORS and DETECTORS[wanted].weights in WEIGHTS:
        name = DETECTORS[wanted].weights
    elif wanted != AUTO or missing_weights("faster_rcnn_resnet50", host) is None:
        return ""
    if not host.may_fetch or not WEIGHTS[name].url or find_weights(name, host.folders):
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
    option = DETECTORS[_wished(name, host)]
    path = find_weights(option.weights, host.folders) if option.weights else None
    return option.make(path, host)


def _wished(name: str, host: Host) -> str:
    if name not in DETECTORS:
        raise DetectorFailed(
            f"there is no detector {name!r}; there are {', '.join([AUTO, *DETECTORS])}"
        )
    missing = missing_weights(name, host)
    if missing is not None:
        raise DetectorFailed(f"{DETECTORS[name].title} cannot run. {missing}")
    return name


def _preference(host: Host) -> list[str]:
    """The order "auto" tries: the large net before the small one only where it is fast.

    torch is asked only when the answer matters: it is slow to import.
    """
    names = list(DETECTORS)
    if missing_weights("faster_rcnn_resnet50", host) is None and _has_gpu():
        names.remove("faster_rcnn_resnet50")
        names.insert(0, "faster_rcnn_resnet50")
    return names


def _has_gpu() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _present(path: Path | None) -> Path:
    if path is None:
        raise DetectorFailed("the detector's weights file has gone")
    return path

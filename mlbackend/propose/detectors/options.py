"""The detectors by name and how each is loaded: ours, added files, a project's own.

Adding a detector is one file in this folder and one line in `DETECTORS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlbackend.propose.detectors.base import Detector, DetectorFailed
from mlbackend.zoo.find import sha256
from mlbackend.zoo.manifest import Use
from mlbackend.zoo.sidecar import Sidecar, read_sidecars

FASTER_RCNN = "fasterrcnn_"
PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Own:
    """A detector a project trained: `name` to ask for it, `net` as `nets.faster_rcnn` calls it.

    `categories` has the background first. `key` changes with the weights.
    """

    name: str
    title: str
    net: str
    path: Path
    categories: tuple[str, ...]
    key: str
    champion: bool = False
    sides_px: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """What this machine offers: folders searched for weights (the first is ours to write in).

    `own` are the detectors of the project that asks.
    """

    folders: tuple[Path, ...]
    threads: int = 2
    may_fetch: bool = True
    own: tuple[Own, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A detector: how it is called, loaded, and how many frames a second it should be given.

    `weights` is the zoo's name of its file, empty for a detector that needs none. `slow` ones
    are left to a GPU unless asked for. `key` tells apart files that go by the same name.
    """

    title: str
    weights: str
    rate_hz: float
    speed_note: str
    make: Callable[[Path | None, Host], Detector]
    slow: bool = False
    key: str = ""


def options(host: Host) -> dict[str, Option]:
    """Return every detector by name: the known ones, the files people added, the project's."""
    known = dict(DETECTORS)
    for folder, entry in read_sidecars(host.folders):
        option = _added(folder, entry)
        if option is not None:
            known.setdefault(entry.name, option)
    return known | {own.name: _own(own) for own in host.own}


def _added(folder: Path, entry: Sidecar) -> Option | None:
    """A file that `models add` took and that is still the same; None for other nets."""
    path = folder / entry.file
    yolox = path.suffix == ".onnx"
    known = yolox or entry.net.startswith(FASTER_RCNN)
    if entry.use != Use.DETECTOR or not known or not _is_still(path, entry.sha256):
        return None

    def make(_path: Path | None, host: Host) -> Detector:
        if yolox:
            from mlbackend.propose.detectors.onnx import YoloxDetector

            return YoloxDetector(path, threads=host.threads, categories=entry.classes or None)
        from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector

        return FasterRcnnDetector(
            entry.net, path, threads=host.threads, categories=entry.classes or None
        )

    slow = entry.net in (SLOW, SLOW_V1)
    note = f"added file {entry.file}"
    return Option(entry.title or entry.name, "", 6.0, note, make, slow, entry.sha256)


def _own(own: Own) -> Option:
    def make(_path: Path | None, host: Host) -> Detector:
        from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector

        return FasterRcnnDetector(
            own.net,
            own.path,
            threads=host.threads,
            categories=own.categories,
            sides_px=own.sides_px,
        )

    note = "trained on this project's boxes"
    return Option(own.title, "", 6.0, note, make, own.net in (SLOW, SLOW_V1), own.key)


def _is_still(path: Path, digest: str) -> bool:
    try:
        return path.is_file() and sha256(path) == digest
    except OSError:
        return False


def _torchvision(name: str) -> Callable[[Path | None, Host], Detector]:
    def make(path: Path | None, host: Host) -> Detector:
        from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector

        return FasterRcnnDetector(name, _present(path), threads=host.threads)

    return make


def _torchscript(path: Path | None, host: Host) -> Detector:
    from mlbackend.propose.detectors.torchscript import TorchScriptDetector

    # Its int8 sums are cut up by threads, and one thread gives lower scores than were published.
    return TorchScriptDetector(_present(path), threads=max(2, host.threads))


def _yolox(path: Path | None, host: Host) -> Detector:
    from mlbackend.propose.detectors.onnx import YoloxDetector

    return YoloxDetector(_present(path), threads=host.threads)


def _hog(_path: Path | None, _host: Host) -> Detector:
    from mlbackend.propose.detectors.hog import HogDetector

    return HogDetector()


def _present(path: Path | None) -> Path:
    if path is None:
        raise DetectorFailed("the detector's weights file has gone")
    return path


SMALL = "fasterrcnn_mobilenet_v3_large_320_fpn"
SLOW, SLOW_V1 = "fasterrcnn_resnet50_fpn_v2", "fasterrcnn_resnet50_fpn"
_GPU = "wants a GPU: several seconds a frame on a CPU"


def _more_work(times: int) -> str:
    return f"about {times} times the work of YOLOX-nano"


# In the order "auto" prefers them; slow ones come first where there is a GPU, else last but one.
DETECTORS: dict[str, Option] = {
    "faster_rcnn": Option(
        "Faster R-CNN MobileNetV3 (torchvision)",
        SMALL,
        6.0,
        "about 12 frames a second on two CPU cores",
        _torchvision(SMALL),
    ),
    "faster_rcnn_resnet50": Option(
        "Faster R-CNN ResNet-50 v2 (torchvision)", SLOW, 5.0, _GPU, _torchvision(SLOW), slow=True
    ),
    "faster_rcnn_resnet50_v1": Option(
        "Faster R-CNN ResNet-50 v1 (torchvision)",
        SLOW_V1,
        5.0,
        _GPU,
        _torchvision(SLOW_V1),
        slow=True,
    ),
    "yolox_s": Option("YOLOX-s (ONNX)", "yolox_s", 6.0, _more_work(25), _yolox),
    "yolox_tiny": Option("YOLOX-tiny (ONNX)", "yolox_tiny", 10.0, _more_work(6), _yolox),
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
    "yolox_l": Option("YOLOX-l (ONNX)", "yolox_l", 5.0, _more_work(140), _yolox, slow=True),
    "yolox_m": Option("YOLOX-m (ONNX)", "yolox_m", 5.0, _more_work(70), _yolox, slow=True),
    "hog": Option(
        "OpenCV HOG (built in)",
        "",
        5.0,
        "about 10 frames a second on two CPU cores; finds upright, whole people only",
        _hog,
    ),
}

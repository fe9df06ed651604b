"""Which net a detector is trained from, and with which weights it begins."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from labeling.domain.errors import InvalidInput
from mlbackend.models import ModelVersion
from mlbackend.nets.faster_rcnn import BUILDERS
from mlbackend.propose.detect import Host
from mlbackend.propose.detectors.coco import COCO_91
from mlbackend.zoo.find import find_weights
from mlbackend.zoo.manifest import WEIGHTS

KIND = "detector"
_SMALL, _LARGE = "fasterrcnn_mobilenet_v3_large_320_fpn", "fasterrcnn_resnet50_fpn_v2"


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What a training begins with; `state` is None from scratch, `parent` the own detector."""

    net: str
    title: str
    source: str
    licence: str
    categories: tuple[str, ...]
    state: dict[str, Tensor] | None
    parent: ModelVersion | None = None


def choose_start(project_id: int, net: str | None, host: Host, *, scratch: bool) -> Start:
    """Return the start: the project's detector in use, published weights, or nothing if asked.

    Args:
        net: a name of `nets.faster_rcnn.BUILDERS`; without it the one in use, else the one whose
            weights are here, the large one first where there is a GPU.

    Raises:
        InvalidInput: there is no such net, or its weights are not here.
    """
    if net is not None and net not in BUILDERS:
        raise InvalidInput(f"There is no net '{net}' to train; there are {', '.join(BUILDERS)}.")
    if scratch:
        return Start(net or _SMALL, "random weights", "scratch", "", (), None)
    own = _own(project_id, net)
    if own is not None:
        return own
    for name in [net] if net is not None else _order():
        path = find_weights(name, host.folders)
        if path is not None:
            entry = WEIGHTS[name]
            return Start(name, entry.title, "published", entry.licence, COCO_91, _state(path))
    wanted = net or _order()[0]
    raise InvalidInput(
        f"The weights of {WEIGHTS[wanted].title} are not here. Fetch them with "
        f"manage.py models fetch {wanted}, put {WEIGHTS[wanted].file_names[0]} into "
        f"{host.folders[0]}, or train from nothing with --from-scratch, which takes thousands "
        "of boxes.",
        code="weights_missing",
    )


def _own(project_id: int, net: str | None) -> Start | None:
    row = ModelVersion.objects.filter(
        project_id=project_id, kind=KIND, status=ModelVersion.Status.CHAMPION
    ).first()
    if row is None or not row.file_path.is_file() or net not in (None, row.manifest["net"]):
        return None
    return Start(
        row.manifest["net"],
        row.name,
        "champion",
        row.manifest.get("licence", ""),
        tuple(row.manifest["categories"]),
        _state(row.file_path),
        row,
    )


def _state(path: Path) -> dict[str, Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError) as error:
        raise InvalidInput(
            f"{path.name} cannot be read as weights: {error}", code="weights_damaged"
        ) from error
    return dict(state)


def _order() -> list[str]:
    first = _LARGE if torch.cuda.is_available() else _SMALL
    return [first, *(name for name in BUILDERS if name != first)]

"""What this machine offers by its settings, and the nets it keeps loaded between steps of jobs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from mlbackend.propose.detect import Detector, Host, Own, load
from mlbackend.propose.detectors.options import PROJECT
from mlbackend.zoo.folders import weights_folders

if TYPE_CHECKING:
    from mlbackend.data.descriptor import Descriptor
    from mlbackend.models import ModelVersion
    from mlbackend.propose.recognizers.base import Recognizer


def host(project_id: int | None = None) -> Host:
    """Return this machine; with a project also the detectors that were trained on its boxes."""
    return Host(
        folders=weights_folders(),
        threads=settings.TORCH_THREADS,
        may_fetch=getattr(settings, "DETECTOR_FETCH", True),
        own=own_detectors(project_id) if project_id is not None else (),
    )


@lru_cache(maxsize=1)
def ready_detector(name: str, machine: Host) -> Detector:
    """Return the named detector, kept loaded from one step of a job to the next."""
    return load(name, machine)


_last: dict[str, Descriptor] = {}


def ready_recognizer(name: str, project_id: int) -> Recognizer:
    """Return the named recognizer; its net stays loaded from one step of a job to the next.

    Raises:
        RecognizerFailed: it cannot work here.
    """
    from mlbackend.propose.recognizers.choice import load as load_recognizer

    found = load_recognizer(name, project_id)
    kept = _last.get(found.descriptor.key)
    if kept is not None:
        found.descriptor = kept
    else:
        import torch

        torch.set_num_threads(settings.TORCH_THREADS)
        _last.clear()
        _last[found.descriptor.key] = found.descriptor
    return found


def own_detectors(project_id: int) -> tuple[Own, ...]:
    """Return the detectors a project trained whose files are here, the one in use first.

    It goes by the name "project"; the others by their own.
    """
    from mlbackend.models import ModelVersion

    rows = ModelVersion.objects.filter(project_id=project_id, kind="detector")
    found = [_own(row) for row in rows if row.file_path.is_file() and "net" in row.manifest]
    return tuple(sorted(found, key=lambda own: not own.champion))


def _own(row: ModelVersion) -> Own:
    champion = row.status == "champion"
    return Own(
        name=PROJECT if champion else row.name,
        title=f"{row.name} (trained on this project)",
        net=str(row.manifest["net"]),
        path=row.file_path,
        categories=tuple(row.manifest["categories"]),
        key=str(row.id),
        champion=champion,
        sides_px=tuple(row.manifest.get("sides_px") or ()) or None,
    )

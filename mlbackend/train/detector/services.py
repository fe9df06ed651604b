"""Trains a detector on a project's reviewed boxes, measures it, and keeps it as a model version.

It runs in the calling process. Stopped and run again on the same labels it goes on after the
last whole epoch.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from labeling import api
from labeling.domain.errors import InvalidInput, NotFound
from mlbackend.models import ModelVersion
from mlbackend.train.champion import champion_set
from mlbackend.train.record import licence

if TYPE_CHECKING:
    from mlbackend.train.detector.frames import Truth
    from mlbackend.train.detector.loop import DetectorParams, DetectorTask
    from mlbackend.train.detector.pictures import Pictures
    from mlbackend.train.detector.start import Start

KIND = "detector"
WEIGHTS = "weights.pth"
LONGEST_PX = 1333
Progress = Callable[[float, str], None]


def detector_train(
    *,
    project_id: int,
    progress: Progress,
    net: str | None = None,
    scratch: bool = False,
    sides_px: tuple[int, int] | None = None,
    **params: Any,
) -> ModelVersion:
    """Train to the end and return the version: champion if it finds no less than what is in use.

    Args:
        net: a name of `nets.faster_rcnn.BUILDERS`; see `choose_start`.
        sides_px: the short side pictures are brought to and the longest a long side may be.
        params: fields of `DetectorParams`, such as epochs and seed.

    Raises:
        InvalidInput: too little is reviewed, or the weights to start from are not here.
    """
    import torch

    from mlbackend.propose.host import host
    from mlbackend.train.detector.frames import check_trainable, truth_from
    from mlbackend.train.detector.loop import DetectorParams, DetectorTask, train
    from mlbackend.train.detector.net import begun
    from mlbackend.train.detector.pictures import Pictures
    from mlbackend.train.detector.start import choose_start

    progress(0.0, "Freezing what was reviewed.")
    snapshot = api.snapshot_freeze(project_id)
    videos = api.videos(project_id)
    truth = truth_from(snapshot.content, {video.id: video.timebase for video in videos})
    check_trainable(truth)
    start = choose_start(project_id, net, host(), scratch=scratch)
    wish = DetectorParams(net=start.net, from_scratch=start.state is None, **params)
    folder = _folder(project_id, snapshot.hash, wish, start, sides_px)
    pictures = Pictures(folder / "pictures", LONGEST_PX)
    pictures.fill(
        videos,
        [*truth.train, *truth.hold_out],
        lambda share: progress(0.1 * share, "Reading the pictures."),
    )
    fresh = begun(
        start.net, truth.categories, start.state, start.categories, seed=wish.seed,
        sides_px=sides_px,
    )  # fmt: skip
    task = DetectorTask(fresh, truth.train, pictures, wish, folder)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    trained = train(task, lambda share, text: progress(0.1 + 0.7 * share, text), device)
    version_id = uuid.uuid5(uuid.NAMESPACE_OID, folder.name)
    weights = _write(trained, version_id)
    metrics = _measured(project_id, truth, pictures, start.net, weights, sides_px, progress)
    model = _record(
        project_id, version_id, snapshot.hash, truth, task, start, metrics, weights, sides_px
    )
    shutil.rmtree(folder, ignore_errors=True)
    progress(1.0, model.manifest["reason"])
    return model


def detector_use(*, project_id: int, name: str) -> ModelVersion:
    """Make a trained detector the one the project uses: a person's choice.

    Raises:
        NotFound: there is none of that name.
    """
    rows = ModelVersion.objects.filter(project_id=project_id, kind=KIND)
    row = rows.filter(name=name).first()
    if row is None:
        known = ", ".join(rows.values_list("name", flat=True)) or "none yet"
        raise NotFound(f"There is no trained detector '{name}'. There are: {known}.")
    if not row.file_path.is_file():
        raise InvalidInput(f"The weights of '{name}' have gone; train it again.")
    champion_set(row)
    return row


def _folder(
    project_id: int,
    snapshot_hash: str,
    params: DetectorParams,
    start: Start,
    sides_px: tuple[int, int] | None,
) -> Path:
    """Where a training leaves what it needs to go on: the same place for the same training."""
    parent = str(start.parent.id) if start.parent else start.source
    key = json.dumps([project_id, snapshot_hash, asdict(params), parent, sides_px], sort_keys=True)
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return Path(settings.HOME_DIRS["models"]) / f".detector-{digest}"


def _write(net: Any, version_id: uuid.UUID) -> Path:
    """Write the weights, whole or not at all."""
    import torch

    path = Path(settings.HOME_DIRS["models"]) / str(version_id) / WEIGHTS
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{uuid.uuid4().hex}.pth")
    torch.save({key: value.cpu() for key, value in net.state_dict().items()}, draft)
    draft.replace(path)
    return path


def _measured(
    project_id: int,
    truth: Truth,
    pictures: Pictures,
    net: str,
    weights: Path,
    sides_px: tuple[int, int] | None,
    progress: Progress,
) -> dict[str, Any]:
    """AP at 0.5 on the hold-out of what the project uses now, and of the new weights as stored."""
    from mlbackend.propose import detect
    from mlbackend.propose.detectors.faster_rcnn import FasterRcnnDetector
    from mlbackend.propose.host import host
    from mlbackend.train.detector.measure import average_precision

    machine = host(project_id)
    used = detect.choose(detect.AUTO, machine).name
    new = FasterRcnnDetector(
        net, weights, threads=machine.threads, categories=truth.categories, sides_px=sides_px
    )
    found: dict[str, Any] = {"in_use": detect.title_of(used, machine)}
    for begin, name, detector in (
        (0.8, "before", detect.load(used, machine)),
        (0.9, "after", new),
    ):
        found[name] = average_precision(
            detector,
            truth.categories,
            truth.hold_out,
            pictures,
            lambda share, begin=begin: progress(begin + 0.1 * share, "Measuring on the hold-out."),
        )
        detector.close()
    return found


def decided(metrics: dict[str, Any]) -> tuple[bool, str]:
    """Whether the new detector is put to use, and why or why not."""
    before, after = metrics["before"], metrics["after"]
    if after is None:
        return False, (
            "Not put to use by itself: no hold-out video is reviewed, so nothing says whether it "
            "is better. Review one and train again, or choose it yourself with --use."
        )
    figures = (
        f"it finds AP {after['ap50']:.3f} on {after['frames']} hold-out frames, "
        f"{metrics['in_use']} {before['ap50']:.3f}"
    )
    # Two that find nothing are not as good as each other: one of them was never trained for it.
    if after["ap50"] >= before["ap50"] and after["ap50"] > 0.0:
        return True, f"Put to use: {figures}."
    return False, f"Not put to use: {figures}."


def _record(
    project_id: int,
    version_id: uuid.UUID,
    snapshot_hash: str,
    truth: Truth,
    task: DetectorTask,
    start: Start,
    metrics: dict[str, Any],
    weights: Path,
    sides_px: tuple[int, int] | None,
) -> ModelVersion:
    promoted, reason = decided(metrics)
    begun = {"source": start.source, "title": start.title, "licence": start.licence}
    manifest = {
        "kind": KIND,
        "net": start.net,
        "categories": list(truth.categories),
        "label_ids": list(truth.label_ids),
        "sides_px": list(sides_px) if sides_px else None,
        "snapshot_hash": snapshot_hash,
        "parent": str(start.parent.id) if start.parent else None,
        "start": begun,
        "seed": task.params.seed,
        "params": asdict(task.params),
        "counts": _counts(truth),
        "losses": task.losses,
        "notes": task.notes,
        "metrics": metrics,
        "reason": reason,
        "licence": licence(begun),
        "weights_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
    }
    (weights.parent / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    with transaction.atomic():
        rows = ModelVersion.objects.filter(project_id=project_id, kind=KIND)
        number = rows.exclude(pk=version_id).count() + 1
        model, _ = ModelVersion.objects.update_or_create(
            id=version_id,
            defaults={
                "project_id": project_id,
                "kind": KIND,
                "name": f"detector-{number}",
                "parent": start.parent,
                "snapshot_hash": snapshot_hash,
                "manifest": manifest,
                "path": f"{version_id}/{WEIGHTS}",
            },
        )
        if promoted:
            champion_set(model)
    return model


def _counts(truth: Truth) -> dict[str, int]:
    def boxes(frames: Sequence[Any]) -> int:
        return sum(len(frame.boxes) for frame in frames)

    return {
        "train_frames": len(truth.train),
        "train_boxes": boxes(truth.train),
        "hold_out_frames": len(truth.hold_out),
        "hold_out_boxes": boxes(truth.hold_out),
        "left_out_tubes": truth.left_out,
    }

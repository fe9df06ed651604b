"""Exports: files made from a frozen snapshot, in a folder or as an archive to download."""

import json
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling import jobs, snapshots
from labeling.domain.errors import InvalidInput
from labeling.domain.timebase import Timebase
from labeling.export.ava_files import MANIFEST, AvaOptions, ava_write
from labeling.export.selectors import history
from labeling.formats.choice import Which
from labeling.models import Export, Job, Project, Video
from labeling.models.job import JobKind

# Same content, same archive: the time of writing stays out of it.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)

Writer = Callable[..., dict[str, Any]]
# One line per format: its writer and what reads its options.
FORMATS: dict[str, tuple[Writer, type[AvaOptions]]] = {"ava": (ava_write, AvaOptions)}


@dataclass(frozen=True, slots=True)
class Written:
    """What an export made: the snapshot's hash and the manifest."""

    snapshot_hash: str
    manifest: dict[str, Any]


def options_of(format_name: str, params: dict[str, Any]) -> AvaOptions:
    """Check what is asked for.

    Raises:
        InvalidInput: unknown format, state or rate.
    """
    if format_name not in FORMATS:
        raise InvalidInput(
            f"There is no export format '{format_name}'; known are {', '.join(FORMATS)}."
        )
    _, options = FORMATS[format_name]
    try:
        return options(
            which=Which(params.get("state", Which.REVIEWED)),
            rate_hz=Fraction(str(params.get("rate_hz", 1))).limit_denominator(1000),
            decimals=int(params.get("decimals", 3)),
        )
    except (ValueError, ZeroDivisionError) as error:
        raise InvalidInput(f"The export cannot be made as asked: {error}.") from error


def export_create(
    *, project: Project, format_name: str, params: dict[str, Any], user_id: int | None
) -> Export:
    """Queue an export.

    Raises:
        InvalidInput: unknown format, state or rate.
    """
    options = options_of(format_name, params)
    with transaction.atomic():
        job_id = jobs.job_create(
            project_id=project.id, kind=JobKind.EXPORT, params=params, user_id=user_id
        )
        export = Export.objects.create(
            project=project, job=Job.objects.get(pk=job_id), format=format_name,
            state=options.which.value, params=params,
        )  # fmt: skip
        jobs.enqueue(job_id)
    return export


def export_archive(*, export: Export) -> Written:
    """Make the archive of a queued export; it appears whole or not at all."""
    options = options_of(export.format, export.params)
    root = settings.HOME_DIRS["exports"]
    with _draft_folder(root / str(export.id)) as folder:
        done = _write(export.project, export.format, options, folder)
        archive = root / f"{export.id}.zip"
        _zip(folder, archive)
    export.path, export.snapshot_hash = archive.name, done.snapshot_hash
    export.counts = done.manifest["counts"]
    export.save(update_fields=["path", "snapshot_hash", "counts"])
    return done


def export_to_folder(
    *, project: Project, format_name: str, options: AvaOptions, target: Path
) -> Written:
    """Write an export into a folder, which may exist.

    Everything is written beside it first. Other files in the folder stay; what an earlier export
    left there and this one lacks is removed.

    Raises:
        InvalidInput: the folder cannot be written.
    """
    target = target.expanduser().absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _draft_folder(target) as folder:
            done = _write(project, format_name, options, folder)
            _move_into(folder, target)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror or error}. Choose another folder.",
            code="disk",
        ) from error
    return done


def _write(project: Project, format_name: str, options: AvaOptions, folder: Path) -> Written:
    snapshot = snapshots.freeze(project)
    writer, _ = FORMATS[format_name]
    manifest = writer(
        folder, snapshot.content, snapshot.hash, _timebase_of, options,
        history(project, snapshot.content),
    )  # fmt: skip
    return Written(snapshot.hash, manifest)


def _timebase_of(video_id: str) -> Timebase:
    return Video.objects.only(
        "packed_ticks", "time_base_num", "time_base_den", "end_tick"
    ).get(pk=video_id).timebase()  # fmt: skip


@contextmanager
def _draft_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside the target, gone afterwards."""
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move_into(draft: Path, target: Path) -> None:
    """Put the finished files in place, the manifest last: where it is, all it names is."""
    target.mkdir(exist_ok=True)
    stale = _files_of(target / MANIFEST)
    (target / MANIFEST).unlink(missing_ok=True)
    names = [path.name for path in draft.iterdir()]
    for name in sorted(names, key=lambda name: name == MANIFEST):
        os.replace(draft / name, target / name)
    for name in stale - set(names):
        (target / name).unlink(missing_ok=True)


def _files_of(manifest: Path) -> set[str]:
    """Plain names of the files an earlier export left; nothing outside its folder."""
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        return {name for name in names if Path(name).name == name}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _zip(folder: Path, archive: Path) -> None:
    draft = archive.with_name(f".{archive.name}.{uuid.uuid4().hex}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(folder.iterdir()):
                entry = zipfile.ZipInfo(path.name, date_time=_ZIP_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                file.writestr(entry, path.read_bytes())
        os.replace(draft, archive)
    finally:
        draft.unlink(missing_ok=True)

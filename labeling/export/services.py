"""Exports: files made from a frozen snapshot, in a folder or as an archive to download."""

import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from labeling import jobs, snapshots
from labeling.domain.errors import InvalidInput, NotFound
from labeling.export import archive, native_files
from labeling.export.making import Making, Tally
from labeling.export.options import ExportOptions, revision_at
from labeling.export.selectors import history
from labeling.export.writers import Writer, writers
from labeling.formats.choice import Choice
from labeling.models import Export, Job, Project
from labeling.models.job import FINISHED, JobKind, JobState
from labeling.snapshots import SnapshotValue

# Where an export is made, beside its archive; kept for a while, to go on from.
_WORK = ".work"
_WORK_KEPT = timedelta(days=1)

# Told a fraction 0..1, what is being done, and where to go on after a crash; may raise to stop.
Report = Callable[[float, str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What an export made: the snapshot's hash and the manifest."""

    snapshot_hash: str
    manifest: dict[str, Any]


def writer_of(format_name: str) -> Writer:
    """Raises InvalidInput for a format that is not written here."""
    known = writers()
    if format_name not in known:
        raise InvalidInput(
            f"There is no export format '{format_name}'; known are {', '.join(known)}."
        )
    return known[format_name]


def export_create(
    *, project: Project, format_name: str, params: dict[str, Any], user_id: int | None
) -> Export:
    """Queue an export.

    Raises:
        InvalidInput: unknown format, state, rate, label or video.
    """
    options = ExportOptions.of(params).checked(project)
    writer_of(format_name).check(options)
    with transaction.atomic():
        job_id = jobs.job_create(
            project_id=project.id, kind=JobKind.EXPORT, params=options.as_dict(), user_id=user_id
        )
        export = Export.objects.create(
            project=project, job=Job.objects.get(pk=job_id), format=format_name,
            state=options.which.value, params=options.as_dict(),
        )  # fmt: skip
        jobs.enqueue(job_id)
    return export


def export_archive(
    *, export: Export, cursor: dict[str, Any] | None = None, report: Report | None = None
) -> Written:
    """Make the archive of a queued export; it appears whole or not at all.

    What it was made in stays until its job is done: see `export_forget_work`.

    Args:
        cursor: how far an attempt came that was killed; its snapshot is used again.
        report: told how far it is; what it raises, as where another worker has the job by now,
            leaves the archive that is there.
    """
    root, work = settings.HOME_DIRS["exports"], _work_of(export)
    tell = report or _tell_nobody
    options = ExportOptions.of(export.params)
    done = _make(export.project, export.format, options, work, cursor or {}, report)
    archive.zip_folder(
        work / "files", root / f"{export.id}.zip", beat=lambda: tell(0.9, "Packing", {})
    )
    export.path, export.snapshot_hash = f"{export.id}.zip", done.snapshot_hash
    export.counts = done.manifest["counts"]
    export.save(update_fields=["path", "snapshot_hash", "counts"])
    return done


def export_forget_work(export: Export) -> None:
    """Delete what a finished export was made in; only for whoever's job it was to the end."""
    shutil.rmtree(_work_of(export), ignore_errors=True)


def _work_of(export: Export) -> Path:
    return settings.HOME_DIRS["exports"] / f".{export.id}{_WORK}"


def exports_sweep() -> int:
    """Delete what exports were made in that are done, stopped a day ago or are gone.

    Returns how many.
    """
    # Listed before the rows are read: a folder seen here has its row by then.
    found = list(settings.HOME_DIRS["exports"].glob(f".*{_WORK}"))
    since = timezone.now() - _WORK_KEPT
    live = Export.objects.exclude(job__state=JobState.DONE).exclude(
        job__state__in=FINISHED, job__finished_at__lt=since
    )
    kept = {f".{export_id}{_WORK}" for export_id in live.values_list("id", flat=True)}
    left = [work for work in found if work.name not in kept]
    for work in left:
        shutil.rmtree(work, ignore_errors=True)
    return len(left)


def export_to_folder(
    *, project: Project, format_name: str, options: ExportOptions, target: Path
) -> Written:
    """Write an export into a folder, which may exist.

    Everything is written beside it first. Other files in the folder stay; what an earlier export
    left there and this one lacks is removed.

    Raises:
        InvalidInput: the folder cannot be written.
    """
    target = target.expanduser().absolute()
    work = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        writer_of(format_name).check(options.checked(project))
        done = _make(project, format_name, options, work, {}, None)
        archive.move_into(work / "files", target)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror or error}. Choose another folder.",
            code="disk",
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def backup_to_file(*, project: Project, target: Path, media: bool = False) -> Written:
    """Write a backup of the whole project, with the files of its videos if asked for.

    Raises:
        InvalidInput: the file cannot be written.
    """
    target = target.expanduser().absolute()
    work = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        done = _make(project, native_files.FORMAT.name, ExportOptions(), work, {}, None)
        beside = dict(native_files.media_of(project)) if media else {}
        archive.zip_folder(work / "files", target, beside)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror or error}. Choose another place.",
            code="disk",
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def _make(
    project: Project,
    format_name: str,
    options: ExportOptions,
    work: Path,
    cursor: dict[str, Any],
    report: Report | None,
) -> Written:
    """Write all files and the manifest into `work`."""
    tell = report or _tell_nobody
    writer = writer_of(format_name)
    snapshot, cursor = _snapshot(
        project, options, cursor, lambda: tell(0.0, "Freezing the labels", {})
    )
    since = revision_at(project, options.changed_since)
    making = Making(
        work, snapshot, options, Choice(options.which, options.label_ids, since or 0),
        cursor=cursor,
        checkpoint=lambda cursor, part: tell(0.1 + 0.8 * part, "Writing files", cursor),
    )  # fmt: skip
    making.find_videos(
        by_name=writer.by_name,
        beat=lambda: tell(0.1, "Looking up videos", cursor or {"snapshot_hash": snapshot.hash}),
    )
    tally = writer.write(making)
    manifest = _manifest(project, writer, making, tally)
    text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False)
    (making.files / archive.MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return Written(snapshot.hash, manifest)


def _tell_nobody(fraction: float, message: str, cursor: dict[str, Any]) -> None:
    """Report to nobody."""


def _snapshot(
    project: Project, options: ExportOptions, cursor: dict[str, Any], beat: Callable[[], None]
) -> tuple[SnapshotValue, dict[str, Any]]:
    """The snapshot that an earlier attempt was made from, or a new one and no cursor."""
    if "snapshot_hash" in cursor:
        try:
            return snapshots.read(cursor["snapshot_hash"]), cursor
        except NotFound:
            pass  # its file is gone: all is made again
    return snapshots.freeze(project, revision_at(project, options.as_of), beat=beat), {}


def _manifest(project: Project, writer: Writer, making: Making, tally: Tally) -> dict[str, Any]:
    header = making.snapshot.header
    filters = making.options.as_dict()
    named = [making.labels[x]["name"] for x in filters["label_ids"] if x in making.labels]
    return {
        "format": writer.format.name,
        "snapshot_hash": making.snapshot.hash,
        "project": header["project"],
        "revision": header["revision"],
        **filters,
        "labels": named,
        "changed_since_revision": making.choice.changed_since,
        "counts": dict(sorted(tally.counts.items())),
        "lost": dict(sorted(tally.lost.items())),
        "videos": making.listed(),
        "files": archive.digests(making.files),
        "assumptions": list(writer.assumptions),
        **writer.details(making),
        **history(project, header["revision"], making),
    }

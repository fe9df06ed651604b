"""Imports as jobs: the files are kept until they are applied, or for a day."""

import os
import re
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling import jobs
from labeling.domain.errors import InvalidInput
from labeling.export.imports import ImportFiles, Mode, Report, labels_import, options_of
from labeling.models import Job, Project
from labeling.models.job import JobKind

ROLES = ("file", "labels", "excluded")
KEPT_S = 24 * 3600
_UNSAFE = re.compile(r"[^\w.-]")


def import_create(
    *,
    project: Project,
    uploads: dict[str, Any],
    params: dict[str, Any],
    user_id: int | None,
) -> Job:
    """Keep the uploaded files and queue the import.

    Args:
        uploads: `file` and perhaps `labels` and `excluded`, as Django's uploaded files.
        params: mode and ways of reading, as `options_of` takes them; `from_job`, the id of an
            earlier import whose files are used again, in place of a file.

    Raises:
        InvalidInput: what is asked for is unknown, a file is too large, or there is none.
    """
    params = {name: value for name, value in params.items() if value is not None}
    options_of(params)
    imports_sweep()
    root = settings.HOME_DIRS["imports"]
    folder = root / uuid.uuid4().hex
    folder.mkdir()
    try:
        name = _earlier(project, params.pop("from_job", None), folder, uploads)
        for role, upload in uploads.items():
            _keep(folder / role, upload)
        if not (folder / "file").is_dir():
            raise InvalidInput(
                "Send a file, or name an earlier import (from_job) whose file it is."
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if "file" in uploads:
        name = uploads["file"].name
    with transaction.atomic():
        job_id = jobs.job_create(
            project_id=project.id, kind=JobKind.IMPORT, user_id=user_id,
            params={**_as_json(params), "folder": folder.name, "name": str(name)[-200:]},
        )  # fmt: skip
        jobs.enqueue(job_id)
    return Job.objects.select_related("video").get(pk=job_id)


def import_run(*, job: jobs.JobValue, report: Report) -> dict[str, Any]:
    """Do a queued import.

    Raises:
        InvalidInput: as `labels_import`; or the files are gone.
    """
    files = _files(job)
    return labels_import(
        project=Project.objects.get(pk=job.project_id), files=files,
        options=options_of(job.params), author_id=job.created_by_id, report=report,
        job_id=job.id,
    )  # fmt: skip


def import_forget(*, job: jobs.JobValue) -> None:
    """Delete the files of an import that was applied; a trial's are kept to be applied."""
    if job.params.get("mode", Mode.DRY_RUN) != Mode.DRY_RUN:
        shutil.rmtree(_folder(job.params), ignore_errors=True)


def imports_sweep() -> int:
    """Delete files of imports that nobody applied within a day; returns how many imports."""
    before = time.time() - KEPT_S
    old = [p for p in settings.HOME_DIRS["imports"].iterdir() if _changed_at(p) < before]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _changed_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # another worker took it away
        return time.time()


def _earlier(project: Project, job_id: Any, folder: Path, uploads: dict[str, Any]) -> str | None:
    """Take the files of an earlier import that are not sent anew; the name of its file."""
    if job_id is None:
        return None
    job = Job.objects.filter(pk=job_id, project=project, kind=JobKind.IMPORT).first()
    source = job and _folder(job.params)
    if source is None or not (source / "file").is_dir():
        raise InvalidInput(
            "The file of that import is gone: files are kept for a day, or until they are "
            "applied. Send it again.",
            code="no_such_file",
        )
    for role in ROLES:
        if role not in uploads and (source / role).is_dir():
            shutil.copytree(source / role, folder / role, copy_function=os.link)
    return job.params["name"]


def _keep(folder: Path, upload: Any) -> None:
    most = settings.IMPORT_MAX_BYTES
    if upload.size > most:
        raise InvalidInput(
            f"{upload.name} has {upload.size:,} bytes; an import takes {most:,} at most. Use the "
            "import_labels command on the server for larger files.",
            code="too_large",
        )
    folder.mkdir()
    # The ending says something to some formats; the rest of the name is for messages alone.
    name = _UNSAFE.sub("_", Path(upload.name).name)[-60:].lstrip(".-") or "file"
    with (folder / name).open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)


def _as_json(params: dict[str, Any]) -> dict[str, Any]:
    return {k: v if isinstance(v, (bool, str, int, float)) else str(v) for k, v in params.items()}


def _files(job: jobs.JobValue) -> ImportFiles:
    paths = {role: _only_file(_folder(job.params) / role) for role in ROLES}
    if paths["file"] is None:
        raise InvalidInput("The uploaded file is gone; send it again.", code="no_such_file")
    return ImportFiles(paths["file"], job.params["name"], paths["labels"], paths["excluded"])


def _only_file(folder: Path) -> Path | None:
    return next((path for path in folder.iterdir()), None) if folder.is_dir() else None


def _folder(params: dict[str, Any]) -> Path:
    return settings.HOME_DIRS["imports"] / Path(params["folder"]).name

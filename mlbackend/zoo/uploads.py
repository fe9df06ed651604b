"""Files sent by browsers, kept apart until somebody confirms or a day has passed."""

from __future__ import annotations

import re
import shutil
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from labeling.domain.errors import InvalidInput, NotFound
from labeling.domain.text import shown

KEPT_S = 24 * 3600.0
LARGEST_LIST_BYTES = 1 << 20
_FILE, _LABELS = "file", "labels"
_LONGEST_NAME = 80
_ODD = re.compile(r"[^\w.() -]+")


def upload_keep(project_id: int, upload: Any, labels: Any = None) -> str:
    """Store what Django hands over, block by block, and return its id.

    Raises:
        InvalidInput: a file is too large or cannot be stored.
    """
    _check_size(upload, settings.MODEL_MAX_BYTES, "TUBELAB_MODEL_MAX_BYTES allows")
    if labels is not None:
        _check_size(labels, LARGEST_LIST_BYTES, "a list of labels may have")
    _sweep()
    file_id = str(uuid.uuid4())
    folder = _folder(project_id, file_id)
    try:
        _write(upload, folder / _FILE)
        if labels is not None:
            _write(labels, folder / _LABELS)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InvalidInput(
            f"The file cannot be stored: {error.strerror or error}.", code="disk"
        ) from error
    return file_id


def labels_keep(project_id: int, file_id: str, name: str, text: str) -> None:
    """Store a list of labels for a file that was sent, in place of an earlier one.

    Raises:
        NotFound: the file is not there any more.
        InvalidInput: the list is too large or cannot be stored.
    """
    upload_found(project_id, file_id)
    labels = SimpleUploadedFile(name or "labels.txt", text.encode())
    _check_size(labels, LARGEST_LIST_BYTES, "a list of labels may have")
    folder = _folder(project_id, file_id) / _LABELS
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _write(labels, folder)
    except OSError as error:
        raise InvalidInput(
            f"The list cannot be stored: {error.strerror or error}.", code="disk"
        ) from error


def upload_found(project_id: int, file_id: str) -> tuple[Path, str]:
    """Return the file and the list of labels sent with it ("" if none).

    Raises:
        NotFound: it is not there any more, or was sent to another project.
    """
    folder = _folder(project_id, file_id)
    path = next(iter((folder / _FILE).glob("*")), None)
    if path is None:
        raise NotFound("That file is not here any more. Send it again.")
    labels = next(iter((folder / _LABELS).glob("*")), None)
    return path, str(labels or "")


def upload_forget(project_id: int, file_id: str) -> None:
    """Delete what was sent, if it is still there."""
    shutil.rmtree(_folder(project_id, file_id), ignore_errors=True)


def _folder(project_id: int, file_id: str) -> Path:
    return _root() / f"{int(project_id)}-{uuid.UUID(str(file_id))}"


def _root() -> Path:
    return Path(settings.HOME_DIRS["weights"]) / ".uploads"


def _check_size(upload: Any, most: int, who: str) -> None:
    if upload.size > most:
        raise InvalidInput(
            f"{shown(str(upload.name))} has {upload.size} bytes; {who} {most}. A checkpoint "
            "without the optimizer's state is smaller: torch.save(net.state_dict(), FILE).",
            code="too_large",
        )


def _write(upload: Any, folder: Path) -> None:
    """Under its own name, as far as that is harmless."""
    folder.mkdir(parents=True)
    name = _ODD.sub("_", Path(str(upload.name)).name)[-_LONGEST_NAME:].lstrip(". ") or "file"
    with (folder / name).open("wb") as file:
        for block in upload.chunks(1 << 20):
            file.write(block)


def _sweep() -> None:
    for folder in _root().glob("*-*"):
        if time.time() - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)

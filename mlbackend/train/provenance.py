"""What made a model: the code, what people had done until then, and which videos were used."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from labeling import api
from labeling.domain.errors import Conflict
from labeling.domain.state import State
from mlbackend.models import Round, UsedVideo

if TYPE_CHECKING:
    from mlbackend.train.dataset import Dataset

# What a model's numbers can depend on.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "modAL-python", "opencv-python-headless", "torch")
# Which versions of everything an installation has.
LOCKS = ("pyproject.toml", "constraints.txt")
GIT_S = 10.0
# A pause longer than this in front of one change is no work on it.
LONGEST_S = 300.0

USE = UsedVideo.Use


@cache
def code() -> dict[str, Any]:
    """What runs here: version, git commit, whether files were changed since, libraries, lock.

    Where there is no checkout the commit is the setting `TUBELAB_COMMIT`, or empty.
    """
    said = str(settings.CODE_COMMIT)
    commit = said or _git("rev-parse", "HEAD")
    return {
        "version": str(settings.SPECTACULAR_SETTINGS["VERSION"]),
        "commit": commit,
        "changed": bool(commit and not said and _git("status", "--porcelain", "-uno")),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "lock": _lock(),
    }


def effort(content: dict[str, Any], project_id: int, revision: int) -> dict[str, Any]:
    """What people had done when a snapshot was taken: decisions and seconds, all of the project's.

    Args:
        content: the snapshot's content. revision: the one it was taken at.
    """
    done = api.effort(project_id, until=revision, longest_s=LONGEST_S)
    return {"labels": _decided(content), "seconds": done.seconds, "revision": revision}


def _decided(content: dict[str, Any]) -> int:
    """Tubes, and segments of videos, that a person has decided or drawn."""
    open_state = str(State.PROPOSED)
    return sum(
        sum(tube.get("state") != open_state for tube in video["tubes"])
        + sum(
            span.get("tube_id") is None and span.get("state") != open_state
            for span in video["spans"]
        )
        for video in content["videos"]
    )


def videos_record(running: Round, datasets: Iterable[Dataset]) -> None:
    """Write which videos the round learns from and which it is measured on, instead of earlier.

    Raises:
        Conflict: a video it learned from has become part of the hold-out meanwhile.
    """
    used = {
        (str(video_id), use)
        for dataset in datasets
        for rows, use in ((dataset.train, USE.TRAIN), (dataset.hold_out, USE.HOLD_OUT))
        for video_id in set(rows.video_ids.tolist())
    }
    try:
        with transaction.atomic():
            UsedVideo.objects.filter(round=running).delete()
            UsedVideo.objects.bulk_create(
                [UsedVideo(round=running, video_id=v, use=use) for v, use in sorted(used)],
                batch_size=500,
            )
    except IntegrityError as error:
        raise Conflict(
            "A video this round learned from became part of the hold-out meanwhile, and hold-out "
            "videos are never trained on. Start another round.",
            code="hold_out_changed",
        ) from error


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _git(*words: str) -> str:
    """What git says of this checkout; empty without git or a checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(settings.BASE_DIR), *words],
            capture_output=True, text=True, timeout=GIT_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _lock() -> str:
    """SHA-256 over the files that say which libraries belong to this code."""
    digest = hashlib.sha256()
    for name in LOCKS:
        path = Path(settings.BASE_DIR) / name
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()

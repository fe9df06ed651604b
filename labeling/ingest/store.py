"""Where a video's files lie: one folder per content, named by its SHA-256.

    media/<sha256>/source.mp4  proxy.mp4  thumbnail.jpg

Nothing in a path comes from a person: names are kept in the database alone.
"""

import hashlib
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from labeling.ingest.picture import thumbnail_write
from labeling.ingest.probe import Probe, Progress
from labeling.ingest.proxy import proxy_write

_BLOCK_BYTES = 1 << 20
_SUFFIXES = {"mov": ".mp4", "matroska": ".mkv", "mpegts": ".ts", "mpeg": ".mpg", "asf": ".wmv"}


@dataclass(frozen=True, slots=True)
class Stored:
    """Paths relative to the media folder."""

    source: str
    proxy: str
    thumbnail: str


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def media_store(
    media: Path,
    path: Path,
    sha256: str,
    probed: Probe,
    *,
    move: bool = False,
    on_progress: Progress | None = None,
) -> Stored:
    """Put the source, its proxy and its thumbnail in place; all of them or none.

    What is there already for the same content is used again.

    Args:
        media: the media folder.
        path: the probed file.
        sha256: of its bytes.
        move: take the file away from `path` instead of copying it.
        on_progress: told a fraction 0..1; it may raise to stop.
    """
    folder = media / sha256
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"source{_suffix(probed.format)}"
    proxy, thumbnail = folder / "proxy.mp4", folder / "thumbnail.jpg"
    try:
        if not proxy.exists():
            proxy_write(path, proxy, probed.timebase, probed.rotation, on_progress)
        if not thumbnail.exists():
            thumbnail_write(path, thumbnail, probed.timebase, probed.rotation)
        # Last, because a moved file could not be tried again.
        _keep(path, source, move)
    except BaseException:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return Stored(*(str(file.relative_to(media)) for file in (source, proxy, thumbnail)))


def media_remove(media: Path, sha256: str) -> None:
    """Delete everything kept for this content."""
    if sha256:
        shutil.rmtree(media / sha256, ignore_errors=True)


def _suffix(format_name: str) -> str:
    first = format_name.split(",")[0]
    return _SUFFIXES.get(first, f".{first}")


def _keep(path: Path, target: Path, move: bool) -> None:
    if target.exists():
        if move and path != target:
            path.unlink()
        return
    if move:
        # Uploads lie on the same disk, so this is a rename.
        shutil.move(path, target)
        return
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        shutil.copyfile(path, draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)

"""The one door out: labels at a revision, frozen under a content hash.

Training and every exporter read a snapshot, never live tables. It is text: a line of JSON with
what the project is, then a line for every video by id, each canonical (sorted keys, no spaces),
so that equal labels give equal bytes and the same hash. It is written and read a video at a time.
"""

import gzip
import hashlib
import json
import os
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from labeling import revisions
from labeling.domain.annotations import Annotations, Change
from labeling.domain.errors import InvalidInput, NotFound
from labeling.domain.span import Coverage, Span
from labeling.domain.tube import Tube
from labeling.models import Project, Revision, Snapshot, Video
from labeling.planted import without_planted

_OF = {"tube": Tube.of, "span": Span.of, "coverage": Coverage.of}
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 1 << 15


@dataclass(frozen=True)
class SnapshotValue:
    """A snapshot: `hash` is the SHA-256 of its text."""

    hash: str
    revision: int

    @cached_property
    def header(self) -> dict[str, Any]:
        """Version, project {id, name}, revision and labels by id."""
        _, text = next(_lines(self.hash))
        return {name: part for name, part in json.loads(text).items() if name != "videos"}

    @cached_property
    def content(self) -> dict[str, Any]:
        """The header with all `videos`, their tubes, spans and coverage, all by id."""
        return {**self.header, "videos": list(stream(self.hash))}


def freeze(
    project: Project, revision: int | None = None, *, beat: Callable[[], None] = lambda: None
) -> SnapshotValue:
    """Freeze the project's labels at `revision` (None: the newest).

    Nobody has to wait meanwhile: what is committed after the revision is taken back again, video
    by video.

    Args:
        beat: called after every video; it may raise to stop.

    Raises:
        InvalidInput: there is no such revision.
    """
    head = Project.objects.get(pk=project.pk)
    wanted = head.revision if revision is None else revision
    if not 0 <= wanted <= head.revision:
        raise InvalidInput(
            f"Project '{head.name}' has revisions 0 to {head.revision}, not {wanted}."
        )
    digest = _keep(_lines_of(head, wanted, beat))
    Snapshot.objects.get_or_create(project=head, hash=digest, defaults={"revision": wanted})
    return SnapshotValue(digest, wanted)


def read(digest: str) -> SnapshotValue:
    """Find a frozen snapshot and check it against its hash.

    Raises:
        NotFound: there is none, or its file was damaged.
    """
    found = hashlib.sha256()
    header = b"{}"
    for number, (_, text) in enumerate(_lines(digest)):
        found.update(text)
        header = text if number == 0 else header
    if found.hexdigest() != digest:
        raise _damaged(digest)
    return SnapshotValue(digest, json.loads(header)["revision"])


def stream(digest: str) -> Iterator[dict[str, Any]]:
    """The videos of a snapshot, one by one.

    Raises:
        NotFound: there is no such snapshot, or its file was damaged.
    """
    return (json.loads(text) for _, text in places(digest))


def places(digest: str) -> Iterator[tuple[int, bytes]]:
    """Where each video's text lies in the file, for `video_at`, with the text."""
    lines = _lines(digest)
    _, header = next(lines)
    if b'"version":1' in header:  # one text with everything in it
        yield from ((-1, canonical(video)) for video in json.loads(header)["videos"])
    yield from lines


def video_at(digest: str, place: int) -> dict[str, Any]:
    """One video of a snapshot, found without reading those before it."""
    with _path(digest).open("rb") as file:
        file.seek(place)
        return json.loads(_member(file, digest))


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def annotations_at(video: Video, revision: int) -> Annotations:
    """The annotations of a video as they were: the log's changes taken back one by one.

    Without what was planted to check attention: that was never anybody's word.

    The log is read after the rows: what is committed in between is either in both, and taken
    back, or in the log alone, and taking it back changes nothing.
    """
    annotations = revisions.annotations(video.id)
    later = Revision.objects.filter(video=video, number__gt=revision).order_by("-number")
    for changes in later.values_list("changes", flat=True).iterator(chunk_size=1):
        back = [
            Change(c["kind"], c["id"], None, c["before"] and _OF[c["kind"]](c["before"]))
            for c in changes
        ]
        annotations = annotations.changed(back)
    return without_planted(video.id, annotations, revision)


def _lines_of(project: Project, revision: int, beat: Callable[[], None]) -> Iterator[bytes]:
    for part in _parts(project, revision):
        yield canonical(part)
        beat()


def _parts(project: Project, revision: int) -> Iterator[dict[str, Any]]:
    yield {
        "version": 2,
        "project": {"id": project.id, "name": project.name},
        "revision": revision,
        "labels": [label.value().as_dict() for label in project.labels.order_by("id")],
    }
    # A restored video may wait for its file: what people said about it is there all the same.
    known = project.videos.filter(frame_count__gt=0).order_by("id")
    for video_id in list(known.values_list("id", flat=True)):
        video = Video.objects.select_related("project").filter(pk=video_id).first()
        if video is not None:
            yield _video(video, revision)


def _video(video: Video, revision: int) -> dict[str, Any]:
    annotations = annotations_at(video, revision)
    return {
        "id": str(video.id),
        "name": video.name,
        "external_id": video.external_id,
        "start_s": video.start_s,
        "sha256": video.sha256,
        "width": video.width,
        "height": video.height,
        "frame_count": video.frame_count,
        "time_base": [video.time_base_num, video.time_base_den],
        "ticks_sha256": hashlib.sha256(bytes(video.packed_ticks)).hexdigest(),
        "split": video.split,
        # Only where it is so: the hashes of other projects stay what they were.
        **({"blind": True} if video.is_blind else {}),
        "tubes": _sorted(annotations.tubes),
        "spans": _sorted(annotations.spans),
        "coverage": _sorted(annotations.coverage),
    }


def _sorted(items: dict[str, Any]) -> list[dict[str, Any]]:
    return [items[item_id].as_dict() for item_id in sorted(items)]


def _path(digest: str) -> Path:
    if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
        raise NotFound(f"There is no snapshot {digest!r}.")
    return settings.HOME_DIRS["snapshots"] / f"{digest}.json.gz"


def _damaged(digest: str) -> NotFound:
    return NotFound(f"Snapshot {digest} is damaged on disk; freeze the project again.")


def _keep(lines: Iterator[bytes]) -> str:
    """Write beside and rename, so that no reader ever sees half a snapshot; returns the hash.

    Every line is a gzip member of its own, to be found alone. A file that is there is written
    again: it may be damaged, and freezing is what mends that.
    """
    folder: Path = settings.HOME_DIRS["snapshots"]
    draft = folder / f".{uuid.uuid4().hex}"
    digest = hashlib.sha256()
    try:
        with draft.open("wb") as file:
            for line in lines:
                digest.update(text := line + b"\n")
                file.write(gzip.compress(text, compresslevel=6, mtime=0))
        os.replace(draft, _path(digest.hexdigest()))
    finally:
        draft.unlink(missing_ok=True)
    return digest.hexdigest()


def _lines(digest: str) -> Iterator[tuple[int, bytes]]:
    """Place and text of every line.

    Raises:
        NotFound: there is no such snapshot, or its file cannot be unpacked.
    """
    path = _path(digest)
    if not path.is_file():
        raise NotFound(f"There is no snapshot {digest}.")
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        while (place := file.tell()) < size or place == 0:
            yield place, _member(file, digest)


def _member(file: IO[bytes], digest: str) -> bytes:
    """The next gzip member; the file then stands at the one after it."""
    unpack, parts = zlib.decompressobj(_GZIP), []
    while not unpack.eof:
        chunk = file.read(_CHUNK)
        try:
            parts.append(unpack.decompress(chunk))
        except zlib.error as error:
            raise _damaged(digest) from error
        if not chunk:
            raise _damaged(digest)
    file.seek(-len(unpack.unused_data), os.SEEK_CUR)
    return b"".join(parts)

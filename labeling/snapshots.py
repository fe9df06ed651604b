"""The one door out: labels at a revision, frozen under a content hash.

Training and every exporter read a snapshot, never live tables. The content is canonical JSON
(sorted keys, no spaces), so that equal labels give equal bytes and the same hash.
"""

import gzip
import hashlib
import json
import os
import uuid
import zlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from labeling import revisions
from labeling.domain.annotations import Annotations, Change
from labeling.domain.errors import InvalidInput, NotFound
from labeling.domain.span import Coverage, Span
from labeling.domain.tube import Tube
from labeling.models import Project, Revision, Snapshot, Video
from labeling.models.video import VideoState

_OF = {"tube": Tube.of, "span": Span.of, "coverage": Coverage.of}


@dataclass(frozen=True, slots=True)
class SnapshotValue:
    """A snapshot: `hash` is the SHA-256 of the canonical JSON of `content`.

    `content` has version, project {id, name}, revision, labels, and videos with their tubes,
    spans and coverage, all sorted by id.
    """

    hash: str
    revision: int
    content: dict[str, Any]


def freeze(project: Project, revision: int | None = None) -> SnapshotValue:
    """Freeze the project's labels at `revision` (None: the newest).

    Raises:
        InvalidInput: there is no such revision.
    """
    with transaction.atomic():
        head = Project.objects.select_for_update().get(pk=project.pk)
        wanted = head.revision if revision is None else revision
        if not 0 <= wanted <= head.revision:
            raise InvalidInput(
                f"Project '{head.name}' has revisions 0 to {head.revision}, not {wanted}."
            )
        content = _content(head, wanted)
        text = canonical(content)
        digest = hashlib.sha256(text).hexdigest()
        _keep(digest, text)
        Snapshot.objects.get_or_create(project=head, hash=digest, defaults={"revision": wanted})
    return SnapshotValue(digest, wanted, content)


def read(digest: str) -> SnapshotValue:
    """Read a frozen snapshot back and check it against its hash.

    Raises:
        NotFound: there is none, or its file was damaged.
    """
    path = _path(digest)
    if not path.is_file():
        raise NotFound(f"There is no snapshot {digest}.")
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        text = b""
    if hashlib.sha256(text).hexdigest() != digest:
        raise NotFound(f"Snapshot {digest} is damaged on disk; freeze the project again.")
    content = json.loads(text)
    return SnapshotValue(digest, content["revision"], content)


def canonical(content: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def annotations_at(video: Video, revision: int) -> Annotations:
    """The annotations of a video as they were: the log's changes taken back one by one."""
    annotations = revisions.annotations(video.id)
    later = Revision.objects.filter(video=video, number__gt=revision).order_by("-number")
    for changes in later.values_list("changes", flat=True).iterator():
        back = [
            Change(c["kind"], c["id"], None, c["before"] and _OF[c["kind"]](c["before"]))
            for c in changes
        ]
        annotations = annotations.changed(back)
    return annotations


def _content(project: Project, revision: int) -> dict[str, Any]:
    videos = project.videos.filter(state=VideoState.READY).order_by("id")
    return {
        "version": 1,
        "project": {"id": project.id, "name": project.name},
        "revision": revision,
        "labels": [label.value().as_dict() for label in project.labels.order_by("id")],
        "videos": [_video(video, revision) for video in videos],
    }


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
        "tubes": _sorted(annotations.tubes),
        "spans": _sorted(annotations.spans),
        "coverage": _sorted(annotations.coverage),
    }


def _sorted(items: dict[str, Any]) -> list[dict[str, Any]]:
    return [items[item_id].as_dict() for item_id in sorted(items)]


def _path(digest: str) -> Any:
    if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
        raise NotFound(f"There is no snapshot {digest!r}.")
    return settings.HOME_DIRS["snapshots"] / f"{digest}.json.gz"


def _keep(digest: str, text: bytes) -> None:
    """Write beside and rename, so that no reader ever sees half a snapshot.

    One that is there is written again: it may be damaged, and freezing is what mends that.
    """
    path = _path(digest)
    draft = path.with_name(f".{digest}.{uuid.uuid4().hex}")
    draft.write_bytes(gzip.compress(text, mtime=0))
    os.replace(draft, path)

"""A backup: everything of a project but the files of its videos, to be restored without loss.

project.json     name, settings, labels, members, draws of the hold-out
videos.jsonl     a line for every video: what is known of it, its recorded ticks, its tubes, spans
                 and coverage with their states, scores and what was proposed
revisions.jsonl  the whole log, a line for every revision of a video: who, when, what
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput, NotFound
from labeling.export.making import Making, Tally
from labeling.export.options import ExportOptions
from labeling.formats.dataset import Format, Holds
from labeling.models import HoldOutDraw, Project, Revision, Video
from labeling.snapshots import canonical

FORMAT = Format("tubelab", "Tubelab backup", holds=frozenset(Holds), accepts=(".zip",))
VERSION = 1
PROJECT, VIDEOS, REVISIONS = "project.json", "videos.jsonl", "revisions.jsonl"
ASSUMPTIONS = (
    "The files of the videos are not in it unless they were asked for: a video finds its file "
    "again by its SHA-256.",
    "People are known by their user names; accounts are not part of it.",
    "A video that was never read, and what is not a label (models, rounds, jobs, exports), is not "
    "part of it.",
)
_LOG = (
    "number", "base", "origin", "undoes", "note", "seconds", "operations", "changes",
)  # fmt: skip


def native_write(making: Making) -> Tally:
    """Write the three files, going on behind the last finished video of an earlier attempt."""
    project_id = making.snapshot.header["project"]["id"]
    with Tally(making, can_resume=True) as tally:
        videos = making.files / VIDEOS
        tally.open(videos)
        for entry, labels, _ in making.videos(tally.done):
            tally.append(videos, [canonical(_video(labels)).decode(), "\n"])
            tally.finish(entry, _counts(labels), Counter())
    _write_project(making, Project.objects.get(pk=project_id))
    tally.counts["revisions"] = _write_log(making, project_id)
    return tally


def check_whole(options: ExportOptions) -> None:
    """Raises InvalidInput if a part of the project is asked for."""
    parts = (options.splits, options.label_ids, options.video_ids)
    if any(parts) or options.as_of or options.changed_since:
        raise InvalidInput(
            "A backup is of the whole project, with its history: leave out splits, labels, videos "
            "and times, or choose another format."
        )


def _write_project(making: Making, project: Project) -> None:
    header = making.snapshot.header
    members = project.memberships.select_related("user").order_by("user__username")
    draws = project.hold_out_draws.select_related("author").order_by("created_at", "id")
    content = {
        "version": VERSION,
        "name": header["project"]["name"],
        "revision": header["revision"],
        "settings": project.settings,
        "labels": header["labels"],
        "video_ids": [entry.facts["id"] for entry in making.entries],
        "members": [{"username": m.user.get_username(), "role": m.role} for m in members],
        "hold_out_draws": [_draw(draw) for draw in draws],
    }
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    (making.files / PROJECT).write_text(f"{text}\n", encoding="utf-8")


def _draw(draw: HoldOutDraw) -> dict[str, Any]:
    return {
        "seed": draw.seed,
        "share": draw.share,
        "strata": draw.strata,
        "author": draw.author and draw.author.get_username(),
        "created_at": draw.created_at.isoformat(),
    }


def _video(labels: dict[str, Any]) -> dict[str, Any]:
    row = Video.objects.filter(pk=labels["id"]).first()
    if row is None:
        raise NotFound(f"'{labels['name']}' was deleted while it was backed up; begin again.")
    return labels | {
        "end_tick": row.end_tick,
        "ticks": base64.b64encode(bytes(row.packed_ticks)).decode(),
        "rotation": row.rotation,
        "warnings": row.warnings,
        "is_gold": row.is_gold,
        "last_tube_number": row.last_tube_number,
    }


def _counts(labels: dict[str, Any]) -> Counter[str]:
    return Counter({name: len(labels[name]) for name in ("tubes", "spans", "coverage")})


def _write_log(making: Making, project_id: int) -> int:
    until = making.snapshot.header["revision"]
    rows = Revision.objects.filter(project=project_id, number__lte=until)
    rows = rows.select_related("author").order_by("number", "video_id")
    written = 0
    with (making.files / REVISIONS).open("wb") as file:
        for row in rows.iterator(chunk_size=20):
            file.write(canonical(_revision(row)) + b"\n")
            written += 1
            if written % 100 == 0:
                making.checkpoint(making.cursor, 0.95)
    return written


def _revision(row: Revision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _LOG} | {
        "video": str(row.video_id),
        "commit_id": str(row.commit_id),
        "run_id": row.run_id and str(row.run_id),
        "author": row.author and row.author.get_username(),
        "created_at": row.created_at.isoformat(),
    }


def media_of(project: Project) -> Iterator[tuple[str, Path]]:
    """Names in the archive and paths of the videos' files that are here."""
    for video in project.videos.exclude(source="").order_by("sha256"):
        if video.source_path.is_file():
            yield f"media/{video.sha256}/{video.source_path.name}", video.source_path

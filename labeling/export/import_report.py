"""What an import tells: counts, conflicts, labels, bad rows and assumptions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labeling.domain.text import shown
from labeling.export.import_mapping import Action, LabelMeanings
from labeling.export.import_source import ERRORS_LISTED, BadRow, BadRows, Source
from labeling.export.import_target import Diff
from labeling.models import Video

_VIDEOS_LISTED, _UNKNOWN_LISTED = 500, 200
_OUTCOMES = ("new", "changed", "unchanged", "removed", "conflict")


@dataclass(slots=True)
class Tally:
    """What happens to how many tubes and spans; the first videos one by one."""

    tubes: Counter[str] = field(default_factory=Counter)
    spans: Counter[str] = field(default_factory=Counter)
    videos: dict[str, dict[str, Any]] = field(default_factory=dict)
    videos_total: int = 0
    bad: BadRows = field(default_factory=BadRows)
    notes: Counter[str] = field(default_factory=Counter)
    linked_boxes: int = 0
    linked_tubes: int = 0
    revision: int | None = None

    def add(
        self,
        video: Video,
        diff: Diff,
        bad: Iterable[BadRow],
        notes: Iterable[str],
        counted: Mapping[str, int],
    ) -> None:
        self.tubes += diff.tubes
        self.spans += diff.spans
        self.videos_total += 1
        for row in bad:
            self.bad.add(row)
        self.notes.update(dict.fromkeys(notes, 1))
        self.notes.update(counted)
        if len(self.videos) < _VIDEOS_LISTED:
            # Two videos may bear one name.
            name = video.name if video.name not in self.videos else f"{video.name} ({video.id})"
            self.videos[name] = {
                "id": str(video.id), "tubes": counts(diff.tubes), "spans": counts(diff.spans),
                "conflicts": diff.conflicts, "revision": None, "changes": bool(diff.operations),
            }  # fmt: skip

    def take_counts(self, other: "Tally") -> None:
        """Take what happened from another tally of the same file; bad rows and notes stay."""
        self.tubes, self.spans = other.tubes, other.spans
        self.videos, self.videos_total = other.videos, other.videos_total
        self.linked_boxes, self.linked_tubes = other.linked_boxes, other.linked_tubes

    def stored(self, number: int, video_ids: set[str] | None = None) -> None:
        """Say under which number the changes were stored."""
        self.revision = number
        for video in self.videos.values():
            changed = video["changes"] if video_ids is None else video["id"] in video_ids
            video["revision"] = number if changed else None


def counts(found: Mapping[str, int]) -> dict[str, int]:
    return {name: found.get(name, 0) for name in _OUTCOMES}


def report_of(source: Source, meanings: LabelMeanings, tally: Tally, file: str) -> dict[str, Any]:
    """The report as JSON: see docs/formats.md."""
    found = source.found
    unknown = sorted(found.unknown)
    bad = BadRows()
    for row in (*found.bad.listed, *tally.bad.listed):
        bad.add(row)
    used = [x for x in meanings.found.values() if x.used.label.name]
    created = [x.name for x in used if x.action is Action.CREATE]
    videos = {
        name: {key: value for key, value in video.items() if key != "changes"}
        for name, video in tally.videos.items()
    }
    return {
        "rows": found.rows,
        "revision": tally.revision,
        "videos": videos,
        "videos_total": tally.videos_total,
        "tubes": counts(tally.tubes),
        "spans": counts(tally.spans),
        "labels": [x.as_dict() for x in used],
        "created_labels": list(dict.fromkeys(created)),
        "unknown_labels": [x.used.label.name for x in used if x.action is Action.UNKNOWN],
        "unknown_videos": [shown(name) for name in unknown[:_UNKNOWN_LISTED]],
        "unknown_videos_total": len(unknown),
        "errors": bad.as_list(file)[:ERRORS_LISTED],
        "error_count": found.bad.count + tally.bad.count,
        "assumptions": _assumptions(source, meanings, tally),
    }


def _assumptions(source: Source, meanings: LabelMeanings, tally: Tally) -> list[str]:
    said = list(meanings.notes)
    created = [x.name for x in meanings.found.values() if x.action is Action.CREATE]
    if created:
        names = ", ".join(f"'{name}'" for name in dict.fromkeys(created))
        said.append(f"Labels that the project lacks are made: {names}.")
    if tally.linked_boxes:
        said.append(
            f"{tally.linked_boxes} boxes without person ids were linked into {tally.linked_tubes} "
            "tubes."
        )
    for text, count in (source.found.notes + tally.notes).items():
        said.append(f"{shown(text, 1000)} ({count}×)" if count > 1 else shown(text, 1000))
    return said

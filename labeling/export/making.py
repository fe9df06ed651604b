"""An export at work: what goes into it, video by video, and how far it is."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from labeling import snapshots
from labeling.domain.errors import NotFound
from labeling.domain.timebase import Timebase
from labeling.export.options import ExportOptions
from labeling.formats.ava_export import video_keys
from labeling.formats.choice import Choice
from labeling.models import Video
from labeling.snapshots import SnapshotValue

# Told a cursor to go on from, and the fraction done; may raise to stop.
Checkpoint = Callable[[dict[str, Any], float], None]
DELETED_LABELS = "labels deleted since"
_FACTS = (
    "id", "name", "external_id", "sha256", "split", "start_s", "frame_count", "width", "height",
)  # fmt: skip
_LISTED = "videos.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A video of the export: what it is called in the files, and where its labels lie."""

    key: str
    place: int
    facts: dict[str, Any]


@dataclass(slots=True)
class Making:
    """One export.

    Args:
        work: folder of everything, which a later attempt goes on in.
        snapshot: what it is made from.
        options: what is asked for.
        choice: what of a video is wanted.
        entries: its videos, by key.
        runs: tubes and spans of these videos that each run proposed.
        cursor: how far an earlier attempt came; empty at first.
        checkpoint: told how far it is.
    """

    work: Path
    snapshot: SnapshotValue
    options: ExportOptions
    choice: Choice
    entries: list[Entry] = field(default_factory=list)
    runs: dict[str, Counter[str]] = field(default_factory=dict)
    cursor: dict[str, Any] = field(default_factory=dict)
    checkpoint: Checkpoint = lambda cursor, fraction: None

    @property
    def files(self) -> Path:
        """What is handed out."""
        return self.work / "files"

    @property
    def notes(self) -> Path:
        """What is not."""
        return self.work / "notes"

    @property
    def labels(self) -> dict[int, dict[str, Any]]:
        return {label["id"]: label for label in self.snapshot.header["labels"]}

    def find_videos(self, *, by_name: bool, beat: Callable[[], None]) -> None:
        """Look up which videos are wanted, and which runs proposed what of them.

        Raises:
            InvalidInput: two of them would be called the same in files that go by name.
        """
        found = []
        for place, text in snapshots.places(self.snapshot.hash):
            video = json.loads(text)
            beat()
            if self._is_wanted(video):
                found.append((place, {name: video[name] for name in _FACTS}))
                self._count_runs(video)
        ids = {facts["id"]: facts["id"] for _, facts in found}
        keys = video_keys(facts for _, facts in found) if by_name else ids
        made = [Entry(keys[facts["id"]], place, facts) for place, facts in found]
        self.entries = sorted(made, key=lambda entry: entry.key)

    def videos(self, done: int = 0) -> Iterator[tuple[Entry, dict[str, Any], Timebase]]:
        """The videos from number `done` on, with what the snapshot has of them."""
        for entry in self.entries[done:]:
            video = snapshots.video_at(self.snapshot.hash, entry.place)
            yield entry, video, _timebase_of(entry)

    def start_over(self) -> None:
        """Empty folders."""
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in (self.files, self.notes):
            folder.mkdir(parents=True)
        self.cursor = {}

    def listed(self) -> list[dict[str, Any]]:
        """The videos that were written, for the manifest."""
        with (self.notes / _LISTED).open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def _is_wanted(self, video: dict[str, Any]) -> bool:
        options = self.options
        return (not options.splits or video["split"] in options.splits) and (
            not options.video_ids or video["id"] in options.video_ids
        )

    def _count_runs(self, video: dict[str, Any]) -> None:
        for kind in ("tubes", "spans"):
            for item in video[kind]:
                if item["run_id"]:
                    self.runs.setdefault(item["run_id"], Counter())[kind] += 1


class Tally:
    """What was written so far and the files it was written to, appended to video by video.

    Args:
        making: the export; an earlier attempt at it is gone on with if it `can_resume` and its
            files are as its cursor says.
    """

    def __init__(self, making: Making, *, can_resume: bool) -> None:
        self.making = making
        self.stack = ExitStack()
        self.sheets: dict[Path, IO[bytes]] = {}
        sizes = making.cursor.get("sizes", {})
        if not (can_resume and sizes and all(_has(making.work / n, k) for n, k in sizes.items())):
            making.start_over()
        self.done: int = making.cursor.get("done", 0)
        self.counts = Counter[str](making.cursor.get("counts", {}))
        self.lost = Counter[str](making.cursor.get("lost", {}))

    def __enter__(self) -> "Tally":
        self.open(self.making.notes / _LISTED)
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def open(self, path: Path) -> None:
        """Have a file, cut off behind what the last finished video wrote."""
        kept = self.making.cursor.get("sizes", {}).get(self._name(path), 0)
        path.touch()
        file = self.stack.enter_context(path.open("r+b"))
        file.truncate(kept)
        file.seek(kept)
        self.sheets[path] = file

    def append(self, path: Path, lines: Iterable[str]) -> None:
        self.sheets[path].write("".join(lines).encode())

    def finish(self, entry: Entry, counts: Counter[str], lost: Counter[str]) -> None:
        """A video is written."""
        self.done += 1
        self.counts.update({"videos": 1, **counts})
        self.lost.update(lost)
        listed = {"key": entry.key, **entry.facts, "counts": dict(sorted(counts.items()))}
        line = json.dumps(listed, ensure_ascii=False, sort_keys=True)
        self.append(self.making.notes / _LISTED, [f"{line}\n"])
        for file in self.sheets.values():
            file.flush()
        cursor = {
            "snapshot_hash": self.making.snapshot.hash, "done": self.done,
            "sizes": {self._name(path): file.tell() for path, file in self.sheets.items()},
            "counts": dict(self.counts), "lost": dict(self.lost),
        }  # fmt: skip
        self.making.checkpoint(cursor, self.done / len(self.making.entries))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.making.work).as_posix()


def without_deleted_labels(
    video: dict[str, Any], labels: dict[int, Any]
) -> tuple[dict[str, Any], int]:
    """The video without what bears a label that was deleted since, and how much that is."""
    tubes = [tube for tube in video["tubes"] if tube["label_id"] in labels]
    kept = {None, *(tube["id"] for tube in tubes)}
    spans = [s for s in video["spans"] if s["label_id"] in labels and s["tube_id"] in kept]
    gone = len(video["tubes"]) - len(tubes) + len(video["spans"]) - len(spans)
    return video | {"tubes": tubes, "spans": spans}, gone


def _has(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size >= size


def _timebase_of(entry: Entry) -> Timebase:
    times = Video.objects.only("packed_ticks", "time_base_num", "time_base_den", "end_tick")
    video = times.filter(pk=entry.facts["id"]).first()
    if video is None:
        raise NotFound(
            f"'{entry.facts['name']}' was deleted while it was being exported; export again."
        )
    return video.timebase()

"""Reading any format of the registry for an import, and guessing which one a file is of."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from labeling.domain.errors import InvalidInput
from labeling.export.archive import MANIFEST
from labeling.export.import_ava import AVA, AVA_KINETICS
from labeling.export.import_mapping import Used
from labeling.export.import_ranges import read_ranges
from labeling.export.import_source import (
    Found,
    ImportFiles,
    OfVideo,
    ReadAs,
    Report,
    Spooled,
    opened_text,
)
from labeling.export.import_videos import VideoKeys
from labeling.export.rows import pack_value, unpack_values
from labeling.export.writers import EXCLUDED_RANGES
from labeling.formats import archive, ava_layout
from labeling.formats.ava_proposals import is_pickle
from labeling.formats.dataset import (
    BadRow,
    FileLabel,
    FileVideo,
    Format,
    Note,
    ReadOptions,
)
from labeling.formats.label_lists import Listed, listed_in
from labeling.formats.plan import PlanOptions
from labeling.formats.registry import FORMATS

AUTO = "auto"
REVIEWED = (
    "All of a video that the file speaks of counts as reviewed, for the actions that occur in the "
    "file."
)
REVIEWED_BUT = (
    "All of a video that the file speaks of counts as reviewed, for the actions that occur in the "
    "file, but for the excluded ranges listed beside it."
)
# More formats than these are no hint.
_FEW = 4
READABLE = [AVA, AVA_KINETICS, *(name for name, f in FORMATS.items() if f.read is not None)]


class FormatSource(Spooled):
    """A file of any format, by video."""

    listed = speaks_of_all = False
    names_all: dict[int, str] = {}

    def __init__(
        self, format_: Format, files: ImportFiles, keys: VideoKeys, read_as: ReadAs, tell: Report
    ) -> None:
        super().__init__()
        self.format, self.files, self.keys, self.read_as = format_, files, keys, read_as
        self.found = Found(format_.holds)
        self.uses: Counter[tuple[str, str]] = Counter()
        self.first: dict[tuple[str, str], int] = {}
        self.not_reviewed = read_ranges(files.excluded, keys)
        self.fill(self._read, tell)
        self.found.used = [
            Used(FileLabel(name, kind), count, self.first[kind, name])
            for (kind, name), count in sorted(self.uses.items())
        ]

    def forget(self, label: str) -> None:
        """Every label of these files has a name: none is unknown."""

    def of(self, video_id: str) -> OfVideo:
        options = PlanOptions(not_reviewed=self.not_reviewed.get(video_id, ()))
        return OfVideo(_joined(list(unpack_values(self.spool.read(video_id)))), options)

    def _read(self, tell: Report) -> None:
        assert self.format.read is not None
        options = ReadOptions(self.read_as.frame_rate, self.files.labels, self.files.name)
        alone: str | None = None
        for number, entry in enumerate(self.format.read(self.files.rows, options)):
            if number % 50 == 0:
                tell(0.02 + 0.28 * number / (number + 500), "Reading")
            if isinstance(entry, BadRow):
                self.found.rows += 1
                self.found.bad.add(entry)
            elif isinstance(entry, Note):
                self.found.notes[entry.text] += 1
            else:
                self.found.rows += _entries(entry)
                if self.read_as.video_id is not None:
                    alone = self._check_alone(entry, alone)
                self._keep(entry)
        if any(kind == "action" for kind, _ in self.uses):
            self.found.notes[REVIEWED if self.files.excluded is None else REVIEWED_BUT] = 1
        if self.found.rows == 0 and not self.spool.keys() and not self.found.unknown:
            raise InvalidInput(f"{self.files.name} holds nothing to import.", code="empty_file")

    def _check_alone(self, video: FileVideo, alone: str | None) -> str:
        if alone is not None and alone != video.key:
            raise InvalidInput(
                f"{self.files.name} is about several videos ('{alone}', '{video.key}' …), so it "
                "cannot be imported into one that is named (--video); leave that out."
            )
        return video.key

    def _keep(self, video: FileVideo) -> None:
        video_id = self._video_id(video)
        if video_id is None:
            self.found.unknown[video.key or self.files.name] += 1
            return
        for label, row in _labels(video):
            self.uses[label] += 1
            self.first.setdefault(label, row)
        self.spool.add(video_id, pack_value(video))

    def _video_id(self, video: FileVideo) -> str | None:
        if self.read_as.video_id is not None:
            return self.read_as.video_id
        found = self.keys.get(video.key, video.start_s) if video.key else None
        found = found or self.keys.first(video.aliases)
        if found is None and not video.key:
            found = self._by_file_name()
        return found

    def _by_file_name(self) -> str | None:
        found = self.keys.get(Path(self.files.name).name)
        if found is None:
            raise InvalidInput(
                f"{self.files.name} does not say which video it is about; choose the video "
                "(--video NAME).",
                code="which_video",
            )
        self.found.notes["The file names no video; the one of the same name is meant."] = 1
        return found


def _entries(video: FileVideo) -> int:
    return sum(len(tube.boxes) for tube in video.tubes) + len(video.segments) + len(video.classes)


def _labels(video: FileVideo) -> Iterator[tuple[tuple[str, str], int]]:
    """((kind, name), row) of every use of a label."""
    for tube in video.tubes:
        yield ("object", tube.label), tube.row
        yield from ((("action", span.label), span.row) for span in tube.spans)
        for box in tube.boxes:
            yield from ((("action", name), box.row) for name in box.actions or ())
    yield from ((("segment", span.label), span.row) for span in video.segments)
    yield from ((("video_class", span.label), span.row) for span in video.classes)


def _joined(videos: list[FileVideo]) -> FileVideo:
    """A file may speak of a video in several places."""
    first = videos[0]
    if len(videos) == 1:
        return first
    return replace(
        first,
        tubes=tuple(tube for video in videos for tube in video.tubes),
        segments=tuple(span for video in videos for span in video.segments),
        classes=tuple(span for video in videos for span in video.classes),
    )


@contextmanager
def unpacked(files: ImportFiles) -> Iterator[ImportFiles]:
    """The files, an archive unpacked: as its only file, or as a folder."""
    with archive.opened(files.rows, name=files.name) as path:
        if not path.is_dir():
            yield files
            return
        table = _own_table(path)
        if table is not None:
            yield replace(files, rows=table)
            return
        with _annotations(path) as folder:
            inside = [p for p in folder.rglob("*") if p.is_file()]
            alone = len(inside) == 1 and path != files.rows
            excluded = files.excluded or _own_ranges(path)
            yield replace(files, rows=inside[0] if alone else folder, excluded=excluded)


@contextmanager
def _annotations(folder: Path) -> Iterator[Path]:
    """The folder; one of a Tubelab export without what it says of itself."""
    if not _is_own(folder):
        yield folder
        return
    with TemporaryDirectory() as place:
        left = Path(place) / folder.name
        whole = folder.absolute()
        shutil.copytree(whole, left, copy_function=os.symlink, ignore=_own_names(whole))
        yield left


def _own_names(folder: Path) -> Callable[[str, list[str]], set[str]]:
    """What to leave out of the folder itself, not of those in it."""
    return lambda at, names: {MANIFEST, EXCLUDED_RANGES} if Path(at) == folder else set()


def _is_own(folder: Path) -> bool:
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(said, dict) and {"format", "snapshot_hash"} <= said.keys()


def _own_ranges(folder: Path) -> Path | None:
    ranges = folder / EXCLUDED_RANGES
    return ranges if _is_own(folder) and ranges.is_file() else None


def _own_table(folder: Path) -> Path | None:
    """The rows of an AVA export of Tubelab, beside whose manifest the rest of it lies."""
    if not _is_own(folder):
        return None
    for state in ("reviewed", "all", "proposed"):
        for stem in ("ava", "ava_kinetics"):
            path = folder / f"{stem}_{state}.csv"
            if path.is_file():
                return path
    return None


def format_of(files: ImportFiles, wanted: str) -> str:
    """The name of the format: as wanted, or for 'auto' as the file looks.

    Raises:
        InvalidInput: no such format, or it cannot be told.
    """
    if wanted != AUTO:
        if wanted not in READABLE:
            known = ", ".join([AUTO, *READABLE])
            raise InvalidInput(f"There is no import format '{wanted}'; known are {known}.")
        if wanted in (AVA, AVA_KINETICS) and files.rows.is_dir():
            raise InvalidInput(
                f"{files.name} holds several files; AVA's rows are imported from one at a time. "
                "Give the CSV itself."
            )
        return wanted
    path = files.rows
    found = [name for name in READABLE if name in FORMATS and _looks_like(path, FORMATS[name])]
    if not found:
        found = _ava_of(path, files.name)
    if not found:
        _refuse_lists(files)
        found = [name for name in READABLE if name in FORMATS and _fits(FORMATS[name], files)]
    if len(found) == 1:
        return found[0]
    few = 0 < len(found) <= _FEW
    which = f"it may be {' or '.join(found)}" if few else f"known are {', '.join(READABLE)}"
    raise InvalidInput(
        f"The format of {files.name} cannot be told; {which}. Say which one it is (--format).",
        code="unknown_format",
    )


def _refuse_lists(files: ImportFiles) -> None:
    listed = listed_in(files.rows)
    if listed is None:
        return
    instead = {
        Listed.LABELS: "give it beside the annotations as the list of labels (--labels)",
        Listed.DURATIONS: "give the annotations alone; how long a video is was recorded",
    }
    raise InvalidInput(
        f"{files.name} is a list of {listed}, no annotations: {instead[listed]}.",
        code="not_annotations",
    )


def _looks_like(path: Path, format_: Format) -> bool:
    look: Callable[[Path], bool] | None = format_.looks_like
    try:
        return look is not None and look(path)
    except (InvalidInput, OSError, ValueError):
        return False


def _fits(format_: Format, files: ImportFiles) -> bool:
    if files.rows.is_dir():
        return "/" in format_.accepts
    endings = tuple(end for end in format_.accepts if end.startswith("."))
    return bool(endings) and files.name.lower().endswith(endings)


def _ava_of(path: Path, name: str) -> list[str]:
    if path.is_dir():
        return []
    if path.stat().st_size == 0:
        raise InvalidInput(f"{name} has no rows.", code="empty_file")
    if is_pickle(path):
        return [AVA]
    with opened_text(path, name) as file:
        layout = ava_layout.look(file)
    if layout.is_kinetics:
        return [AVA_KINETICS]
    return [AVA] if layout.is_ava or layout.widths == {1} else []

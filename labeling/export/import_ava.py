"""Reading AVA's files for an import: millions of rows, sorted by video in bounded memory."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.export.archive import MANIFEST
from labeling.export.ava_files import ACTION_LIST, EXCLUDED
from labeling.export.import_mapping import Used
from labeling.export.import_source import (
    Found,
    ImportFiles,
    OfVideo,
    ReadAs,
    Report,
    Spooled,
    counted,
    opened_text,
)
from labeling.export.import_videos import VideoKeys
from labeling.export.rows import pack_row, unpack_rows
from labeling.formats import ava_layout
from labeling.formats.ava import AvaRow, BadRow, Eighth, read_rows
from labeling.formats.ava_import import UNTRUSTED, file_video, seconds_of
from labeling.formats.ava_labels import read_label_list
from labeling.formats.ava_layout import Layout
from labeling.formats.ava_proposals import is_pickle, read_proposals
from labeling.formats.dataset import FileLabel, Holds
from labeling.formats.onto_sampled import step_s
from labeling.formats.pbtxt import LabelEntry
from labeling.formats.plan import PlanOptions

AVA, AVA_KINETICS = "ava", "ava-kinetics"
_HOLDS = frozenset({Holds.TUBES, Holds.NUMBERS, Holds.ACTIONS, Holds.GAPS})
NO_IDS = "Rows have no person ids"
NOBODY_TOLD = "Column 8 does not tell people apart"
OWN = "every box is a person of its own (--link makes tubes of them)"
EMPTY = (
    "From a video's first row to its last, a timestamp without a row counts as reviewed and "
    "empty, unless it is excluded."
)
COMPLETE = (
    "The file stands unchanged in the folder of a Tubelab export: all that its excluded "
    "timestamps do not name counts as reviewed."
)
KEYFRAMES = "Only the timestamps that the file names count as reviewed."
FRAMES = "Timestamps are read as numbers of frames at the rate given."


class AvaSource(Spooled):
    """A file of AVA rows, by video.

    Args:
        kinetics: AVA-Kinetics: a row of two columns is a keyframe at which nobody acts, and
            seconds between the keyframes were not looked at.
    """

    speaks_of_all = True

    def __init__(
        self, files: ImportFiles, keys: VideoKeys, read_as: ReadAs, *, kinetics: bool, tell: Report
    ) -> None:
        super().__init__()
        self.files, self.keys, self.read_as = files, keys, read_as
        self.kinetics = kinetics
        self.entries = read_label_map(files.labels)
        self.listed = bool(self.entries)
        self.names_all = {number: entry.name for number, entry in self.entries.items()}
        self.excluded = read_excluded(files.excluded, keys)
        self.found = Found(_HOLDS)
        self.names: dict[int, str] = {}
        self.key_of: dict[str, str] = {}
        self.whole_seconds = True
        self.decimals: dict[str, int] = {}
        self.fill(self._read, tell)
        self.step = self._step()

    def forget(self, label: str) -> None:
        """Leave out the rows of an action that nobody knows."""
        self.names = {number: name for number, name in self.names.items() if name != label}

    def of(self, video_id: str) -> OfVideo:
        rows = list(self._rows(video_id))
        rate = self.read_as.frame_rate
        video, bad, notes = file_video(
            self.key_of[video_id], rows, names=self.names, step=self.step,
            coordinates=self.read_as.coordinates, frame_rate=rate,
        )  # fmt: skip
        notes = [self._apart(note) if note == UNTRUSTED else note for note in notes]
        options = PlanOptions(
            max_gap_s=self.read_as.max_gap_s,
            known=frozenset(seconds_of(s, rate) for s in {row.timestamp for row in rows}),
            excluded=frozenset(
                seconds_of(stamp, rate) for stamp in self.excluded.get(video_id, ())
            ),
            fills=not self.kinetics,
            complete=self.files.complete,
        )
        return OfVideo(video, options, self.decimals.get(video_id, 3), bad, notes)

    def _rows(self, video_id: str) -> Iterator[AvaRow]:
        return unpack_rows(self.spool.read(video_id), self.key_of[video_id])

    def _read(self, tell: Report) -> None:
        layout, rows = self._opened(tell)
        self._note(layout)
        uses: Counter[int] = Counter()
        first: dict[int, int] = {}
        has_ids = False
        for row in rows:
            self.found.rows += 1
            if isinstance(row, BadRow):
                self.found.bad.add(row)
                continue
            video_id = self._video_id(row)
            if video_id is None:
                self.found.unknown[row.video] += 1
                continue
            has_ids = has_ids or row.person_id is not None
            if row.action_id is not None:
                uses[row.action_id] += 1
                first.setdefault(row.action_id, row.row)
            self._keep(video_id, row)
        if self.found.rows == 0:
            raise InvalidInput(f"{self.files.name} has no rows.", code="empty_file")
        self._name(uses, first)
        if not has_ids and uses:
            self.found.notes[self._apart(NO_IDS)] = 1

    def _opened(self, tell: Report) -> tuple[Layout, Iterable[AvaRow | BadRow]]:
        path, name = self.files.rows, self.files.name
        if is_pickle(path):
            layout = Layout(frozenset({8}), Eighth.SCORE)
            self.found.holds = _HOLDS - {Holds.ACTIONS}
            return layout, read_proposals(path, name)
        file = opened_text(path, name)
        head = list(islice(file, ava_layout.LINES))
        layout = ava_layout.look(head)
        self._refuse(layout)
        lines = counted(chain(head, file), path.stat().st_size, tell, (0.02, 0.3))
        eighth = self.read_as.eighth
        if layout.eighth is not None and not self.read_as.eighth_given:
            eighth = layout.eighth
        if layout.eighth is Eighth.SCORE:
            self.found.holds = _HOLDS - {Holds.ACTIONS}
        rows = read_rows(lines, eighth=eighth, coordinates=self.read_as.coordinates)
        return layout, _naming(name, rows)

    def _refuse(self, layout: Layout) -> None:
        """Files of AVA that are no annotations."""
        name = self.files.name
        if layout.widths == {1}:
            raise InvalidInput(
                f"{name} is a list of video ids or timestamps, one a line: it holds no "
                "annotations to import.",
                code="not_annotations",
            )
        if layout.only_times and not self.kinetics:
            raise InvalidInput(
                f"{name} holds rows of video_id,timestamp alone. Excluded timestamps are given "
                "beside the annotations (--excluded); if these are AVA-Kinetics keyframes at "
                "which nobody acts, say so (--format ava-kinetics).",
                code="not_annotations",
            )

    def _note(self, layout: Layout) -> None:
        notes = self.found.notes
        notes.update(dict.fromkeys(layout.notes, 1))
        notes[COMPLETE if self.files.complete else KEYFRAMES if self.kinetics else EMPTY] = 1
        if self.read_as.frame_rate:
            notes[FRAMES] = 1
        if self.read_as.eighth is not Eighth.PERSON_ID:
            notes[self._apart(NOBODY_TOLD)] = 1

    def _apart(self, said: str) -> str:
        """What follows from it, unless boxes are to be linked."""
        return f"{said}." if self.read_as.linked else f"{said}: {OWN}."

    def _video_id(self, row: AvaRow) -> str | None:
        if self.read_as.video_id is not None:
            known = self.key_of.setdefault(self.read_as.video_id, row.video)
            return self.read_as.video_id if known == row.video else None
        return self.keys.get(row.video, row.timestamp)

    def _keep(self, video_id: str, row: AvaRow) -> None:
        self.key_of.setdefault(video_id, row.video)
        if row.decimals > self.decimals.get(video_id, 0) and row.box is not None:
            self.decimals[video_id] = row.decimals
        if self.whole_seconds and row.timestamp % 1:
            self.whole_seconds = False
        self.spool.add(video_id, pack_row(row))

    def _name(self, uses: Counter[int], first: dict[int, int]) -> None:
        self.found.used.append(Used(FileLabel("", "object"), self.found.rows))
        for number, count in sorted(uses.items()):
            entry = self.entries.get(number)
            name = entry.name if entry else str(number)
            label = FileLabel(name, "action", number, entry.group if entry else "")
            self.names[number] = name
            self.found.used.append(Used(label, count, first[number], named=entry is not None))

    def _step(self) -> Fraction:
        """The file's rhythm: of whole seconds 1, else the shortest step of any one video."""
        if self.kinetics or (self.whole_seconds and not self.read_as.frame_rate):
            return Fraction(1)
        rate = self.read_as.frame_rate
        steps = (
            step_s({seconds_of(row.timestamp, rate) for row in self._rows(video_id)})
            for video_id in self.video_ids()
        )
        return min(steps, default=Fraction(1))


def with_companions(files: ImportFiles) -> ImportFiles:
    """Take label map and excluded timestamps from beside a CSV that Tubelab exported.

    Only where the folder's manifest names the file with this very content.
    """
    folder = files.rows.parent
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        unchanged = {
            name for name, entry in listed.items()
            if Path(name).name == name and _digest(folder / name) == entry["sha256"]
        }  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return files
    if files.rows.name not in unchanged:
        return files
    own = folder / EXCLUDED
    excluded = files.excluded or (own if EXCLUDED in unchanged else None)
    labels = files.labels or (folder / ACTION_LIST if ACTION_LIST in unchanged else None)
    complete = excluded is not None and EXCLUDED in unchanged and excluded.samefile(own)
    return ImportFiles(files.rows, files.name, labels, excluded, complete)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_excluded(path: Path | None, keys: VideoKeys) -> dict[str, set[Decimal]]:
    """Excluded timestamps by video id.

    Raises:
        InvalidInput: a row is not `video_id,timestamp`.
    """
    excluded: dict[str, set[Decimal]] = {}
    if path is None:
        return excluded
    with opened_text(path, path.name) as file:
        for row in read_rows(file):
            if isinstance(row, BadRow) or row.box is not None:
                raise _bad_excluded(path.name, row)
            video_id = keys.get(row.video, row.timestamp)
            if video_id is not None:
                excluded.setdefault(video_id, set()).add(row.timestamp)
    return excluded


def _naming(name: str, rows: Iterable[AvaRow | BadRow]) -> Iterator[AvaRow | BadRow]:
    """The rows; why they cannot be read is said with the name of the file."""
    try:
        yield from rows
    except InvalidInput as error:
        raise InvalidInput(
            f"{name}: {error.message}", code=error.code, detail=error.detail
        ) from error


def _bad_excluded(name: str, row: AvaRow | BadRow) -> InvalidInput:
    reason = row.reason if isinstance(row, BadRow) else "has more than two columns"
    column = row.column if isinstance(row, BadRow) else ""
    error = {"file": name, "row": row.row, "column": column, "reason": reason}
    return InvalidInput(
        f"{name}, row {row.row}: {reason}. Excluded timestamps are rows of video_id,timestamp.",
        code="bad_rows",
        detail={"errors": [error], "error_count": 1},
    )


def read_label_map(path: Path | None) -> dict[int, LabelEntry]:
    """The list beside the rows, by number; see `formats.ava_labels`."""
    if path is None:
        return {}
    with opened_text(path, path.name) as file:
        return {entry.id: entry for entry in read_label_list(file.read(), path.name)}

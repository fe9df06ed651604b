"""The files of an AVA or AVA-Kinetics export, appended to video by video.

<name>_<state>.csv         annotations of all videos
<name>_<state>_<split>.csv the same by split, where there are several
action_list.pbtxt          the numbers of the actions
videos.txt                 the videos, those without a row too; by split likewise
excluded_timestamps.csv    what nobody has reviewed (state 'reviewed' only); by split likewise
proposals.csv              undecided actions, scores in column 8
proposed_boxes.csv         undecided people, column 7 empty, scores in column 8
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from labeling.domain.timebase import Timebase
from labeling.export.making import (
    DELETED_LABELS,
    Entry,
    Making,
    Tally,
    without_deleted_labels,
)
from labeling.formats.ava import AvaRow, write_rows
from labeling.formats.ava_export import (
    VideoRows,
    action_ids,
    keyframe_moments,
    video_rows,
)
from labeling.formats.ava_grid import Grid
from labeling.formats.choice import Which, chosen
from labeling.formats.dataset import Coordinates, Format, Holds, Unit
from labeling.formats.from_video import lost
from labeling.formats.pbtxt import LabelEntry, write_labels

ACTION_LIST = "action_list.pbtxt"
EXCLUDED = "excluded_timestamps.csv"
_HOLDS = frozenset({Holds.TUBES, Holds.ACTIONS, Holds.SCORES, Holds.GAPS})

_SHARED = (
    "A timestamp is seconds from the start of the original movie: the video's start second plus "
    "the recorded time since its first frame. The box is that of the frame nearest to it.",
    "Boxes are fractions of the display-oriented picture, clipped to it.",
    "A box without an action has no row in AVA; how many there are is in the counts. The same goes "
    "for actions that lie between two timestamps and boxes outside the picture.",
    "Object labels, segments, video classes and occlusion have no place in AVA.",
    "Every confirmed box is written: who confirmed it has reviewed it. Excluded timestamps are "
    "those not reviewed as a whole, and those where a proposal is still undecided: somebody may "
    "be missing there.",
    "An action label without an AVA id gets the smallest free number, in the order in which the "
    "labels were made.",
    "An id that begins with '=', '+' or '@' has an apostrophe in front, so that no spreadsheet "
    "runs it; the import takes it off.",
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one of the two writes its rows.

    Args:
        format: name, title and what it holds.
        prefix: of the files' names.
        decimals: of box fractions, where nothing else is asked for.
        keyframes: no person ids; times with microseconds, also where single frames were boxed,
            and a row of two columns for each where nobody acts.
        assumptions: for the manifest.
    """

    format: Format
    prefix: str
    decimals: int
    keyframes: bool
    assumptions: tuple[str, ...]


AVA = Dialect(
    Format(
        "ava", "AVA v2.2", unit=Unit.SECOND, coordinates=Coordinates.FRACTIONS,
        holds=_HOLDS | {Holds.NUMBERS}, accepts=(".csv", ".txt", ".zip"),
    ),
    "ava", 3, False, ("A person id is the tube's number in its video.", *_SHARED),
)  # fmt: skip
AVA_KINETICS = Dialect(
    Format(
        "ava-kinetics", "AVA-Kinetics v1.0", unit=Unit.SECOND, coordinates=Coordinates.FRACTIONS,
        holds=_HOLDS, accepts=(".csv", ".txt", ".zip"),
    ),
    "ava_kinetics", 6, True,
    (
        "Rows have no person ids. A row of two columns is a reviewed timestamp at which nobody "
        "acts.",
        "A person boxed in a single frame is written at that frame's recorded time, to the "
        "microsecond, where no timestamp of the rate means the frame.",
        *_SHARED,
    ),
)  # fmt: skip


def ava_write(making: Making, dialect: Dialect) -> Tally:
    """Write all files, going on behind the last finished video of an earlier attempt."""
    labels = making.labels
    ids = action_ids(labels.values())
    with Tally(making, can_resume=True) as tally:
        sheets = _Sheets(making, tally, dialect)
        for entry, video, timebase in making.videos(tally.done):
            known, gone = without_deleted_labels(video, labels)
            made = _rows(making, dialect, known, entry.key, timebase, ids)
            sheets.write(entry, made)
            missing = lost(chosen(known, making.choice), dialect.format, labels)
            tally.finish(entry, made.counts, missing + _lost(made, gone))
    entries = _entries(labels.values(), ids)
    (making.files / ACTION_LIST).write_text(write_labels(entries), encoding="utf-8")
    return tally


def ava_actions(making: Making) -> list[dict[str, Any]]:
    """Which number stands for which label, for the manifest."""
    ids = action_ids(making.labels.values())
    return [
        {
            "label_id": label_id, "name": label["name"], "ava_id": ids[label_id],
            "assigned": label["ava_id"] is None,
        }
        for label_id, label in making.labels.items()
        if label_id in ids
    ]  # fmt: skip


def _rows(
    making: Making,
    dialect: Dialect,
    video: dict[str, Any],
    key: str,
    timebase: Timebase,
    ids: dict[int, int],
) -> VideoRows:
    grid = Grid(timebase, Fraction(str(video["start_s"])), making.options.rate_hz)
    moments: list[tuple[Decimal, int]] = (
        keyframe_moments(video, grid) if dialect.keyframes else list(grid.timestamps())
    )
    decimals = making.options.decimals or dialect.decimals
    return video_rows(video, key, moments, ids, making.choice, decimals)


def _lost(made: VideoRows, gone: int) -> Counter[str]:
    counts = made.counts
    return +Counter(
        {
            "boxes without action": counts["boxes_without_action"],
            "boxes outside the picture": counts["boxes_outside_picture"],
            "actions between timestamps": counts["spans_between_timestamps"],
            DELETED_LABELS: gone,
        }
    )


class _Sheets:
    """The CSV files, whole and by split."""

    def __init__(self, making: Making, tally: Tally, dialect: Dialect) -> None:
        self.making, self.tally, self.dialect = making, tally, dialect
        self.decimals = making.options.decimals or dialect.decimals
        self.whole = making.options.rate_hz == 1 and not dialect.keyframes
        splits = sorted({entry.facts["split"] for entry in making.entries})
        self.splits = splits if len(splits) > 1 else []
        self.main = f"{dialect.prefix}_{making.options.which.value}.csv"
        self.reviewed = making.options.which is Which.REVIEWED
        by_split = [self.main, "videos.txt", *([EXCLUDED] if self.reviewed else [])]
        for name in by_split:
            for split in ("", *self.splits):
                tally.open(making.files / _of_split(name, split))
        for name in ("proposals.csv", "proposed_boxes.csv"):
            tally.open(making.files / name)

    def write(self, entry: Entry, made: VideoRows) -> None:
        split = entry.facts["split"]
        self._append(self.main, split, list(self._lines(self._annotations(made))))
        self._append("videos.txt", split, [f"{entry.key}\n"])
        if self.reviewed:
            self._append(EXCLUDED, split, list(self._lines(made.excluded)))
        self.tally.append(self.making.files / "proposals.csv", self._lines(made.proposals))
        self.tally.append(self.making.files / "proposed_boxes.csv", self._lines(made.boxes))

    def _annotations(self, made: VideoRows) -> list[AvaRow]:
        if not self.dialect.keyframes:
            return made.rows
        rows = [replace(row, person_id=None) for row in made.rows]
        return sorted([*rows, *made.empty], key=lambda row: row.timestamp)

    def _append(self, name: str, split: str, lines: list[str]) -> None:
        for part in ("", split) if split in self.splits else ("",):
            self.tally.append(self.making.files / _of_split(name, part), lines)

    def _lines(self, rows: Iterable[AvaRow]) -> Iterable[str]:
        return write_rows(rows, decimals=self.decimals, whole_seconds=self.whole)


def _of_split(name: str, split: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}_{split}{dot}{ending}" if split else name


def _entries(labels: Iterable[dict[str, Any]], ids: dict[int, int]) -> list[LabelEntry]:
    actions = [label for label in labels if label["id"] in ids]
    entries = [LabelEntry(ids[x["id"]], x["name"], x["ava_group"]) for x in actions]
    return sorted(entries, key=lambda entry: entry.id)

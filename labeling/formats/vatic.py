"""VATIC text: one line a box and frame.

    track_id xmin ymin xmax ymax frame lost occluded generated "label" "attribute" …

Source: VATIC's dump command and its interpolation.

Keeps: tubes, their numbers, object labels, occlusion, gaps; attributes, which VATIC sets on single
frames, as actions on those frames. Loses: which boxes were drawn and which interpolated, the
stale boxes of lost frames, and when written: segments, video classes, scores, fractions of a
pixel, double quotes in names.

A file is about one video and does not name it: in a folder its file name does.

A dump has a line for every frame of a track, and is taken as it stands. Where frames are missing
they are filled as VATIC does: evenly, cut to whole pixels, occlusion and attributes as on the
line before, lost if either end is lost. In a track of drawn boxes alone this rule is applied to
lines one frame apart too: VATIC then hides the frame before a lost one.

Written corners are rounded to the nearest pixel, at least 1 px apart and not below 0, because
VATIC takes no others; a box wholly left of or above the picture is written as lost, and so are the
frames of a gap. `generated` is always 0.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import motion
from labeling.formats.dataset import (
    BadRow,
    Corners,
    FileBox,
    FileLabel,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong, corners, number, whole
from labeling.formats.sources import (
    FileNames,
    files_in,
    lines,
    said_name,
    shown,
    starts_like,
    stems,
)  # fmt: skip

_QUOTED = re.compile(r'"([^"]*)"')
_LINE = re.compile(r'\s*((?:[^\s"]+\s+){9})((?:"[^"]*"\s*)+)')
_COLUMNS = ("track_id", "xmin", "ymin", "xmax", "ymax", "frame", "lost", "occluded", "generated")
_DEFAULT_LABEL = "person"
FILLED = "Frames without a line between lines of a track are filled as VATIC does."


@dataclass(frozen=True, slots=True)
class _Row:
    track: int
    box: Corners
    frame: int
    lost: bool
    occluded: bool
    generated: bool
    label: str
    attributes: tuple[str, ...]
    line: int


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """One video a file.

    Raises:
        InvalidInput: most lines of a file are not VATIC's, or it is no text.
    """
    name = said_name(path, options)
    for part in files_in(path, (".txt",), name):
        yield from _read_file(part, shown(path, part, name), part.stem if path.is_dir() else "")


def _read_file(path: Path, name: str, key: str) -> Iterator[Reading]:
    tracks: dict[int, dict[int, _Row]] = {}
    wrong: list[BadRow] = []
    count = 0
    for number_, line in lines(path, name):
        if not line.strip():
            continue
        count += 1
        try:
            row = _row(line, number_)
            frames = tracks.setdefault(row.track, {})
            if row.frame in frames:
                raise Wrong("frame", f"is {row.frame}, for the second time in track {row.track}")
        except Wrong as error:
            wrong.append(error.bad_row(number_, name))
            continue
        frames[row.frame] = row
    if 2 * len(wrong) > count:
        raise InvalidInput(f"{name} is not VATIC text: line {wrong[0].row}: {wrong[0].reason}.")
    yield from wrong
    notes: Counter[str] = Counter()
    tubes = [
        tube
        for track in tracks.values()
        if (tube := _tube([track[frame] for frame in sorted(track)], notes)) is not None
    ]
    for note, count in notes.items():
        yield Note(f"{note} ({count}×)")
    aliases = () if key else stems(path, name)
    yield FileVideo(key, aliases=aliases, every_frame=True, tubes=tuple(tubes))


def _row(line: str, number_: int) -> _Row:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Wrong("", 'is not nine numbers and a label in quotes: 0 1 2 3 4 0 0 0 0 "person"')
    cells = dict(zip(_COLUMNS, found[1].split(), strict=True))
    label, *attributes = _QUOTED.findall(found[2])
    if not label.strip():
        raise Wrong("label", "is empty")
    sides = (number(cells[side], side) for side in _COLUMNS[1:5])
    flags = (_flag(cells[flag], flag) for flag in _COLUMNS[6:])
    lost, occluded, generated = flags
    return _Row(
        whole(cells["track_id"], "track_id"),
        corners(*sides),
        whole(cells["frame"], "frame", 0),
        lost,
        occluded,
        generated,
        label,
        tuple(sorted({name for name in attributes if name.strip()})),
        number_,
    )


def _flag(cell: str, column: str) -> bool:
    if cell not in ("0", "1"):
        raise Wrong(column, f"is {cell!r}, not 0 or 1")
    return cell == "1"


def _tube(rows: list[_Row], notes: Counter[str]) -> FileTube | None:
    first = rows[0]
    if any(row.label != first.label for row in rows):
        notes[f"Track {first.track} changes its label; '{first.label}' is taken."] += 1
    if rows[-1].frame - first.frame >= len(rows):
        notes[FILLED] += 1
        rows = list(_filled(rows))
    seen = [row for row in rows if not row.lost]
    if not seen:
        notes["A track that is lost on every frame is left out."] += 1
        return None
    boxes = tuple(FileBox(row.frame, row.box, row.occluded, row=row.line) for row in seen)
    spans = motion.spans_on((row.frame, row.attributes) for row in seen)
    return FileTube(boxes, first.track, first.label, spans, row=first.line)


def _filled(rows: list[_Row]) -> Iterator[_Row]:
    drawn_alone = not any(row.generated for row in rows)
    for row, after in pairwise(rows):
        if drawn_alone or after.frame > row.frame + 1:
            yield from _between(row, after, changes_first=drawn_alone)
        else:
            yield row
    yield rows[-1]


def _between(row: _Row, after: _Row, *, changes_first: bool) -> Iterator[_Row]:
    """From `row` up to, not including, `after`."""
    lost = row.lost or after.lost
    yield replace(row, lost=lost) if changes_first else row
    steps = after.frame - row.frame
    for step in range(1, steps):
        x1, y1, x2, y2 = (
            float(int(a + (b - a) / steps * step))
            for a, b in zip(row.box, after.box, strict=True)
        )  # fmt: skip
        if x2 > x1 and y2 > y1:
            yield replace(row, box=(x1, y1, x2, y2), frame=row.frame + step, lost=lost)


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """One text file a video; returns counts."""
    names, counts = FileNames(), Counter(videos=0, tubes=0, boxes=0)
    for video in videos:
        path = folder / f"{names.of(video.key)}.txt"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for track, tube in enumerate(video.tubes):
                for line in _lines(tube, track if tube.number is None else tube.number):
                    file.write(f"{line}\n")
        counts.update(videos=1, tubes=len(video.tubes))
        counts.update(boxes=sum(len(tube.boxes) for tube in video.tubes))
    return dict(counts)


def _lines(tube: FileTube, track: int) -> Iterator[str]:
    boxes = {box.at: box for box in tube.boxes if not box.outside}
    before = tube.boxes[0]
    label = _quoted(tube.label or _DEFAULT_LABEL)
    for frame in range(int(tube.boxes[0].at), int(tube.boxes[-1].at) + 1):
        box = boxes.get(frame)
        before = box or before
        xyxy, lost = _pixels(before.box)
        said = [label, *map(_quoted, motion.actions_at(tube, frame) if box else ())]
        yield (
            f"{track} {xyxy} {frame} {lost or box is None:d} {before.occluded:d} 0 {' '.join(said)}"
        )


def _pixels(box: Corners) -> tuple[str, bool]:
    """Corners as VATIC takes them, and whether the box is out of its picture."""
    x1, y1, x2, y2 = (max(floor(value + 0.5), 0) for value in box)
    is_out = box[2] <= 0 or box[3] <= 0
    return f"{x1} {y1} {max(x2, x1 + 1)} {max(y2, y1 + 1)}", is_out


def _quoted(name: str) -> str:
    plain = " ".join(name.replace('"', "'").split())
    return f'"{plain}"'


def looks_like(path: Path) -> bool:
    first = next((line for line in starts_like(path, (".txt",)).splitlines() if line.strip()), "")
    return _LINE.fullmatch(first) is not None


FORMAT = Format(
    name="vatic",
    title="VATIC text",
    read=read,
    write=write,
    every_frame=True,
    holds=frozenset(
        {
            Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.ACTIONS, Holds.OCCLUSION,
            Holds.GAPS,
        }
    ),
    accepts=(".txt", "/"),
    looks_like=looks_like,
)  # fmt: skip

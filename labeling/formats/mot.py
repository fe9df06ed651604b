"""MOTChallenge text and CVAT's MOT 1.1: one line a box and frame.

    frame,id,left,top,width,height,flag,class,visibility    gt/gt.txt, MOT16 and later
    frame,id,left,top,width,height,conf,x,y,z               MOT15, det/det.txt, results

Source: MOTChallenge's instructions, TrackEval's format page, Datumaro's reader and writer.

Keeps: tubes, numbers, object labels, gaps, occlusion. Loses: actions, segments, video classes,
keyframes, world coordinates, and how much is visible. Frames count from 1, and so do pixels: the
pixel at the top left is 1, 1. CVAT and Datumaro, which add gt/labels.txt, count pixels from 0 and
are read so; what is written here says in a comment of seqinfo.ini that it counts from 1.

An id of -1 is nobody's: each such box is a tube of its own. In ground truth, column 7 tells whether
a box counts; one that does not is left out. Elsewhere it is a confidence, and a tube's score is
the mean of its boxes'. Less than half visible is occluded. Classes are lines of labels.txt, or
else MOTChallenge's twelve; files of 10 columns have none. Where a frame is missing the actor is
away. Written numbers have at most 6 decimals, the frame rate none. A file that is read and written
has the same first six columns, its lines by frame, then by id.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigError
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
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
from labeling.formats.entries import Wrong, number, sized, whole
from labeling.formats.motion import mean_score
from labeling.formats.sources import (
    FileNames,
    files_in,
    lines,
    said_name,
    shown,
    starts_like,
    stems,
)  # fmt: skip

CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle",
    "static person", "distractor", "occluder", "occluder on the ground", "occluder full",
    "reflection",
)  # fmt: skip
COLUMNS = ("frame", "id", "left", "top", "width", "height", "conf", "class", "visibility")
IGNORED = "A box that is marked not to count is left out."
FROM_ZERO = "Pixels count from 0, as in all files of CVAT and Datumaro, which have a labels.txt."
_FROM_ONE = "; pixels count from 1"
_DEFAULT_LABEL = "person"
_FOLDERS = ("gt", "det")
_LINE = re.compile(r"\s*\d+\s*,\s*-?\d+\s*(,\s*-?[\d.]+(e-?\d+)?\s*){4,8}")


@dataclass(slots=True)
class _Sequence:
    """What is known of a sequence beside its boxes."""

    key: str = ""
    aliases: tuple[str, ...] = ()
    labels: tuple[str, ...] = CLASSES
    origin: int = 1
    size: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    frame_count: int | None = None


@dataclass(slots=True)
class _Track:
    label: str
    row: int
    boxes: dict[int, FileBox] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)

    def tube(self, number_: int | None) -> FileTube:
        boxes = tuple(self.boxes[frame] for frame in sorted(self.boxes))
        return FileTube(boxes, number_, self.label, score=mean_score(self.scores), row=self.row)


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """One video a sequence: ground truth where there is some, else detections or results.

    Raises:
        InvalidInput: most lines of a file are not MOT's, or it is no text.
    """
    name = said_name(path, options)
    parts = [p for p in files_in(path, (".txt",), name) if p.name.lower() != "labels.txt"]
    if not parts:
        raise InvalidInput(f"{name} holds no text file but labels.txt.")
    chosen = _chosen(parts)
    for part in parts:
        if part not in chosen:
            yield Note(f"{shown(path, part, name)} is not read: there is ground truth.")
    for part in chosen:
        yield from _File(part, shown(path, part, name), _sequence(path, part, options)).read()


def _chosen(parts: list[Path]) -> list[Path]:
    for wanted in ("gt.txt", "det.txt"):
        found = [part for part in parts if part.name.lower() == wanted]
        if found:
            return found
    return parts


def _sequence(path: Path, part: Path, options: ReadOptions) -> _Sequence:
    folder = part.parent.parent if part.parent.name.lower() in _FOLDERS else part.parent
    known = _Sequence()
    if path.is_dir():
        inner = folder != path and path in folder.parents
        is_result = part.stem.lower() not in _FOLDERS
        known.key = part.stem if is_result else folder.name if inner else ""
    known.aliases = () if known.key else stems(path, said_name(path, options))
    beside = part.parent / "labels.txt"
    if options.labels is not None or (path.is_dir() and beside.is_file()):
        known.labels = _labels(options.labels or beside)
    if path.is_dir() and beside.is_file():
        known.origin = 0
    if path.is_dir() and (folder / "seqinfo.ini").is_file():
        _add_info(folder / "seqinfo.ini", known)
    return known


def _labels(path: Path) -> tuple[str, ...]:
    names = [line.strip() for _, line in lines(path, path.name)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _add_info(path: Path, known: _Sequence) -> None:
    text = "\n".join(line for _, line in lines(path, path.name))
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        info = parser["Sequence"]
        known.key = info.get("name", "").strip() or known.key
        width, height = (whole(info.get(k, "0"), k, 0) for k in ("imWidth", "imHeight"))
        known.size = (width, height) if width and height else None
        known.frame_count = whole(info.get("seqLength", "0"), "seqLength", 0) or None
        known.frame_rate = Fraction(info["frameRate"].strip()) if "frameRate" in info else None
    except (ConfigError, KeyError, ValueError, ZeroDivisionError) as error:
        raise InvalidInput(f"{path.name} is no sequence description: {error}.") from error
    except Wrong as wrong:
        raise InvalidInput(f"{path.name}: {wrong.column} {wrong.reason}.") from wrong
    if _FROM_ONE in text:
        known.origin = 1


class _File:
    """Reads one file of boxes."""

    def __init__(self, path: Path, name: str, known: _Sequence) -> None:
        self.path, self.name, self.known = path, name, known
        self.is_truth = path.name.lower() == "gt.txt"
        self.tracks: dict[int, _Track] = {}
        self.single: list[_Track] = []
        self.notes: Counter[str] = Counter()

    def read(self) -> Iterator[Reading]:
        wrong: list[BadRow] = []
        count = 0
        for row, line in lines(self.path, self.name):
            if not line.strip():
                continue
            count += 1
            try:
                self._line(line, row)
            except Wrong as error:
                wrong.append(error.bad_row(row, self.name))
        if 2 * len(wrong) > count:
            raise InvalidInput(
                f"{self.name} is not MOT text: line {wrong[0].row}: {wrong[0].column} "
                f"{wrong[0].reason}."
            )
        yield from wrong
        if self.known.origin == 0:
            yield Note(FROM_ZERO)
        for note, times in self.notes.items():
            yield Note(f"{note} ({times}×)")
        yield self._video()

    def _line(self, line: str, row: int) -> None:
        cells = [cell.strip() for cell in line.rstrip(", \t").split(",")]
        if not 6 <= len(cells) <= 10:
            raise Wrong("", f"has {len(cells)} columns; MOT's have 9 or 10")
        frame = whole(cells[0], "frame", 1) - 1
        person = whole(cells[1], "id", -1)
        conf = number(cells[6], "conf") if len(cells) > 6 else -1.0
        is_flag = self.is_truth or len(cells) == 9
        box = self._box(cells)
        label = self._label(cells[7]) if len(cells) == 9 else ""
        hidden = len(cells) == 9 and 0 <= number(cells[8], "visibility") < 0.5
        if is_flag and conf == 0:
            self.notes[IGNORED] += 1
            return
        track = self._track(person, label, row)
        if frame in track.boxes:
            raise Wrong("frame", f"is {frame + 1}, for the second time for id {person}")
        track.boxes[frame] = FileBox(frame, box, hidden, row=row)
        if not is_flag and conf != -1:
            track.scores.append(conf)

    def _box(self, cells: list[str]) -> Corners:
        for cell, column in zip(cells[2:6], COLUMNS[2:6], strict=True):
            number(cell, column)
        # Exact: 1.1 - 1 is 0.1, not 0.10000000000000009.
        left, top, width, height = (Decimal(cell) for cell in cells[2:6])
        x1, y1 = left - self.known.origin, top - self.known.origin
        sized(float(x1), float(y1), float(width), float(height))
        return float(x1), float(y1), float(x1 + width), float(y1 + height)

    def _label(self, cell: str) -> str:
        index = whole(cell, "class", -1)
        if index == -1:
            return ""
        if not 1 <= index <= len(self.known.labels):
            raise Wrong("class", f"is {index}; the classes are 1 to {len(self.known.labels)}")
        return self.known.labels[index - 1]

    def _track(self, person: int, label: str, row: int) -> _Track:
        if person == -1:
            self.single.append(_Track(label, row))
            return self.single[-1]
        track = self.tracks.setdefault(person, _Track(label, row))
        if track.label != label:
            self.notes[f"Id {person} changes its class; '{track.label}' is taken."] += 1
        return track

    def _video(self) -> FileVideo:
        known = self.known
        numbered = (track.tube(number_) for number_, track in self.tracks.items() if track.boxes)
        return FileVideo(
            key=known.key,
            aliases=known.aliases,
            every_frame=True,
            tubes=(*numbered, *(track.tube(None) for track in self.single)),
            size=known.size,
            frame_rate=known.frame_rate,
            frame_count=known.frame_count,
        )


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """A folder a video, with gt/gt.txt, gt/labels.txt and seqinfo.ini; returns counts."""
    names, counts = FileNames(), Counter(videos=0, tubes=0, boxes=0)
    objects = [label.name for label in labels if label.kind == "object"] or [_DEFAULT_LABEL]
    for video in videos:
        used = (tube.label or _DEFAULT_LABEL for tube in video.tubes)
        classes = list(dict.fromkeys(map(_on_one_line, [*objects, *used])))
        home = folder / names.of(video.key)
        (home / "gt").mkdir(parents=True)
        _write_text(home / "gt" / "gt.txt", _lines(video.tubes, classes))
        _write_text(home / "gt" / "labels.txt", classes)
        _write_text(home / "seqinfo.ini", _info(video))
        counts.update(videos=1, tubes=len(video.tubes))
        counts.update(boxes=sum(len(tube.boxes) for tube in video.tubes))
    return dict(counts)


def _write_text(path: Path, rows: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{row}\n" for row in rows)


def _on_one_line(name: str) -> str:
    return " ".join(name.split())


def _lines(tubes: Sequence[FileTube], classes: list[str]) -> list[str]:
    """By frame, then by id; tubes without a number follow the others'."""
    free = 1 + max((tube.number for tube in tubes if tube.number is not None), default=0)
    rows = []
    for tube in tubes:
        person, free = (free, free + 1) if tube.number is None else (tube.number, free)
        class_ = 1 + classes.index(_on_one_line(tube.label or _DEFAULT_LABEL))
        for box in tube.boxes:
            if not box.outside:
                visible = 0 if box.occluded else 1
                rows.append((int(box.at), person, f"{_sized(box.box)},1,{class_},{visible}"))
    return [f"{frame + 1},{person},{rest}" for frame, person, rest in sorted(rows)]


def _sized(box: Corners) -> str:
    x1, y1, x2, y2 = (round(Decimal(repr(float(value))), 6) for value in box)
    return ",".join(_plain(value) for value in (x1 + 1, y1 + 1, x2 - x1, y2 - y1))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _info(video: FileVideo) -> Iterator[str]:
    last = max((int(tube.boxes[-1].at) + 1 for tube in video.tubes), default=0)
    yield _FROM_ONE
    yield "[Sequence]"
    yield f"name={' '.join(video.key.splitlines())}"
    yield "imDir=img1"
    if video.frame_rate is not None:
        yield f"frameRate={max(round(video.frame_rate), 1)}"
    yield f"seqLength={video.frame_count or last}"
    if video.size is not None:
        yield f"imWidth={video.size[0]}"
        yield f"imHeight={video.size[1]}"
    yield "imExt=.jpg"


def looks_like(path: Path) -> bool:
    start = starts_like(path, ("gt.txt", "det.txt") if path.is_dir() else (".txt",))
    return _LINE.fullmatch(start.split("\n")[0]) is not None


FORMAT = Format(
    name="mot",
    title="MOTChallenge, MOT 1.1",
    read=read,
    write=write,
    every_frame=True,
    holds=frozenset({Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.OCCLUSION, Holds.GAPS}),
    accepts=(".txt", "/"),
    looks_like=looks_like,
)

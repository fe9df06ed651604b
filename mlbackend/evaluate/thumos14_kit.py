"""The text files of THUMOS14's own kit.

Truth: a folder with ``<Class>_<subset>.txt`` per class and ``Ambiguous_<subset>.txt``, rows of
``video start end``. Detections: one file, rows of ``video start end class-id score``; ".mpeg" in a
name is left out. Blanks or tabs between the columns, seconds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats.thumos14 import AMBIGUOUS
from mlbackend.evaluate.activitynet_files import Segments
from mlbackend.evaluate.text_file import read_lines


@dataclass(frozen=True)
class Kit:
    """What the kit reads: truth, ambiguous segments (class -1), and detections."""

    truth: Segments
    ambiguous: Segments
    detections: Segments
    classes: tuple[str, ...]


def read_kit(truth: Path, detections: Path, subset: str, classes: dict[int, str]) -> Kit:
    """Read the folder of truth and the file of detections.

    Raises:
        InvalidInput: a file is missing, a row cannot be read, or a class id is not in the list.
    """
    if not truth.is_dir():
        raise InvalidInput(
            f"{truth.name} is no folder: the kit's truth is a folder with a file per class."
        )
    videos: dict[str, int] = {}
    names = tuple(classes.values())
    rows = [_class_rows(truth, name, subset, index, videos) for index, name in enumerate(names)]
    ambiguous = _class_rows(truth, AMBIGUOUS, subset, -1, videos)
    found = _detections(detections, list(classes), videos)
    return Kit(_segments(sum(rows, [])), _segments(ambiguous), _segments(found), names)


def read_classes(path: Path) -> dict[int, str]:
    """A class list: rows of ``id name``."""
    classes = {}
    for row, (number, name) in _rows(path, ("id", "class")):
        classes[_whole(path, row, "id", number)] = name
    if not classes:
        raise InvalidInput(f"{path.name} holds no class. A row is: 7 BaseballPitch.")
    return classes


Row = tuple[int, int, float, float, float]


def _class_rows(
    folder: Path, name: str, subset: str, label: int, videos: dict[str, int]
) -> list[Row]:
    path = folder / f"{name}_{subset}.txt"
    if not path.is_file():
        raise InvalidInput(
            f"{folder.name} has no {path.name}: the kit wants a file per class and "
            f"{AMBIGUOUS}_{subset}.txt. Name the subset (test or val) with --subset."
        )
    rows = [
        (videos.setdefault(video, len(videos)), label, *_seconds(path, row, start, end), 1.0)
        for row, (video, start, end) in _rows(path, ("video", "start", "end"))
    ]
    if not rows and label >= 0:
        raise InvalidInput(f"{path.name} holds no segment: its class could not be measured.")
    return rows


def _detections(path: Path, ids: list[int], videos: dict[str, int]) -> list[Row]:
    rows = []
    names = ("video", "start", "end", "class", "score")
    for row, (video, start, end, number, score) in _rows(path, names):
        video = video.replace(".mpeg", "")
        label = _whole(path, row, "class", number)
        if label not in ids:
            raise _bad(path, row, "class", f"{label} is not in the class list")
        times = _seconds(path, row, start, end)
        confidence = _number(path, row, "score", score)
        rows.append((videos.setdefault(video, len(videos)), ids.index(label), *times, confidence))
    return rows


def _rows(path: Path, names: Sequence[str]) -> list[tuple[int, list[str]]]:
    """(row from 1, cells); blank rows are passed over, as the kit does."""
    rows = []
    for row, line in enumerate(read_lines(path), start=1):
        cells = line.split()
        if cells and len(cells) != len(names):
            raise InvalidInput(
                f"{path.name}, row {row}: {len(cells)} columns instead of {len(names)} "
                f"({' '.join(names)}).",
                code="bad_row",
            )
        if cells:
            rows.append((row, cells))
    return rows


def _seconds(path: Path, row: int, start: str, end: str) -> tuple[float, float]:
    return _number(path, row, "start", start), _number(path, row, "end", end)


def _number(path: Path, row: int, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _bad(path, row, column, f"'{text}' is not a number")
    return value


def _whole(path: Path, row: int, column: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _bad(path, row, column, f"'{text}' is not a whole number") from None


def _bad(path: Path, row: int, column: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, row {row}, column {column}: {reason}.",
        code="bad_row",
        detail={"file": path.name, "row": row, "column": column},
    )


def _segments(rows: list[Row]) -> Segments:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    ids = table[:, :2].astype(np.int64)
    return Segments(ids[:, 0], ids[:, 1], table[:, 2:4], table[:, 4])

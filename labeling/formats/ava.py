"""AVA v2.2 CSV: one row per action of one box at one second. Read as real files vary.

    video_id,timestamp,x1,y1,x2,y2,action_id,person_id     annotations
    video_id,timestamp,x1,y1,x2,y2,action_id,score         predictions
    video_id,timestamp,x1,y1,x2,y2,action_id               no person ids (AVA-Kinetics)
    video_id,timestamp                                     excluded, or annotated and empty

Source: the published files and the readers of ActivityNet, SlowFast and mmaction2. Written as all
of them read it: no header, LF, whole seconds with four digits, box fractions with three decimals.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from labeling.domain.errors import InvalidInput
from labeling.formats import cells as csv_cells
from labeling.formats.dataset import BadRow, Coordinates

NormBox = tuple[float, float, float, float]


class Eighth(StrEnum):
    """What column 8 holds; a file does not say, and both uses are common."""

    PERSON_ID = "person_id"
    SCORE = "score"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class AvaRow:
    """One row.

    Args:
        video: the id as text.
        timestamp: seconds from the start of the original movie, exact.
        box: (x1, y1, x2, y2) in 0..1 of the picture, or in px where the file was read so; None in
            a row of two columns.
        action_id: None in person-box files.
        person_id: None where the file has none.
        score: of a prediction.
        decimals: digits after the point in the row's coordinates.
        row: line of the file, from 1; 0 for a row that was not read.
    """

    video: str
    timestamp: Decimal
    box: NormBox | None = None
    action_id: int | None = None
    person_id: int | None = None
    score: float | None = None
    decimals: int = 3
    row: int = 0


class _Wrong(Exception):
    """Why a row cannot be used, and in which column."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.column = column


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"-?\d{1,9}")
_PIXELS_FROM = 1.5
_ROUNDING = 1e-6
_OPEN = "a quotation mark is opened and not closed on this line"
_CORNERS = ("x1", "y1", "x2", "y2")


def read_rows(
    lines: Iterable[str],
    *,
    eighth: Eighth = Eighth.PERSON_ID,
    coordinates: Coordinates = Coordinates.FRACTIONS,
) -> Iterator[AvaRow | BadRow]:
    """Parse a file line by line.

    Headers, blank lines, CRLF, blanks around values, a byte-order mark and tabs for commas are
    taken as they come. Rows are in file order.

    Args:
        lines: text lines, opened with `newline=""`.
        eighth: what column 8 holds.
        coordinates: what columns 3 to 6 are.

    Raises:
        InvalidInput: the file is no CSV, or boxes are in pixels where fractions were expected.
    """
    lines = iter(lines)
    first = next(lines, "").removeprefix("\ufeff")
    delimiter = delimiter_of(first)
    reader = csv.reader(_chained(first, lines), delimiter=delimiter, skipinitialspace=True)
    while True:
        begin = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            what = _OPEN if reader.line_num > begin else "the line is not CSV"
            yield BadRow(begin, f"{what}: {error}")
            continue
        if cells is None:
            return
        if reader.line_num > begin:
            yield BadRow(begin, f"{_OPEN}; lines {begin} to {reader.line_num} are not read")
            continue
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (reader.line_num == 1 and is_header(cells)):
            continue
        try:
            row = _row(cells, reader.line_num, eighth, coordinates)
        except _Wrong as wrong:
            yield BadRow(reader.line_num, str(wrong), column=wrong.column)
            continue
        yield row


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield _text(first)
    for line in rest:
        yield _text(line)


def _text(line: str) -> str:
    if "\0" in line:
        raise InvalidInput("This is not a CSV text file: it holds binary data.", code="not_csv")
    return line


def is_number(cell: str) -> bool:
    """Whether a cell is a plain decimal number: no 'nan', no '1_000'."""
    return _NUMBER.fullmatch(cell) is not None


def delimiter_of(line: str) -> str:
    return "\t" if "\t" in line and "," not in line else ","


def is_header(cells: list[str]) -> bool:
    """Whether the cells of a first line are names: no number after the first one."""
    return len(cells) > 1 and not any(is_number(cell) for cell in cells[1:] if cell)


def _row(cells: list[str], line: int, eighth: Eighth, coordinates: Coordinates) -> AvaRow:
    count = len(cells)
    if count not in (2, 7, 8):
        raise _Wrong(f"has {count} columns; AVA rows have 8, 7 or 2")
    video = csv_cells.read(cells[0])
    if not video:
        raise _Wrong("column 1, the video id, is empty", "video_id")
    timestamp = _timestamp(cells[1])
    if count == 2:
        return AvaRow(video, timestamp, row=line)
    for cell, name in zip(cells[2:6], _CORNERS, strict=True):
        if not is_number(cell):
            raise _Wrong(f"{name} is not a number: {cell!r}", name)
    box = _box([float(cell) for cell in cells[2:6]], line, coordinates)
    action_id = _whole(cells[6], 7, "action id") if cells[6] else None
    person_id, score = _eighth(cells[7], eighth) if count == 8 else (None, None)
    decimals = max(map(_decimals, cells[2:6]))
    return AvaRow(video, timestamp, box, action_id, person_id, score, decimals, line)


# A file of a million rows has a thousand different timestamps.
@lru_cache(maxsize=20_000)
def _timestamp(cell: str) -> Decimal:
    if not is_number(cell):
        raise _Wrong(f"column 2, the timestamp, is not a number of seconds: {cell!r}", "timestamp")
    value = Decimal(cell)
    if not 0 <= value < 10**7:
        raise _Wrong(f"column 2, the timestamp, is {cell}; seconds count from 0", "timestamp")
    return value


def _box(numbers: list[float], line: int, coordinates: Coordinates) -> NormBox:
    x1, y1, x2, y2 = numbers
    fractions = coordinates is Coordinates.FRACTIONS
    # Nearly every box: in the picture and with an area.
    if 0 <= x1 < x2 and 0 <= y1 < y2 and (not fractions or (x2 <= 1 and y2 <= 1)):
        return x1, y1, x2, y2
    named = list(zip(_CORNERS, numbers, strict=True))
    if fractions:
        for name, value in named:
            if value > _PIXELS_FROM:
                raise InvalidInput(
                    f"Row {line}: {name} is {value:g}, so the boxes seem to be in pixels; AVA "
                    "writes fractions 0..1 of the picture. If they are pixels of the video, say "
                    "so (--coordinates pixels).",
                    code="pixel_coordinates",
                    detail={"row": line, "column": name},
                )
    upper = 1.0 if fractions else float("inf")
    for name, value in named:
        if not -_ROUNDING <= value <= upper + _ROUNDING:
            raise _Wrong(f"{name} is {value:g}, outside the picture (0 to 1)", name)
    if x2 <= x1 or y2 <= y1:
        raise _Wrong(
            f"the box has no area: x1 {x1:g}, y1 {y1:g}, x2 {x2:g}, y2 {y2:g}",
            "x2" if x2 <= x1 else "y2",
        )
    return max(x1, 0.0), max(y1, 0.0), min(x2, upper), min(y2, upper)


def _whole(cell: str, column: int, what: str) -> int:
    if not _WHOLE.fullmatch(cell):
        raise _Wrong(
            f"column {column}, the {what}, is not a whole number: {cell!r}", what.replace(" ", "_")
        )
    return int(cell)


def _eighth(cell: str, eighth: Eighth) -> tuple[int | None, float | None]:
    if eighth is Eighth.IGNORE or not cell:
        return None, None
    if eighth is Eighth.SCORE:
        if not is_number(cell):
            raise _Wrong(f"column 8, the score, is not a number: {cell!r}", "score")
        return None, float(cell)
    if is_number(cell) and not cell.lstrip("+-").isdigit():
        raise _Wrong(
            f"column 8, the person id, is {cell}: it looks like a score. If it is one, say so "
            "(--eighth-column score); if not, leave the column out (--eighth-column ignore)",
            "person_id",
        )
    person_id = _whole(cell, 8, "person id")
    # Converters write -1 where they know nobody.
    return (person_id if person_id >= 0 else None), None


def _decimals(cell: str) -> int:
    if "e" in cell or "E" in cell:
        return max(-int(Decimal(cell).as_tuple().exponent), 0)
    point = cell.find(".")
    return 0 if point < 0 else len(cell) - point - 1


def write_rows(
    rows: Iterable[AvaRow], *, decimals: int = 3, whole_seconds: bool = True
) -> Iterator[str]:
    """Lines of a CSV, each ending in LF, in the order given.

    A row with a score has it in column 8, any other its person id; a row without a box has two
    columns. An id that a spreadsheet would run gets an apostrophe in front, which `read_rows`
    takes off again.

    Args:
        decimals: of the box fractions.
        whole_seconds: `0902`; otherwise `902.000000`.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow(_cells(row, decimals, whole_seconds))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cells(row: AvaRow, decimals: int, whole_seconds: bool) -> list[str]:
    video = csv_cells.written(row.video)
    cells = [video, timestamp_text(row.timestamp, whole_seconds)]
    if row.box is None:
        return cells
    cells += [f"{value:.{decimals}f}" for value in row.box]
    cells.append("" if row.action_id is None else str(row.action_id))
    if row.score is not None:
        cells.append(f"{row.score:.6f}")
    elif row.person_id is not None:
        cells.append(str(row.person_id))
    return cells


def timestamp_text(timestamp: Decimal, whole_seconds: bool) -> str:
    return f"{int(timestamp):04d}" if whole_seconds else f"{timestamp:.6f}"

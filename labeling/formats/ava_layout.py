"""Which kind of AVA file this is, told from its first lines: what they show need not be asked.

    8 columns, the last a person id             annotations
    8 columns, the 7th empty, the last a score  boxes of people, as SlowFast writes them
    7 columns                                   annotations without person ids (AVA-Kinetics)
    2 columns                                   timestamps: excluded, or annotated and empty
    1 column                                    video ids (ava_test_v2.2.txt), or timestamps

Whether a number with a decimal point in column 8 is a score is not decided here: predictions and
annotations look alike, so people are asked. Only where every one is 1.0000, as in SlowFast's copy
of the truth, it says nothing and is passed over.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from labeling.formats.ava import Eighth, delimiter_of, is_header, is_number

# How many lines are looked at.
LINES = 2000
_WIDTHS = {2, 7, 8}
# An id of YouTube, or a second of AVA's.
_LISTED = re.compile(r"[\w-]{11}|\d{4}")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the first lines show.

    Args:
        widths: how many columns they have.
        eighth: what column 8 holds; None if it has to be asked, or there is none.
        float_seconds: timestamps have a decimal point.
        notes: what is taken for granted because of it.
    """

    widths: frozenset[int]
    eighth: Eighth | None = None
    float_seconds: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_ava(self) -> bool:
        return bool(self.widths & _WIDTHS)

    @property
    def is_kinetics(self) -> bool:
        """AVA-Kinetics: seconds with decimals, no person ids, empty keyframes in between."""
        return self.float_seconds and 7 in self.widths and 8 not in self.widths

    @property
    def only_times(self) -> bool:
        return self.widths == {2}


def look(lines: Iterable[str]) -> Layout:
    """Look at the first lines of a file.

    Args:
        lines: as `ava.read_rows` takes them.
    """
    rows, header, tabs = _cells(lines)
    widths = frozenset(len(row) for row in rows)
    numeric = [row for row in rows if len(row) in _WIDTHS and is_number(row[1])]
    if not numeric or len(numeric) * 2 < len(rows):
        listed = widths == {1} and not header and all(_LISTED.fullmatch(row[0]) for row in rows)
        return Layout(widths if listed else frozenset())
    notes = []
    if header:
        notes.append("The first line is a header.")
    if tabs:
        notes.append("Columns are separated by tabs.")
    stamps = [row[1] for row in numeric]
    if any(len(stamp) > 4 and stamp.startswith("0") and stamp.isdigit() for stamp in stamps):
        notes.append(
            "Timestamps such as 000001 are read as seconds; if they are numbers of frames, give "
            "the frame rate (--frame-rate)."
        )
    eighth = _eighth([row for row in numeric if len(row) == 8], notes)
    floats = any("." in stamp for stamp in stamps)
    return Layout(frozenset(map(len, numeric)), eighth, floats, tuple(notes))


def looks_like(path: Path) -> bool:
    """Whether a file is AVA CSV of some kind."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return look(islice(file, 50)).is_ava


def _cells(lines: Iterable[str]) -> tuple[list[list[str]], bool, bool]:
    """Cells of the first lines, whether there is a header, whether tabs stand between."""
    text = [line.removeprefix("\ufeff") for line in islice(_safe(lines), LINES)]
    text = [line for line in text if line.strip()]
    delimiter = delimiter_of(text[0]) if text else ","
    rows = []
    for line in text:
        try:
            found = list(csv.reader([line], delimiter=delimiter))
        except csv.Error:
            continue
        rows += [[cell.strip() for cell in row] for row in found]
    header = bool(rows) and is_header(rows[0])
    return rows[1:] if header else rows, header, delimiter == "\t"


def _safe(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            return
        yield line


def _eighth(rows: list[list[str]], notes: list[str]) -> Eighth | None:
    if not rows:
        return None
    last = [row[7] for row in rows]
    decimal = [is_number(cell) and "." in cell for cell in last]
    if not any(row[6] for row in rows) and any(decimal):
        notes.append("Column 7 is empty and column 8 a score: boxes of people without actions.")
        return Eighth.SCORE
    if all(decimal) and all(float(cell) == 1 for cell in last):
        notes.append(
            "Column 8 is 1 with decimals in every row: neither a person id nor a score; it is "
            "passed over."
        )
        return Eighth.IGNORE
    return None

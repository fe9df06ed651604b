"""A CSV file of some million rows as columns of NumPy arrays, without a Python object per cell.

Numbers are read as Python's `float` and `int` read them. Rows may have different numbers of
columns; blanks at the ends of a number are harmless, everything else is an error that names file,
row and column.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.ava_numbers import plain_numbers

Ints = NDArray[np.int64]
# Separates the cells of a file with quoted cells once it has been rewritten: no text has it.
_UNIT = "\x1f"
# Bytes of a cell: one that is longer is no id and no number, and would cost its width every row.
_WIDEST = 256
# Rows looked at together.
_PORTION = 2**15
_TYPES = {float: np.float64, int: np.int64}


class Columns:
    """A file split into cells.

    Attributes:
        widths: (N,) int64, number of cells of each row; a blank row has 0.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        """Read and split the file.

        Args:
            path: the file, UTF-8 or any encoding that keeps ASCII.
            names: of the columns, for messages.
        """
        self.file, self.names = path.name, names
        data, mark = _plain(path)
        self._text = np.frombuffer(data, np.uint8)
        # A cell lies between two edges: the marks and line ends, and one before the text.
        self._edges = np.concatenate([np.array([-1]), *_marks(self._text, mark)])
        last = np.flatnonzero(self._text[self._edges[1:]] == ord("\n"))
        self._first = np.concatenate([np.zeros(1, np.int64), last[:-1] + 1])[: len(last)]
        self.widths = last - self._first + 1
        blank = self._edges[self._first] + 1 == self._edges[last + 1]
        self.widths[blank & (self.widths == 1)] = 0

    def texts(self, column: int, rows: Ints) -> NDArray[np.bytes_]:
        """Cells as bytes; `column` counts from 0, every one of `rows` must have it."""
        starts, lengths = self._cells(column, rows)
        width = max(1, int(lengths.max(initial=1)))
        if width > _WIDEST:
            self.fail(int(rows[int(np.argmax(lengths))]), f"is longer than {_WIDEST} bytes", column)
        block = np.zeros((len(rows), width), np.uint8)
        for some in _portions(len(rows)):
            for place in range(width):
                inside = np.flatnonzero(lengths[some] > place)
                block[some][inside, place] = self._text[starts[some][inside] + place]
        return block.view(f"S{width}").ravel()

    def floats(self, column: int, rows: Ints) -> NDArray[np.float64]:
        """Cells as float64; NaN is refused."""
        values = self._numbers(column, rows, float)
        self.refuse(np.isnan(values), rows, column, "is not a number")
        return values

    def ints(self, column: int, rows: Ints) -> Ints:
        """Cells as int64."""
        return self._numbers(column, rows, int)

    def refuse(self, bad: NDArray[np.bool_], rows: Ints, column: int, reason: str) -> None:
        """Raise InvalidInput for the first of `rows` that is `bad`."""
        if bad.any():
            row = rows[int(np.argmax(bad))]
            text = self.texts(column, row[None])[0].decode("utf-8", "replace")
            self.fail(int(row), f"'{text}' {reason}", column)

    def fail(self, row: int, reason: str, column: int | None = None) -> None:
        """Raise InvalidInput; `row` and `column` count from 0, the message from 1."""
        where = f"{self.file}, row {row + 1}"
        if column is not None:
            where += f", column {column + 1} ({self.names[column]})"
        raise InvalidInput(
            f"{where}: {reason}.",
            code="bad_row",
            detail={"file": self.file, "row": row + 1, "column": (column or 0) + 1},
        )

    def _cells(self, column: int, rows: Ints) -> tuple[Ints, Ints]:
        """Starts and lengths."""
        cells = self._first[rows] + column
        starts = self._edges[cells] + 1
        return starts, self._edges[cells + 1] - starts

    def _numbers(self, column: int, rows: Ints, kind: type) -> NDArray[Any]:
        values = np.empty(len(rows), _TYPES[kind])
        for some in _portions(len(rows)):
            cells = self._cells(column, rows[some])
            values[some], plain = plain_numbers(self._text, *cells, fractions=kind is float)
            if not plain.all():
                others = rows[some][~plain]
                values[some][~plain] = self._other_numbers(column, others, kind)
        return values

    def _other_numbers(self, column: int, rows: Ints, kind: type) -> NDArray[Any]:
        texts = self.texts(column, rows)
        try:
            return texts.astype(_TYPES[kind])
        except (ValueError, OverflowError):
            bad = np.array([not _reads(kind, text) for text in texts.tolist()])
        what = "is not a number" if kind is float else "is not a whole number"
        self.refuse(bad, rows, column, what)
        raise AssertionError("NumPy refuses a number that Python reads.")


def _portions(size: int) -> Iterator[slice]:
    """Parts of so many rows that stay in the processor's cache."""
    return (slice(start, start + _PORTION) for start in range(0, size, _PORTION))


def _marks(text: NDArray[np.uint8], mark: int) -> Iterator[Ints]:
    """Where cells end, portion by portion."""
    for start in range(0, len(text), 16 * _PORTION):
        part = text[start : start + 16 * _PORTION]
        yield np.flatnonzero((part == mark) | (part == ord("\n"))) + start


def _reads(kind: type, text: bytes) -> bool:
    try:
        return abs(kind(text)) < 2**63 or kind is float
    except ValueError:
        return False


def _plain(path: Path) -> tuple[bytes, int]:
    """The file with \\n at the end of every row and no quotes, and the byte between its cells."""
    data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if b"\0" in data:
        raise InvalidInput(f"{path.name} holds null bytes: it is no CSV text.", code="bad_row")
    if b'"' in data:
        return _unquoted(data, path), ord(_UNIT)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    return data, ord(",")


def _unquoted(data: bytes, path: Path) -> bytes:
    lines = io.StringIO(data.decode("utf-8", "surrogateescape"), newline=None)
    try:
        rows = [_UNIT.join(cells) for cells in csv.reader(lines, strict=True)]
    except csv.Error as error:
        raise InvalidInput(f"{path.name} has a broken quoted cell: {error}.") from error
    return "".join(f"{row}\n" for row in rows).encode("utf-8", "surrogateescape")

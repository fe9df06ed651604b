"""Ranges that a file's makers did not review, as an export of Tubelab lists them."""

import csv
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.domain.ranges import union
from labeling.export.import_source import opened_text
from labeling.export.import_videos import VideoKeys
from labeling.export.writers import RANGES_HEADER
from labeling.formats import cells
from labeling.formats.plan import Range

_COLUMNS = RANGES_HEADER.strip().split(",")


def read_ranges(path: Path | None, keys: VideoKeys) -> dict[str, tuple[Range, ...]]:
    """Frame ranges by video id, in order and disjoint; videos that are none here are left out.

    Args:
        path: the list; None: nothing is excluded.

    Raises:
        InvalidInput: it is not such a list; the message names row and column.
    """
    if path is None:
        return {}
    found: dict[str, list[Range]] = {}
    with opened_text(path, path.name) as file:
        rows = csv.reader(file)
        if next(rows, None) != _COLUMNS:
            raise _wrong(path, 1, "", f"the header is not {','.join(_COLUMNS)}")
        for cell in rows:
            key, span = _row(path, rows.line_num, cell)
            if (video_id := keys.get(key)) is not None:
                found.setdefault(video_id, []).append(span)
    return {video_id: tuple(union(ranges)) for video_id, ranges in found.items()}


def _row(path: Path, line: int, row: list[str]) -> tuple[str, Range]:
    if len(row) != len(_COLUMNS):
        raise _wrong(path, line, "", f"{len(row)} columns instead of {len(_COLUMNS)}")
    for column, cell in zip(_COLUMNS[1:3], row[1:3], strict=True):
        if not (cell.isascii() and cell.isdigit() and len(cell) < 12):
            raise _wrong(path, line, column, f"a frame is a whole number from 0, got {cell[:40]!r}")
    start, end = int(row[1]), int(row[2])
    if start >= end:
        raise _wrong(path, line, "end_frame", f"the range {start} to {end} is empty")
    return cells.read(row[0]), (start, end)


def _wrong(path: Path, line: int, column: str, reason: str) -> InvalidInput:
    where = f"row {line}" + (f", {column}" if column else "")
    error = {"file": path.name, "row": line, "column": column, "reason": reason}
    return InvalidInput(
        f"{path.name}, {where}: {reason}. Excluded ranges are listed as an export lists them.",
        code="bad_rows", detail={"errors": [error], "error_count": 1},
    )  # fmt: skip

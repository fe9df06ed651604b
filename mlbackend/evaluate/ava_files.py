"""AVA's CSV files as the published evaluators read them, strictly.

A row has 7 or 8 columns: video, timestamp, x1, y1, x2, y2, action id, and in column 8 a score
(predictions) or a person's id (truth). The evaluator of 2020 also takes rows of 2 columns: the
image was looked at and holds nothing.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.ava_boxes import Boxes, Ints
from mlbackend.evaluate.ava_columns import Columns
from mlbackend.evaluate.ava_rules import Rules

NAMES = ("video_id", "timestamp", "x1", "y1", "x2", "y2", "action_id", "score or person_id")
_WITHOUT_BOX, _WITHOUT_SCORE, _FULL = 2, 7, 8
# Timestamps beyond this many seconds would leave the range of exact microseconds.
_LATEST_S = 1e9
# Numbers up to this many times their count are found in a table, which is faster than a search.
_SPARSE = 16


def read_files(
    truth: Path,
    predictions: Path,
    excluded: Path | None,
    rules: Rules,
    classes: Collection[int] | None = None,
) -> tuple[Boxes, Boxes, Ints]:
    """Truth, detections, and the images excluded, over the same numbers of images.

    Args:
        classes: ids of the classes that count. Column 8 of the others is not looked at, as in the
            published code; their score is 1. None: all count.

    Raises:
        InvalidInput: a row that the evaluator does not take; the message names file, row, column.
    """
    tables = [_open(truth, rules), _open(predictions, rules)]
    if excluded is not None:
        tables.append(_open_excluded(excluded))
    images = _images(tables, rules)
    none = np.empty(0, dtype=np.int64)
    return (
        _boxes(tables[0], images[0], classes if rules.reads_persons else ()),
        _boxes(tables[1], images[1], classes, rules.needs_score),
        images[2] if excluded is not None else none,
    )


def _open(path: Path, rules: Rules) -> Columns:
    widths = [_WITHOUT_SCORE, _FULL]
    table = Columns(path, NAMES)
    _check_widths(table, [_WITHOUT_BOX, *widths] if rules.empty_rows else widths)
    return table


def _open_excluded(path: Path) -> Columns:
    table = Columns(path, NAMES)
    _check_widths(table, [_WITHOUT_BOX])
    return table


def _check_widths(table: Columns, allowed: Sequence[int]) -> None:
    wrong = np.flatnonzero(~np.isin(table.widths, allowed))
    if len(wrong):
        row = int(wrong[0])
        found = int(table.widths[row])
        has = f"has {found} column{'s' * (found != 1)}" if found else "is blank"
        *most, last = map(str, allowed)
        wanted = f"{', '.join(most)} or {last}" if most else last
        table.fail(row, f"the row {has}, the evaluator takes {wanted}")


def _images(tables: list[Columns], rules: Rules) -> list[Ints]:
    """A number for each row's video and timestamp, the same in all files."""
    sizes = [len(table.widths) for table in tables]
    rows = [np.arange(size) for size in sizes]
    videos = [table.texts(0, row) for table, row in zip(tables, rows, strict=True)]
    times = [_times(table, row, rules) for table, row in zip(tables, rows, strict=True)]
    moment = _numbered(np.concatenate(times))
    video = _numbered_texts(np.concatenate(videos))
    moments = int(moment.max(initial=-1)) + 1
    return np.split(_numbered(video * moments + moment), np.cumsum(sizes)[:-1])


def _numbered(values: Ints) -> Ints:
    """The place of each value among the distinct ones."""
    if len(values) and values.min() >= 0 and values.max() < _SPARSE * len(values):
        return (np.cumsum(np.bincount(values) > 0) - 1)[values]
    return np.searchsorted(np.unique(values), values)


def _numbered_texts(texts: NDArray[np.bytes_]) -> Ints:
    """A number for each distinct text, found eight bytes at a time: sorting texts is slow."""
    words = -(-texts.dtype.itemsize // 8)
    table = texts.astype(f"S{8 * words}").view(np.int64).reshape(-1, words)
    number = np.zeros(len(texts), dtype=np.int64)
    for word in table.T:
        part = _numbered(np.ascontiguousarray(word))
        number = _numbered(number * (int(part.max(initial=0)) + 1) + part)
    return number


def _times(table: Columns, rows: Ints, rules: Rules) -> Ints:
    """Whole seconds, or microseconds."""
    try:
        if rules.whole_seconds:
            return table.ints(1, rows)
        seconds = table.floats(1, rows)
    except InvalidInput as error:
        raise _header(table, error) from None
    table.refuse(np.abs(seconds) > _LATEST_S, rows, 1, "is no time of a video")
    return _microseconds(seconds)


def _microseconds(seconds: NDArray[np.float64]) -> Ints:
    """Rounded as "%.6f" rounds: by the exact value of the float, half to even."""
    product = seconds * 1e6
    whole = np.rint(product)
    # The product is off by half a unit in its last place, which decides only close to a half.
    unsure = np.abs(np.abs(product - whole) - 0.5) <= np.spacing(np.abs(product))
    whole[unsure] = [round(Fraction(value) * 10**6) for value in seconds[unsure].tolist()]
    return whole.astype(np.int64)


def _header(table: Columns, error: InvalidInput) -> InvalidInput:
    """The same error, with a hint where the first row looks like names of columns."""
    name = table.texts(1, np.array([0]))[0].decode("utf-8", "replace").strip()
    if error.detail["row"] != 1 or not name.replace("_", "").isalpha():
        return error
    hint = " It looks like a header; AVA's files have none: delete the line."
    return InvalidInput(error.message + hint, code=error.code, detail=error.detail)


def _boxes(
    table: Columns, images: Ints, classes: Collection[int] | None, needs_score: bool = False
) -> Boxes:
    rows = np.flatnonzero(table.widths >= _WITHOUT_SCORE)
    label = table.ints(6, rows)
    counts = np.ones(len(rows), dtype=bool)
    if classes is not None:
        counts = np.isin(label, np.fromiter(classes, np.int64, len(classes)))
    return Boxes(
        image=images[rows],
        label=label,
        box=_corners(table, rows),
        score=_scores(table, rows, counts, needs_score),
        image_seen=np.unique(images[table.widths == _WITHOUT_BOX]),
        row=rows + 1,
        file=table.file,
    )


def _corners(table: Columns, rows: Ints) -> NDArray[np.float64]:
    box = np.empty((len(rows), 4))
    for column in range(4):
        box[:, column] = table.floats(2 + column, rows)
        table.refuse(np.isinf(box[:, column]), rows, 2 + column, "is no coordinate")
    return box


def _scores(
    table: Columns, rows: Ints, counts: NDArray[np.bool_], needed: bool
) -> NDArray[np.float64]:
    scores = np.ones(len(rows))
    full = counts & (table.widths[rows] == _FULL)
    without = rows[counts & ~full]
    if needed and len(without):
        table.fail(int(without[0]), "this evaluator needs a score in column 8")
    scores[full] = table.floats(7, rows[full])
    return scores

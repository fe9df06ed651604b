"""Tubes of one action each, as UCF101-24, JHMDB and MultiSports have them.

There a person who does two things is two tubes, and nobody is there without an action. A box is
written for every frame.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

import numpy as np

from labeling.formats.dataset import BadRow, FileBox, FileSpan, FileTube, FileVideo
from labeling.formats.entries import Wrong

ActionTube = tuple[str, tuple[FileBox, ...]]
LARGEST_FRAME = 10_000_000
_LARGEST = 1e9
_DECIMALS = 4
WITHOUT_ACTION = "tubes_without_action_left_out"


def action_tubes(video: FileVideo) -> list[ActionTube]:
    """(label, boxes) of every action of every tube, in order; boxes of frames it lasts."""
    found = []
    for tube in video.tubes:
        visible = [box for box in tube.boxes if not box.outside]
        for span in tube.spans:
            boxes = tuple(box for box in visible if _lasts(span, box))
            if boxes:
                found.append((span.label, boxes))
    return found


def _lasts(span: FileSpan, box: FileBox) -> bool:
    return (span.start is None or span.start <= box.at) and (span.end is None or box.at < span.end)


def without_action(video: FileVideo) -> int:
    return sum(not tube.spans for tube in video.tubes)


def runs(boxes: Sequence[FileBox]) -> Iterator[tuple[FileBox, ...]]:
    """Parts without a missing frame."""
    begin = 0
    for index in range(1, len(boxes) + 1):
        if index == len(boxes) or boxes[index].at != int(boxes[index - 1].at) + 1:
            yield tuple(boxes[begin:index])
            begin = index


def file_tube(number: int | None, label: str, boxes: Sequence[FileBox], row: int) -> FileTube:
    """A tube whose action lasts as long as it is."""
    span = FileSpan(label, boxes[0].at, int(boxes[-1].at) + 1, row=row)
    return FileTube(tuple(boxes), number, spans=(span,), row=row)


def array(value: Any, width: int, column: str) -> np.ndarray:
    """Rows of `width` finite numbers as float64, so that nothing overflows what a file used."""
    try:
        found = np.array(value, dtype=np.float64)
    except (ValueError, TypeError):
        raise Wrong(column, f"is no list of rows of {width} numbers") from None
    if found.ndim != 2 or found.shape[1] != width or not len(found):
        raise Wrong(column, f"has the shape {found.shape}; rows of {width} numbers are expected")
    if not (np.abs(found) < _LARGEST).all():
        raise Wrong(column, "holds something that is no usable number")
    return found


def file_boxes(
    frames: Sequence[int], corners: np.ndarray, column: str, row: int, bad: list[BadRow], file: str
) -> list[FileBox]:
    """Boxes at these 0-based frames; those without area go to `bad`.

    Args:
        corners: (n, 4) float, x1 y1 x2 y2.
    """
    boxes = []
    for index, (frame, (x1, y1, x2, y2)) in enumerate(zip(frames, corners.tolist(), strict=True)):
        if x2 > x1 and y2 > y1:
            boxes.append(FileBox(frame, (x1, y1, x2, y2), row=row))
        else:
            reason = f"has no area: x1 {x1:g}, y1 {y1:g}, x2 {x2:g}, y2 {y2:g}"
            bad.append(BadRow(row, reason, file, f"{column}[{index}]"))
    return boxes


def rounded(value: float) -> float | int:
    """A coordinate as it is written: to 1/10000 px, whole numbers without a point."""
    value = round(value, _DECIMALS)
    return int(value) if value == int(value) else value


def write_entries(file: TextIO, entries: Iterable[tuple[str, Any]]) -> None:
    """Members of a JSON object, a line each, without the brackets around them."""
    separator = "\n"
    for key, entry in entries:
        file.write(f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        file.write(json.dumps(entry, ensure_ascii=False, separators=(", ", ": ")))
        separator = ",\n"

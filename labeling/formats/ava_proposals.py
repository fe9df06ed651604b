"""Boxes of people as mmaction2 keeps them: a pickle of {"video,0902": (N, 5) x1 y1 x2 y2 score}.

Fractions of the picture, float; some files leave the score out. Read by the restricted unpickler.
Source: mmaction2 tools/data/ava/AVA_annotation_explained.md.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats import safe_pickle
from labeling.formats.ava import AvaRow
from labeling.formats.dataset import BadRow

_PICKLE = b"\x80"
_DECIMALS = 6


def is_pickle(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1) == _PICKLE


def read_proposals(path: Path, name: str = "") -> Iterator[AvaRow | BadRow]:
    """Rows of boxes without action; `row` is the box's place in the file, from 1.

    Raises:
        InvalidInput: the pickle is refused, or is no such dictionary.
    """
    content = safe_pickle.load(path, name=name)
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise _not_proposals(name or path.name)
    count = 0
    for key, value in content.items():
        video, comma, stamp = key.rpartition(",")
        boxes = np.asarray(value)
        if not comma or not _is_time(stamp):
            raise _not_proposals(name or path.name)
        if boxes.size == 0:
            continue
        if boxes.ndim != 2 or boxes.shape[1] not in (4, 5) or boxes.dtype.kind not in "fiu":
            shape = "×".join(map(str, boxes.shape))
            yield BadRow(count + 1, f"boxes of '{key}' are {shape}, not N×5", column=key)
            continue
        for box in boxes.astype(np.float64).tolist():
            count += 1
            yield _row(video, Decimal(stamp), box, count)


def _row(video: str, stamp: Decimal, box: list[float], row: int) -> AvaRow | BadRow:
    x1, y1, x2, y2 = box[:4]
    if not (0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1):
        reason = f"the box is not in the picture, 0 to 1: {box[:4]}"
        return BadRow(row, reason, column=f"{video},{stamp}")
    score = box[4] if len(box) > 4 else None
    return AvaRow(video, stamp, (x1, y1, x2, y2), score=score, decimals=_DECIMALS, row=row)


def _is_time(text: Any) -> bool:
    try:
        return 0 <= Decimal(text) < 10**7
    except InvalidOperation:
        return False


def _not_proposals(name: str) -> InvalidInput:
    return InvalidInput(
        f'{name} holds no boxes as mmaction2 writes them: {{"video,0902": N×5 numbers}}.',
        code="not_proposals",
    )

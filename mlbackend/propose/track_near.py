"""A detector that looks only about a box, so that even a small person fills its input."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import iou_matrix
from mlbackend.propose.detectors.base import Detections, Detector

Floats = NDArray[np.float64]

# The picture about a box, in lengths of its longer side; never less than this many pixels.
REACH = 2.5
MIN_SIDE = 160
MIN_OVERLAP = 0.4


class Near:
    """Calls a detector on the part of the picture about a box, on every `every`-th frame.

    On the first frame, the one that was drawn on, it finds out what is followed: the category of
    what overlaps the drawn box best. Where nothing does, it says nothing from then on, for
    nobody knows what its boxes would have to do with the drawn one.
    """

    def __init__(self, detector: Detector, every: int = 1) -> None:
        self._detector, self._every = detector, max(1, every)
        self._first: int | None = None
        self._category: int | None = None

    def __call__(
        self, frame: int, picture: NDArray[np.uint8], about: Floats
    ) -> tuple[Floats, Floats]:
        """Return boxes (N, 4) in px of the picture and scores (N,); none on frames between.

        Args:
            picture: (H, W, 3) BGR. about: (4,) px.
        """
        is_first = self._first is None
        self._first = frame if self._first is None else self._first
        blind = not is_first and self._category is None
        rows, columns = _part(about, picture.shape)
        part = picture[rows, columns]
        if blind or (frame - self._first) % self._every or not part.size:
            return np.zeros((0, 4)), np.zeros(0)
        found = self._detector.detect([np.ascontiguousarray(part)])[0]
        corner = np.array([columns.start, rows.start] * 2, dtype=np.float64)
        boxes = found.boxes.astype(np.float64) + corner
        if is_first:
            self._category = _category(about, boxes, found)
        mine = found.classes == (-1 if self._category is None else self._category)
        return boxes[mine], found.scores[mine].astype(np.float64)


def _category(drawn: Floats, boxes: Floats, found: Detections) -> int | None:
    if not len(boxes):
        return None
    overlap = iou_matrix(drawn[None], boxes)[0]
    best = int((overlap + 0.2 * found.scores).argmax())
    return int(found.classes[best]) if overlap[best] >= MIN_OVERLAP else None


def _part(about: Floats, shape: tuple[int, ...]) -> tuple[slice, slice]:
    half = max(REACH * float((about[2:] - about[:2]).max()), MIN_SIDE) / 2
    middle = (about[:2] + about[2:]) / 2
    low = np.maximum(middle - half, 0).astype(int)
    high = np.minimum(middle + half, np.array(shape[1::-1])).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))

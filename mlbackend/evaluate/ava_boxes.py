"""The rows of an AVA file as arrays."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _no_rows() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Boxes:
    """One label on one box a row, in the order of the file.

    Args:
        image: (N,) int64, number of the image (a video at a timestamp); truth and detections
            count the same images.
        label: (N,) int64, class ids.
        box: (N, 4) float, x1, y1, x2, y2 in any unit.
        score: (N,) float. In the truth, where it is a person's id, it only orders equal boxes.
        image_seen: int64, images of rows without a box: someone looked and found nothing.
        row: (N,) int64, line of the file, from 1; empty when there is no file.
        file: its name.
    """

    image: Ints
    label: Ints
    box: Floats
    score: Floats
    image_seen: Ints = field(default_factory=_no_rows)
    row: Ints = field(default_factory=_no_rows)
    file: str = ""

    def __post_init__(self) -> None:
        n = len(self.image)
        if self.label.shape != (n,) or self.score.shape != (n,) or self.box.shape != (n, 4):
            raise ValueError(
                f"Columns of {n} images, {self.label.shape} labels, {self.score.shape} scores and "
                f"{self.box.shape} boxes do not belong together."
            )

    def __len__(self) -> int:
        return len(self.image)

    def take(self, rows: NDArray[Any]) -> "Boxes":
        """The rows at these places, or where the mask is true."""
        if rows.dtype == np.bool_ and rows.all():
            return self
        return replace(
            self,
            image=self.image[rows],
            label=self.label[rows],
            box=self.box[rows],
            score=self.score[rows],
            row=self.row[rows] if len(self.row) else self.row,
        )

    def image_count(self) -> int:
        """One more than the highest number of an image."""
        return 1 + max(int(some.max(initial=-1)) for some in (self.image, self.image_seen))

    def where(self, row: int) -> str:
        """The place of a row, for a message."""
        if not len(self.row):
            return f"box {row}"
        return f"{self.file}, row {self.row[row]}"

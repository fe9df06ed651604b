"""How far people who labeled the same video say the same: boxes, times and labels.

Chance-corrected agreement is None where it is not defined: when nothing was rated, or when
everybody said the same thing everywhere, so that chance alone explains it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from labeling.domain.tube import Tube


@dataclass(frozen=True, eq=False, slots=True)
class DenseTube:
    """A tube's box on every frame.

    Args:
        start_frame: frame of the first row.
        boxes: (F, 4) float64 corners in px; NaN rows where the actor is not in the picture.
    """

    start_frame: int
    boxes: np.ndarray

    @classmethod
    def of(cls, tube: Tube) -> "DenseTube":
        frames, shown = tube.dense()
        boxes = np.full((tube.end_frame - tube.start_frame, 4), np.nan)
        boxes[frames - tube.start_frame] = shown
        return cls(tube.start_frame, boxes)

    @property
    def end_frame(self) -> int:
        return self.start_frame + len(self.boxes)

    def between(self, start_frame: int, end_frame: int) -> np.ndarray:
        """(end - start, 4) boxes of these frames, NaN where there is none."""
        first, last = max(start_frame, self.start_frame), min(end_frame, self.end_frame)
        boxes = np.full((end_frame - start_frame, 4), np.nan)
        if last > first:
            inside = self.boxes[first - self.start_frame : last - self.start_frame]
            boxes[first - start_frame : last - start_frame] = inside
        return boxes

    def visible(self, start_frame: int, end_frame: int) -> np.ndarray:
        """(end - start,) bool: whether the actor is in the picture."""
        return ~np.isnan(self.between(start_frame, end_frame)[:, 0])

    def within(self, frames: np.ndarray) -> "DenseTube":
        """The tube on the frames that are True in `frames`, (V,) bool for all of the video."""
        kept = frames[self.start_frame : self.end_frame]
        return replace(self, boxes=np.where(kept[:, None], self.boxes, np.nan))


def tube_iou(a: DenseTube, b: DenseTube) -> float:
    """Spatio-temporal IoU, 0..1: intersections summed over frames, over unions summed over frames.

    On a frame where only one of them is visible, that one's area counts in the union. As in
    YouTube-VIS (Yang, Fan, Xu 2019, eq. 1) and TAO (Dave et al. 2020), with boxes for masks.
    """
    return _iou(a, b, _area(a.boxes), _area(b.boxes))


def tube_iou_matrix(left: Sequence[DenseTube], right: Sequence[DenseTube]) -> np.ndarray:
    """(N, M) float64 of `tube_iou`; pairs that are apart in time or space cost nothing."""
    iou = np.zeros((len(left), len(right)))
    if not iou.size:
        return iou
    a, b = _extents(left), _extents(right)
    meet = (a[:, None, :3] < b[None, :, 3:]) & (b[None, :, :3] < a[:, None, 3:])
    areas = [[_area(tube.boxes) for tube in tubes] for tubes in (left, right)]
    for i, j in np.argwhere(meet.all(axis=2)):
        iou[i, j] = _iou(left[i], right[j], areas[0][i], areas[1][j])
    return iou


def table_iou(table: np.ndarray) -> float | None:
    """IoU in time of one label, from its 2 × 2 table: units where both say it, over where any does.

    None where nobody says it.
    """
    anywhere = table.sum() - table[0, 0]
    return float(table[1, 1] / anywhere) if anywhere else None


def contingency(first: np.ndarray, second: np.ndarray, rated: np.ndarray) -> np.ndarray:
    """Cross tables of two raters' yes and no.

    Args:
        first, second: (U, L) bool, what each says about each unit, for each of L labels.
        rated: (U, L) bool, whether both looked for that label at that unit.

    Returns:
        (L, 2, 2) int64, counts by [label, first says, second says], 0 for no and 1 for yes.
    """
    cells = [[~first & ~second, ~first & second], [first & ~second, first & second]]
    counts = [[(cell & rated).sum(axis=0) for cell in row] for row in cells]
    return np.moveaxis(np.array(counts, dtype=np.int64), 2, 0)


def cohen_kappa(table: np.ndarray) -> float | None:
    """Cohen's kappa of a (K, K) table of two raters' counts, at most 1; 0 is what chance gives.

    Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    return pooled_kappa(np.asarray(table)[None])


def pooled_kappa(tables: np.ndarray) -> float | None:
    """One kappa for many labels, (L, K, K): observed and expected agreement averaged over labels.

    A label that everybody gives everywhere or nowhere changes nothing; labels without units are
    left out. De Vries et al., Using pooled kappa to summarize interrater agreement, 2008.
    """
    counts = np.asarray(tables, dtype=np.float64)
    counts = counts[counts.sum(axis=(1, 2)) > 0]
    shares = counts / counts.sum(axis=(1, 2), keepdims=True)
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    return _corrected(observed, expected)


def fleiss_kappa(counts: np.ndarray, weights: np.ndarray | None = None) -> float | None:
    """Fleiss' kappa for two or more raters.

    Units may have different numbers of ratings: one with fewer than two says nothing about
    agreement and is left out; the others weigh the same each; a category's expected share is its
    share of all ratings on them. With equally many ratings this is Fleiss, Measuring nominal scale
    agreement among many raters, 1971.

    Args:
        counts: (N, K), how many raters put unit n into category k.
        weights: (N,), how many units have that row; 1 each if None.
    """
    return pooled_fleiss_kappa([(counts, weights)])


def pooled_fleiss_kappa(
    labels: Sequence[tuple[np.ndarray, np.ndarray | None]],
) -> float | None:
    """One Fleiss' kappa for many labels: averaged as in `pooled_kappa`."""
    parts = [part for counts, weights in labels if (part := _fleiss(counts, weights))]
    observed, expected = (np.array([part[i] for part in parts]) for i in (0, 1))
    return _corrected(observed, expected)


def _fleiss(counts: np.ndarray, weights: np.ndarray | None) -> tuple[float, float] | None:
    """Observed and expected agreement; None without a unit that two rated."""
    counts = np.asarray(counts, dtype=np.float64)
    weights = np.ones(len(counts)) if weights is None else np.asarray(weights, dtype=np.float64)
    ratings = counts.sum(axis=1)
    told = (ratings >= 2) & (weights > 0)
    if not told.any():
        return None
    counts, weights, ratings = counts[told], weights[told], ratings[told]
    agreed = (counts * (counts - 1)).sum(axis=1) / (ratings * (ratings - 1))
    shares = weights @ counts / (weights @ ratings)
    return float(weights @ agreed / weights.sum()), float((shares**2).sum())


def _corrected(observed: np.ndarray, expected: np.ndarray) -> float | None:
    if not observed.size:
        return None
    chance = float(expected.mean())
    # Sums of shares miss 1 by rounding.
    return None if chance > 1 - 1e-12 else float((observed.mean() - chance) / (1 - chance))


def _iou(a: DenseTube, b: DenseTube, area_a: np.ndarray, area_b: np.ndarray) -> float:
    first, last = max(a.start_frame, b.start_frame), min(a.end_frame, b.end_frame)
    if last <= first:
        return 0.0
    box_a, box_b = a.between(first, last), b.between(first, last)
    top_left = np.maximum(box_a[:, :2], box_b[:, :2])
    bottom_right = np.minimum(box_a[:, 2:], box_b[:, 2:])
    overlap = float(np.nansum(np.clip(bottom_right - top_left, 0.0, None).prod(axis=1)))
    union = float(np.nansum(area_a) + np.nansum(area_b)) - overlap
    return overlap / union if union > 0 else 0.0


def _area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)


def _extents(tubes: Sequence[DenseTube]) -> np.ndarray:
    """(N, 6): first frame, left, top; end frame, right, bottom. NaN where never visible."""
    extents = np.full((len(tubes), 6), np.nan)
    for row, tube in zip(extents, tubes, strict=True):
        shown = tube.boxes[~np.isnan(tube.boxes[:, 0])]
        if len(shown):
            row[:3] = tube.start_frame, *shown[:, :2].min(axis=0)
            row[3:] = tube.end_frame, *shown[:, 2:].max(axis=0)
    return extents

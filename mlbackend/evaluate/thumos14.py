"""THUMOS14's temporal detection, as papers report it and as its own kit has it.

| evaluator | what |
|---|---|
| `gtad` | ActivityNet's rules at tIoU 0.3 to 0.7, the usual practice |
| `actionformer` | the same after dropping truth that is shorter than 1 ms or repeated |
| `th14evalkit` | the challenge's kit: see `kit_map` |
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlbackend.evaluate.activitynet_files import Floats, Ints, Segments
from mlbackend.evaluate.activitynet_proposals import first_place
from mlbackend.evaluate.average_precision import eleven_points, precision_recall
from mlbackend.evaluate.in_turn import places, take_in_turn
from mlbackend.evaluate.temporal_iou import pairs

THRESHOLDS = np.array([0.3, 0.4, 0.5, 0.6, 0.7])
# 0.1 to 0.5 as a loop from 0.1 by 0.1 makes them.
KIT_THRESHOLDS = 0.1 + np.arange(5) * 0.1
# Two ends closer than this are one.
SAME_S = 1e-3


def without_repeats(truth: Segments) -> Segments:
    """ActionFormer's truth: segments of at least 1 ms, one of those that agree to 1 ms."""
    long = truth.span_s[:, 1] - truth.span_s[:, 0] >= SAME_S
    truth = truth.take(long)
    owner, earlier = pairs(_groups(truth), _groups(truth))
    near = (np.abs(truth.span_s[owner] - truth.span_s[earlier]) <= SAME_S).all(axis=1)
    kept = np.ones(len(truth), dtype=bool)
    # One that was dropped itself drops no other: look from the first to the last.
    repeated = near & (earlier < owner)
    for later, before in zip(owner[repeated].tolist(), earlier[repeated].tolist(), strict=True):
        kept[later] &= not kept[before]
    return truth.take(kept)


def recall_at(
    truth: Segments, predictions: Segments, classes: int, times: Ints, thresholds: Floats
) -> Floats:
    """ActionFormer's recall: what k · n predictions find where a video has n segments of a class.

    Args:
        times: (K,) the values of k.

    Returns:
        (T, K): mean over the classes; a class without predictions counts 0.
    """
    order = np.lexsort((predictions.score, _groups(predictions)))[::-1]
    best = predictions.take(order)
    by_class = [Segments(_groups(s), s.label, s.span_s, s.score) for s in (truth, best)]
    first = first_place(*by_class, places(by_class[1].video), thresholds)
    _, index, size = np.unique(by_class[0].video, return_inverse=True, return_counts=True)
    found = first[:, None] < times[:, None] * size[index]  # (T, K, G)
    in_class = truth.label == np.arange(classes)[:, None]  # (C, G)
    return (found @ in_class.T.astype(np.float64) / in_class.sum(axis=1)).mean(axis=-1)


def _groups(segments: Segments) -> Ints:
    """One number for a video and a class; THUMOS14 has 20 classes, far fewer than a million."""
    return segments.video * 1_000_000 + segments.label


@dataclass(frozen=True)
class KitMap:
    """AP (C, T) per class and overlap."""

    ap: Floats

    @property
    def mean_ap(self) -> Floats:
        """(T,): mean over the classes."""
        return self.ap.mean(axis=0)


def kit_map(
    truth: Segments,
    ambiguous: Segments,
    detections: Segments,
    classes: int,
    thresholds: Floats = KIT_THRESHOLDS,
) -> KitMap:
    """The kit's AP: the other way round than everywhere else.

    Each truth, in file order, takes the free detection with the largest overlap, if that is
    strictly above the threshold; the score only decides between equal ones. What is left over and
    touches an ambiguous segment does not count. Ends in the wrong order are swapped. AP is taken
    at 11 points; of equal scores the hits come first.
    """
    down = np.argsort(-detections.score, kind="stable")
    detections = detections.take(down)
    taken = _taken(truth, detections, thresholds)
    counted = ~_touches(detections, ambiguous)
    ap = np.zeros((classes, len(thresholds)))
    for label in range(classes):
        mine = detections.label == label
        positives = int((truth.label == label).sum())
        for level, hit in enumerate(taken[:, mine]):
            ap[label, level] = _kit_ap(hit, counted[mine], detections.score[mine], positives)
    return KitMap(ap)


def _kit_ap(hit: NDArray[np.bool_], counted: NDArray[np.bool_], score: Floats, n: int) -> float:
    kept = hit | counted
    order = np.lexsort((~hit[kept], -score[kept]))
    return float(eleven_points(*precision_recall(hit[kept][order], n))) if hit.any() else 0.0


def _taken(truth: Segments, detections: Segments, thresholds: Floats) -> NDArray[np.bool_]:
    """Which detections a truth takes: (T, N)."""
    owner, candidate = pairs(_groups(truth), _groups(detections))
    overlap = _overlap(truth.span_s[owner], detections.span_s[candidate])
    best = np.lexsort((candidate, -overlap, owner))
    owner, candidate, overlap = owner[best], candidate[best], overlap[best]
    enough = overlap > thresholds[:, None]
    group = _groups(truth)[owner]
    made = take_in_turn(owner, candidate, group, enough, len(detections))
    level, pair = np.nonzero(made)
    taken = np.zeros((len(thresholds), len(detections)), dtype=bool)
    taken[level, candidate[pair]] = True
    return taken


def _touches(detections: Segments, ambiguous: Segments) -> NDArray[np.bool_]:
    owner, candidate = pairs(detections.video, ambiguous.video)
    overlap = _overlap(detections.span_s[owner], ambiguous.span_s[candidate])
    touches = np.zeros(len(detections), dtype=bool)
    touches[owner[overlap > 0]] = True
    return touches


def _overlap(a_s: Floats, b_s: Floats) -> Floats:
    """Shared part of what both cover together; 0 where nothing is shared."""
    a_s, b_s = np.sort(a_s, axis=1), np.sort(b_s, axis=1)
    shared = np.minimum(a_s[:, 1], b_s[:, 1]) - np.maximum(a_s[:, 0], b_s[:, 0])
    covered = np.maximum(a_s[:, 1], b_s[:, 1]) - np.minimum(a_s[:, 0], b_s[:, 0])
    return np.divide(shared, covered, out=np.zeros(len(shared)), where=shared > 0)

"""ActivityNet's and Kinetics' video classification.

As `eval_classification.py` and `eval_kinetics.py`, which report Hit@k and 1 - Hit@k.
"""

from dataclasses import dataclass

import numpy as np

from mlbackend.evaluate.activitynet_files import Floats, Ints, Segments
from mlbackend.evaluate.average_precision import envelope_area, precision_recall
from mlbackend.evaluate.in_turn import places

TOP_K = 3


@dataclass(frozen=True)
class VideoClasses:
    """Figures of one submission.

    Args:
        ap: (C,) per class; 0 without a prediction.
        hit_at_k: share of videos of which any label is among the k best predictions.
        average_hit_at_k: mean share of a video's labels that are among them.
        truths: pairs of video and label, each counted once.
        predictions: how many were read.
    """

    ap: Floats
    hit_at_k: float
    average_hit_at_k: float
    truths: int
    predictions: int


def video_classes(
    truth: Segments, predictions: Segments, classes: int, top_k: int = TOP_K
) -> VideoClasses:
    """AP per class and hits among the `top_k` of each video; of equal scores the later first."""
    labeled = np.unique(truth.video * classes + truth.label)
    share = _shares(labeled, predictions, classes, top_k)
    return VideoClasses(
        _average_precisions(labeled, predictions, classes),
        float((share > 0).mean()),
        float(share.mean()),
        len(labeled),
        len(predictions),
    )


def _average_precisions(labeled: Ints, predictions: Segments, classes: int) -> Floats:
    order = np.lexsort((predictions.score, predictions.label))[::-1]
    label = predictions.label[order]
    pair = predictions.video[order] * classes + label
    _, first = np.unique(pair, return_index=True)
    hit = np.zeros(len(pair), dtype=bool)
    hit[first] = np.isin(pair[first], labeled)
    ap = np.zeros(classes)
    for number, positives in enumerate(np.bincount(labeled % classes, minlength=classes).tolist()):
        start, end = np.searchsorted(-label, [-number, -number + 1])
        ap[number] = envelope_area(*precision_recall(hit[start:end], positives))
    return ap


def _shares(labeled: Ints, predictions: Segments, classes: int, top_k: int) -> Floats:
    """Share of each video's labels among its best predictions: (V,)."""
    order = np.lexsort((predictions.score, predictions.video))[::-1]
    best = order[places(predictions.video[order]) < top_k]
    named = predictions.video[best] * classes + predictions.label[best]
    videos = labeled // classes
    found = np.bincount(videos, weights=np.isin(labeled, named))
    return found / np.bincount(videos)

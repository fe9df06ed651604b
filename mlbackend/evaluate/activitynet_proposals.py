"""ActivityNet's temporal proposals: average recall over average number (`eval_proposal.py`)."""

from dataclasses import dataclass

import numpy as np

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.activitynet import THRESHOLDS
from mlbackend.evaluate.activitynet_files import Floats, Ints, Segments
from mlbackend.evaluate.in_turn import places
from mlbackend.evaluate.temporal_iou import pairs, temporal_iou

# What the challenge allows: this many proposals per video on average.
PROPOSALS = 100
# The curve is drawn at 1 %, 2 % … 100 % of them.
STEPS = 100


@dataclass(frozen=True)
class RecallCurve:
    """Recall (T, 100) at each threshold and average number of proposals per video (100,)."""

    recall: Floats
    per_video: Floats

    @property
    def average_recall(self) -> Floats:
        """(100,): mean over the thresholds."""
        return self.recall.mean(axis=0)

    @property
    def area_percent(self) -> float:
        """Area under average recall over proposals per video, in percent of the whole."""
        return float(100.0 * np.trapezoid(self.average_recall, self.per_video) / self.per_video[-1])


def recall_curve(
    truth: Segments,
    proposals: Segments,
    per_video: float = PROPOSALS,
    thresholds: Floats = THRESHOLDS,
) -> RecallCurve:
    """Recall of the truth by the best proposals.

    Args:
        truth: segments; classes do not matter. Videos are numbered from 0 without a gap.
        proposals: segments with scores.
        per_video: how many are looked at, on average over the truth's videos. A video's share is
            in proportion to what it has; proposals of other videos use up their share too.
        thresholds: (T,) of tIoU.

    Returns:
        The curve; where every share rounds to nothing, recall is 0 and the numbers per video are
        NaN, as the official code has it.

    Raises:
        InvalidInput: no video of the truth has a proposal.
    """
    videos = int(truth.video.max()) + 1
    # A prediction's place among its video's, best first; of equal scores the later one.
    order = np.lexsort((np.arange(len(proposals)), proposals.score, -proposals.video))[::-1]
    order = order[proposals.video[order] < videos]
    found = np.bincount(proposals.video[order], minlength=videos)
    if not len(order):
        raise InvalidInput("No video of the truth has a proposal.", code="no_proposals")
    ratio = per_video * float(videos) / len(proposals)
    kept = np.minimum((found * ratio).astype(np.int64), found)
    if not kept.any():
        nothing = np.zeros((len(thresholds), STEPS))
        return RecallCurve(nothing, np.full(STEPS, np.nan))
    place = places(proposals.video[order])
    near = place < np.repeat(kept, found)
    first = first_place(truth, proposals.take(order[near]), place[near], thresholds)
    share = np.arange(1, STEPS + 1) / 100.0 * (per_video * float(videos) / kept.sum())
    looked_at = np.minimum((kept[:, None] * share).astype(np.int64), kept[:, None])  # (V, 100)
    recall = (first[..., None] < looked_at[truth.video]).mean(axis=1)
    return RecallCurve(recall, share * (float(kept.sum()) / videos))


def first_place(
    truth: Segments, proposals: Segments, place: Ints, thresholds: Floats
) -> Ints:  # fmt: skip
    """Place of the first proposal of its video that finds each truth: (T, G), huge if none."""
    never = np.iinfo(np.int64).max
    first = np.full((len(thresholds), len(truth)), never)
    owner, candidate = pairs(truth.video, proposals.video)
    if not len(owner):
        return first
    iou = temporal_iou(proposals.span_s[candidate], truth.span_s[owner])
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    for level, threshold in enumerate(thresholds):
        reached = np.where(iou >= threshold, place[candidate], never)
        first[level, owner[starts]] = np.minimum.reduceat(reached, starts)
    return first

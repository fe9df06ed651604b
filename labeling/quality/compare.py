"""Raters of one video against each other. What it gives can be added up over videos.

Boxes are compared on the frames that both sides marked as reviewed: there, a tube that one has and
the other has not is a difference, elsewhere it may be work to be done. Labels on tubes are compared
frame by frame on matched tubes, where both sides see the actor and looked for the label; segments
on every frame, and classes once a video, where both looked for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from labeling.domain.agreement import contingency, tube_iou_matrix
from labeling.quality.rater import Rater, Said

# The loosest overlap at which the field takes two tubes for the same (video-mAP is reported from
# 0.2 on): two people may well draw one actor and differ in when it begins and ends.
MATCH_IOU = 0.2

Match = tuple[int, int, float]
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides on some videos.

    Args:
        frames: that both reviewed.
        first_tubes, second_tubes: confirmed tubes of each side there.
        matched: how many of them are the same actor.
        iou_sum: of the matched ones' tube IoU.
        tables: (L, 2, 2) counts of units by label, what the first says, what the second says.
    """

    frames: int
    first_tubes: int
    second_tubes: int
    matched: int
    iou_sum: float
    tables: np.ndarray

    def __add__(self, other: "Comparison") -> "Comparison":
        return Comparison(
            self.frames + other.frames, self.first_tubes + other.first_tubes,
            self.second_tubes + other.second_tubes, self.matched + other.matched,
            self.iou_sum + other.iou_sum, self.tables + other.tables,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class VideoAgreement:
    """All raters of one video.

    Args:
        pairs: comparisons by the raters' places, the smaller first.
        units: (L, R + 1, R + 1) how many units of a label were rated by n and affirmed by k of R.
    """

    pairs: dict[Pair, Comparison]
    units: np.ndarray


def compare(raters: dict[int, Rater], most: int) -> VideoAgreement:
    """Compare everybody with everybody.

    Args:
        raters: of one video, by their place among all `most` raters.
    """
    matches = {
        (i, j): match_tubes(raters[i], raters[j]) for i, j in combinations(sorted(raters), 2)
    }
    pairs = {(i, j): _comparison(raters[i], raters[j], found) for (i, j), found in matches.items()}
    return VideoAgreement(pairs, _units(raters, matches, most))


def match_tubes(first: Rater, second: Rater) -> list[Match]:
    """Which tubes are the same actor: (index, index, tube IoU), one to one, the best in total.

    Optimal assignment (Kuhn 1955) over tube IoU on the frames that both reviewed; pairs below
    MATCH_IOU are no match.
    """
    both = first.reviewed & second.reviewed
    iou = tube_iou_matrix(
        [tube.within(both) for tube in first.dense], [tube.within(both) for tube in second.dense]
    )
    iou[iou < MATCH_IOU] = 0.0
    rows, columns = linear_sum_assignment(iou, maximize=True)
    return [
        (int(i), int(j), float(iou[i, j]))
        for i, j in zip(rows, columns, strict=True)
        if iou[i, j] > 0
    ]


def groups(matches: dict[Pair, list[Match]]) -> list[dict[int, int]]:
    """Which tubes of all raters are one actor: tube index by rater.

    Matches are joined from the best on, as long as nobody has two tubes in one group.
    """
    edges = sorted(
        ((iou, (i, a), (j, b)) for (i, j), found in matches.items() for a, b, iou in found),
        key=lambda edge: (-edge[0], edge[1:]),
    )
    group_of: dict[tuple[int, int], dict[int, int]] = {}
    for _, one, other in edges:
        left, right = (group_of.get(end) or {end[0]: end[1]} for end in (one, other))
        if left is not right and not left.keys() & right.keys():
            merged = {**left, **right}
            group_of.update(dict.fromkeys(merged.items(), merged))
    return list({id(group): group for group in group_of.values()}.values())


def _comparison(first: Rater, second: Rater, matches: list[Match]) -> Comparison:
    both = first.reviewed & second.reviewed
    on_tubes = np.zeros((len(first.columns.on_tubes), 2, 2), dtype=np.int64)
    for a, b, _ in matches:
        on_tubes += _table(*_said([(first, a), (second, b)]))
    tables = [
        on_tubes, _table(first.on_video(), second.on_video()),
        _table(first.of_video(), second.of_video()),
    ]  # fmt: skip
    return Comparison(
        frames=int(both.sum()), first_tubes=_seen(first, both), second_tubes=_seen(second, both),
        matched=len(matches), iou_sum=sum(iou for _, _, iou in matches),
        tables=np.concatenate(tables),
    )  # fmt: skip


def _seen(rater: Rater, frames: np.ndarray) -> int:
    shown = (tube.visible(tube.start_frame, tube.end_frame) for tube in rater.dense)
    parts = (frames[tube.start_frame : tube.end_frame] for tube in rater.dense)
    return sum(bool((a & b).any()) for a, b in zip(shown, parts, strict=True))


def _said(tubes: Iterable[tuple[Rater, int]]) -> list[Said]:
    """What raters say of one actor, on all frames that any of them has it on."""
    ends = [(rater, index, rater.dense[index]) for rater, index in tubes]
    start = min(tube.start_frame for _, _, tube in ends)
    end = max(tube.end_frame for _, _, tube in ends)
    return [rater.on_tube(index, start, end) for rater, index, _ in ends]


def _table(first: Said, second: Said) -> np.ndarray:
    return contingency(first[0], second[0], first[1] & second[1])


def _units(raters: dict[int, Rater], matches: dict[Pair, list[Match]], most: int) -> np.ndarray:
    columns = next(iter(raters.values())).columns
    on_tubes = np.zeros((len(columns.on_tubes), most + 1, most + 1), dtype=np.int64)
    for group in groups(matches):
        on_tubes += _histogram(_said((raters[i], index) for i, index in group.items()), most)
    segments = _histogram([rater.on_video() for rater in raters.values()], most)
    classes = _histogram([rater.of_video() for rater in raters.values()], most)
    return np.concatenate([on_tubes, segments, classes])


def _histogram(said: Sequence[Said], most: int) -> np.ndarray:
    """(L, R + 1, R + 1) units by how many rated and how many said yes."""
    rated = np.sum([rated for _, rated in said], axis=0)  # (U, L)
    yes = np.sum([says & rated for says, rated in said], axis=0)  # (U, L)
    cells = (most + 1) ** 2
    flat = rated * (most + 1) + yes
    counts = [np.bincount(column, minlength=cells) for column in flat.T]
    return np.array(counts, dtype=np.int64).reshape(-1, most + 1, most + 1)

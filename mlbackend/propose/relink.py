"""A second look at who is who, once a whole video has been linked.

Linking frame by frame must decide where two people meet before it can know how they come out of it.
Here tracks are cut where they touch another or were not seen for a while, and the pieces are joined
anew, all together: an end and a beginning belong together by how the motion on both sides of the
gap meets, how alike whole pieces look, and whether they were together before. Tracklets joined by
an assignment over the whole video: Huang et al. 2008; what "alike" means is learnt from the video:
pieces seen at once are of different people, two halves of a piece of the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mlbackend.propose.thin import pair_iou

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RelinkRules:
    """How pieces are cut and joined; times in seconds, distances in sizes of the box.

    Two tracks touch from an IoU of `touch_iou`; a track is also cut where it was not seen for
    `cut_gap_s`. Motion is a line through the last `motion_s`. `slack` is how far two ends may lie
    apart at once, `slack_per_s` how much more for a second between them.
    """

    touch_iou: float = 0.1
    cut_gap_s: float = 0.3
    motion_s: float = 0.4
    slack: float = 0.8
    slack_per_s: float = 1.0
    looks_weight: float = 1.0
    size_weight: float = 0.5
    loyalty: float = 0.4


@dataclass(slots=True)
class Piece:
    """Boxes [first, end) of track `owner`, and what the piece looks like (empty: not known)."""

    owner: int
    first: int
    end: int
    look: Floats


@dataclass(frozen=True, slots=True)
class Path:
    """A track as arrays: times_s (N,), boxes (N, 4), looks (N, D) or (N, 0)."""

    times_s: Floats
    boxes: Floats
    looks: Floats


def relinked(
    paths: Sequence[Path], max_gap_s: float, rules: RelinkRules | None = None
) -> list[list[tuple[int, int]]]:
    """Cut and join tracks.

    Args:
        paths: the tracks of one category of a video.
        max_gap_s: pieces further apart stay apart.

    Returns:
        The new tracks: for each (path, place in it) of its boxes, in order of time.
    """
    rules = rules or RelinkRules()
    crowd = _crowding(paths, rules)
    pieces = list(_pieces(paths, crowd, rules))
    follower = _followers(paths, pieces, max_gap_s, rules)
    begins = sorted(set(range(len(pieces))) - set(follower.values()))
    return [
        [
            (pieces[n].owner, place)
            for n in _chain(begin, follower)
            for place in range(pieces[n].first, pieces[n].end)
        ]
        for begin in begins
    ]


def _chain(begin: int, follower: dict[int, int]) -> Iterator[int]:
    at: int | None = begin
    while at is not None:
        yield at
        at = follower.get(at)


def _crowding(paths: Sequence[Path], rules: RelinkRules) -> list[tuple[Floats, set[int]]]:
    """For each path the largest IoU of each box with another path (N,), and where to cut it.

    Another's box is on the line between its own where it was not seen. A touch is cut where the two
    overlap most: once for each time they meet.
    """
    crowd: list[tuple[Floats, set[int]]] = [(np.zeros(len(p.times_s)), set()) for p in paths]
    for mine, theirs in _at_once([(p.times_s[0], p.times_s[-1]) for p in paths], rules.motion_s):
        overlap = _overlap(paths[mine], paths[theirs], rules.motion_s)
        np.maximum(crowd[mine][0], overlap, out=crowd[mine][0])
        for first, end in _runs(overlap >= rules.touch_iou):
            crowd[mine][1].add(first + int(np.argmax(overlap[first:end])))
    return crowd


def _at_once(
    stretches_s: Sequence[tuple[float, float]], beyond_s: float = 0.0
) -> Iterator[tuple[int, int]]:
    """Pairs, in both orders, of stretches of time that meet, give or take `beyond_s`."""
    live: list[int] = []
    for one in sorted(range(len(stretches_s)), key=lambda n: stretches_s[n][0]):
        begin_s = stretches_s[one][0] - beyond_s
        live = [other for other in live if stretches_s[other][1] >= begin_s]
        for other in live:
            yield one, other
            yield other, one
        live.append(one)


def _overlap(mine: Path, theirs: Path, beyond_s: float) -> Floats:
    """IoU of each box with the other path at that time; 0 where the other is not there.

    A path that ended a moment ago, or begins in a moment, may still be met where it was seen.
    """
    times = mine.times_s
    there = (times >= theirs.times_s[0] - beyond_s) & (times <= theirs.times_s[-1] + beyond_s)
    result = np.zeros(len(times))
    if there.any():
        other = np.stack(
            [np.interp(times[there], theirs.times_s, side) for side in theirs.boxes.T], axis=1
        )
        result[there] = pair_iou(mine.boxes[there], other)
    return result


def _runs(where: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], where.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _pieces(
    paths: Sequence[Path], crowd: Sequence[tuple[Floats, set[int]]], rules: RelinkRules
) -> Iterator[Piece]:
    for owner, (path, (crowding, touches)) in enumerate(zip(paths, crowd, strict=True)):
        gaps = np.flatnonzero(np.diff(path.times_s) > rules.cut_gap_s) + 1
        cuts = sorted({0, len(path.times_s), *touches, *(int(gap) for gap in gaps)})
        for first, end in zip(cuts, cuts[1:], strict=False):
            yield Piece(owner, first, end, _look(path, crowding, first, end))


def _look(path: Path, crowding: Floats, first: int, end: int) -> Floats:
    """The mean look, boxes that others do not reach into counting most."""
    weight = (1.0 - crowding[first:end]) ** 4 + 1e-3
    mean = weight @ path.looks[first:end]
    return np.asarray(mean / (np.linalg.norm(mean) + 1e-12))


def _followers(
    paths: Sequence[Path], pieces: Sequence[Piece], max_gap_s: float, rules: RelinkRules
) -> dict[int, int]:
    """Which piece goes on which: the assignment of greatest value, none where it is negative."""
    likeness = _scale(paths, pieces)
    begin = np.array([paths[p.owner].times_s[p.first] for p in pieces])
    order = np.argsort(begin, kind="stable")
    values: dict[tuple[int, int], float] = {}
    for row, piece in enumerate(pieces):
        ended = paths[piece.owner].times_s[piece.end - 1]
        first = np.searchsorted(begin[order], ended, side="right")
        last = np.searchsorted(begin[order], ended + max_gap_s + 1e-6, side="right")
        for column in order[first:last]:
            other = pieces[column]
            together = piece.owner == other.owner and piece.end == other.first
            value = (
                _meeting(paths[piece.owner], piece, paths[other.owner], other, rules)
                + rules.looks_weight * likeness(piece, other)
                + (rules.loyalty if together else 0.0)
            )
            if value > 0.0:
                values[row, int(column)] = value
    return _assigned(values, len(pieces))


def _assigned(values: dict[tuple[int, int], float], count: int) -> dict[int, int]:
    """The assignment of greatest sum, for each group of pieces that compete by itself."""
    if not values:
        return {}
    rows, columns = np.array(list(values)).T
    # Ends and beginnings are the two sides: a beginning is its number plus `count`.
    graph = coo_matrix((np.ones(len(rows)), (rows, columns + count)), shape=(2 * count, 2 * count))
    group = connected_components(graph, directed=False)[1][rows]
    by_group = np.argsort(group, kind="stable")
    follower: dict[int, int] = {}
    for part in np.split(by_group, np.flatnonzero(np.diff(group[by_group])) + 1):
        ends, begins = np.unique(rows[part]), np.unique(columns[part])
        gain = np.zeros((len(ends), len(begins)))
        for n in part:
            place = np.searchsorted(ends, rows[n]), np.searchsorted(begins, columns[n])
            gain[place] = values[int(rows[n]), int(columns[n])]
        for r, c in zip(*linear_sum_assignment(-gain), strict=True):
            if gain[r, c] > 0.0:
                follower[int(ends[r])] = int(begins[c])
    return follower


def _scale(paths: Sequence[Path], pieces: Sequence[Piece]) -> Callable[[Piece, Piece], float]:
    """How alike two pieces look: -1 as different people here do, 1 as one person does."""
    if not pieces or not len(pieces[0].look):
        return lambda _one, _other: 0.0
    stretches = [tuple(paths[p.owner].times_s[[p.first, p.end - 1]]) for p in pieces]
    different = [float(pieces[a].look @ pieces[b].look) for a, b in _at_once(stretches) if a < b]
    same = [
        _steadiness(paths[p.owner].looks[p.first : p.end]) for p in pieces if p.end - p.first > 5
    ]
    one = float(np.median(same)) if same else 0.95
    two = float(np.quantile(different, 0.75)) if different else 0.7
    middle, half = (one + min(two, one - 0.1)) / 2, (one - min(two, one - 0.1)) / 2
    return lambda a, b: float(np.clip((a.look @ b.look - middle) / half, -1.0, 1.0))


def _steadiness(looks: Floats) -> float:
    """How alike the two halves of one piece look."""
    half = len(looks) // 2
    first, second = looks[:half].mean(axis=0), looks[half:].mean(axis=0)
    return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second) + 1e-12))


def _meeting(a: Path, left: Piece, b: Path, right: Piece, rules: RelinkRules) -> float:
    """How well the motion out of one piece meets the motion into another, at most 1."""
    times_a, shapes_a = _ends(a, max(left.first, left.end - 64), left.end)
    times_b, shapes_b = _ends(b, right.first, min(right.end, right.first + 64))
    gap_s = float(times_b[0] - times_a[-1])
    ahead = _extended(times_a, shapes_a, times_a[-1], gap_s / 2, rules.motion_s)
    back = _extended(times_b, shapes_b, times_b[0], -gap_s / 2, rules.motion_s)
    size = np.exp((ahead[2:] + back[2:]) / 2)
    apart = np.linalg.norm((ahead[:2] - back[:2]) / size)
    grown = float(np.abs(ahead[2:] - back[2:]).mean())
    return float(
        1.0 - apart / (rules.slack + rules.slack_per_s * gap_s) - rules.size_weight * grown
    )


def _ends(path: Path, first: int, end: int) -> tuple[Floats, Floats]:
    """Times, and centers with logarithms of the sizes: (N, 4)."""
    boxes = path.boxes[first:end]
    size = np.maximum(boxes[:, 2:] - boxes[:, :2], 1.0)
    return path.times_s[first:end], np.hstack([boxes[:, :2] + size / 2, np.log(size)])


def _extended(
    times_s: Floats, shapes: Floats, from_s: float, ahead_s: float, memory_s: float
) -> Floats:
    """The place `ahead_s` from the piece's end, on a line through its last `memory_s`: (4,)."""
    apart = times_s - from_s
    weight = np.exp(-0.5 * (apart / memory_s) ** 2)
    total = weight.sum()
    mean_t = weight @ apart / total
    spread = weight @ (apart - mean_t) ** 2 / total
    mean = weight @ shapes / total
    # A shrinkage of the slope: two boxes a moment apart say little about speed.
    slope = (weight * (apart - mean_t)) @ shapes / total / (spread + 0.003)
    place = mean + slope * (ahead_s - mean_t)
    place[2:] = mean[2:]
    return np.asarray(place)

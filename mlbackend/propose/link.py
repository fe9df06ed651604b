"""Links boxes of single frames to tubes of people, or of other objects: never one to the other.

At every frame the live tracks say where they expect to be (constant velocity) and take boxes in
three passes, each an optimal assignment: sure boxes by overlap and appearance, then the leftover
tracks take unsure boxes (an occluded person scores low), then leftover tracks take sure boxes
nearby that they no longer overlap (a runner at few frames a second). A track without a box lives
on for a while; when it finds one again the gap is bridged.

Sources: the second pass is ByteTrack's (Zhang et al. 2022), the enlarged boxes of the third are
C-BIoU's (Yang et al. 2023); assignment as in SORT (Bewley et al. 2016).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from labeling.domain.box import iou_matrix
from mlbackend.propose.relink import Path, RelinkRules, relinked

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Observed:
    """What a detector found in one frame.

    boxes: (N, 4) px. scores: (N,) 0..1. looks: (N, D) appearance, rows of length 1, or (N, 0).
    categories: (N,) places in the detector's list of category names; all 0 unless given.
    """

    frame: int
    time_s: float
    boxes: Floats
    scores: Floats
    looks: Floats
    categories: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if len(self.categories) != len(self.boxes):
            if len(self.categories):
                raise ValueError(f"{len(self.categories)} categories of {len(self.boxes)} boxes")
            object.__setattr__(self, "categories", np.zeros(len(self.boxes), dtype=np.int64))

    def of_categories(self, wanted: Collection[int]) -> Observed:
        """Return the boxes of some categories alone."""
        mine = np.isin(self.categories, list(wanted))
        return Observed(
            self.frame,
            self.time_s,
            self.boxes[mine],
            self.scores[mine],
            self.looks[mine],
            self.categories[mine],
        )


@dataclass(frozen=True, slots=True)
class LinkRules:
    """What is linked, bridged and dropped; times in seconds.

    A gap of up to `max_gap_s` without a box is bridged. Tubes shorter than `min_length_s`, of
    fewer than `min_boxes` boxes, or of a mean score under `min_score` are dropped; `many_boxes`
    sure ones are enough at any length.
    """

    sure_score: float = 0.45
    start_score: float = 0.45
    min_iou: float = 0.25
    min_unsure_iou: float = 0.4
    enlarged: float = 0.6
    min_enlarged_iou: float = 0.1
    looks_weight: float = 0.5
    max_gap_s: float = 1.2
    max_blind_s: float = 0.8
    min_length_s: float = 0.4
    min_boxes: int = 3
    many_boxes: int = 5
    min_score: float = 0.4
    velocity_memory_s: float = 0.3
    relink: RelinkRules | None = RelinkRules()

    def without_looks(self) -> LinkRules:
        """Stricter on places and motion, for boxes of which nobody knows what they look like."""
        return replace(
            self,
            min_iou=max(self.min_iou, 0.4),
            enlarged=min(self.enlarged, 0.3),
            relink=self.relink and replace(self.relink, slack=self.relink.slack / 2, loyalty=1.0),
        )


@dataclass(slots=True)
class Track:
    """One person's boxes: frames (in order), boxes and scores, as detected.

    category: place in the detector's list of category names.
    """

    frames: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    boxes: list[Floats] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    looks: list[Floats] = field(default_factory=list)
    look: Floats | None = None
    velocity: Floats = field(default_factory=lambda: np.zeros(2))
    category: int = 0

    @property
    def score(self) -> float:
        """Mean score of the boxes."""
        return float(np.mean(self.scores))

    def expected(self, time_s: float, rules: LinkRules) -> Floats:
        """Where the person should be: the last box, moved on for `max_blind_s` at most."""
        ahead = min(time_s - self.times_s[-1], rules.max_blind_s)
        return self.boxes[-1] + np.tile(self.velocity * ahead, 2)

    def take(self, seen: Observed, index: int, rules: LinkRules) -> None:
        """Add a box and learn position, velocity and look from it."""
        box = seen.boxes[index]
        if self.frames:
            passed = seen.time_s - self.times_s[-1]
            moved = (_center(box) - _center(self.boxes[-1])) / passed
            keep = np.exp(-passed / rules.velocity_memory_s) if len(self.frames) > 1 else 0.0
            self.velocity = keep * self.velocity + (1.0 - keep) * moved
        self.frames.append(seen.frame)
        self.times_s.append(seen.time_s)
        self.boxes.append(box)
        self.scores.append(float(seen.scores[index]))
        self.looks.append(seen.looks[index])
        if seen.looks.shape[1]:
            look = seen.looks[index]
            self.look = look if self.look is None else _unit(0.8 * self.look + 0.2 * look)


def link(observations: Sequence[Observed], rules: LinkRules | None = None) -> list[Track]:
    """Link the boxes of a whole video, frames in order, and return the tracks worth showing.

    Each category is linked by itself. They are ordered by their first frame, then from left to
    right, then by category.
    """
    rules = rules or LinkRules()
    if not any(seen.looks.shape[1] for seen in observations):
        rules = rules.without_looks()
    present = {int(category) for seen in observations for category in seen.categories}
    kept = [
        track
        for category in sorted(present)
        for track in _link(
            [seen.of_categories([category]) for seen in observations], category, rules
        )
    ]
    return sorted(kept, key=lambda track: (track.frames[0], float(track.boxes[0][0])))


def _link(observations: Sequence[Observed], category: int, rules: LinkRules) -> list[Track]:
    live: list[Track] = []
    ended: list[Track] = []
    for seen in (every.of_categories([category]) for every in observations):
        since_s = seen.time_s - rules.max_gap_s - 1e-6
        ended += [track for track in live if track.times_s[-1] < since_s]
        live = [track for track in live if track.times_s[-1] >= since_s]
        free = _assign(live, seen, rules)
        for index in free:
            if seen.scores[index] >= rules.start_score:
                track = Track(category=category)
                track.take(seen, index, rules)
                live.append(track)
    tracks = _relinked(ended + live, category, rules)
    return [track for track in tracks if worth_showing(track, rules)]


def _relinked(tracks: Sequence[Track], category: int, rules: LinkRules) -> list[Track]:
    """The tracks after the second look at the whole video."""
    if rules.relink is None:
        return list(tracks)
    paths = [
        Path(np.array(track.times_s), np.array(track.boxes), np.array(track.looks))
        for track in tracks
    ]
    return [
        Track(
            *(
                [getattr(tracks[owner], name)[place] for owner, place in places]
                for name in ("frames", "times_s", "boxes", "scores", "looks")
            ),
            category=category,
        )
        for places in relinked(paths, rules.max_gap_s, rules.relink)
    ]


def worth_showing(track: Track, rules: LinkRules) -> bool:
    """Return whether a track is long and sure enough to be proposed."""
    lasts_s = track.times_s[-1] - track.times_s[0]
    enough = len(track.frames) >= rules.min_boxes and lasts_s >= rules.min_length_s - 1e-6
    many = len(track.frames) >= rules.many_boxes and track.score >= 0.6
    return (enough or many) and track.score >= rules.min_score


def _assign(live: list[Track], seen: Observed, rules: LinkRules) -> list[int]:
    """Give boxes to tracks in three passes; return the boxes nobody took."""
    sure = [i for i, score in enumerate(seen.scores) if score >= rules.sure_score]
    unsure = [i for i, score in enumerate(seen.scores) if score < rules.sure_score]
    expected = np.array([track.expected(seen.time_s, rules) for track in live]).reshape(-1, 4)
    overlap = iou_matrix(expected, seen.boxes)
    likeness = overlap + rules.looks_weight * (_likeness(live, seen) - 0.5)
    waiting, sure = _take(live, seen, likeness, overlap >= rules.min_iou, None, sure, rules)
    recent = [n for n in waiting if seen.time_s - live[n].times_s[-1] <= rules.max_blind_s]
    left, unsure = _take(
        live, seen, overlap, overlap >= rules.min_unsure_iou, recent, unsure, rules
    )
    waiting = [n for n in waiting if n in left or n not in recent]
    near = iou_matrix(_enlarged(expected, rules.enlarged), _enlarged(seen.boxes, rules.enlarged))
    alike = near + rules.looks_weight * (_likeness(live, seen) - 0.5)
    _, sure = _take(live, seen, alike, near >= rules.min_enlarged_iou, waiting, sure, rules)
    return sure


def _take(
    live: list[Track],
    seen: Observed,
    gain: Floats,
    allowed: NDArray[np.bool_],
    rows: list[int] | None,
    columns: list[int],
    rules: LinkRules,
) -> tuple[list[int], list[int]]:
    """Assign boxes (columns) to tracks (rows); return the tracks and boxes left over."""
    rows = list(range(len(live))) if rows is None else rows
    if not rows or not columns:
        return rows, columns
    part = np.ix_(rows, columns)
    value = np.where(allowed[part], gain[part] + 1.0, 0.0)
    taken_rows, taken_columns = set(), set()
    for r, c in zip(*linear_sum_assignment(-value), strict=True):
        if value[r, c] > 0.0:
            live[rows[r]].take(seen, columns[c], rules)
            taken_rows.add(rows[r])
            taken_columns.add(columns[c])
    return (
        [n for n in rows if n not in taken_rows],
        [i for i in columns if i not in taken_columns],
    )


def _likeness(live: list[Track], seen: Observed) -> Floats:
    """How alike tracks and boxes look, 0..1; one half where nothing is known: (T, N)."""
    result = np.full((len(live), len(seen.boxes)), 0.5)
    for row, track in enumerate(live):
        if track.look is not None and seen.looks.shape[1]:
            result[row] = np.clip(seen.looks @ track.look, 0.0, 1.0)
    return result


def _enlarged(boxes: Floats, share: float) -> Floats:
    """Boxes grown by a share of their size on every side."""
    boxes = boxes.reshape(-1, 4)
    grow = share * (boxes[:, 2:] - boxes[:, :2])
    return np.hstack([boxes[:, :2] - grow, boxes[:, 2:] + grow])


def _center(box: Floats) -> Floats:
    return (box[:2] + box[2:]) / 2


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-12))

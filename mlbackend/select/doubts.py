"""What is doubtful about a proposed tube before anybody looked: is it a person, is the box right?

Screened for all tubes of a video at once; what is said of those that stand out comes from the same
checks that look at people's own labels (`labeling.domain.suspicion_tubes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.domain import suspicion_tubes as checks
from labeling.domain.box import iou_matrix
from labeling.domain.state import State
from labeling.domain.tube import Tube
from mlbackend.propose.thin import pair_iou
from mlbackend.select.candidates import VideoScene
from mlbackend.select.reasons import clock
from mlbackend.select.viewing import Question, QuestionKind

Floats = NDArray[np.float64]

# Below this the detector itself is of two minds.
UNSURE_SCORE = 0.5
# This many times as high or low as the others of the video; said only where there are a few others.
ODD_TIMES, ODD_FEWEST = 4.0, 5
# Boxes a short time apart that hardly meet.
NEAR_S, NEAR_IOU = 0.5, 0.2
# Two people whose boxes lie so much on each other may have changed places.
CROSS_IOU, CROSS_STEP_S = 0.5, 0.5
# Said about one tube, the worst first.
MOST = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is odd; `weight` 0..1 orders them."""

    kind: QuestionKind
    text: str
    weight: float

    @property
    def question(self) -> Question:
        """As a person is asked."""
        return Question(self.kind, self.text)


def doubts_of(
    scene: VideoScene, calibrated: frozenset[str] = frozenset()
) -> dict[str, list[Doubt]]:
    """What is doubtful about the proposed tubes of a video, by tube id, the worst first.

    Args:
        calibrated: runs whose scores are probabilities that a person agrees.
    """
    tubes = sorted(scene.annotations.tubes.values(), key=lambda tube: (tube.number or 0, tube.id))
    shown = [tube for tube in tubes if tube.state is not State.REJECTED]
    proposed = [tube for tube in shown if tube.state is State.PROPOSED]
    found: dict[str, list[Doubt]] = defaultdict(list)
    if not proposed:
        return found
    boxes = _Boxes.of(scene, proposed)
    for tube in proposed:
        found[tube.id] += _by_score(tube, calibrated)
    for source in (_by_size(proposed, boxes), _by_shape(scene, proposed, boxes)):
        for tube, doubt in source:
            found[tube.id].append(doubt)
    for tube, doubt in (*_by_steps(proposed, boxes), *_by_crossing(scene, shown)):
        found[tube.id].append(doubt)
    return {
        tube_id: sorted(said, key=lambda doubt: (-doubt.weight, doubt.text))[:MOST]
        for tube_id, said in found.items()
    }


@dataclass(frozen=True, eq=False)
class _Boxes:
    """Keyframes of several tubes one behind another: tube (K,), times_s (K,), boxes (K, 4)…"""

    tube: NDArray[np.int64]
    frames: NDArray[np.int64]
    times_s: Floats
    boxes: Floats
    away: NDArray[np.bool_]

    @classmethod
    def of(cls, scene: VideoScene, tubes: Sequence[Tube]) -> _Boxes:
        rows = [
            (n, k.frame, k.outside, k.box.x1, k.box.y1, k.box.x2, k.box.y2)
            for n, tube in enumerate(tubes)
            for k in tube.keyframes
        ]
        table = np.array(rows, dtype=np.float64)
        frames = table[:, 1].astype(np.int64)
        return cls(
            table[:, 0].astype(np.int64),
            frames,
            scene.times_s[np.clip(frames, 0, len(scene.times_s) - 1)],
            table[:, 3:],
            table[:, 2] > 0,
        )

    @property
    def sides(self) -> Floats:
        """(K, 2) widths and heights."""
        return self.boxes[:, 2:] - self.boxes[:, :2]


def _by_score(tube: Tube, calibrated: frozenset[str]) -> Iterator[Doubt]:
    if tube.score is not None and tube.score < UNSURE_SCORE:
        raw = "" if tube.run_id in calibrated else ", not calibrated"
        text = f"detector score {tube.score:.2f}{raw}"
        yield Doubt(QuestionKind.PERSON, text, float(np.clip(1.0 - tube.score, 0.0, 1.0)))


def _by_size(tubes: Sequence[Tube], boxes: _Boxes) -> Iterator[tuple[Tube, Doubt]]:
    """Tubes much higher or lower than the others of the video."""
    count = np.bincount(boxes.tube, minlength=len(tubes))
    heights = np.bincount(boxes.tube, weights=boxes.sides[:, 1], minlength=len(tubes)) / count
    if len(tubes) < ODD_FEWEST:
        return
    usual = float(np.median(heights))
    for n in np.flatnonzero((heights > ODD_TIMES * usual) | (heights * ODD_TIMES < usual)):
        times = heights[n] / usual
        text = f"{times:.1f} times" if times >= 1 else f"{times:.0%}"
        text = f"odd size: {text} as high as is usual here"
        weight = 1.0 - min(times, 1.0 / times)
        yield tubes[n], Doubt(QuestionKind.PERSON, text, float(weight))


def _by_shape(
    scene: VideoScene, tubes: Sequence[Tube], boxes: _Boxes
) -> Iterator[tuple[Tube, Doubt]]:
    """Boxes too thin or too small to hold somebody, away from the edges of the picture."""
    size = np.array([scene.video.width, scene.video.height], dtype=np.float64)
    cut = (boxes.boxes[:, :2] <= checks.EDGE_PX).any(axis=1)
    cut |= (boxes.boxes[:, 2:] >= size - checks.EDGE_PX).any(axis=1)
    low, high = boxes.sides.min(axis=1), boxes.sides.max(axis=1)
    odd = ~boxes.away & ~cut & ((high > checks.ASPECT * low) | (low < checks.LEAST_SIDE_PX))
    for n in np.unique(boxes.tube[odd]):
        rows = np.flatnonzero(odd & (boxes.tube == n))
        row = rows[np.argmax(high[rows] / np.maximum(low[rows], 1e-6))]
        wide, tall = boxes.sides[row]
        text = f"odd shape: {wide:.0f} × {tall:.0f} px at {clock(boxes.times_s[row])}"
        yield tubes[n], Doubt(QuestionKind.PERSON, text, 0.8)


def _by_steps(tubes: Sequence[Tube], boxes: _Boxes) -> Iterator[tuple[Tube, Doubt]]:
    """Jumps, sudden growth, absences and boxes that hardly meet."""
    same = boxes.tube[1:] == boxes.tube[:-1]
    step_s = np.maximum(np.diff(boxes.times_s), 1e-3)
    there = same & ~boxes.away[:-1]
    middle = (boxes.boxes[:, :2] + boxes.boxes[:, 2:]) / 2
    size = np.sqrt(np.maximum(boxes.sides.prod(axis=1), 1e-6))
    moved = np.hypot(*np.diff(middle, axis=0).T) / ((size[1:] + size[:-1]) / 2)
    speed = moved / step_s
    growth = np.exp(2.0 * np.abs(np.diff(np.log(size))))
    meet = pair_iou(boxes.boxes[:-1], boxes.boxes[1:])
    jump = there & (moved >= checks.JUMP_SIZES) & (speed >= checks.JUMP_SIZES_PER_S)
    grown = there & (growth >= checks.GROWTH) & (step_s <= checks.GROWTH_S)
    apart = there & (step_s <= NEAR_S) & (meet < NEAR_IOU) & ~jump
    gone = same & boxes.away[:-1]
    weights = {"jumps": speed / (speed + checks.JUMP_SIZES_PER_S), "apart": 1.0 - meet}
    for mask, say, weight in (
        (jump, "jumps at {at}", weights["jumps"]),
        (grown, "changes its size {growth:.1f}-fold at {at}", np.full(len(same), 0.6)),
        (apart, "boxes hardly overlap at {at} (IoU {iou:.2f})", 0.8 * weights["apart"]),
        (gone, "gone for {lasts:.1f} s at {at}", np.full(len(same), 0.3)),
    ):
        for n, row in _worst(mask, boxes.tube[1:], weight):
            place = row if mask is gone else row + 1
            text = say.format(
                at=clock(boxes.times_s[place]),
                growth=growth[row],
                iou=meet[row],
                lasts=step_s[row],
            )
            yield tubes[n], Doubt(QuestionKind.TUBE, text, float(weight[row]))


def _worst(
    mask: NDArray[np.bool_], tube: NDArray[np.int64], weight: Floats
) -> Iterator[tuple[int, int]]:
    """Of each tube that stands out the step that does most: (tube, step)."""
    rows = np.flatnonzero(mask)
    order = rows[np.lexsort((rows, -weight[rows], tube[rows]))]
    first = np.unique(tube[order], return_index=True)[1]
    yield from ((int(tube[order[i]]), int(order[i])) for i in first)


def _by_crossing(scene: VideoScene, tubes: Sequence[Tube]) -> Iterator[tuple[Tube, Doubt]]:
    """Tubes that lie on another one for a moment, where a linker may take one for the other."""
    rows = _sampled(scene, tubes)
    worst: dict[tuple[int, int], tuple[float, float]] = {}
    for time_s, who, boxes in rows:
        overlap = np.triu(iou_matrix(boxes, boxes), k=1)
        for a, b in np.argwhere(overlap >= CROSS_IOU):
            pair, iou = (int(who[a]), int(who[b])), float(overlap[a, b])
            if iou > worst.get(pair, (0.0, 0.0))[0]:
                worst[pair] = iou, time_s
    for (a, b), (iou, time_s) in sorted(worst.items()):
        for mine, other in ((tubes[a], tubes[b]), (tubes[b], tubes[a])):
            if mine.state is State.PROPOSED:
                text = f"may change places with tube {other.number or '?'} at {clock(time_s)}"
                yield mine, Doubt(QuestionKind.TUBE, text, 0.5 * iou)


def _sampled(
    scene: VideoScene, tubes: Sequence[Tube]
) -> Iterator[tuple[float, NDArray[np.int64], Floats]]:
    """At even times where two or more are in the picture: time, who, boxes (n, 4)."""
    last = len(scene.times_s) - 2
    grid = np.arange(0.0, scene.times_s[-1], CROSS_STEP_S)
    frames = np.clip(np.searchsorted(scene.times_s, grid, side="right") - 1, 0, last)
    held: list[tuple[NDArray[np.int64], int, Floats]] = []
    for n, tube in enumerate(tubes):
        first, until = np.searchsorted(frames, [tube.start_frame, tube.end_frame])
        if until <= first:
            continue
        own = np.array([k.frame for k in tube.keyframes])
        corners = np.array([k.box.as_list() for k in tube.keyframes])
        at = frames[first:until]
        boxes = np.stack([np.interp(at, own, corners[:, c]) for c in range(4)], axis=1)
        away = np.array([k.outside for k in tube.keyframes])
        there = ~away[np.searchsorted(own, at, side="right") - 1]
        held.append((np.arange(first, until)[there], n, boxes[there]))
    if not held:
        return
    steps = np.concatenate([step for step, _, _ in held])
    who = np.concatenate([np.full(len(step), n) for step, n, _ in held])
    boxes = np.concatenate([each for _, _, each in held])
    order = np.argsort(steps, kind="stable")
    cuts = np.flatnonzero(np.diff(steps[order])) + 1
    for part in np.split(order, cuts):
        if len(part) > 1:
            yield float(grid[steps[part[0]]]), who[part], boxes[part]

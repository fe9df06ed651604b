"""Boxes that people would hardly have meant: checks of confirmed tubes."""

from collections.abc import Iterable, Iterator

import numpy as np

from labeling.domain.agreement import DenseTube
from labeling.domain.scene import Finding, Scene, graded
from labeling.domain.tube import Tube

# A box moves by its own size (square root of its area) before anything is called a jump: what
# moves less still overlaps itself, and hand-drawn boxes tremble by fractions of that.
JUMP_SIZES = 1.0
# A sprinter covers 10 m/s at 1.8 m by 0.6 m: ten times the box's size in a second.
JUMP_SIZES_PER_S = 12.0
# Slower than a sprinter, but out of keeping with all else this tube does.
ODD_SIZES_PER_S, ODD_TIMES_USUAL, ODD_KNOWN_S = 5.0, 8.0, 1.0
# Arms spread and people crouch, but no body covers four times the picture a quarter second later.
GROWTH, GROWTH_S = 4.0, 0.25
# Nobody leaves the picture and comes back within a quarter of a second.
FLICKER_S = 0.25
# A short appearance is flicker where the tube goes on soon; one box of a file at 1 Hz is not.
FLICKER_NEAR_S = 0.9
# Two people side by side seldom overlap by a half; by 0.7 only one behind the other, and briefly.
TWICE_IOU, TWICE_S = 0.7, 1.0
# Two drawings of somebody small differ more, but then they do so nearly all along.
COPY_IOU, COPY_SHARE = 0.6, 0.8
# A hand that draws up to the edge goes over it a little; exporters cut that off.
OUTSIDE_SHARE = 0.1
# People standing or lying down are at most about five times as long as wide.
ASPECT, LEAST_SIDE_PX = 8.0, 3.0
# A box cut by the edge of the picture may have any shape.
EDGE_PX = 2.0
# Of one kind on one tube; a tube that trembles all along needs no more.
MOST_PER_TUBE = 5


def jumps(scene: Scene, tube: Tube) -> Iterator[Finding]:
    """Moves between keyframes that are too fast for a person of that size."""
    frames, boxes, away = _keyframes(tube)
    step_s = np.diff(scene.times_s[frames])
    shown = ~away[:-1]
    middle, size = (boxes[:, :2] + boxes[:, 2:]) / 2, np.sqrt(_area(boxes))
    moved_px = np.hypot(*np.diff(middle, axis=0).T)
    moved = moved_px / ((size[:-1] + size[1:]) / 2)
    speed = moved / step_s
    usual = _usual(moved * shown, step_s * shown)
    fast = speed >= JUMP_SIZES_PER_S
    odd = (speed >= ODD_SIZES_PER_S) & (speed >= ODD_TIMES_USUAL * usual)
    found = np.flatnonzero(shown & (moved >= JUMP_SIZES) & (fast | odd))
    for i in found[np.argsort(-speed[found], kind="stable")]:
        text = (
            f"{scene.who(tube)} moves {moved_px[i]:.0f} px, {moved[i]:.1f} times its size, from "
            f"frame {frames[i]} to {frames[i + 1]} ({step_s[i]:.2f} s): {speed[i]:.0f} sizes a "
            "second"
        )
        if not fast[i]:
            text += f", where {usual[i]:.1f} is usual for it"
        limit = JUMP_SIZES_PER_S if fast[i] else 2 * JUMP_SIZES_PER_S
        severity = graded(speed[i], limit, 0.3 if fast[i] else 0.2)
        yield Finding("jump", int(frames[i + 1]), f"{text}.", severity, tube.id)


def sudden_growth(scene: Scene, tube: Tube) -> Iterator[Finding]:
    """Boxes that grow or shrink many times over at once."""
    frames, boxes, away = _keyframes(tube)
    step_s = np.diff(scene.times_s[frames])
    area, cut = _area(boxes), _touches_edge(scene, boxes)
    growth = np.exp(np.abs(np.diff(np.log(area))))
    # Who walks out of the picture gets small at its edge.
    odd = ~away[:-1] & ~(cut[:-1] | cut[1:]) & (growth >= GROWTH) & (step_s <= GROWTH_S)
    found = np.flatnonzero(odd)
    for i in found[np.argsort(-growth[found], kind="stable")]:
        verb = "grows" if area[i + 1] > area[i] else "shrinks"
        text = (
            f"The box of {scene.who(tube)} {verb} {growth[i]:.1f}-fold from frame {frames[i]} to "
            f"{frames[i + 1]} ({step_s[i]:.2f} s)."
        )
        yield Finding("size-jump", int(frames[i + 1]), text, graded(growth[i], GROWTH), tube.id)


def flicker(scene: Scene, tube: Tube) -> Iterator[Finding]:
    """Absences and appearances too short to be real."""
    starts, ends, away = _runs(tube)
    lasts = scene.times_s[ends] - scene.times_s[starts]
    for i in range(1, len(starts)):
        short, inner = lasts[i] <= FLICKER_S, i + 1 < len(starts)
        # An absence has appearances around it; an appearance counts where an absence is short.
        near = lasts[i - 1] <= FLICKER_NEAR_S and (not inner or lasts[i + 1] <= FLICKER_NEAR_S)
        if short and (inner if away[i] else near):
            what = "is gone for" if away[i] else "is there for only"
            text = f"{scene.who(tube)} {what} {_frames(starts[i], ends[i])} ({lasts[i]:.2f} s)."
            severity = graded(FLICKER_S / max(lasts[i], 1e-3), 1.0, 0.1)
            yield Finding("flicker", int(starts[i]), text, severity, tube.id)


def outside_picture(scene: Scene, tube: Tube) -> Iterator[Finding]:
    """Boxes of which a good part lies where there is no picture."""
    frames, boxes, away = _keyframes(tube)
    size = np.array([scene.width, scene.height] * 2, dtype=float)
    part = _area(np.clip(boxes, 0.0, size))
    share = np.where(away, 0.0, 1.0 - part / _area(boxes))
    beyond = np.flatnonzero(share > OUTSIDE_SHARE)
    if beyond.size:
        worst = beyond[np.argmax(share[beyond])]
        corners = ", ".join(f"{value:.0f}" for value in boxes[worst])
        text = (
            f"{share[worst]:.0%} of the box ({corners}) of {scene.who(tube)} at frame "
            f"{frames[worst]} is outside the picture of {scene.width} × {scene.height} px"
        )
        if beyond.size > 1:
            text += f"; so are parts of {beyond.size - 1} more of its {len(frames)} boxes"
        severity = round(0.2 + 0.8 * float(share[worst]), 4)
        yield Finding("box-outside-picture", int(frames[worst]), f"{text}.", severity, tube.id)


def odd_shape(scene: Scene, tube: Tube) -> Iterator[Finding]:
    """Boxes too thin or too small to hold somebody."""
    frames, boxes, away = _keyframes(tube)
    sides = boxes[:, 2:] - boxes[:, :2]
    ratio = sides.max(axis=1) / sides.min(axis=1)
    inside = ~away & ~_touches_edge(scene, boxes)
    odd = np.flatnonzero(inside & ((ratio > ASPECT) | (sides.min(axis=1) < LEAST_SIDE_PX)))
    if odd.size:
        worst = odd[np.argmax(ratio[odd])]
        wide, high = sides[worst]
        text = (
            f"The box of {scene.who(tube)} at frame {frames[worst]} is {wide:.1f} × {high:.1f} px"
        )
        if ratio[worst] > ASPECT:
            text += (
                f", {ratio[worst]:.0f} times as {'wide as high' if wide > high else 'high as wide'}"
            )
        if odd.size > 1:
            text += f"; {odd.size} of its {len(frames)} boxes are that thin or small"
        severity = graded(max(ratio[worst] / ASPECT, LEAST_SIDE_PX / min(wide, high)), 1.0, 0.1)
        yield Finding("odd-shape", int(frames[worst]), f"{text}.", severity, tube.id)


def same_person_twice(scene: Scene) -> Iterator[Finding]:
    """Two tubes of one label that lie on each other for long."""
    tubes = sorted(scene.tubes, key=lambda tube: (tube.number is None, tube.number or 0, tube.id))
    extents = np.array([_extent(tube) for tube in tubes]).reshape(-1, 7)
    meet = (extents[:, None, :3] < extents[None, :, 3:6]).all(axis=2)
    same = extents[:, None, 6] == extents[None, :, 6]
    dense: dict[int, DenseTube] = {}
    for i, j in np.argwhere(np.triu(meet & meet.T & same, k=1)):
        for k in (int(i), int(j)):
            dense.setdefault(k, DenseTube.of(tubes[k]))
        yield from _twice(scene, (tubes[i], dense[int(i)]), (tubes[j], dense[int(j)]))


def _twice(
    scene: Scene, first: tuple[Tube, DenseTube], second: tuple[Tube, DenseTube]
) -> Iterator[Finding]:
    (tube, a), (other, b) = first, second
    start, end = max(a.start_frame, b.start_frame), min(a.end_frame, b.end_frame)
    iou = _iou_along(a.between(start, end), b.between(start, end))
    on_each_other = iou >= COPY_IOU
    lasts = np.diff(scene.times_s[start : end + 1])
    together_s = float(lasts[on_each_other].sum())
    shorter = min(np.count_nonzero(~np.isnan(dense.boxes[:, 0])) for dense in (a, b))
    share = np.count_nonzero(on_each_other) / max(shorter, 1)
    if lasts[iou >= TWICE_IOU].sum() < TWICE_S and share < COPY_SHARE:
        return
    text = (
        f"{scene.who(tube)} and {scene.who(other)} lie on each other for {together_s:.1f} s "
        f"({share:.0%} of the shorter one), with a mean IoU of {iou[on_each_other].mean():.2f}: "
        "one person twice?"
    )
    severity = graded(1.0 + share, 1.0, 0.6)
    frame = start + int(np.argmax(on_each_other))
    yield Finding("same-person-twice", frame, text, severity, other.id)


def of_tube(scene: Scene, tube: Tube) -> Iterable[Finding]:
    """All that is odd about one tube, of each kind the worst."""
    for check in (jumps, sudden_growth, flicker, outside_picture, odd_shape):
        found = sorted(check(scene, tube), key=lambda finding: -finding.severity)
        yield from found[:MOST_PER_TUBE]


def _keyframes(tube: Tube) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(K,) frames, (K, 4) boxes in px, (K,) whether the actor is away from there on."""
    rows = [(k.frame, k.outside, *k.box.as_list()) for k in tube.keyframes]
    table = np.array(rows, dtype=np.float64)
    return table[:, 0].astype(np.int64), table[:, 2:], table[:, 1] > 0


def _usual(moved: np.ndarray, step_s: np.ndarray) -> np.ndarray:
    """Speed over all the other steps, in sizes per second; infinite where little is known."""
    rest_s = step_s.sum() - step_s
    rest = np.maximum(moved.sum() - moved, 0.0)
    known = rest_s >= ODD_KNOWN_S
    return np.divide(rest, rest_s, out=np.full_like(rest, np.inf), where=known)


def _runs(tube: Tube) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Begin and end frames of the stretches in which the actor is there or away, in turns."""
    frames, _, away = _keyframes(tube)
    first = np.flatnonzero(np.diff(away, prepend=~away[:1]))
    starts = frames[first]
    return starts, np.append(starts[1:], tube.end_frame), away[first]


def _extent(tube: Tube) -> tuple[float, ...]:
    """First frame, left, top; end frame, right, bottom; label."""
    _, boxes, _ = _keyframes(tube)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return tube.start_frame, *low, tube.end_frame, *high, tube.label_id


def _iou_along(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(F,) IoU of (F, 4) boxes frame by frame, 0 where one is missing."""
    sides = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    overlap = np.clip(sides, 0.0, None).prod(axis=1)
    return np.nan_to_num(overlap / (_area(a) + _area(b) - overlap))


def _touches_edge(scene: Scene, boxes: np.ndarray) -> np.ndarray:
    low = (boxes[:, :2] <= EDGE_PX).any(axis=1)
    return low | (boxes[:, 2:] >= np.array([scene.width, scene.height]) - EDGE_PX).any(axis=1)


def _area(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)


def _frames(start: int, end: int) -> str:
    return f"frame {start}" if end - start == 1 else f"frames {start} to {end - 1}"

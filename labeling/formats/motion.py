"""What happens between the boxes of a tube: interpolation, and actions that hold for a while."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from labeling.formats.dataset import Corners, FileBox, FileSpan, FileTube, Time


def blended(a: Corners, b: Corners, weight: float) -> Corners:
    """Linear mix of two boxes: 0 gives `a`, 1 gives `b`."""
    x1, y1, x2, y2 = (p + (q - p) * weight for p, q in zip(a, b, strict=True))
    return x1, y1, x2, y2


def box_at(boxes: Sequence[FileBox], at: Time) -> FileBox:
    """The box at a time between keyframes, with the flags of the keyframe before it.

    Before the first and after the last keyframe the nearest one is held.
    """
    after = bisect_right(boxes, at, key=lambda box: box.at)
    if after == 0:
        return replace(boxes[0], at=at)
    before = boxes[after - 1]
    if before.at == at or after == len(boxes):
        return replace(before, at=at)
    weight = float((at - before.at) / (boxes[after].at - before.at))
    return replace(before, at=at, box=blended(before.box, boxes[after].box, weight))


def with_boxes_at(boxes: Sequence[FileBox], times: Iterable[Time]) -> tuple[FileBox, ...]:
    """The same motion with a keyframe at each of the times that lie within it."""
    own = {box.at for box in boxes}
    first, last = boxes[0].at, boxes[-1].at
    more = {at for at in times if first < at < last and at not in own}
    added = [box_at(boxes, at) for at in more]
    return tuple(sorted([*boxes, *added], key=lambda box: box.at))


def held_until(boxes: tuple[FileBox, ...], last: int | None) -> tuple[FileBox, ...]:
    """For tools that show the last box, unless it is outside, up to their last frame."""
    if last is None or boxes[-1].outside or boxes[-1].at >= last:
        return boxes
    return (*boxes, replace(boxes[-1], at=last))


def cut_to(boxes: tuple[FileBox, ...], first: int, last: int | None) -> tuple[FileBox, ...]:
    """What of a motion lies in [first, last], with the boxes shown at its ends; may be empty."""
    if boxes[-1].at < first or (last is not None and boxes[0].at > last):
        return ()
    ends = [first] if last is None else [first, last]
    ranged = with_boxes_at(boxes, ends)
    return tuple(b for b in ranged if b.at >= first and (last is None or b.at <= last))


def without_closing(boxes: tuple[FileBox, ...]) -> tuple[FileBox, ...]:
    """Leave out the box that only says that the tube ended on the frame before."""
    if len(boxes) > 1 and boxes[-1].outside and not boxes[-2].outside:
        before, closing = boxes[-2], boxes[-1]
        return boxes[:-1] if closing.at == before.at + 1 else boxes
    return boxes


def spans_held(states: Iterable[tuple[Time, Iterable[str]]], end: Time) -> tuple[FileSpan, ...]:
    """Spans of names that hold from where they are said to the next time something is said.

    Args:
        states: (time, names) in order of time.
        end: until when the last names hold.
    """
    since: dict[str, Time] = {}
    spans = []
    for at, names in [*((at, set(names)) for at, names in states), (end, set())]:
        for name in [name for name in since if name not in names]:
            spans.append(FileSpan(name, since.pop(name), at))
        for name in names:
            since.setdefault(name, at)
    return in_order(span for span in spans if span.end > span.start)


def spans_on(frames: Iterable[tuple[int, Iterable[str]]]) -> tuple[FileSpan, ...]:
    """Spans of names that are said frame by frame, each for its frame alone."""
    states: list[tuple[Time, Iterable[str]]] = []
    last = None
    for frame, names in frames:
        if last is not None and frame > last + 1:
            states.append((last + 1, ()))
        states.append((frame, names))
        last = frame
    return spans_held(states, 0 if last is None else last + 1)


def in_order(spans: Iterable[FileSpan]) -> tuple[FileSpan, ...]:
    return tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label)))


def actions_at(tube: FileTube, at: Time) -> list[str]:
    """Names of the actions at a time, sorted; spans without times hold always."""
    return sorted({s.label for s in tube.spans if s.start is None or s.start <= at < s.end})


def mean_score(scores: Sequence[float]) -> float | None:
    """Score of a tube whose boxes have one each; None without any."""
    if not scores:
        return None
    # A sum of equal numbers, divided, need not be that number.
    return scores[0] if min(scores) == max(scores) else sum(scores) / len(scores)


def enclosing(center: tuple[float, float], size: tuple[float, float], degrees: float) -> Corners:
    """The upright box around a box that is turned about its center."""
    if degrees % 180:
        turn = math.radians(degrees)
        across, along = abs(math.cos(turn)), abs(math.sin(turn))
    else:
        across, along = 1.0, 0.0
    half_width = (size[0] * across + size[1] * along) / 2
    half_height = (size[0] * along + size[1] * across) / 2
    x, y = center
    return x - half_width, y - half_height, x + half_width, y + half_height

"""Boxes in a fixed rhythm onto a video: AVA's one a second, and its like.

The boxes of one person become one tube with a keyframe at the frame nearest to each. Where the
person has no box for longer than `max_gap_s`, the tube is outside. An action's consecutive boxes
become one span, reaching half a step beyond them but never to a box without the action and never
outside the tube: sampled again in the same rhythm, boxes and actions are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from labeling.domain.box import Box
from labeling.domain.ranges import union
from labeling.domain.tube import Keyframe
from labeling.formats.ava_grid import Grid
from labeling.formats.dataset import (
    BadRow,
    Coordinates,
    Corners,
    FileBox,
    FileTube,
    FileVideo,
    Time,
)
from labeling.formats.plan import Clip, Moment, Plan, PlannedTube, PlanOptions, Range

# Written with six decimals, a step of 1/30 s comes out a microsecond too long.
_ROUNDING = Fraction(2, 10**6)


def plan_sampled(video: FileVideo, clip: Clip, options: PlanOptions) -> Plan:
    """Tubes, their actions, and what was looked at, of a video whose boxes are sampled.

    Args:
        video: with `sampled` set, in seconds of the original movie.
    """
    assert video.sampled is not None
    times = Times(clip, video.sampled)
    made = Plan()
    gap = (video.sampled if options.max_gap_s is None else options.max_gap_s) + _ROUNDING
    for tube in video.tubes:
        placed = list(_placed(tube, video, times, made.bad))
        if placed:
            made.tubes.append(_tube(tube, placed, clip, gap))
    made.tubes.sort(key=lambda tube: (tube.number is None, tube.number or 0, tube.extent))
    known = {at for at in options.known if times.holds(at)} | times.held()
    made.coverage = _coverage(known, times, options)
    made.frames = times.frames(known)
    return made


class Times:
    """Frames of the times of one file, each looked up once."""

    def __init__(self, clip: Clip, step: Fraction) -> None:
        self.clip, self.step = clip, step
        self.grid = Grid(clip.timebase, clip.start_s, (1 / step).limit_denominator(1000))
        self.duration_s = self.grid.duration_s
        self._found: dict[Time, tuple[int, int, int] | None] = {}

    def holds(self, at: Fraction) -> bool:
        return self.look_up(at) is not None

    def held(self) -> set[Fraction]:
        """The times looked up so far that are inside the video."""
        return {Fraction(at) for at, found in self._found.items() if found is not None}

    def frame(self, at: Fraction) -> int:
        """The frame that begins nearest."""
        found = self.look_up(at)
        assert found is not None
        return found[0]

    def frames(self, known: set[Fraction]) -> tuple[int, ...]:
        """Frames of the whole rhythm; of `known` alone where that lies between its steps."""
        moments = {Fraction(stamp): frame for stamp, frame in self.grid.timestamps()}
        if not known <= moments.keys():
            return tuple(sorted({self.frame(at) for at in known}))
        return tuple(sorted(set(moments.values())))

    def look_up(self, at: Time) -> tuple[int, int, int] | None:
        """(nearest frame, first and end frame of half a step around); None outside the video."""
        if at not in self._found:
            self._found[at] = self._look(Fraction(at) - self.clip.start_s)
        return self._found[at]

    def _look(self, time_s: Fraction) -> tuple[int, int, int] | None:
        if not 0 <= time_s < self.duration_s:
            return None
        half, first_from = self.step / 2, self.grid.first_from
        return self.grid.nearest(time_s), first_from(time_s - half), first_from(time_s + half)


@dataclass(slots=True)
class _Placed:
    """A box at its frame, which speaks for the frames [start, end)."""

    box: FileBox
    moment: Moment
    start: int
    end: int


def _placed(tube: FileTube, video: FileVideo, times: Times, bad: list[BadRow]) -> Iterator[_Placed]:
    """The usable boxes of a tube; the others are told in `bad`."""
    before: _Placed | None = None
    for box in tube.boxes:
        found = times.look_up(box.at)
        if found is None:
            bad.append(BadRow(box.row, _outside(box, video, times), column="timestamp"))
            continue
        frame, start, end = found
        if before is not None and before.moment.frame == frame:
            bad.append(BadRow(box.row, _crowded(before.box, box, frame), column="timestamp"))
            continue
        fractions = _fractions(box.box, video, times.clip)
        reason = _wrong_box(box.box, fractions, video, times.clip)
        if reason:
            bad.append(BadRow(box.row, reason, column="x1"))
            continue
        before = _Placed(box, Moment(frame, fractions, frozenset(box.actions or ())), start, end)
        yield before


def _outside(box: FileBox, video: FileVideo, times: Times) -> str:
    return (
        f"timestamp {_text(box.at)} of '{video.key}' is outside the video, which begins at "
        f"{float(times.clip.start_s):g} s and lasts {float(times.duration_s):.2f} s; if the "
        "file counts from elsewhere, set the video's start second"
    )


def _crowded(before: FileBox, box: FileBox, frame: int) -> str:
    return (
        f"timestamps {_text(before.at)} and {_text(box.at)} fall on the same frame {frame} of "
        "this video, which can hold one box of a person"
    )


def _wrong_box(box: Corners, fractions: Corners, video: FileVideo, clip: Clip) -> str:
    x1, y1, x2, y2 = box
    if not x2 > x1 or not y2 > y1:
        return f"the box has no area: x1 {x1:g}, y1 {y1:g}, x2 {x2:g}, y2 {y2:g}"
    if video.coordinates is Coordinates.PIXELS and max(fractions) > 1 + 1e-6:
        return f"the box reaches outside the picture of {clip.width}×{clip.height} px"
    return ""


def _text(at: Time) -> str:
    return f"{float(at):.6f}".rstrip("0").rstrip(".")


def _fractions(box: Corners, video: FileVideo, clip: Clip) -> Corners:
    if video.coordinates is Coordinates.FRACTIONS:
        return box
    width, height = video.size or clip.size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def _tube(tube: FileTube, placed: list[_Placed], clip: Clip, max_gap: Fraction) -> PlannedTube:
    keyframes: list[Keyframe] = []
    spans: dict[str, list[Range]] = {}
    for part in _parts(placed, max_gap):
        if keyframes and keyframes[-1].frame + 1 < part[0].moment.frame:
            gone = keyframes[-1]
            keyframes.append(Keyframe(gone.frame + 1, gone.box, outside=True))
        keyframes += [_keyframe(one, clip) for one in part]
        for action in sorted(set().union(*(one.moment.actions for one in part))):
            spans.setdefault(action, []).extend(_runs(part, action))
    moments = {one.moment.frame: one.moment for one in placed}
    return PlannedTube(tube.number, tube.label, tuple(keyframes), spans, moments, tube.row)


def _keyframe(one: _Placed, clip: Clip) -> Keyframe:
    x1, y1, x2, y2 = one.moment.box
    width, height = clip.size
    px = Box(x1 * width, y1 * height, x2 * width, y2 * height)
    return Keyframe(one.moment.frame, px, occluded=one.box.occluded)


def _parts(placed: list[_Placed], max_gap: Fraction) -> Iterator[list[_Placed]]:
    """Boxes without a longer gap between them."""
    part: list[_Placed] = []
    for one in placed:
        if part and one.box.at - part[-1].box.at > max_gap:
            yield part
            part = []
        part.append(one)
    yield part


def _runs(part: list[_Placed], action: str) -> Iterator[Range]:
    """Frame ranges of one action in boxes without a gap."""
    index, count = 0, len(part)
    while index < count:
        if action not in part[index].moment.actions:
            index += 1
            continue
        begin = index
        while index + 1 < count and action in part[index + 1].moment.actions:
            index += 1
        first, last = part[begin], part[index]
        lower = part[begin - 1].moment.frame + 1 if begin else first.moment.frame
        upper = part[index + 1].moment.frame if index + 1 < count else last.moment.frame + 1
        yield (
            min(max(first.start, lower), first.moment.frame),
            max(min(last.end, upper), last.moment.frame + 1),
        )
        index += 1


def _coverage(known: set[Fraction], times: Times, options: PlanOptions) -> list[Range]:
    """Frame ranges that a file speaks about.

    A file that steps in seconds says of each second between its first and its last that nobody
    acts in it; one with every fourth second says nothing of those between.
    """
    if options.complete:
        return _around({Fraction(s) for s, _ in times.grid.timestamps()} - options.excluded, times)
    if known and options.fills and all(at.denominator == 1 for at in known):
        first, last = int(min(known)), int(max(known))
        stride = gcd(*(int(at) - first for at in known)) or 1
        known = known | {Fraction(second) for second in range(first, last + 1, stride)}
    return _around(known - options.excluded, times)


def _around(known: Iterable[Fraction], times: Times) -> list[Range]:
    found = sorted(entry for at in known if (entry := times.look_up(at)) is not None)
    return union((min(start, frame), max(end, frame + 1)) for frame, start, end in found)


def step_s(times_s: Iterable[Fraction]) -> Fraction:
    """Time between two boxes of a file, at most 1 s.

    Files in whole seconds have 1 s; others the smallest distance that occurs.
    """
    distinct = sorted(set(times_s))
    if all(at.denominator == 1 for at in distinct):
        return Fraction(1)
    steps = [b - a for a, b in zip(distinct, distinct[1:], strict=False)]
    return min([Fraction(1), *steps])

"""Boxes in a fixed rhythm onto a video: AVA's one a second, and its like.

The boxes of one person become one tube with a keyframe at the frame nearest to each. Where the
person has no box for longer than `max_gap_s`, the tube is outside. An action's consecutive boxes
become one span, reaching half a step beyond them but never to a box without the action and never
outside the tube: sampled again in the same rhythm, boxes and actions are the same.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import gcd

from labeling.domain.box import Box
from labeling.domain.tube import Keyframe
from labeling.formats.ava_grid import Grid
from labeling.formats.dataset import BadRow, Coordinates, Corners, FileBox, FileTube, FileVideo
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
    gap = video.sampled if options.max_gap_s is None else options.max_gap_s
    for tube in video.tubes:
        moments = list(_moments(tube, video, times, made.bad))
        if moments:
            made.tubes.append(_tube(tube, moments, times, gap))
    made.tubes.sort(key=lambda tube: (tube.number is None, tube.number or 0, tube.extent))
    said = {box.at for tube in video.tubes for box in tube.boxes} | options.known
    known = {Fraction(at) for at in said if times.holds(Fraction(at))}
    made.coverage = _coverage(known, times, options)
    made.frames = times.frames(known)
    return made


class Times:
    """Frames of the times of one file, each looked up once."""

    def __init__(self, clip: Clip, step: Fraction) -> None:
        self.clip, self.step = clip, step
        self.grid = Grid(clip.timebase, clip.start_s, (1 / step).limit_denominator(1000))
        self._found: dict[Fraction, tuple[int, int, int]] = {}

    def holds(self, at: Fraction) -> bool:
        return 0 <= at - self.clip.start_s < self.grid.duration_s

    def frame(self, at: Fraction) -> int:
        """The frame that begins nearest."""
        return self._look_up(at)[0]

    def around(self, at: Fraction) -> Range:
        """The frames of half a step on either side."""
        return self._look_up(at)[1:]

    def frames(self, known: set[Fraction]) -> tuple[int, ...]:
        """Frames of the whole rhythm; of `known` alone where that lies between its steps."""
        moments = {Fraction(stamp): frame for stamp, frame in self.grid.timestamps()}
        if not known <= moments.keys():
            moments = {at: self.frame(at) for at in known}
        return tuple(sorted(set(moments.values())))

    def _look_up(self, at: Fraction) -> tuple[int, int, int]:
        found = self._found.get(at)
        if found is None:
            time_s, half = at - self.clip.start_s, self.step / 2
            first_from = self.grid.first_from
            found = self.grid.nearest(time_s), first_from(time_s - half), first_from(time_s + half)
            self._found[at] = found
        return found


def _moments(
    tube: FileTube, video: FileVideo, times: Times, bad: list[BadRow]
) -> Iterator[tuple[FileBox, Moment]]:
    """The usable boxes of a tube; the others are told in `bad`."""
    before: FileBox | None = None
    for box in tube.boxes:
        reason = _outside(box, video, times)
        if not reason and before is not None and times.frame(before.at) == times.frame(box.at):
            reason = (
                f"timestamps {_text(before.at)} and {_text(box.at)} fall on the same frame "
                f"{times.frame(box.at)} of this video, which can hold one box of a person"
            )
        fractions = _fractions(box.box, video, times.clip)
        if not reason and max(fractions) > 1 + 1e-6 and video.coordinates is Coordinates.PIXELS:
            reason = "the box reaches outside the picture of {}×{} px".format(*times.clip.size)
        if not reason and not _has_area(box.box):
            reason = f"the box has no area: {_corners(box.box)}"
        if reason:
            bad.append(BadRow(box.row, reason, column="x1"))
            continue
        before = box
        yield box, Moment(times.frame(box.at), fractions, frozenset(box.actions or ()))


def _outside(box: FileBox, video: FileVideo, times: Times) -> str:
    if times.holds(Fraction(box.at)):
        return ""
    return (
        f"timestamp {_text(box.at)} of '{video.key}' is outside the video, which begins at "
        f"{float(times.clip.start_s):g} s and lasts {float(times.grid.duration_s):.2f} s; if the "
        "file counts from elsewhere, set the video's start second"
    )


def _text(at: Fraction | int) -> str:
    return f"{float(at):.6f}".rstrip("0").rstrip(".")


def _has_area(box: Corners) -> bool:
    return box[2] > box[0] and box[3] > box[1]


def _corners(box: Corners) -> str:
    return "x1 {:g}, y1 {:g}, x2 {:g}, y2 {:g}".format(*box)


def _fractions(box: Corners, video: FileVideo, clip: Clip) -> Corners:
    if video.coordinates is Coordinates.FRACTIONS:
        return box
    width, height = video.size or clip.size
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


Placed = list[tuple[FileBox, Moment]]


def _tube(tube: FileTube, placed: Placed, times: Times, max_gap: Fraction) -> PlannedTube:
    keyframes: list[Keyframe] = []
    spans: dict[str, list[Range]] = {}
    for part in _parts(placed, max_gap):
        if keyframes and keyframes[-1].frame + 1 < part[0][1].frame:
            gone = keyframes[-1]
            keyframes.append(Keyframe(gone.frame + 1, gone.box, outside=True))
        keyframes += [_keyframe(box, moment, times.clip) for box, moment in part]
        for action in sorted(set().union(*(moment.actions for _, moment in part))):
            spans.setdefault(action, []).extend(_runs(part, action, times))
    moments = {moment.frame: moment for _, moment in placed}
    return PlannedTube(tube.number, tube.label, tuple(keyframes), spans, moments, tube.row)


def _keyframe(box: FileBox, moment: Moment, clip: Clip) -> Keyframe:
    x1, y1, x2, y2 = moment.box
    width, height = clip.size
    px = Box(x1 * width, y1 * height, x2 * width, y2 * height)
    return Keyframe(moment.frame, px, occluded=box.occluded)


def _parts(placed: Placed, max_gap: Fraction) -> Iterator[Placed]:
    """Boxes without a longer gap between them."""
    part: Placed = []
    for box, moment in placed:
        if part and box.at - part[-1][0].at > max_gap + _ROUNDING:
            yield part
            part = []
        part.append((box, moment))
    yield part


def _runs(part: Placed, action: str, times: Times) -> Iterator[Range]:
    """Frame ranges of one action in boxes without a gap."""
    index, count = 0, len(part)
    while index < count:
        if action not in part[index][1].actions:
            index += 1
            continue
        begin = index
        while index + 1 < count and action in part[index + 1][1].actions:
            index += 1
        start, end = times.around(part[begin][0].at)[0], times.around(part[index][0].at)[1]
        first, last = part[begin][1].frame, part[index][1].frame
        lower = part[begin - 1][1].frame + 1 if begin else part[0][1].frame
        upper = part[index + 1][1].frame if index + 1 < count else part[-1][1].frame + 1
        yield min(max(start, lower), first), max(min(end, upper), last + 1)
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
    ranges: list[Range] = []
    for at in sorted(known):
        start, end = times.around(at)
        start, end = min(start, times.frame(at)), max(end, times.frame(at) + 1)
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


def step_s(times_s: Iterable[Fraction]) -> Fraction:
    """Time between two boxes of a file, at most 1 s.

    Files in whole seconds have 1 s; others the smallest distance that occurs.
    """
    distinct = sorted(set(times_s))
    if all(at.denominator == 1 for at in distinct):
        return Fraction(1)
    steps = [b - a for a, b in zip(distinct, distinct[1:], strict=False)]
    return min([Fraction(1), *steps])

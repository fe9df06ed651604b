"""From AVA rows of one video to tubes with action spans.

The rows of one person become one tube with a keyframe at each row's frame. Where the person has
no row for longer than `max_gap_s`, the tube is outside. An action's consecutive rows become one
span, reaching half a period beyond its rows but never to a row without the action and never
outside the tube: written again at the same rate, the rows are the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import gcd

from labeling.domain.box import Box
from labeling.domain.tube import Keyframe
from labeling.formats.ava import AvaRow, BadRow, NormBox
from labeling.formats.ava_grid import Grid

Range = tuple[int, int]


@dataclass(slots=True)
class Moment:
    """One person at one timestamp."""

    timestamp: Decimal
    frame: int
    box: NormBox
    actions: set[int] = field(default_factory=set)
    row: int = 0


@dataclass(frozen=True, slots=True)
class PlannedTube:
    """A person of a file.

    Args:
        number: the person id; None where the file has none.
        keyframes: in px, with `outside` ones where the person is away.
        spans: AVA id → frame ranges.
        moments: what the rows say, by timestamp.
    """

    number: int | None
    keyframes: tuple[Keyframe, ...]
    spans: dict[int, list[Range]]
    moments: dict[Decimal, Moment]

    @property
    def extent(self) -> Range:
        return self.keyframes[0].frame, self.keyframes[-1].frame + 1


def period_s(timestamps: Iterable[Decimal]) -> Fraction:
    """Time between two timestamps of a file, at most 1 s.

    Files in whole seconds have 1 s; others the smallest distance that occurs.
    """
    distinct = sorted(set(timestamps))
    if all(stamp == stamp.to_integral_value() for stamp in distinct):
        return Fraction(1)
    steps = [Fraction(b - a) for a, b in zip(distinct, distinct[1:], strict=False)]
    return min([Fraction(1), *steps])


def plan_video(
    rows: Iterable[AvaRow],
    grid: Grid,
    size: tuple[int, int],
    *,
    period: Fraction = Fraction(1),
    max_gap_s: Fraction | None = None,
    in_pixels: bool = False,
) -> tuple[list[PlannedTube], list[BadRow]]:
    """Make tubes of the rows of one video.

    Args:
        rows: with boxes; any order.
        grid: the video's times.
        size: width and height in px.
        period: time between two timestamps of the file.
        max_gap_s: longest time without a row that is bridged; one period if None.
        in_pixels: boxes are px, not fractions.

    Returns:
        Tubes by person id, those without one last; and rows that contradict the video or others.
    """
    bad: list[BadRow] = []
    people: dict[object, dict[Decimal, Moment]] = {}
    for row in rows:
        reason = _place(row, grid, size, in_pixels, people)
        if reason:
            bad.append(BadRow(row.row, reason))
    gap = period if max_gap_s is None else max_gap_s
    tubes = []
    for person, moments in people.items():
        ordered = sorted(moments.values(), key=lambda moment: moment.timestamp)
        ordered, clashes = _one_per_frame(ordered)
        bad += clashes
        number = person if isinstance(person, int) else None
        tubes.append(_tube(number, ordered, grid, size, period, gap))
    tubes.sort(key=lambda tube: (tube.number is None, tube.number or 0, tube.extent))
    return tubes, bad


def coverage_ranges(
    timestamps: Iterable[Decimal], grid: Grid, period: Fraction, excluded: set[Decimal]
) -> list[Range]:
    """Frame ranges that a file speaks about: its timestamps from the first to the last.

    A second without a row is one in which nobody acts, as long as the file steps in that rhythm:
    a file with every fourth second says nothing of those between.

    Args:
        timestamps: of the video's rows.
        grid: the video's times.
        period: time between two timestamps of the file.
        excluded: timestamps that the file's makers exclude.
    """
    inside = sorted({stamp for stamp in timestamps if grid.holds(stamp)})
    if not inside:
        return []
    known = set(inside)
    if all(stamp == stamp.to_integral_value() for stamp in inside):
        first, last = int(inside[0]), int(inside[-1])
        stride = gcd(*(int(stamp) - first for stamp in inside)) or 1
        known |= {Decimal(second) for second in range(first, last + 1, stride)}
    return _around(sorted(known - excluded), grid, period)


def all_ranges(grid: Grid, period: Fraction, excluded: set[Decimal]) -> list[Range]:
    """Frame ranges of a video of which everything but `excluded` was reviewed."""
    stamps = [stamp for stamp, _ in grid.timestamps() if stamp not in excluded]
    return _around(stamps, grid, period)


def _around(timestamps: Iterable[Decimal], grid: Grid, period: Fraction) -> list[Range]:
    ranges: list[Range] = []
    for stamp in timestamps:
        time_s, frame = grid.video_time(stamp), grid.frame(stamp)
        start = min(grid.first_from(time_s - period / 2), frame)
        end = max(grid.first_from(time_s + period / 2), frame + 1)
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(end, ranges[-1][1]))
        else:
            ranges.append((start, end))
    return ranges


def _place(
    row: AvaRow,
    grid: Grid,
    size: tuple[int, int],
    in_pixels: bool,
    people: dict[object, dict[Decimal, Moment]],
) -> str:
    """Put a row to its person; the reason if it cannot be."""
    if not grid.holds(row.timestamp):
        return (
            f"timestamp {row.timestamp} of '{row.video}' is outside the video, which begins at "
            f"{float(grid.start_s):g} s and lasts {float(grid.duration_s):.2f} s; if the file "
            "counts from elsewhere, set the video's start second"
        )
    assert row.box is not None
    box = row.box
    if in_pixels:
        box = box[0] / size[0], box[1] / size[1], box[2] / size[0], box[3] / size[1]
        if max(box) > 1 + 1e-6:
            return f"the box reaches outside the picture of {size[0]}×{size[1]} px"
    person: object = row.person_id
    if person is None:
        person = (row.timestamp, box)
    moments = people.setdefault(person, {})
    moment = moments.get(row.timestamp)
    if moment is None:
        frame = grid.frame(row.timestamp)
        moment = moments[row.timestamp] = Moment(row.timestamp, frame, box, row=row.row)
    elif any(abs(a - b) > 2 * 10.0**-row.decimals for a, b in zip(moment.box, box, strict=True)):
        return (
            f"person {row.person_id} has another box at {row.timestamp} than in row {moment.row}; "
            "if column 8 does not tell people apart, leave it out (--eighth-column ignore)"
        )
    if row.action_id is not None:
        moment.actions.add(row.action_id)
    return ""


def _one_per_frame(moments: list[Moment]) -> tuple[list[Moment], list[BadRow]]:
    kept: list[Moment] = []
    bad: list[BadRow] = []
    for moment in moments:
        if kept and kept[-1].frame == moment.frame:
            reason = (
                f"timestamps {kept[-1].timestamp} and {moment.timestamp} fall on the same frame "
                f"{moment.frame} of this video, which can hold one box of a person"
            )
            bad.append(BadRow(moment.row, reason))
        else:
            kept.append(moment)
    return kept, bad


def _tube(
    number: int | None,
    moments: list[Moment],
    grid: Grid,
    size: tuple[int, int],
    period: Fraction,
    max_gap: Fraction,
) -> PlannedTube:
    keyframes: list[Keyframe] = []
    spans: dict[int, list[Range]] = {}
    for part in _parts(moments, max_gap):
        if keyframes and keyframes[-1].frame + 1 < part[0].frame:
            gone = keyframes[-1]
            keyframes.append(Keyframe(gone.frame + 1, gone.box, outside=True))
        keyframes += [Keyframe(moment.frame, _pixels(moment.box, size)) for moment in part]
        for action_id in sorted(set().union(*(moment.actions for moment in part))):
            spans.setdefault(action_id, []).extend(_runs(part, action_id, grid, period))
    return PlannedTube(
        number, tuple(keyframes), spans, {moment.timestamp: moment for moment in moments}
    )


def _parts(moments: list[Moment], max_gap: Fraction) -> Iterable[list[Moment]]:
    """Moments without a longer gap between them."""
    part: list[Moment] = []
    for moment in moments:
        # Written with six decimals, a period of 1/30 s comes out a microsecond too long.
        if part and Fraction(moment.timestamp - part[-1].timestamp) > max_gap + Fraction(2, 10**6):
            yield part
            part = []
        part.append(moment)
    yield part


def _runs(part: list[Moment], action_id: int, grid: Grid, period: Fraction) -> Iterable[Range]:
    """Frame ranges of one action in moments without a gap."""
    index = 0
    while index < len(part):
        if action_id not in part[index].actions:
            index += 1
            continue
        begin = index
        while index + 1 < len(part) and action_id in part[index + 1].actions:
            index += 1
        start = grid.first_from(grid.video_time(part[begin].timestamp) - period / 2)
        end = grid.first_from(grid.video_time(part[index].timestamp) + period / 2)
        lower = part[begin - 1].frame + 1 if begin else part[0].frame
        upper = part[index + 1].frame if index + 1 < len(part) else part[-1].frame + 1
        yield (
            min(max(start, lower), part[begin].frame),
            max(min(end, upper), part[index].frame + 1),
        )
        index += 1


def _pixels(box: NormBox, size: tuple[int, int]) -> Box:
    width, height = size
    return Box(box[0] * width, box[1] * height, box[2] * width, box[3] * height)

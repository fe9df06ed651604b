"""From what a file says of a video to what that is here: the other direction of `from_video`.

Seconds become frames by the recorded times. A span begins at the first frame that begins at or
after its start, to a microsecond, and ends likewise; one that is shorter than a frame becomes the
frame shown then. A box given in seconds belongs to the frame that begins nearest. Seconds count
from the video's first frame, but in sampled files from the start of the original movie.

Where a file writes a box for every frame, one that is missing means the actor is away, and boxes
that linear interpolation gives back to 1e-9 px are left out. Several tubes of one number are
parts of one actor, who is away between them. Times past the end are cut, boxes that reach outside
the picture are kept: both are noted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from labeling.domain.box import Box
from labeling.domain.ranges import difference
from labeling.domain.tube import Keyframe, Tube
from labeling.formats.ava_grid import Grid
from labeling.formats.dataset import (
    BadRow,
    Coordinates,
    Corners,
    FileBox,
    FileSpan,
    FileTube,
    FileVideo,
    Time,
    Unit,
)
from labeling.formats.exact_thinning import thinned
from labeling.formats.onto_sampled import plan_sampled
from labeling.formats.plan import (
    Clip,
    Moment,
    Plan,
    PlannedSpan,
    PlannedTube,
    PlanOptions,
    Range,
)

__all__ = ["Clip", "Moment", "Plan", "PlanOptions", "PlannedSpan", "PlannedTube", "plan"]

_MICROSECOND = Fraction(1, 10**6)
CUT = "A time past the end of its video is cut there."
SHORT = "A span shorter than a frame is the one frame shown then."
OUTSIDE = "A box that reaches outside the picture is kept as it is."
SCALED = "Boxes are scaled from the file's picture size to the video's."
COUNTED = (
    "The file counts other frames than were recorded; its frame numbers are taken as they are."
)


def plan(video: FileVideo, clip: Clip, options: PlanOptions | None = None) -> Plan:
    """What a file's video becomes on a video here.

    Args:
        video: as read.
        clip: the video here.
        options: what a file says beside its boxes.

    Returns:
        Tubes, segments, classes and coverage; what is wrong and what was assumed. A tube or span
        that is wrong as a whole is left out, a wrong box alone.
    """
    options = options or PlanOptions()
    if video.sampled is not None:
        made = plan_sampled(video, clip, options)
    else:
        made = Plan()
    mapper = _Mapper(video, clip, made)
    if video.sampled is None:
        made.tubes = list(mapper.tubes())
        mapper.check_size()
    made.segments = list(mapper.spans(video.segments))
    made.classes = [
        PlannedSpan(span.label, 0, clip.frame_count, span.row) for span in video.classes
    ]
    if video.sampled is None:
        made.coverage = difference([(0, mapper.frame_count)], options.not_reviewed)
    return made


class _Mapper:
    """Maps one video, telling what is wrong and what is assumed in `made`."""

    def __init__(self, video: FileVideo, clip: Clip, made: Plan) -> None:
        self.video, self.clip, self.made = video, clip, made
        origin = clip.start_s if video.sampled is not None else Fraction(0)
        self.grid = Grid(clip.timebase, origin)
        width, height = (1, 1) if video.coordinates is Coordinates.FRACTIONS else (
            video.size or clip.size
        )  # fmt: skip
        self.scale = (clip.width / width, clip.height / height)

    @property
    def frame_count(self) -> int:
        """Frames that the file can speak about."""
        return min(self.video.frame_count or self.clip.frame_count, self.clip.frame_count)

    def check_size(self) -> None:
        video, clip = self.video, self.clip
        in_px = video.coordinates is Coordinates.PIXELS
        if in_px and video.tubes and video.size and video.size != clip.size:
            self.made.notes[SCALED] += 1
        if video.frame_count not in (None, clip.frame_count):
            self.made.notes[COUNTED] += 1

    def tubes(self) -> list[PlannedTube]:
        """By number, those without one last, in order of time."""
        parts: dict[tuple[int, str], list[tuple[FileTube, tuple[Keyframe, ...]]]] = {}
        for index, tube in enumerate(self.video.tubes):
            keyframes = self._keyframes(tube)
            if keyframes:
                number = -1 - index if tube.number is None else tube.number
                parts.setdefault((number, tube.label), []).append((tube, keyframes))
        made = [tube for group in parts.values() if (tube := self._joined(group)) is not None]
        made.sort(key=lambda tube: (tube.number is None, tube.number or 0, tube.extent))
        return self._numbered_once(made)

    def _numbered_once(self, tubes: list[PlannedTube]) -> list[PlannedTube]:
        """Two objects of different labels may bear one number: the second gets none."""
        seen: set[int | None] = set()
        kept = []
        for tube in tubes:
            kept.append(replace(tube, number=None) if tube.number in seen else tube)
            seen.add(tube.number)
        seen.discard(None)
        return kept

    def _joined(self, parts: list[tuple[FileTube, tuple[Keyframe, ...]]]) -> PlannedTube | None:
        """Tubes of one number are parts of one actor."""
        parts.sort(key=lambda part: part[1][0].frame)
        first, keyframes = parts[0][0], list(parts[0][1])
        spans = self._actions(first, keyframes)
        for tube, more in parts[1:]:
            if more[0].frame <= keyframes[-1].frame:
                self._bad(
                    tube.row, "number", f"number {tube.number} has two boxes at frame "
                    f"{more[0].frame}; give each actor a number of its own"
                )  # fmt: skip
                continue
            spans = _added(spans, self._actions(tube, list(more)))
            keyframes = [*_away(keyframes, more[0].frame), *more]
        return PlannedTube(first.number, first.label, tuple(keyframes), spans, row=first.row)

    def _keyframes(self, tube: FileTube) -> tuple[Keyframe, ...]:
        found: list[Keyframe] = []
        for box in tube.boxes:
            keyframe = self._keyframe(box)
            if keyframe is None:
                continue
            if found and keyframe.frame <= found[-1].frame:
                self._bad(box.row, "frame", f"a second box at frame {keyframe.frame}")
                continue
            if self.video.every_frame and found:
                found = _away(found, keyframe.frame)
            found.append(keyframe)
        found = self._inside_video(found)
        return tuple(thinned(found)) if self.video.every_frame else tuple(found)

    def _keyframe(self, box: FileBox) -> Keyframe | None:
        frame = self._frame(box.at)
        if frame < 0:
            self._bad(box.row, "frame", f"frame {frame} is before the video begins")
            return None
        x1, y1, x2, y2 = box.box
        if not x2 > x1 or not y2 > y1:
            self._bad(box.row, "box", "the box has no area: x1 {:g}, y1 {:g}, x2 {:g}, y2 {:g}"
                      .format(*box.box))  # fmt: skip
            return None
        across, down = self.scale
        corners = x1 * across, y1 * down, x2 * across, y2 * down
        if not box.outside and self._reaches_outside(corners):
            self.made.notes[OUTSIDE] += 1
        return Keyframe(frame, Box(*corners), box.occluded, box.outside)

    def _reaches_outside(self, box: Corners) -> bool:
        slack = 1e-6
        return (
            box[0] < -slack or box[1] < -slack
            or box[2] > self.clip.width + slack or box[3] > self.clip.height + slack
        )  # fmt: skip

    def _inside_video(self, keyframes: list[Keyframe]) -> list[Keyframe]:
        """The part before the video's end, with the box shown on its last frame."""
        count = self.clip.frame_count
        if not keyframes or keyframes[-1].frame < count:
            return keyframes
        if any(keyframe.frame >= count and not keyframe.outside for keyframe in keyframes):
            self.made.notes[CUT] += 1
        if keyframes[0].frame >= count:
            return []
        return list(Tube("", 0, tuple(keyframes)).trimmed(0, count).keyframes)

    def _frame(self, at: Time) -> int:
        """The frame of a box; one past the end counts on, so that it can be cut there."""
        if self.video.unit is Unit.FRAME:
            return int(at)
        time_s = Fraction(at) - self.grid.start_s
        if time_s < -_MICROSECOND:
            return -1
        if time_s >= self.grid.duration_s:
            return self.clip.frame_count + int((time_s - self.grid.duration_s) * 1000)
        return self.grid.nearest(time_s)

    def _actions(self, tube: FileTube, keyframes: Sequence[Keyframe]) -> dict[str, list[Range]]:
        spans: dict[str, list[Range]] = {}
        extent = keyframes[0].frame, keyframes[-1].frame + 1
        for span in self.spans(tube.spans, extent):
            spans.setdefault(span.label, []).append((span.start_frame, span.end_frame))
        for action, found in self._runs(tube, extent):
            spans.setdefault(action, []).append(found)
        return {action: sorted(set(ranges)) for action, ranges in sorted(spans.items())}

    def _runs(self, tube: FileTube, extent: Range) -> Iterator[tuple[str, Range]]:
        """An action written with boxes holds from its first to the next box without it."""
        begun: dict[str, int] = {}
        for box in tube.boxes:
            frame = min(max(self._frame(box.at), extent[0]), extent[1])
            actions = set() if box.outside else set(box.actions or ())
            for action in [name for name in begun if name not in actions]:
                yield from _range(action, begun.pop(action), frame)
            for action in actions:
                begun.setdefault(action, frame)
        for action, start in begun.items():
            yield from _range(action, start, extent[1])

    def spans(self, spans: Iterable[FileSpan], whole: Range | None = None) -> Iterator[PlannedSpan]:
        """Spans in frames; one without times is `whole`, by default all of the video."""
        for span in spans:
            if span.start is None or span.end is None:
                start, end = whole or (0, self.clip.frame_count)
                yield PlannedSpan(span.label, start, end, span.row)
            elif (found := self._range(span)) is not None:
                yield PlannedSpan(span.label, *found, span.row)

    def _range(self, span: FileSpan) -> Range | None:
        assert span.start is not None and span.end is not None
        if span.end < span.start:
            self._bad(span.row, "end", f"'{span.label}' ends at {_text(span.end)}, before it "
                      f"begins at {_text(span.start)}")  # fmt: skip
            return None
        if self._is_past(span.start) or span.end < 0:
            self._bad(span.row, "start", f"'{span.label}' from {_text(span.start)} to "
                      f"{_text(span.end)} lies outside the video, which lasts "
                      f"{float(self.grid.duration_s):.2f} s")  # fmt: skip
            return None
        count = self.clip.frame_count
        start, end = self._boundary(span.start), self._boundary(span.end)
        if self._is_past(span.end, by=1):
            self.made.notes[CUT] += 1
        start, end = max(start, 0), min(end, count)
        if end <= start:
            self.made.notes[SHORT] += 1
            start = self._shown(span.start)
            end = start + 1
        return start, end

    def _boundary(self, at: Time) -> int:
        """The first frame that begins at or after a time; frame_count if none does."""
        if self.video.unit is Unit.FRAME:
            return int(at)
        return self.grid.first_from(Fraction(at) - self.grid.start_s - _MICROSECOND)

    def _is_past(self, at: Time, by: int = 0) -> bool:
        """Whether a time is the video's end or later; later by a frame or microsecond, if asked."""
        if self.video.unit is Unit.FRAME:
            return int(at) >= self.clip.frame_count + by
        return Fraction(at) - self.grid.start_s >= self.grid.duration_s + by * _MICROSECOND

    def _shown(self, at: Time) -> int:
        """The frame on the screen at a time."""
        if self.video.unit is Unit.FRAME:
            return min(max(int(at), 0), self.clip.frame_count - 1)
        after = self.grid.first_from(Fraction(at) - self.grid.start_s + _MICROSECOND)
        return max(after - 1, 0)

    def _bad(self, row: int, column: str, reason: str) -> None:
        self.made.bad.append(BadRow(row, f"{reason} ('{self.video.key}')", column=column))


def _text(at: Time) -> str:
    return f"frame {at}" if isinstance(at, int) else f"{float(at):g} s"


def _range(action: str, start: int, end: int) -> Iterator[tuple[str, Range]]:
    if end > start:
        yield action, (start, end)


def _away(keyframes: list[Keyframe], until: int) -> list[Keyframe]:
    """The keyframes, and one from which the actor is away if frames are missing before `until`."""
    last = keyframes[-1]
    if last.outside or last.frame + 1 >= until:
        return keyframes
    return [*keyframes, Keyframe(last.frame + 1, last.box, outside=True)]


def _added(one: dict[str, list[Range]], other: dict[str, list[Range]]) -> dict[str, list[Range]]:
    names = sorted(one.keys() | other.keys())
    return {name: sorted({*one.get(name, ()), *other.get(name, ())}) for name in names}

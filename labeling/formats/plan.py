"""What a file's video becomes here: keyframes in px, spans in frames, labels by their name."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from labeling.domain.timebase import Timebase
from labeling.domain.tube import Keyframe
from labeling.formats.dataset import BadRow, Corners

Range = tuple[int, int]  # [start, end) in frames


@dataclass(frozen=True, slots=True)
class Clip:
    """A video here.

    Args:
        timebase: its recorded times.
        width, height: of the picture as shown, in px.
        start_s: second of the original movie at which it begins; sampled files count from there.
    """

    timebase: Timebase
    width: int
    height: int
    start_s: Fraction = Fraction(0)

    @property
    def frame_count(self) -> int:
        return self.timebase.frame_count

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a file says beside its boxes; of a file of sampled boxes in the file's seconds.

    Args:
        max_gap_s: longest time without a box that a tube bridges; None: one step of the file.
        known: times that somebody looked at, with or without a box.
        excluded: times that the file's makers exclude.
        fills: a step without a box, between the first and the last known time, is one in which
            nobody acts.
        complete: all of the video was looked at but for `excluded`.
        not_reviewed: frames that nobody looked at, of a file that writes boxes as keyframes; in
            order and disjoint.
    """

    max_gap_s: Fraction | None = None
    known: frozenset[Fraction] = frozenset()
    excluded: frozenset[Fraction] = frozenset()
    fills: bool = True
    complete: bool = False
    not_reviewed: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """What a sampled file says of a person at one frame; `box` in fractions of the picture."""

    frame: int
    box: Corners
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlannedTube:
    """An actor of a file.

    Args:
        number: the person's number; None where the file has none.
        label: object label; "" means a person.
        keyframes: in px, with `outside` ones where the actor is away.
        spans: action → frame ranges, in order.
        moments: of a sampled file, by frame; None where the boxes are keyframes.
        row: where the file says it.
    """

    number: int | None
    label: str
    keyframes: tuple[Keyframe, ...]
    spans: dict[str, list[Range]]
    moments: dict[int, Moment] | None = None
    row: int = 0

    @property
    def extent(self) -> Range:
        return self.keyframes[0].frame, self.keyframes[-1].frame + 1


@dataclass(frozen=True, slots=True)
class PlannedSpan:
    """A segment, or a label of all of the video."""

    label: str
    start_frame: int
    end_frame: int
    row: int = 0


@dataclass(slots=True)
class Plan:
    """What a video of a file becomes.

    Args:
        tubes: by number, those without one last.
        segments, classes: spans of the video.
        coverage: frame ranges that the file speaks about, with or without a label in them.
        frames: at which a sampled file speaks; None where boxes are keyframes.
        bad: what contradicts the video or itself.
        notes: what was taken for granted, with how often.
    """

    tubes: list[PlannedTube] = field(default_factory=list)
    segments: list[PlannedSpan] = field(default_factory=list)
    classes: list[PlannedSpan] = field(default_factory=list)
    coverage: list[Range] = field(default_factory=list)
    frames: tuple[int, ...] | None = None
    bad: list[BadRow] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

"""What a file says of one video, in the file's own terms of time and place.

Every format reads into these values and writes from them. Only `onto_video` and `from_video` know
how they meet a video here: its recorded times, its size and its labels.

A time is a 0-based frame (int) or seconds (Fraction), as `FileVideo.unit` says; spans are
half-open in both. A box is (x1, y1, x2, y2) in pixels of the picture or in fractions of it, as
`FileVideo.coordinates` says. A format that counts from 1, includes its ends, or writes width and
height converts in its own file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

Time = int | Fraction
Corners = tuple[float, float, float, float]


class Unit(StrEnum):
    """What times count."""

    FRAME = "frame"
    SECOND = "second"


class Coordinates(StrEnum):
    """What boxes count."""

    FRACTIONS = "fractions"
    PIXELS = "pixels"


class Holds(StrEnum):
    """What a format has a place for; the rest is counted as lost when it is written."""

    TUBES = "tubes"
    NUMBERS = "person numbers"
    OBJECT_LABELS = "object labels"
    ACTIONS = "actions"
    SEGMENTS = "segments"
    VIDEO_CLASSES = "video classes"
    OCCLUSION = "occlusion"
    GAPS = "gaps in a tube"
    SCORES = "scores"
    KEYFRAMES = "keyframes"


@dataclass(frozen=True, slots=True)
class BadRow:
    """Something of a file that cannot be used.

    Args:
        row: line of the file from 1, or the entry's place from 1 where the file has no lines.
        reason: what is wrong and what to do.
        file: name of the file, where a source has several.
        column: name or path of the field, such as "x1" or "annotations[3].segment".
    """

    row: int
    reason: str
    file: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was taken for granted while reading, for people to check."""

    text: str


@dataclass(frozen=True, slots=True)
class FileBox:
    """A box of a tube at one time.

    Args:
        at: frame or seconds.
        box: corners.
        outside: from here to the next box the actor is not in the picture; `box` is stale.
        actions: names of the actions written with this very box, sorted; None in formats that
            write actions as spans.
    """

    at: Time
    box: Corners
    occluded: bool = False
    outside: bool = False
    actions: tuple[str, ...] | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FileSpan:
    """A label from `start` up to, not including, `end`; both None: all of the video."""

    label: str
    start: Time | None = None
    end: Time | None = None
    score: float | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FileTube:
    """One actor.

    Args:
        boxes: in order of time, one per time, at least one.
        number: the person's number in its video; None where the file does not tell people apart.
        label: object label; "" means a person.
        spans: its actions, in formats that write them as spans.
        score: confidence, 0..1 by custom; None if the file has none.
    """

    boxes: tuple[FileBox, ...]
    number: int | None = None
    label: str = ""
    spans: tuple[FileSpan, ...] = ()
    score: float | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FileVideo:
    """What a file says of one video.

    Args:
        key: what the file calls the video; "" where a file is about one video it does not name.
        aliases: other names by which the video may be known here, best first.
        unit, coordinates: of all times and boxes.
        sampled: time between two boxes of a file that writes boxes in a fixed rhythm (AVA: 1 s);
            a box then speaks for half of it on either side. None: boxes are keyframes, linear in
            between.
        every_frame: boxes are written for every frame; where one is missing the actor is away.
        tubes, segments, classes: people; spans of the video; labels of all of it.
        size: (width, height) of the picture in px, where the file says it.
        frame_rate, frame_count, duration_s: what the file says of the video, to be checked
            against what was recorded.
        start_s: second of the original video at which this one begins, where the file says it.
        split: name of the file's subset, or "".
    """

    key: str
    unit: Unit = Unit.FRAME
    coordinates: Coordinates = Coordinates.PIXELS
    aliases: tuple[str, ...] = ()
    sampled: Fraction | None = None
    every_frame: bool = False
    tubes: tuple[FileTube, ...] = ()
    segments: tuple[FileSpan, ...] = ()
    classes: tuple[FileSpan, ...] = ()
    size: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    frame_count: int | None = None
    duration_s: Fraction | None = None
    start_s: Fraction | None = None
    split: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FileLabel:
    """A label of the project, for formats that write a list of them.

    Args:
        kind: object, action, segment or video_class.
        number: AVA id or the format's own; None if it has none.
        group: such as PERSON_MOVEMENT, or "".
    """

    name: str
    kind: str
    number: int | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read what a file does not say.

    Args:
        frame_rate: frames per second, for formats that count frames at a rate of their own.
        labels: a list of labels beside the file (classInd.txt, labels.txt, a label map), or None.
        name: what the file's owner calls it, for messages.
    """

    frame_rate: Fraction | None = None
    labels: Path | None = None
    name: str = ""


# What a reader gives, one after the other.
Reading = FileVideo | BadRow | Note
Read = Callable[[Path, ReadOptions], Iterator[Reading]]
Write = Callable[[Path, Iterable[FileVideo], Sequence[FileLabel]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        name: short, for commands and addresses.
        title: for people.
        read: (file or folder, options) to what it says, video by video; raises InvalidInput where
            the file is not of this format at all. None: cannot be read.
        write: (empty folder, videos in order, labels) to files in the folder; takes the videos one
            by one; returns counts for the manifest. None: cannot be written.
        unit, coordinates: in which `write` wants times and boxes.
        every_frame: `write` wants a box for every frame instead of keyframes.
        holds: what it has a place for.
        accepts: endings of the files it reads, such as ".xml"; "/" stands for a folder.
        looks_like: whether a file, by its first bytes, is of this format; for guessing.
    """

    name: str
    title: str
    read: Read | None = None
    write: Write | None = None
    unit: Unit = Unit.FRAME
    coordinates: Coordinates = Coordinates.PIXELS
    every_frame: bool = False
    holds: frozenset[Holds] = frozenset()
    accepts: tuple[str, ...] = ()
    looks_like: Callable[[Path], bool] | None = None

"""The labeled clips of J-HMDB and UT-Interaction, as accuracy is measured on them.

Both data sets say in a clip's name what it shows: J-HMDB `<source>_<class>_<shot>_<n>.avi` in a
folder of its class, UT-Interaction `<n>_<sequence>_<class>.avi`. Clips cut from one source look
alike, so whoever trains on one must not be measured on another of it: `LabeledClip.source` says
which go together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput
from labeling.domain.tube import Keyframe, Tube
from labeling.formats.jhmdb import CLASSES as JHMDB_CLASSES
from mlbackend.bench.jhmdb import actor_clips

UT_CLIPS = Path("clips", "ut_interaction", "set1")
UT_CLASSES = ("shake hands", "hug", "kick", "point", "punch", "push")
_UT_NAME = re.compile(r"(?P<number>\d+)_(?P<sequence>\d+)_(?P<label>[0-5])")
_PART_OF_SOURCE = re.compile(r"_\d{1,2}$")

Boxes = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LabeledClip:
    """A clip whose action is known.

    Attributes:
        path: the file. label: place of its class in the set's list.
        source: which film or recording it was cut from; equal for clips that must stay together.
        start: frame of the first box. boxes: (F, 4) px, the actor's on every frame from there;
            None where nobody drew them.
    """

    path: Path
    label: int
    source: str
    start: int = 0
    boxes: Boxes | None = None

    @property
    def name(self) -> str:
        return self.path.stem


def jhmdb_clips(data: Path) -> list[LabeledClip]:
    """The clips of J-HMDB that are in the folder and have boxes, by name.

    Raises:
        InvalidInput: the folder has no clips or no boxes.
    """
    return [
        LabeledClip(
            clip.path,
            clip.label,
            jhmdb_source(clip.name, JHMDB_CLASSES[clip.label]),
            clip.start,
            clip.boxes,
        )
        for clip in actor_clips(data)
    ]


def jhmdb_source(name: str, label: str) -> str:
    """What stands before `_<class>_` in a clip's name, alike for all parts and spellings of a film.

    Raises:
        InvalidInput: the class is not in the name.
    """
    source, between, _ = name.rpartition(f"_{label}_")
    if not between:
        raise InvalidInput(f"{name} does not say its class as _{label}_, as J-HMDB's names do.")
    return re.sub(r"[^a-z0-9]", "", _PART_OF_SOURCE.sub("", source).lower())


def ut_clips(data: Path) -> list[LabeledClip]:
    """The clips of UT-Interaction's first set, in order of their number; the source is a sequence.

    Raises:
        InvalidInput: the folder has none, or one whose name is not `<n>_<sequence>_<class>`.
    """
    paths = sorted((data / UT_CLIPS).glob("*.avi"), key=lambda path: (len(path.stem), path.stem))
    if not paths:
        raise InvalidInput(f"{data} holds no clips of {UT_CLIPS}; give their folder with --data.")
    return [LabeledClip(path, *ut_label(path.stem)) for path in paths]


def ut_label(name: str) -> tuple[int, str]:
    """A clip's class and its sequence, from a name such as `44_8_4`.

    Raises:
        InvalidInput: the name has another form.
    """
    parts = _UT_NAME.fullmatch(name)
    if parts is None:
        raise InvalidInput(f"{name} is not <number>_<sequence>_<class> with a class of 0 to 5.")
    return int(parts["label"]), f"sequence {int(parts['sequence'])}"


def tube_of(boxes: Boxes, start_frame: int = 0, name: str = "actor") -> Tube:
    """A tube with a keyframe on every frame, from (F, 4) px boxes."""
    rows = enumerate(boxes.tolist(), start=start_frame)
    return Tube(name, 0, tuple(Keyframe(frame, Box(*box)) for frame, box in rows))


@dataclass(frozen=True, slots=True)
class ClipSet:
    """A set of labeled clips: how it is read, its classes, and into how many folds it is cut.

    folds: None where each source is a fold of its own.
    """

    title: str
    read: Callable[[Path], list[LabeledClip]]
    classes: tuple[str, ...]
    folds: int | None


SETS: dict[str, ClipSet] = {
    "jhmdb": ClipSet("J-HMDB, test clips of split 1", jhmdb_clips, JHMDB_CLASSES, 5),
    "ut": ClipSet("UT-Interaction, set 1", ut_clips, UT_CLASSES, None),
}

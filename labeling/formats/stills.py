"""Boxes that a file has on single pictures, put together to tubes of a video."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from labeling.formats import motion
from labeling.formats.dataset import FileBox, FileTube
from labeling.formats.entries import Wrong

_NUMBERED = re.compile(r"(.*?)[ _.-]*(\d+)")
# Names of folders and pictures that do not name a video.
_COMMON = {"", ".", "..", "img1", "images", "image", "imgs", "img", "im", "frames", "frame", "rgb"}
NUMBERED = (
    "Pictures are frames of a video: the number at the end of a picture's name is the frame, "
    "counted from 0, and the name before it, or its folder, is the video."
)


def frame_of(name: str) -> tuple[str, int] | None:
    """(video, frame) that a picture's name says; None if it has no number at its end.

    The number is taken as it is; what stands before it, or else the nearest folder whose name
    says something, is the video.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    found = _NUMBERED.fullmatch(path.stem)
    if found is None or len(found[2]) > 12:
        return None
    candidates = [found[1], *reversed(path.parts[:-1])]
    video = next((part for part in candidates if part.lower() not in _COMMON), "")
    return video, int(found[2])


@dataclass(slots=True)
class Track:
    """A tube while its boxes are gathered from pictures in any order."""

    label: str = ""
    number: int | None = None
    row: int = 0
    boxes: dict[int, FileBox] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)

    def add(self, box: FileBox, column: str) -> None:
        """Raises Wrong where it has a box already."""
        if box.at in self.boxes:
            raise Wrong(column, f"is a second box of track {self.number} at frame {box.at}")
        self.boxes[int(box.at)] = box

    def say(self, frame: int, actions: Iterable[str]) -> None:
        """Add actions to the box at a frame."""
        box = self.boxes[frame]
        self.boxes[frame] = replace(
            box, actions=tuple(sorted({*(box.actions or ()), *actions}))
        )  # fmt: skip

    def tube(self, pictures: Sequence[int]) -> FileTube:
        """The tube of a file that shows these frames, in order.

        Where it shows every frame, so does the tube. Otherwise boxes are keyframes, and the
        actor is away from the frame after a box if the next picture does not show them.
        """
        boxes = [self.boxes[frame] for frame in sorted(self.boxes)]
        if is_every_frame(pictures):
            spans = motion.spans_on((int(b.at), b.actions or ()) for b in boxes)
        else:
            boxes = list(self._with_gaps(boxes, pictures))
            said = [(b.at, () if b.outside else b.actions or ()) for b in boxes]
            spans = motion.spans_held(said, int(boxes[-1].at) + 1)
        plain = tuple(replace(box, actions=None) for box in boxes)
        score = motion.mean_score(self.scores)
        return FileTube(plain, self.number, self.label, spans, score, self.row)

    def _with_gaps(self, boxes: list[FileBox], pictures: Sequence[int]) -> Iterable[FileBox]:
        following = dict(zip(pictures, pictures[1:], strict=False))
        for box in boxes[:-1]:
            yield box
            after = following.get(int(box.at))
            if after is not None and after not in self.boxes:
                yield replace(box, at=box.at + 1, outside=True)
        yield boxes[-1]


def is_every_frame(pictures: Sequence[int]) -> bool:
    """Whether a file shows all frames between its first and last one."""
    return not pictures or pictures[-1] - pictures[0] + 1 == len(pictures)

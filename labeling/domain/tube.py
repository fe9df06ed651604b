"""One actor through time: sparse keyframes, linear in between."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from labeling.domain.box import Box
from labeling.domain.errors import InvalidInput, InvalidOperation
from labeling.domain.state import CONFIRMED, State


@dataclass(frozen=True, slots=True)
class Keyframe:
    """The box of a tube at one frame, set by a person or a run.

    Args:
        frame: 0-based, in presentation order.
        box: in px of the display-oriented source.
        occluded: the actor is partly hidden here.
        outside: from this frame to the next keyframe the actor is not in the picture.
    """

    frame: int
    box: Box
    occluded: bool = False
    outside: bool = False

    def __post_init__(self) -> None:
        if self.frame < 0:
            raise InvalidInput(f"Frames count from 0, got {self.frame}.")

    def as_dict(self) -> dict:
        return {
            "frame": self.frame,
            "box": self.box.as_list(),
            "occluded": self.occluded,
            "outside": self.outside,
        }

    @classmethod
    def of(cls, data: dict) -> "Keyframe":
        """Read the wire form; raises InvalidInput where a field is missing or of a wrong type."""
        try:
            frame = data["frame"]
            if isinstance(frame, bool) or int(frame) != frame:
                raise InvalidInput(f"A keyframe's frame is a whole number, got {frame!r}.")
            return cls(
                int(frame),
                Box.of(data["box"]),
                bool(data.get("occluded", False)),
                bool(data.get("outside", False)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"A keyframe needs 'frame' and 'box', got {data!r}.") from error


@dataclass(frozen=True, slots=True)
class Tube:
    """An actor's boxes on the frames `[start_frame, end_frame)` of one video.

    Args:
        id: UUID text made by whoever created the tube.
        label_id: the object label.
        keyframes: sorted, one per frame, at least one.
        state: proposed, accepted, corrected, rejected or manual.
        number: the person's number in the video (AVA's person id); None until stored.
        score: the run's confidence 0..1, None for hand-made tubes.
        run_id: the run that proposed it, None for hand-made tubes.
        proposed: what the run proposed, kept for ever: {"label_id", "keyframes"}.
        revision: the revision that changed it last.
    """

    id: str
    label_id: int
    keyframes: tuple[Keyframe, ...]
    state: State = State.MANUAL
    number: int | None = None
    score: float | None = None
    run_id: str | None = None
    proposed: dict | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", State(self.state))
        frames = [keyframe.frame for keyframe in self.keyframes]
        if not frames:
            raise InvalidInput(f"Tube {self.id} needs at least one keyframe.")
        if any(b <= a for a, b in zip(frames, frames[1:], strict=False)):
            raise InvalidInput(f"Tube {self.id} needs keyframes in order, one per frame.")

    @property
    def start_frame(self) -> int:
        return self.keyframes[0].frame

    @property
    def end_frame(self) -> int:
        return self.keyframes[-1].frame + 1

    @property
    def is_confirmed(self) -> bool:
        return self.state in CONFIRMED

    def keyframe_at(self, frame: int) -> Keyframe | None:
        """The keyframe on exactly this frame."""
        index = self._index(frame)
        found = index >= 0 and self.keyframes[index].frame == frame
        return self.keyframes[index] if found else None

    def box_at(self, frame: int) -> Box | None:
        """Box shown at `frame`; None outside the tube and after an `outside` keyframe."""
        if not self.start_frame <= frame < self.end_frame:
            return None
        index = self._index(frame)
        before = self.keyframes[index]
        if before.outside:
            return None
        if before.frame == frame:
            return before.box
        after = self.keyframes[index + 1]
        return before.box.blend(after.box, (frame - before.frame) / (after.frame - before.frame))

    def dense(self) -> tuple[np.ndarray, np.ndarray]:
        """All visible frames and their boxes: (F,) int64 and (F, 4) float64 px."""
        own = np.array([keyframe.frame for keyframe in self.keyframes])
        corners = np.array([keyframe.box.as_list() for keyframe in self.keyframes])
        frames = np.arange(self.start_frame, self.end_frame, dtype=np.int64)
        boxes = np.stack([np.interp(frames, own, corners[:, k]) for k in range(4)], axis=1)
        before = np.searchsorted(own, frames, side="right") - 1
        outside = np.array([keyframe.outside for keyframe in self.keyframes])[before]
        return frames[~outside], boxes[~outside]

    def with_keyframe(self, keyframe: Keyframe) -> "Tube":
        """The tube with this keyframe set or replaced."""
        rest = [kept for kept in self.keyframes if kept.frame != keyframe.frame]
        return self.with_keyframes([*rest, keyframe])

    def with_keyframes(self, keyframes: Iterable[Keyframe]) -> "Tube":
        ordered = tuple(sorted(keyframes, key=lambda keyframe: keyframe.frame))
        return replace(self, keyframes=ordered)

    def without_keyframe(self, frame: int) -> "Tube":
        """Raises InvalidOperation if there is no such keyframe or it is the only one."""
        if self.keyframe_at(frame) is None:
            raise InvalidOperation(f"Tube {self.id} has no keyframe at frame {frame}.")
        if len(self.keyframes) == 1:
            raise InvalidOperation("A tube's only keyframe cannot be deleted; remove the tube.")
        return self.with_keyframes(kept for kept in self.keyframes if kept.frame != frame)

    def trimmed(self, start_frame: int, end_frame: int) -> "Tube":
        """Keep the frames `[start_frame, end_frame)`; new ends get the box shown there.

        Raises:
            InvalidOperation: nothing of the tube lies in the range.
        """
        start, end = max(start_frame, self.start_frame), min(end_frame, self.end_frame)
        if end <= start:
            raise InvalidOperation(
                f"Nothing of tube {self.id} lies in frames {start_frame} to {end_frame - 1}; "
                f"it is on frames {self.start_frame} to {self.end_frame - 1}."
            )
        inside = {kept.frame: kept for kept in self.keyframes if start <= kept.frame < end}
        for frame in (start, end - 1):
            inside.setdefault(frame, self._made(frame))
        return self.with_keyframes(inside.values())

    def as_dict(self) -> dict:
        return {
            "id": self.id,
            "number": self.number,
            "label_id": self.label_id,
            "keyframes": [keyframe.as_dict() for keyframe in self.keyframes],
            "state": str(self.state),
            "score": self.score,
            "run_id": self.run_id,
            "proposed": self.proposed,
            "revision": self.revision,
        }

    @classmethod
    def of(cls, data: dict) -> "Tube":
        """Read the wire form; raises InvalidInput."""
        try:
            keyframes = sorted(map(Keyframe.of, data["keyframes"]), key=lambda k: k.frame)
            return cls(
                id=str(data["id"]),
                label_id=int(data["label_id"]),
                keyframes=tuple(keyframes),
                state=State(data.get("state", State.MANUAL)),
                number=data.get("number"),
                score=data.get("score"),
                run_id=data.get("run_id"),
                proposed=data.get("proposed"),
                revision=data.get("revision", 0),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"A tube needs 'id', 'label_id' and 'keyframes': {error!r}."
            ) from error

    def _index(self, frame: int) -> int:
        return bisect_right(self.keyframes, frame, key=lambda keyframe: keyframe.frame) - 1

    def _made(self, frame: int) -> Keyframe:
        """A keyframe where none was: the interpolated box, flags of the one before."""
        before = self.keyframes[self._index(frame)]
        return Keyframe(frame, self.box_at(frame) or before.box, before.occluded, before.outside)

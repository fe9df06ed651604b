"""When something happens: spans of labels, and coverage of what was looked at."""

from dataclasses import dataclass, replace

from labeling.domain.errors import InvalidInput
from labeling.domain.state import CONFIRMED, State


def check_range(start_frame: int, end_frame: int) -> None:
    """Raises InvalidInput unless 0 <= start < end, whole numbers."""
    if isinstance(start_frame, bool) or isinstance(end_frame, bool):
        raise InvalidInput("Frames are whole numbers.")
    if start_frame < 0 or end_frame <= start_frame:
        raise InvalidInput(
            f"A span needs 0 <= start_frame < end_frame, got {start_frame} to {end_frame}."
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A label on the frames `[start_frame, end_frame)` of a tube, or of the video itself.

    Args:
        id: UUID text.
        tube_id: the tube it is on; None for a segment or a video class.
        label_id: an action label on a tube, a segment or video-class label otherwise.
        state, score, run_id, proposed, revision: as for a Tube.
    """

    id: str
    tube_id: str | None
    label_id: int
    start_frame: int
    end_frame: int
    state: State = State.MANUAL
    score: float | None = None
    run_id: str | None = None
    proposed: dict | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", State(self.state))
        check_range(self.start_frame, self.end_frame)

    @property
    def is_confirmed(self) -> bool:
        return self.state in CONFIRMED

    def clipped(self, start_frame: int, end_frame: int) -> "Span | None":
        """The part inside the range, None if nothing is left."""
        start, end = max(start_frame, self.start_frame), min(end_frame, self.end_frame)
        return replace(self, start_frame=start, end_frame=end) if end > start else None

    def as_dict(self) -> dict:
        return {
            "id": self.id,
            "tube_id": self.tube_id,
            "label_id": self.label_id,
            "start_frame": self.start_frame,
            "end_frame": self.end_frame,
            "state": str(self.state),
            "score": self.score,
            "run_id": self.run_id,
            "proposed": self.proposed,
            "revision": self.revision,
        }

    @classmethod
    def of(cls, data: dict) -> "Span":
        """Read the wire form; raises InvalidInput."""
        try:
            return cls(
                id=str(data["id"]),
                tube_id=data.get("tube_id"),
                label_id=int(data["label_id"]),
                start_frame=int(data["start_frame"]),
                end_frame=int(data["end_frame"]),
                state=State(data.get("state", State.MANUAL)),
                score=data.get("score"),
                run_id=data.get("run_id"),
                proposed=data.get("proposed"),
                revision=data.get("revision", 0),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"A span needs 'id', 'label_id', 'start_frame' and 'end_frame': {error!r}."
            ) from error


@dataclass(frozen=True, slots=True)
class Coverage:
    """A person looked at `[start_frame, end_frame)` for these labels.

    On a tube: every one of `label_ids` that happens there is marked. On the video (`tube_id`
    None): nothing is missing. What is not covered is unknown, not empty.
    """

    id: str
    tube_id: str | None
    start_frame: int
    end_frame: int
    label_ids: tuple[int, ...]
    revision: int = 0

    def __post_init__(self) -> None:
        check_range(self.start_frame, self.end_frame)
        object.__setattr__(self, "label_ids", tuple(sorted(set(self.label_ids))))

    def clipped(self, start_frame: int, end_frame: int) -> "Coverage | None":
        """The part inside the range, None if nothing is left."""
        start, end = max(start_frame, self.start_frame), min(end_frame, self.end_frame)
        return replace(self, start_frame=start, end_frame=end) if end > start else None

    def as_dict(self) -> dict:
        return {
            "id": self.id,
            "tube_id": self.tube_id,
            "start_frame": self.start_frame,
            "end_frame": self.end_frame,
            "label_ids": list(self.label_ids),
            "revision": self.revision,
        }

    @classmethod
    def of(cls, data: dict) -> "Coverage":
        """Read the wire form; raises InvalidInput."""
        try:
            return cls(
                id=str(data["id"]),
                tube_id=data.get("tube_id"),
                start_frame=int(data["start_frame"]),
                end_frame=int(data["end_frame"]),
                label_ids=tuple(int(label_id) for label_id in data["label_ids"]),
                revision=data.get("revision", 0),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"A coverage needs 'id', 'start_frame', 'end_frame' and 'label_ids': {error!r}."
            ) from error

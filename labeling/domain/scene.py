"""What the checks look at, and what they find."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labeling.domain.annotations import Annotations
from labeling.domain.span import Span
from labeling.domain.taxonomy import LabelValue
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may be a mistake.

    Args:
        kind: one of `labeling.domain.suspicion.KINDS`.
        frame: where to look at it.
        message: what is odd, with the numbers that made it so.
        severity: 0..1, for sorting: how far beyond what is usual.
        tube_id, span_id: what it is about; None where it is about the video.
    """

    kind: str
    frame: int
    message: str
    severity: float
    tube_id: str | None = None
    span_id: str | None = None


@dataclass(frozen=True)
class Scene:
    """A video and what people say about it.

    Args:
        annotations: of the video; only what people confirmed is checked.
        timebase: of the video.
        width, height: of the picture in px.
        labels: of the project, by id.
        exclusive: sets of label ids of which one tube can have one at a time.
    """

    annotations: Annotations
    timebase: Timebase
    width: int
    height: int
    labels: dict[int, LabelValue]
    exclusive: tuple[frozenset[int], ...] = ()

    @cached_property
    def times_s(self) -> np.ndarray:
        """(frames + 1,) float64: when each frame begins, and when the last one ends."""
        ticks = np.append(self.timebase.ticks, self.timebase.end_tick)
        return (ticks - ticks[0]) * float(self.timebase.second)

    @cached_property
    def tubes(self) -> list[Tube]:
        """Confirmed tubes."""
        return [tube for tube in self.annotations.tubes.values() if tube.is_confirmed]

    @cached_property
    def spans(self) -> dict[str | None, list[Span]]:
        """Confirmed spans by tube, in order of their begin; None has those on the video."""
        found: dict[str | None, list[Span]] = {}
        for span in sorted(self.annotations.spans.values(), key=lambda s: (s.start_frame, s.id)):
            if span.is_confirmed:
                found.setdefault(span.tube_id, []).append(span)
        return found

    def seconds(self, start_frame: int, end_frame: int) -> float:
        """How long these frames are shown."""
        return float(self.times_s[end_frame] - self.times_s[start_frame])

    def who(self, tube: Tube | None) -> str:
        """As people call it: 'person 3'."""
        if tube is None:
            return "the video"
        return f"{self.label(tube.label_id)} {'?' if tube.number is None else tube.number}"

    def label(self, label_id: int) -> str:
        label = self.labels.get(label_id)
        return label.name if label else f"label {label_id}"


def graded(value: float, limit: float, least: float = 0.0) -> float:
    """Severity `least` at the limit, growing towards 1 beyond it."""
    beyond = 1.0 - limit / value if value > limit > 0 else 0.0
    return round(least + (1.0 - least) * beyond, 4)

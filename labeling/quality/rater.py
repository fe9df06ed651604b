"""What one person or team says about a video, in columns that the others share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labeling.domain.agreement import DenseTube
from labeling.domain.annotations import Annotations
from labeling.domain.span import Coverage, Span
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.tube import Tube

Key = tuple[LabelKind, str]
Said = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Columns:
    """The labels that are compared, by kind and name; ids differ from project to project.

    `on_tubes` has actions, and objects where there is a choice of them.
    """

    on_tubes: tuple[Key, ...]
    segments: tuple[Key, ...]
    classes: tuple[Key, ...]

    @classmethod
    def of(cls, labels: Iterable[LabelValue]) -> "Columns":
        keys: dict[Key, None] = dict.fromkeys((label.kind, label.name) for label in labels)
        of = {kind: tuple(key for key in keys if key[0] is kind) for kind in LabelKind}
        objects = of[LabelKind.OBJECT] if len(of[LabelKind.OBJECT]) > 1 else ()
        on_tubes = objects + of[LabelKind.ACTION]
        return cls(on_tubes, of[LabelKind.SEGMENT], of[LabelKind.VIDEO_CLASS])

    @property
    def all(self) -> tuple[Key, ...]:
        return self.on_tubes + self.segments + self.classes


@dataclass(frozen=True)
class Rater:
    """One side of a comparison.

    Args:
        annotations: of the video; confirmed tubes and spans count.
        labels: of this side's project.
        columns: shared by all sides.
        frame_count: V, of the video.
    """

    annotations: Annotations
    labels: Sequence[LabelValue]
    columns: Columns
    frame_count: int

    @cached_property
    def tubes(self) -> list[Tube]:
        return [tube for tube in self.annotations.tubes.values() if tube.is_confirmed]

    @cached_property
    def dense(self) -> list[DenseTube]:
        return [DenseTube.of(tube) for tube in self.tubes]

    @cached_property
    def reviewed(self) -> np.ndarray:
        """(V,) bool: frames of which this side said that nothing is missing."""
        frames = np.zeros(self.frame_count, dtype=bool)
        for part in self._coverage.get(None, ()):
            frames[part.start_frame : part.end_frame] = True
        return frames

    def on_tube(self, index: int, start_frame: int, end_frame: int) -> Said:
        """What is said of a tube on these frames: (F, L) yes or no, and (F, L) whether rated.

        A label is rated where the tube is visible and the tube or the video is covered for it;
        what the actor is, wherever it is visible.
        """
        tube, names = self.tubes[index], self.columns.on_tubes
        shape = (end_frame - start_frame, len(names))
        says, rated = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        own = self._own(names)
        for span in self._spans.get(tube.id, ()):
            _mark(says, start_frame, span, [own[i] for i in (span.label_id,) if i in own])
        for part in (*self._coverage.get(None, ()), *self._coverage.get(tube.id, ())):
            _mark(rated, start_frame, part, [own[i] for i in part.label_ids if i in own])
        for column, (kind, name) in enumerate(names):
            if kind is LabelKind.OBJECT:
                rated[:, column] = (kind, name) in self._ids
                says[:, column] = self._ids.get((kind, name)) == tube.label_id
        return says, rated & self.dense[index].visible(start_frame, end_frame)[:, None]

    def on_video(self) -> Said:
        """What is said of every frame: (V, S) segments, and whether rated."""
        return self._of_video(self.columns.segments)

    def of_video(self) -> Said:
        """What is said of the video as a whole: (1, C) classes, and whether rated anywhere."""
        says, rated = self._of_video(self.columns.classes)
        return says.any(axis=0, keepdims=True), rated.any(axis=0, keepdims=True)

    def _of_video(self, names: Sequence[Key]) -> Said:
        says = np.zeros((self.frame_count, len(names)), dtype=bool)
        rated, own = np.zeros_like(says), self._own(names)
        for span in self._spans.get(None, ()):
            _mark(says, 0, span, [own[i] for i in (span.label_id,) if i in own])
        for part in self._coverage.get(None, ()):
            _mark(rated, 0, part, [own[i] for i in part.label_ids if i in own])
        return says, rated

    def _own(self, names: Sequence[Key]) -> dict[int, int]:
        """Column by label id of this side's project."""
        return {self._ids[key]: column for column, key in enumerate(names) if key in self._ids}

    @cached_property
    def _ids(self) -> dict[Key, int]:
        return {(label.kind, label.name): label.id for label in self.labels}

    @cached_property
    def _spans(self) -> dict[str | None, list[Span]]:
        spans = [span for span in self.annotations.spans.values() if span.is_confirmed]
        return _by_tube(spans)

    @cached_property
    def _coverage(self) -> dict[str | None, list[Coverage]]:
        return _by_tube(self.annotations.coverage.values())


def _by_tube(items: Iterable) -> dict:
    found: dict = {}
    for item in items:
        found.setdefault(item.tube_id, []).append(item)
    return found


def _mark(table: np.ndarray, first: int, part: Span | Coverage, columns: list[int]) -> None:
    """Set the columns where the part lies; row 0 of the table is frame `first`."""
    start, end = max(part.start_frame - first, 0), max(part.end_frame - first, 0)
    table[start:end, columns] = True

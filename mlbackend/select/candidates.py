"""What of a project waits for a person: tubes, segments and stretches of training videos.

Hold-out videos are never queried, and those kept for validation and test neither. What is read here
stays in memory while the queue is planned; a video that is deleted meanwhile has nothing any more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling import api
from labeling.domain.annotations import Annotations
from labeling.domain.span import Span
from labeling.domain.state import State
from labeling.domain.suspicion import exclusive_groups
from labeling.domain.taxonomy import LabelKind, LabelValue
from labeling.domain.tube import Tube
from mlbackend.train import holdout

Key = tuple[Any, ...]


@dataclass(frozen=True)
class VideoScene:
    """A training video with all that is said about it."""

    video: api.VideoValue
    annotations: Annotations

    @cached_property
    def times_s(self) -> NDArray[np.float64]:
        """(frames + 1,) when each frame begins, and when the last one ends."""
        timebase = self.video.timebase
        ticks = np.append(timebase.ticks, timebase.end_tick)
        return (ticks - ticks[0]) * float(timebase.second)

    def seconds(self, start_frame: int, end_frame: int) -> float:
        """How long these frames are shown."""
        return float(self.times_s[end_frame] - self.times_s[start_frame])

    @cached_property
    def spans_by_tube(self) -> dict[str | None, list[Span]]:
        """Spans in any state by the tube they are on; None has segments."""
        found: dict[str | None, list[Span]] = {}
        for span in self.annotations.spans.values():
            found.setdefault(span.tube_id, []).append(span)
        return found


@dataclass(frozen=True, eq=False)
class TubeCandidate:
    """A proposed tube.

    Attributes:
        key: names it in a way that a project made again would too; candidates are ordered by it.
        reserved: kept for measuring, so that only chance may choose it.
    """

    key: Key
    scene: VideoScene
    tube: Tube
    reserved: bool = False

    @property
    def length_s(self) -> float:
        """How long it lasts."""
        return self.scene.seconds(self.tube.start_frame, self.tube.end_frame)

    @property
    def proposed_actions(self) -> int:
        """How many actions are proposed on it."""
        spans = self.scene.spans_by_tube.get(self.tube.id, ())
        return sum(span.state is State.PROPOSED for span in spans)


@dataclass(frozen=True, eq=False)
class SegmentCandidate:
    """A proposed segment of a video; `key` as for tubes."""

    key: Key
    scene: VideoScene
    span: Span
    label: str
    reserved: bool = False


@dataclass(frozen=True, eq=False)
class Waiting:
    """All that can be asked, in order of the keys, and what was said already.

    Attributes:
        labels: the project's labels that are asked about, by id.
        exclusive: sets of action labels of which a tube has one at a time.
        scenes: training videos, ordered by their content.
        shown: action label -> training tubes on which a person confirmed it.
        reserves: one tube in four is kept for measuring, as there are no hold-out videos yet.
    """

    labels: dict[int, LabelValue] = field(default_factory=dict)
    exclusive: tuple[frozenset[int], ...] = ()
    scenes: tuple[VideoScene, ...] = ()
    tubes: tuple[TubeCandidate, ...] = ()
    segments: tuple[SegmentCandidate, ...] = ()
    shown: Counter[int] = field(default_factory=Counter)
    reserves: bool = False

    @property
    def actions(self) -> dict[int, str]:
        """Names of the actions that are asked about, by label id."""
        return {i: x.name for i, x in self.labels.items() if x.kind is LabelKind.ACTION}


def waiting(project: api.ProjectValue) -> Waiting:
    """Read what waits in a project."""
    labels = {label.id: label for label in api.labels(project.id) if not label.is_retired}
    videos = api.videos(project.id)
    scenes = tuple(
        VideoScene(video, api.annotations(video.id))
        for video in sorted(videos, key=lambda video: (video.sha256, video.name))
        if video.split == holdout.TRAIN_SPLIT
    )
    reserve = not _measured_on_videos(videos)
    return Waiting(
        labels=labels,
        exclusive=exclusive_groups(labels.values(), project.settings),
        scenes=scenes,
        tubes=_ordered(_tubes(scenes, labels, reserve=reserve)),
        segments=_ordered(_segments(scenes, labels)),
        shown=_shown(scenes),
        reserves=reserve,
    )


def _ordered(found: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(found, key=lambda candidate: candidate.key))


def _tubes(
    scenes: tuple[VideoScene, ...], labels: dict[int, LabelValue], *, reserve: bool
) -> list[TubeCandidate]:
    """Proposed tubes of labels that are still asked about."""
    return [
        TubeCandidate(
            ("tube", scene.video.sha256, tube.number or 0, scene.video.name),
            scene,
            tube,
            reserve and holdout.is_reserved(scene.video.sha256, tube.number),
        )
        for scene in scenes
        for tube in scene.annotations.tubes.values()
        if tube.state is State.PROPOSED and tube.label_id in labels
    ]


def _segments(
    scenes: tuple[VideoScene, ...], labels: dict[int, LabelValue]
) -> list[SegmentCandidate]:
    segments = {i: x.name for i, x in labels.items() if x.kind is LabelKind.SEGMENT}
    return [
        SegmentCandidate(
            (
                "segment",
                scene.video.sha256,
                segments[span.label_id],
                span.start_frame,
                span.end_frame,
                scene.video.name,
            ),
            scene,
            span,
            segments[span.label_id],
        )
        for scene in scenes
        for span in scene.spans_by_tube.get(None, ())
        if span.state is State.PROPOSED and span.label_id in segments
    ]


def _shown(scenes: tuple[VideoScene, ...]) -> Counter[int]:
    """Confirmed training tubes by the actions confirmed on them."""
    shown: Counter[int] = Counter()
    for scene in scenes:
        for tube in scene.annotations.tubes.values():
            if tube.is_confirmed:
                spans = scene.spans_by_tube.get(tube.id, ())
                shown.update({span.label_id for span in spans if span.is_confirmed})
    return shown


def _measured_on_videos(videos: list[api.VideoValue]) -> bool:
    """Whether a hold-out video has reviewed tubes; until then tubes are reserved to measure on."""
    return any(
        video.split == holdout.HOLD_OUT_SPLIT and _is_reviewed(api.annotations(video.id))
        for video in videos
    )


def _is_reviewed(annotations: Annotations) -> bool:
    confirmed = any(tube.is_confirmed for tube in annotations.tubes.values())
    return confirmed and bool(annotations.coverage)

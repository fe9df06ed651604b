"""From a snapshot's video to what a format writes: the other direction of `onto_video`.

Frames become seconds by the recorded ticks, exactly; the end of a span is the time at which its
`end_frame` begins, or at which the video ends. A tube is cut into its visible parts for a format
that has no place for gaps, so that no box is ever made up. What else a format has no place for is
left out here and counted by `lost`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from labeling.domain.state import State
from labeling.domain.timebase import Timebase
from labeling.domain.tube import Tube
from labeling.formats.dataset import (
    Coordinates,
    FileBox,
    FileSpan,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Time,
    Unit,
)

PERSON = "person"
Label = dict[str, Any]


def file_video(
    video: dict[str, Any],
    timebase: Timebase,
    format_: Format,
    labels: Mapping[int, Label],
    key: str = "",
) -> FileVideo:
    """A video in the terms of a format.

    Args:
        video: as in a snapshot, with what is wanted of it (`choice.chosen`).
        timebase: its recorded times.
        format_: what it is written as.
        labels: the snapshot's labels by id.
        key: what the video is called in the file.
    """
    writer = _Writer(video, timebase, format_, labels)
    holds = format_.holds
    return FileVideo(
        key=key,
        unit=format_.unit,
        coordinates=format_.coordinates,
        aliases=(video["name"],),
        every_frame=format_.every_frame,
        tubes=tuple(writer.tubes()) if Holds.TUBES in holds else (),
        segments=tuple(writer.segments()) if Holds.SEGMENTS in holds else (),
        classes=tuple(writer.classes()) if Holds.VIDEO_CLASSES in holds else (),
        size=(video["width"], video["height"]),
        frame_rate=timebase.fps,
        frame_count=timebase.frame_count,
        duration_s=writer.seconds(timebase.frame_count),
        start_s=Fraction(str(video["start_s"])),
        split=video["split"],
    )


def lost(video: dict[str, Any], format_: Format, labels: Mapping[int, Label]) -> Counter[str]:
    """What of a chosen video the format has no place for, by kind; nothing is listed as 0."""
    return without_place(Counter(dict(_contents(video, labels))), format_)


def without_place(contents: Counter[Holds], format_: Format) -> Counter[str]:
    """What of these contents a format has no place for."""
    holds, kinds = format_.holds, set(Holds)
    if Holds.TUBES not in holds:
        # With the tube goes all that is said of it: what happens on it is worth telling apart.
        holds = holds - {Holds.ACTIONS}
        kinds = {Holds.TUBES, Holds.ACTIONS, Holds.SEGMENTS, Holds.VIDEO_CLASSES}
    return Counter({str(kind): n for kind, n in contents.items() if n and kind in kinds - holds})


def _contents(video: dict[str, Any], labels: Mapping[int, Label]) -> Iterator[tuple[Holds, int]]:
    tubes, spans = video["tubes"], video["spans"]
    flags = [k for tube in tubes for k in tube["keyframes"]]
    named = [t for t in tubes if labels[t["label_id"]]["name"].casefold() != PERSON]
    scored = [x for x in (*tubes, *spans) if _score(x) is not None]
    moving = [t for t in tubes if t["keyframes"][-1]["frame"] - t["keyframes"][0]["frame"] > 1]
    yield Holds.TUBES, len(tubes)
    yield Holds.NUMBERS, len(tubes)
    yield Holds.OBJECT_LABELS, len(named)
    yield Holds.ACTIONS, sum(span["tube_id"] is not None for span in spans)
    yield Holds.SEGMENTS, sum(_kind(span, labels) == "segment" for span in spans)
    yield Holds.VIDEO_CLASSES, sum(_kind(span, labels) == "video_class" for span in spans)
    yield Holds.OCCLUSION, sum(bool(k.get("occluded")) for k in flags)
    yield Holds.GAPS, sum(bool(k.get("outside")) for k in flags)
    yield Holds.SCORES, len(scored)
    yield Holds.KEYFRAMES, len(moving)


def _kind(item: dict[str, Any], labels: Mapping[int, Label]) -> str:
    return labels[item["label_id"]]["kind"]


def _score(item: dict[str, Any]) -> float | None:
    """The score of a proposal; what a person confirmed is no longer a guess."""
    return item["score"] if item["state"] == State.PROPOSED else None


class _Writer:
    """Turns one video's tubes and spans."""

    def __init__(
        self,
        video: dict[str, Any],
        timebase: Timebase,
        format_: Format,
        labels: Mapping[int, Label],
    ) -> None:
        self.video, self.timebase, self.format, self.labels = video, timebase, format_, labels
        self.scale = (1.0, 1.0, 1.0, 1.0)
        if format_.coordinates is Coordinates.FRACTIONS:
            self.scale = (video["width"], video["height"]) * 2
        self.actions: dict[str, list[dict[str, Any]]] = {}
        if Holds.ACTIONS in format_.holds:
            for span in video["spans"]:
                if span["tube_id"]:
                    self.actions.setdefault(span["tube_id"], []).append(span)

    def tubes(self) -> Iterator[FileTube]:
        for data in sorted(self.video["tubes"], key=lambda t: (t["number"] or 0, t["id"])):
            tube = Tube.of(data)
            parts = [tube] if Holds.GAPS in self.format.holds else _visible(tube)
            for part in parts:
                boxes = self._every_frame(part) if self.format.every_frame else self._keys(part)
                if boxes:
                    yield self._tube(data, part, boxes, is_part=len(parts) > 1)

    def segments(self) -> Iterator[FileSpan]:
        return (self._span(span) for span in self._of_kind("segment"))

    def classes(self) -> Iterator[FileSpan]:
        for span in self._of_kind("video_class"):
            yield replace(self._span(span), start=None, end=None)

    def seconds(self, frame: int) -> Fraction:
        first = int(self.timebase.ticks[0])
        return (self.timebase.tick(frame) - first) * self.timebase.second

    def _of_kind(self, kind: str) -> list[dict[str, Any]]:
        spans = [span for span in self.video["spans"] if _kind(span, self.labels) == kind]
        return sorted(spans, key=_span_order)

    def _tube(
        self, data: dict[str, Any], part: Tube, boxes: tuple[FileBox, ...], *, is_part: bool
    ) -> FileTube:
        spans = sorted(self.actions.get(data["id"], ()), key=_span_order)
        if is_part:
            spans = list(_clipped(spans, part.start_frame, part.end_frame))
        holds = self.format.holds
        return FileTube(
            boxes=boxes,
            number=data["number"] if Holds.NUMBERS in holds else None,
            label=self._name(data) if Holds.OBJECT_LABELS in holds else "",
            spans=tuple(map(self._span, spans)),
            score=self._kept_score(data),
        )

    def _span(self, span: dict[str, Any]) -> FileSpan:
        start, end = self._time(span["start_frame"]), self._time(span["end_frame"])
        return FileSpan(self._name(span), start, end, self._kept_score(span))

    def _name(self, item: dict[str, Any]) -> str:
        return self.labels[item["label_id"]]["name"]

    def _kept_score(self, item: dict[str, Any]) -> float | None:
        return _score(item) if Holds.SCORES in self.format.holds else None

    def _time(self, frame: int) -> Time:
        return frame if self.format.unit is Unit.FRAME else self.seconds(frame)

    def _keys(self, tube: Tube) -> tuple[FileBox, ...]:
        return tuple(
            self._box(k.frame, k.box.as_list(), k.occluded, k.outside) for k in tube.keyframes
        )

    def _every_frame(self, tube: Tube) -> tuple[FileBox, ...]:
        frames, boxes = tube.dense()
        own = np.array([keyframe.frame for keyframe in tube.keyframes])
        flags = np.array([keyframe.occluded for keyframe in tube.keyframes])
        occluded = flags[np.searchsorted(own, frames, side="right") - 1]
        rows = zip(frames.tolist(), boxes.tolist(), occluded.tolist(), strict=True)
        return tuple(self._box(frame, box, hidden, False) for frame, box, hidden in rows)

    def _box(self, frame: int, box: list[float], occluded: bool, outside: bool) -> FileBox:
        x1, y1, x2, y2 = (value / by for value, by in zip(box, self.scale, strict=True))
        hidden = occluded and Holds.OCCLUSION in self.format.holds
        return FileBox(self._time(frame), (x1, y1, x2, y2), hidden, outside)


def _visible(tube: Tube) -> list[Tube]:
    """The parts of a tube between its gaps, with the boxes shown at their ends."""
    parts, start = [], None
    for keyframe in tube.keyframes:
        if not keyframe.outside:
            start = keyframe.frame if start is None else start
        elif start is not None:
            parts.append(tube.trimmed(start, keyframe.frame))
            start = None
    return parts if start is None else [*parts, tube.trimmed(start, tube.end_frame)]


def _clipped(spans: list[dict[str, Any]], start: int, end: int) -> Iterator[dict[str, Any]]:
    for span in spans:
        first, last = max(span["start_frame"], start), min(span["end_frame"], end)
        if last > first:
            yield span | {"start_frame": first, "end_frame": last}


def _span_order(span: dict[str, Any]) -> tuple[int, int, int, str]:
    return span["start_frame"], span["end_frame"], span["label_id"], span["id"]

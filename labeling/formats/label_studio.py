"""Label Studio's JSON of video tasks.

Source: Label Studio's pages on VideoRectangle and TimelineLabels, its player, and its SDK's
interpolation.

Keeps: tubes and their keyframes, numbers, object labels, gaps, actions, segments, video classes,
scores. Loses when written: occlusion, and box coordinates beyond 1e-12 of the picture.

Frames count from 1, boxes are percent of the picture, ranges include their end. A keyframe that is
not enabled is the last one shown: as in the player, the box is seen on its frame and not after it.
An enabled last keyframe is held to `framesCount`. Frames marked `auto` were interpolated and are
left out. A turned box becomes the upright one around it where the task says the picture's size;
elsewhere its angle is left out, noted.

A region is a person: `tube_3` is number 3, others are numbered in their order. Its first label is
the object, any further one an action all along. A timeline label is a segment, or, where it names
a region as its parent, an action of that region; choices are video classes. Of several
annotations of a task the one marked as ground truth is taken, else the first that was not
cancelled; predictions only where there is none.

Label Studio counts frames by the rate in its configuration and the browser's duration. Where
these disagree by more than a frame, that is noted; its frame numbers are taken as they are.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path, PurePosixPath
from re import compile as pattern
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from labeling.domain.errors import InvalidInput
from labeling.formats import entries
from labeling.formats.dataset import (
    BadRow,
    Coordinates,
    FileBox,
    FileSpan,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong
from labeling.formats.label_studio_sequence import Picture, shown_boxes
from labeling.formats.label_studio_write import write
from labeling.formats.sources import files_in, load_json, said_name, shown, starts_like

SEVERAL = "A task has several annotations: the ground truth is taken, else the first."
PREDICTED = "A task without annotations is read from its predictions."
RATES = (
    "Label Studio counted frames at another rate than framesCount ÷ duration; its frame numbers "
    "may not be the video's."
)
_NUMBER = pattern(r"(?:tube|track|person)[_-](\d{1,15})")
# What Label Studio puts before the name of an uploaded file.
_UPLOADED = pattern(r"[0-9a-f]{8}-(.+)")
_KINDS = ("videorectangle", "timelinelabels", "choices")


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """One video a task, in order.

    Raises:
        InvalidInput: a file is no JSON of Label Studio's, or none of its tasks is of a video.
    """
    name = said_name(path, options)
    for part in files_in(path, (".json",), name):
        yield from _File(shown(path, part, name)).read(load_json(part, name))


class _File:
    def __init__(self, name: str) -> None:
        self.name = name
        self.notes: Counter[str] = Counter()
        self.bad: list[BadRow] = []

    def read(self, data: Any) -> Iterator[Reading]:
        tasks = [data] if isinstance(data, dict) else data
        if not isinstance(tasks, list) or not all(map(_is_task, tasks)):
            raise InvalidInput(
                f"{self.name} is no export of Label Studio: a list of tasks with 'data' and "
                "'annotations' or 'predictions'."
            )
        if tasks and not any(map(_is_of_video, tasks)):
            raise InvalidInput(
                f"{self.name} is Label Studio's, but not of videos: its labels are "
                f"{', '.join(sorted(_types(tasks))) or 'none'}."
            )
        videos = [self._task(row, task) for row, task in enumerate(tasks, start=1)]
        yield from self.bad
        for note, count in self.notes.items():
            yield Note(f"{note} ({count}×)")
        yield from (video for video in videos if video is not None)

    def _task(self, row: int, task: dict[str, Any]) -> FileVideo | None:
        path = f"[{row - 1}]"
        if not _is_of_video(task):
            kinds = ", ".join(sorted(_types([task]))) or "nothing"
            self._bad(row, Wrong(path, f"is no task of a video: it holds {kinds}"))
            return None
        made = _Task(row)
        try:
            results, path, score = self._chosen(task, path)
            for index, result in enumerate(results):
                self._result(made, result, f"{path}.result[{index}]", score)
        except Wrong as wrong:
            self._bad(row, wrong)
        for reason in made.orphans():
            self._bad(row, Wrong(f"{path}.result", reason))
        if made.counts_disagree():
            self.notes[RATES] += 1
        key, aliases = video_name(task["data"])
        return made.video(key, aliases)

    def _bad(self, row: int, wrong: Wrong) -> None:
        self.bad.append(wrong.bad_row(row, self.name))

    def _chosen(self, task: dict[str, Any], path: str) -> tuple[list[Any], str, float | None]:
        """(results, their path, the score of all of them)."""
        for kind in ("annotations", "predictions"):
            listed = entries.listed(task.get(kind) or [], f"{path}.{kind}")
            usable = [
                (place, entries.mapping(found, f"{path}.{kind}[{place}]"))
                for place, found in enumerate(listed)
                if not (isinstance(found, dict) and found.get("was_cancelled"))
            ]
            if not usable:
                continue
            if len(usable) > 1:
                self.notes[SEVERAL] += 1
            if kind == "predictions":
                self.notes[PREDICTED] += 1
            place, best = next((u for u in usable if u[1].get("ground_truth")), usable[0])
            where = f"{path}.{kind}[{place}]"
            score = best.get("score") if kind == "predictions" else None
            number = None if score is None else entries.number(score, f"{where}.score")
            return entries.listed(best.get("result") or [], f"{where}.result"), where, number
        return [], path, None

    def _result(self, made: "_Task", result: Any, path: str, score: float | None) -> None:
        try:
            fields = entries.mapping(result, path)
            kind = fields.get("type")
            if kind == "relation":
                return
            if kind not in _KINDS:
                raise Wrong(f"{path}.type", f"is {kind!r}, which is no label of a video")
            value = entries.mapping(entries.field(fields, "value", path), f"{path}.value")
            if fields.get("score") is not None:
                score = entries.number(fields["score"], f"{path}.score")
            if kind == "videorectangle":
                self._region(made, fields, value, f"{path}.value", score)
            elif kind == "timelinelabels":
                made.ranges(fields, value, f"{path}.value", score)
            else:
                names = _names(value.get("choices"), f"{path}.value.choices")
                made.classes += [FileSpan(name, row=made.row) for name in names]
        except Wrong as wrong:
            self._bad(made.row, wrong)

    def _region(
        self,
        made: "_Task",
        fields: dict[str, Any],
        value: dict[str, Any],
        path: str,
        score: float | None,
    ) -> None:
        picture = Picture.of(fields)
        made.count(value, path)
        sequence = entries.listed(entries.field(value, "sequence", path), f"{path}.sequence")
        boxes, bad, notes = shown_boxes(sequence, f"{path}.sequence", made.frame_count, picture)
        for wrong in bad:
            self._bad(made.row, wrong)
        self.notes.update(notes)
        if boxes:
            names = _names(value.get("labels", []), f"{path}.labels")
            made.regions.append(_Region(str(fields.get("id", "")), boxes, names, score))


@dataclass(frozen=True, slots=True)
class _Region:
    id: str
    boxes: tuple[FileBox, ...]
    names: list[str]
    score: float | None


@dataclass(slots=True)
class _Task:
    row: int
    regions: list[_Region] = field(default_factory=list)
    segments: list[FileSpan] = field(default_factory=list)
    acts: list[tuple[str, FileSpan]] = field(default_factory=list)
    classes: list[FileSpan] = field(default_factory=list)
    frame_count: int | None = None
    duration_s: Fraction | None = None
    timed: tuple[int, float] | None = None

    def count(self, value: dict[str, Any], path: str) -> None:
        """Take up what a region says of the video."""
        if value.get("framesCount") is not None:
            self.frame_count = entries.whole(value["framesCount"], f"{path}.framesCount", 1)
        if value.get("duration") is not None:
            self.duration_s = entries.seconds(value["duration"], f"{path}.duration")
        sequence = value.get("sequence")
        for entry in sequence if isinstance(sequence, list) else ():
            time = entry.get("time") if isinstance(entry, dict) else None
            frame = entry.get("frame") if isinstance(entry, dict) else None
            if isinstance(time, int | float) and isinstance(frame, int) and time > 0.1:
                self.timed = max(self.timed or (0, 0.0), (frame, float(time)))

    def counts_disagree(self) -> bool:
        """By more than a frame, and more than times of two decimals explain."""
        if not self.frame_count or not self.duration_s or not self.timed:
            return False
        frame, time = self.timed
        least, most = (float(self.duration_s) * frame / (time + d) for d in (0.005, -0.005))
        return not least - 1 <= self.frame_count <= most + 1

    def ranges(
        self, fields: dict[str, Any], value: dict[str, Any], path: str, score: float | None
    ) -> None:
        names = _names(value.get("timelinelabels"), f"{path}.timelinelabels")
        listed = entries.listed(entries.field(value, "ranges", path), f"{path}.ranges")
        for index, entry in enumerate(listed):
            where = f"{path}.ranges[{index}]"
            found = entries.mapping(entry, where)
            start, end = (
                entries.whole(entries.field(found, side, where), f"{where}.{side}", 1)
                for side in ("start", "end")
            )
            if end < start:
                raise Wrong(where, f"ends at frame {end}, before it begins at {start}")
            spans = [FileSpan(name, start - 1, end, score, self.row) for name in names]
            parent = fields.get("parentID")
            if parent:
                self.acts += [(str(parent), span) for span in spans]
            else:
                self.segments += spans

    def orphans(self) -> list[str]:
        """What is wrong with actions whose region is not there."""
        known = {region.id for region in self.regions}
        return [
            f"'{span.label}' belongs to region {parent}, which is not there"
            for parent, span in self.acts
            if parent not in known
        ]

    def video(self, key: str, aliases: tuple[str, ...]) -> FileVideo:
        return FileVideo(
            key=key,
            coordinates=Coordinates.FRACTIONS,
            aliases=aliases,
            tubes=tuple(self._tubes()),
            segments=tuple(self.segments),
            classes=tuple(self.classes),
            frame_count=self.frame_count,
            duration_s=self.duration_s,
            row=self.row,
        )

    def _tubes(self) -> Iterator[FileTube]:
        named = {r.id: int(m[1]) for r in self.regions if (m := _NUMBER.fullmatch(r.id))}
        free = 1 + max(named.values(), default=0)
        for region in self.regions:
            number = named.get(region.id, free)
            free += region.id not in named
            label, *more = region.names or [""]
            spans = [span for parent, span in self.acts if parent == region.id]
            spans += [FileSpan(name, row=self.row) for name in more]
            yield FileTube(region.boxes, number, label, tuple(spans), region.score, self.row)


def _is_task(task: Any) -> bool:
    return isinstance(task, dict) and isinstance(task.get("data"), dict) and (
        "annotations" in task or "predictions" in task
    )  # fmt: skip


def _is_of_video(task: dict[str, Any]) -> bool:
    return "video" in task["data"] or bool(_types([task]) & {"videorectangle", "timelinelabels"})


def _types(tasks: list[dict[str, Any]]) -> set[str]:
    """Types of everything that the tasks hold."""
    kinds = set()
    for task in tasks:
        for group in (task.get("annotations"), task.get("predictions")):
            for found in group if isinstance(group, list) else ():
                results = found.get("result") if isinstance(found, dict) else None
                for result in results if isinstance(results, list) else ():
                    if isinstance(result, dict):
                        kinds.add(str(result.get("type")))
    return kinds


def _names(value: Any, column: str) -> list[str]:
    return [
        entries.text(name, f"{column}[{index}]")
        for index, name in enumerate(entries.listed(value, column))
    ]


def video_name(data: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """(file name, other names) of the video that a task's data link to."""
    link = data.get("video") or next((v for v in data.values() if isinstance(v, str)), "")
    parts = urlsplit(str(link))
    local = parse_qs(parts.query).get("d", [""])[0]
    # A name may hold what a link cannot: only what looks like a link is taken apart.
    is_link = bool(parts.scheme and parts.netloc) or str(link).startswith("/data/")
    place = (local or unquote(parts.path)) if is_link else str(link)
    name = PurePosixPath(place).name if is_link else place
    found = _UPLOADED.fullmatch(name)
    others = [*([found[1]] if found else []), PurePosixPath(name).name]
    return name, tuple(other for other in dict.fromkeys(others) if other not in ("", name))


def looks_like(path: Path) -> bool:
    start = starts_like(path, (".json",))
    return start.lstrip().startswith("[") and (
        '"result"' in start or '"completed_by"' in start or ('"data"' in start and '"id"' in start)
    )


FORMAT = Format(
    name="label-studio",
    title="Label Studio video (JSON)",
    read=read,
    write=write,
    coordinates=Coordinates.FRACTIONS,
    holds=frozenset(
        {
            Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.ACTIONS, Holds.SEGMENTS,
            Holds.VIDEO_CLASSES, Holds.GAPS, Holds.SCORES, Holds.KEYFRAMES,
        }
    ),
    accepts=(".json", "/"),
    looks_like=looks_like,
)  # fmt: skip

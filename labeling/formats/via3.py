"""Reads projects of VIA 3, JSON and CSV; what becomes of them stands in `via`."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import entries
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileSpan,
    FileTube,
    FileVideo,
    Note,
    Reading,
    Unit,
)
from labeling.formats.entries import Wrong
from labeling.formats.via_attributes import Said, said_values, track_number
from labeling.formats.via_shapes import numbered_shape

_CHECKBOX, _CHOICES = 2, (2, 3, 4, 5)
_COLUMNS = ("metadata_id", "file_list", "temporal_coordinates", "spatial_coordinates", "metadata")
FIRST_FILE = "A view of several files is taken for its first file."


def read_project(data: dict[str, Any], name: str) -> Iterator[Reading]:
    """A project's JSON."""
    project = _Project(name)
    try:
        for part in ("attribute", "file", "view", "metadata"):
            entries.mapping(data.get(part, {}), part)
        project.describe(data.get("attribute", {}))
    except Wrong as wrong:
        raise InvalidInput(f"{name}: {wrong.column} {wrong.reason}.") from wrong
    for vid in data["view"]:
        project.known_view(data, vid)
    for row, (key, entry) in enumerate(data["metadata"].items(), start=1):
        column = f"metadata.{key}"
        try:
            fields = entries.mapping(entry, column)
            vid = str(entries.field(fields, "vid", column))
            if vid not in project.views:
                raise Wrong(f"{column}.vid", f"is {vid!r}, which 'view' has not")
            z, xy, av = (entries.field(fields, part, column) for part in ("z", "xy", "av"))
            project.add(project.views[vid], z, xy, av, row, f"{column}.")
        except Wrong as wrong:
            project.bad.append(wrong.bad_row(row, name))
    yield from project.made()


def read_csv(texts: Iterable[str], name: str) -> Iterator[Reading]:
    """A project's CSV, whose comments hold its attributes and its columns."""
    project = _Project(name)
    columns: list[str] = []
    body = []
    for text in texts:
        if text.startswith("#"):
            key, _, value = text[1:].partition("=")
            if key.strip() in ("ATTRIBUTE", "ATTRIBUTES"):
                project.describe(_json(value, name))
            elif key.strip() == "CSV_HEADER":
                columns = [column.strip() for column in value.split(",") if column.strip()]
        # A comment stays as an empty line, so that lines are counted right.
        body.append("" if text.startswith("#") else text)
    missing = [column for column in _COLUMNS if column not in columns]
    if missing:
        raise InvalidInput(f"{name}: its CSV_HEADER has no column {missing[0]}.")
    reader = csv.reader(io.StringIO("\n".join(body), newline=""))
    try:
        for cells in reader:
            if cells:
                project.line(dict(zip(columns, cells, strict=False)), reader.line_num)
    except csv.Error as error:
        raise InvalidInput(f"{name}, line {reader.line_num}: not CSV: {error}.") from error
    yield from project.made()


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        return entries.mapping(json.loads(text), "ATTRIBUTE")
    except (json.JSONDecodeError, RecursionError, Wrong) as error:
        raise InvalidInput(f"{name}: the comment '# ATTRIBUTE =' is no JSON object.") from error


@dataclass(slots=True)
class _Tube:
    label: str
    row: int
    boxes: dict[Fraction, FileBox] = field(default_factory=dict)
    spans: list[FileSpan] = field(default_factory=list)


@dataclass(slots=True)
class _Video:
    """One video; its tubes by number, those without one by their row."""

    aliases: tuple[str, ...] = ()
    tubes: dict[tuple[bool, int], _Tube] = field(default_factory=dict)
    acts: list[tuple[int, FileSpan]] = field(default_factory=list)
    segments: list[FileSpan] = field(default_factory=list)
    classes: list[FileSpan] = field(default_factory=list)


class _Project:
    def __init__(self, name: str) -> None:
        self.name = name
        self.attributes: dict[str, dict[str, Any]] = {}
        self.views: dict[str, _Video] = {}
        self.videos: dict[str, _Video] = {}
        self.bad: list[BadRow] = []
        self.notes: Counter[str] = Counter()

    def describe(self, attributes: dict[str, Any]) -> None:
        """Take up what attributes there are; older files give their names alone."""
        for key, entry in attributes.items():
            described = entry if isinstance(entry, dict) else {"aname": entry, "type": 1}
            entries.text(described.get("aname"), f"attribute.{key}.aname")
            self.attributes[key] = described

    def known_view(self, data: dict[str, Any], vid: str) -> None:
        files = data["view"][vid].get("fid_list") if isinstance(data["view"][vid], dict) else None
        found = data["file"].get(str(files[0])) if isinstance(files, list) and files else None
        if not isinstance(found, dict):
            self.bad.append(BadRow(1, "has no file", self.name, f"view.{vid}.fid_list"))
            return
        if len(files) > 1:
            self.notes[FIRST_FILE] += 1
        names = [str(found.get(part) or "") for part in ("fname", "src")]
        self.views[vid] = self._video([name for name in names if name])

    def _video(self, names: list[str]) -> _Video:
        key = names[0] if names else ""
        last = PurePosixPath(key).name
        aliases = tuple(name for name in dict.fromkeys([last, *names[1:]]) if name and name != key)
        return self.videos.setdefault(key, _Video(aliases))

    def line(self, cells: dict[str, str], row: int) -> None:
        """A line of a CSV."""
        try:
            if len(cells) < len(_COLUMNS):
                raise Wrong("", f"has {len(cells)} columns, too few")
            files = entries.listed(_cell(cells, "file_list"), "file_list")
            names = [entries.text(name, "file_list") for name in files[:1]]
            if not names:
                raise Wrong("file_list", "names no file")
            if len(files) > 1:
                self.notes[FIRST_FILE] += 1
            parts = [_cell(cells, column) for column in _COLUMNS[2:]]
            self.add(self._video(names), *parts, row, "")
        except Wrong as wrong:
            self.bad.append(wrong.bad_row(row, self.name))

    def add(self, video: _Video, z: Any, xy: Any, av: Any, row: int, path: str) -> None:
        """A piece of metadata: a region, a segment, or something about the file."""
        times = [entries.seconds(t, f"{path}z") for t in entries.listed(z, f"{path}z")]
        shape = entries.listed(xy, f"{path}xy")
        said = list(self._said(entries.mapping(av, f"{path}av")))
        if len(times) > 2 or (shape and len(times) == 2):
            raise Wrong(f"{path}z", "has more times than VIA can show a region or segment for")
        if shape:
            self._region(video, times[0] if times else Fraction(0), shape, said, row, path)
        elif times:
            self._segment(video, times, said, row, path)
        else:
            names = [name for _, values, _ in said for name in values]
            video.classes += [FileSpan(name, row=row) for name in names]

    def _said(self, av: dict[str, Any]) -> Iterator[tuple[str, list[str], bool]]:
        """(attribute, values, whether several can be chosen)."""
        for key, value in av.items():
            described = self.attributes.get(key)
            if described is None:
                self.notes[f"Attribute {key} is not described and is left out."] += 1
                continue
            options = described.get("options")
            kind = described.get("type")
            parts = [value] if not isinstance(value, str) or kind != _CHECKBOX else value.split(",")
            if kind in _CHOICES and isinstance(options, dict):
                parts = [options.get(str(part).strip(), part) for part in parts]
            yield described["aname"], said_values(map(str, parts)), kind == _CHECKBOX

    def _region(
        self, video: _Video, at: Fraction, shape: list[Any], values: Any, row: int, path: str
    ) -> None:
        kind, box = numbered_shape(shape, f"{path}xy")
        said = Said()
        for name, found, of_many in values:
            said.take(name, found, of_many)
        key = (True, row) if said.number is None else (False, said.number)
        tube = video.tubes.setdefault(key, _Tube(said.label, row))
        if at in tube.boxes:
            raise Wrong(f"{path}z", f"is a second box of track {said.number} at {float(at):g} s")
        tube.boxes[at] = FileBox(
            at, box, "occluded" in said.states, "outside" in said.states,
            tuple(sorted(said.actions)) or None, row,
        )  # fmt: skip
        if kind != "rect":
            self.notes[f"A {kind} is taken as the box around it."] += 1
        for note in said.left_out:
            self.notes[note] += 1

    def _segment(
        self, video: _Video, times: list[Fraction], said: Any, row: int, path: str
    ) -> None:
        if times[-1] < times[0]:
            raise Wrong(f"{path}z", "ends before it begins")
        number = next((n for a, v, _ in said if (n := track_number(a, v)) is not None), None)
        for name, values, _ in said:
            if track_number(name, values) is not None:
                continue
            spans = [FileSpan(value, times[0], times[-1], row=row) for value in values]
            if number is None:
                video.segments += spans
            else:
                video.acts += [(number, span) for span in spans]

    def made(self) -> Iterator[Reading]:
        for video in self.videos.values():
            self._join(video)
        yield from self.bad
        for note, count in self.notes.items():
            yield Note(f"{note} ({count}×)")
        for key, video in self.videos.items():
            yield FileVideo(
                key=key,
                unit=Unit.SECOND,
                aliases=video.aliases,
                tubes=tuple(_tube(place, tube) for place, tube in video.tubes.items()),
                segments=tuple(video.segments),
                classes=tuple(video.classes),
            )

    def _join(self, video: _Video) -> None:
        """Put actions on their tubes."""
        for number, span in video.acts:
            tube = video.tubes.get((False, number))
            if tube is None:
                reason = f"is an action of track {number}, which has no box"
                self.bad.append(BadRow(span.row, reason, self.name, "av"))
            else:
                tube.spans.append(span)


def _cell(cells: dict[str, str], column: str) -> Any:
    try:
        return json.loads(cells[column] or "[]")
    except (json.JSONDecodeError, RecursionError) as error:
        raise Wrong(column, f"is not JSON: {error}") from error


def _tube(place: tuple[bool, int], tube: _Tube) -> FileTube:
    is_single, number = place
    boxes = tuple(tube.boxes[at] for at in sorted(tube.boxes))
    return FileTube(
        boxes, None if is_single else number, tube.label, tuple(tube.spans), row=tube.row
    )

"""VGG Image Annotator (VIA 1 and 2) and Video Annotator (VIA 3), JSON and CSV.

Source: VIA's code documentation and its import and export.

Keeps: tubes and their keyframes, numbers, object labels, actions, occlusion, gaps, segments, video
classes. Loses when written: scores; times beyond the microsecond, boxes beyond six decimals.

VIA 3 counts seconds and knows no frames, no tubes and no gaps. Written is a VIA 3 project whose
attributes say what is missing: `track` is the person's number, `state` says occluded or outside,
`label` the object; an action is a temporal segment with `action` and `track`, a segment of the
video one with `segment`, a class of it is the file's `class`.

Read, by one rule for all versions: an attribute called track, tube, person, object or instance,
with "id" or "number" or without, or called id, that is a whole number, puts boxes together to a
tube; a region without one is a tube of its own. Ticked options, and what attributes called action
or activity say, are actions. The first other attribute of a region is its object label; any
further one is left out and noted. Each value of a temporal segment is a segment of that name, and
of a whole file a class of the video.

Pictures of VIA 1 and 2 are frames: see `stills`; one whose name has no number is a video of its
own. Shapes that are no rectangle become the box around them, noted; points have no area.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import entries, motion, stills, via3
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
    Unit,
)
from labeling.formats.entries import Wrong
from labeling.formats.sources import files_in, lines, load_json, said_name, shown, starts_like
from labeling.formats.via_attributes import Said, ticked
from labeling.formats.via_shapes import named_shape
from labeling.formats.via_write import write

_HEADER = ("filename", "region_shape_attributes", "region_attributes")


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """The videos of a file, whichever version wrote it.

    Raises:
        InvalidInput: a file is neither VIA's JSON nor its CSV.
    """
    name = said_name(path, options)
    for part in files_in(path, (".json", ".csv"), name):
        called = shown(path, part, name)
        is_json = starts_like(part, (), 64).lstrip().startswith(("{", "["))
        yield from _read_json(part, called) if is_json else _read_csv(part, called)


def _read_json(path: Path, name: str) -> Iterator[Reading]:
    data = load_json(path, name)
    if isinstance(data, dict) and {"metadata", "file", "view"} <= data.keys():
        yield from via3.read_project(data, name)
        return
    found = data.get("_via_img_metadata", data) if isinstance(data, dict) else None
    if not isinstance(found, dict) or not all(map(_is_picture, found.values())):
        raise InvalidInput(f"{name} is no VIA project: it has neither 'metadata' nor pictures.")
    pictures = _Pictures(name)
    for row, (key, picture) in enumerate(found.items(), start=1):
        pictures.guarded(row, key, picture)
    yield from pictures.made()


def _is_picture(value: Any) -> bool:
    return isinstance(value, dict) and "filename" in value and "regions" in value


def _read_csv(path: Path, name: str) -> Iterator[Reading]:
    numbered = list(lines(path, name))
    head = next((text for _, text in numbered if text.strip()), "")
    if head.startswith("#") and not head.startswith("#filename"):
        yield from via3.read_csv((text for _, text in numbered), name)
        return
    header = next(csv.reader([head.removeprefix("#")]), [])
    if not set(_HEADER) <= set(header):
        raise InvalidInput(f"{name} is no CSV of VIA's: its first line has no {_HEADER[0]}.")
    text = io.StringIO("\n".join(text for _, text in numbered), newline="")
    reader = csv.DictReader(text, header, restkey="more")
    pictures = _Pictures(name)
    try:
        next(reader)
        for cells in reader:
            pictures.row(reader.line_num, cells)
    except csv.Error as error:
        raise InvalidInput(f"{name}, line {reader.line_num}: not CSV: {error}.") from error
    yield from pictures.made()


@dataclass(slots=True)
class _Video:
    pictures: set[int] = field(default_factory=set)
    tracks: dict[Any, stills.Track] = field(default_factory=dict)
    ticks: dict[int, set[str]] = field(default_factory=dict)


class _Pictures:
    """Gathers the pictures and regions of VIA 1 and 2."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.videos: dict[str, _Video] = {}
        self.bad: list[BadRow] = []
        self.notes: Counter[str] = Counter()

    def guarded(self, row: int, key: str, picture: dict[str, Any]) -> None:
        """A picture of a JSON file with its regions."""
        try:
            filename = entries.text(picture["filename"], f"{key}.filename")
            self._about(filename, picture.get("file_attributes"), f"{key}.file_attributes")
            regions = picture["regions"]
            # VIA 1 numbers its regions, VIA 2 lists them.
            listed = list(regions.values()) if isinstance(regions, dict) else regions
            entries.listed(listed, f"{key}.regions")
        except Wrong as wrong:
            self.bad.append(wrong.bad_row(row, self.name))
            return
        for index, region in enumerate(listed):
            self._guarded_region(filename, region, row, f"{key}.regions[{index}]")

    def row(self, row: int, cells: dict[str, Any]) -> None:
        """A line of a CSV: a region, or a picture without one."""
        try:
            filename = entries.text(cells["filename"], "filename")
            about = _cell(cells, "file_attributes")
            self._about(filename, about, "file_attributes")
            shape = _cell(cells, "region_shape_attributes")
            said = _cell(cells, "region_attributes")
        except Wrong as wrong:
            self.bad.append(wrong.bad_row(row, self.name))
            return
        if shape:
            region = {"shape_attributes": shape, "region_attributes": said}
            self._guarded_region(filename, region, row, "")

    def _about(self, filename: str, attributes: Any, column: str) -> None:
        video, frame = self._place(filename)
        about = entries.mapping(attributes or {}, column)
        if frame in video.pictures:
            return
        video.pictures.add(frame)
        if stills.frame_of(filename):
            self.notes[stills.NUMBERED] += 1
        for name, value in about.items():
            options = ticked(value)
            video.ticks.setdefault(frame, set()).update(options or ())
            if options is None and str(value).strip():
                self.notes[f"The pictures' attribute '{name}' is left out."] += 1

    def _place(self, filename: str) -> tuple[_Video, int]:
        key, frame = stills.frame_of(filename) or (filename, 0)
        return self.videos.setdefault(key, _Video()), frame

    def _guarded_region(self, filename: str, region: Any, row: int, column: str) -> None:
        try:
            self._region(filename, entries.mapping(region, column), row, column)
        except Wrong as wrong:
            self.bad.append(wrong.bad_row(row, self.name))

    def _region(self, filename: str, region: dict[str, Any], row: int, column: str) -> None:
        video, frame = self._place(filename)
        lead = f"{column}." if column else ""
        shape = entries.field(region, "shape_attributes", column)
        kind, box = named_shape(shape, f"{lead}shape_attributes")
        said = Said()
        attributes = region.get("region_attributes") or {}
        for name, value in entries.mapping(attributes, f"{lead}region_attributes").items():
            options = ticked(value)
            said.take(name, [str(value)] if options is None else options, options is not None)
        key = ("region", len(video.tracks)) if said.number is None else said.number
        track = video.tracks.setdefault(key, stills.Track(said.label, said.number, row))
        actions = tuple(sorted(said.actions))
        track.add(FileBox(frame, box, actions=actions or None, row=row), f"{lead}shape_attributes")
        if kind != "rect":
            self.notes[f"A {kind} is taken as the box around it."] += 1
        for note in said.left_out:
            self.notes[note] += 1

    def made(self) -> Iterator[Reading]:
        yield from self.bad
        for note, count in self.notes.items():
            yield Note(f"{note} ({count}×)")
        for key, video in self.videos.items():
            pictures = sorted(video.pictures)
            yield FileVideo(
                key=key,
                every_frame=stills.is_every_frame(pictures),
                tubes=tuple(track.tube(pictures) for track in video.tracks.values()),
                segments=motion.spans_on(sorted(video.ticks.items())),
            )


def _cell(cells: dict[str, Any], column: str) -> dict[str, Any]:
    text = cells.get(column) or "{}"
    try:
        return entries.mapping(json.loads(text), column)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Wrong(column, f"is not JSON: {error}") from error


def looks_like(path: Path) -> bool:
    start = starts_like(path, (".json", ".csv"))
    return (
        "region_shape_attributes" in start
        or '"shape_attributes"' in start
        or "_via_img_metadata" in start
        or "CSV_HEADER = metadata_id" in start
        or ('"project"' in start and '"vid_list"' in start)
        or ('"metadata"' in start and '"xy"' in start and '"vid"' in start)
    )


FORMAT = Format(
    name="via",
    title="VGG Image and Video Annotator (VIA)",
    read=read,
    write=write,
    unit=Unit.SECOND,
    holds=frozenset(
        {
            Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.ACTIONS, Holds.SEGMENTS,
            Holds.VIDEO_CLASSES, Holds.OCCLUSION, Holds.GAPS, Holds.KEYFRAMES,
        }
    ),
    accepts=(".json", ".csv", "/"),
    looks_like=looks_like,
)  # fmt: skip

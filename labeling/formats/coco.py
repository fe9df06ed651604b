"""COCO JSON with its extension to video, and COCO results.

    videos{id,name,width,height,length,fps}  images{id,video_id,frame_id,file_name,width,height}
    annotations{id,image_id,track_id,category_id,bbox,attributes,actions}  categories{id,name}
    [{image_id,category_id,bbox,score}, …]

Source: COCO's API and the keys that tracking sets (TAO, BDD100K, CVAT) add to it.

Keeps: tubes with a box for every frame, numbers, object labels, actions, occlusion, gaps, scores.
Loses when written: keyframes, segments, video classes, decimals of a box beyond the sixth.

Boxes are x, y, width, height from 0; ids are written from 1, because an annotation with id 0
counts as not found. A track is named by `track_id` or `instance_id` of an annotation or of its
attributes; an annotation without one is a tube of its own. Actions are the names in `actions`,
attributes that are true, and categories of the supercategory "action": so a box with several
labels is read whether they stand in one annotation or in several. Frames are `frame_id` or
`frame_index`, from 0; without them the number in the picture's name. Every picture of a video is
written, also an empty one; where the file shows only some frames, boxes are keyframes, and the
actor is away after a picture if the next one does not show them. Crowds are left out.

Results name neither pictures nor categories: an instances file given as labels does; without it
an image id is a frame, and category 18 is "category 18".
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import entries, stills
from labeling.formats.coco_write import write
from labeling.formats.dataset import (
    BadRow,
    Corners,
    FileBox,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong
from labeling.formats.sources import files_in, load_json, said_name, shown, starts_like

CROWDS = "An annotation of a crowd (iscrowd 1) is left out."
UNNAMED = "The results name neither pictures nor categories: an image id is taken as the frame."
_PART = re.compile(r'"(images|categories)"\s*:\s*\[')
_ACTION = "action"
# Attributes that say something else than an action.
_KNOWN_ATTRIBUTES = {"occluded", "track_id", "instance_id", "keyframe", "rotation", "actions"}


@dataclass(slots=True)
class _Video:
    entry: dict[str, Any]
    name: str
    pictures: list[int] = field(default_factory=list)
    tracks: dict[Any, stills.Track] = field(default_factory=dict)
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class _Picture:
    video: _Video
    frame: int


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """The videos of a file, in its order.

    Raises:
        InvalidInput: a file is no JSON, or no COCO.
    """
    name = said_name(path, options)
    for part in files_in(path, (".json",), name):
        yield from _File(shown(path, part, name)).read(load_json(part, name), options)


class _File:
    def __init__(self, name: str) -> None:
        self.name = name
        self.bad: list[BadRow] = []
        self.notes: Counter[str] = Counter()
        self.videos: dict[Any, _Video] = {}
        self.pictures: dict[Any, _Picture] = {}
        self.categories: dict[Any, tuple[str, bool]] = {}
        self.actions: dict[Any, str] = {}

    def read(self, data: Any, options: ReadOptions) -> Iterator[Reading]:
        if isinstance(data, list):
            self._read_results(data, options)
        elif isinstance(data, dict) and isinstance(data.get("annotations"), list):
            self._read_frame(data)
            self._read_annotations(data["annotations"], "annotations")
        else:
            raise InvalidInput(
                f"{self.name} is no COCO: neither a list of results nor an object with a list "
                "'annotations'."
            )
        yield from self.bad
        for note, count in self.notes.items():
            yield Note(f"{note} ({count}×)")
        yield from map(_made, self.videos.values())

    def _each(self, found: Any, column: str) -> Iterator[tuple[int, dict[str, Any], str]]:
        """(place from 1, entry, its path); what is no object is a bad row."""
        for index, entry in enumerate(found if isinstance(found, list) else ()):
            path = f"{column}[{index}]"
            try:
                yield index + 1, entries.mapping(entry, path), path
            except Wrong as wrong:
                self.bad.append(wrong.bad_row(index + 1, self.name))

    def _read_frame(self, data: dict[str, Any]) -> None:
        """Everything that annotations refer to."""
        for row, entry, path in self._each(data.get("categories"), "categories"):
            self._checked(row, lambda e=entry, p=path: self._category(e, p))
        for row, entry, path in self._each(data.get("actions"), "actions"):
            self._checked(row, lambda e=entry, p=path: self._action(e, p))
        for row, entry, path in self._each(data.get("videos"), "videos"):
            self._checked(row, lambda e=entry, p=path: self._video(e, p))
        for row, entry, path in self._each(data.get("images"), "images"):
            self._checked(row, lambda e=entry, p=path: self._picture(e, p))
        for video in self.videos.values():
            video.pictures = sorted(set(video.pictures))

    def _checked(self, row: int, step: Any) -> None:
        try:
            step()
        except Wrong as wrong:
            self.bad.append(wrong.bad_row(row, self.name))

    def _category(self, entry: dict[str, Any], path: str) -> None:
        name = entries.text(entries.field(entry, "name", path), f"{path}.name")
        is_action = entry.get("supercategory") == _ACTION
        self.categories[_id(entry, "id", path)] = name, is_action

    def _action(self, entry: dict[str, Any], path: str) -> None:
        name = entries.text(entries.field(entry, "name", path), f"{path}.name")
        self.actions[_id(entry, "id", path)] = name

    def _video(self, entry: dict[str, Any], path: str) -> None:
        name = entry.get("name", entry.get("file_name", ""))
        self.videos[_id(entry, "id", path)] = _Video(entry, entries.text(name, f"{path}.name"))

    def _picture(self, entry: dict[str, Any], path: str) -> None:
        picture = self._in_video(entry, path) if "video_id" in entry else self._by_name(entry, path)
        picture.video.pictures.append(picture.frame)
        self.pictures[_id(entry, "id", path)] = picture

    def _in_video(self, entry: dict[str, Any], path: str) -> _Picture:
        video = self.videos.get(_id(entry, "video_id", path))
        if video is None:
            raise Wrong(f"{path}.video_id", f"is {entry['video_id']!r}, which 'videos' has not")
        for name in ("frame_id", "frame_index"):
            if name in entry:
                return _Picture(video, entries.whole(entry[name], f"{path}.{name}", 0))
        found = stills.frame_of(str(entry.get("file_name", "")))
        if found is None:
            raise Wrong(f"{path}.frame_id", "is missing, and the file name has no number")
        self.notes[stills.NUMBERED] += 1
        return _Picture(video, found[1])

    def _by_name(self, entry: dict[str, Any], path: str) -> _Picture:
        name = entries.text(entries.field(entry, "file_name", path), f"{path}.file_name")
        key, frame = stills.frame_of(name) or (name, 0)
        if key != name:
            self.notes[stills.NUMBERED] += 1
        size = {side: entry[side] for side in ("width", "height") if side in entry}
        return _Picture(self.videos.setdefault(("by name", key), _Video(size, key)), frame)

    def _read_results(self, data: list[Any], options: ReadOptions) -> None:
        if data and not any(isinstance(e, dict) and "bbox" in e for e in data):
            raise InvalidInput(f"{self.name} is no list of COCO results: none has a 'bbox'.")
        if options.labels is not None and options.labels.suffix.lower() == ".json":
            frame = load_json(options.labels, options.labels.name)
            if not isinstance(frame, dict):
                raise InvalidInput(f"{options.labels.name} is no COCO instances file.")
            self._read_frame(frame)
        else:
            self.notes[UNNAMED] += 1
            only = self.videos.setdefault("", _Video({}, "", is_listed=False))
            for image in sorted({e["image_id"] for e in data if _has_whole(e, "image_id")}):
                self.pictures[image] = _Picture(only, image)
            for number in {e["category_id"] for e in data if _has_whole(e, "category_id")}:
                self.categories[number] = f"category {number}", False
        self._read_annotations(data, "results")

    def _read_annotations(self, data: list[Any], column: str) -> None:
        found = list(self._each(data, column))
        # An action without a track is told by the box it is on, which may come after it.
        for wanted in (False, True):
            for row, entry, path in found:
                if self._is_action(entry) is wanted:
                    self._checked(
                        row, lambda e=entry, r=row, p=path: self._annotation(e, r, p)
                    )  # fmt: skip

    def _is_action(self, entry: dict[str, Any]) -> bool:
        category = entry.get("category_id")
        return isinstance(category, int) and self.categories.get(category, ("", False))[1]

    def _annotation(self, entry: dict[str, Any], row: int, path: str) -> None:
        if entry.get("iscrowd") in (1, True):
            self.notes[CROWDS] += 1
            return
        picture = self.pictures.get(_id(entry, "image_id", path))
        if picture is None:
            raise Wrong(f"{path}.image_id", f"is {entry['image_id']!r}, which no image has")
        category = _id(entry, "category_id", path)
        if category not in self.categories:
            raise Wrong(f"{path}.category_id", f"is {category!r}, which no category has")
        name, is_action = self.categories[category]
        box = FileBox(picture.frame, _box(entry, path), _is_occluded(entry), row=row)
        actions = {*self._said(entry, path), *([name] if is_action else ())}
        scored = entry.get("score") is not None
        score = entries.number(entry["score"], f"{path}.score") if scored else None
        track = self._track(picture, entry, path, box, is_action)
        track.row = track.row or row
        self._add(track, box, "" if is_action else name, path)
        track.say(picture.frame, actions)
        if score is not None:
            track.scores.append(score)

    def _track(
        self, picture: _Picture, entry: dict[str, Any], path: str, box: FileBox, is_action: bool
    ) -> stills.Track:
        number = _track_number(entry, path)
        tracks = picture.video.tracks
        if number is not None:
            return tracks.setdefault(number, stills.Track(number=number))
        place = ("box", picture.frame, box.box)
        if is_action and place in tracks:
            return tracks[place]
        while place in tracks:
            place = (*place, "again")
        return tracks.setdefault(place, stills.Track())

    def _add(self, track: stills.Track, box: FileBox, label: str, path: str) -> None:
        same = track.boxes.get(int(box.at))
        if same is None or same.box != box.box:
            track.add(box, f"{path}.bbox")
        if label and track.label and label != track.label:
            self.notes[
                f"Track {track.number} has several categories; '{track.label}' is taken."
            ] += 1
        track.label = track.label or label

    def _said(self, entry: dict[str, Any], path: str) -> Iterator[str]:
        attributes = entry.get("attributes")
        attributes = attributes if isinstance(attributes, dict) else {}
        listed = entry.get("actions", attributes.get("actions", []))
        for index, action in enumerate(entries.listed(listed, f"{path}.actions")):
            named = self.actions.get(action) if isinstance(action, int) else None
            yield entries.text(named or action, f"{path}.actions[{index}]")
        for name, value in attributes.items():
            if name in _KNOWN_ATTRIBUTES or value is False:
                continue
            if value is True:
                yield name
            else:
                self.notes[f"Attribute '{name}' is neither true nor false and is left out."] += 1


def _made(video: _Video) -> FileVideo:
    frames = sorted({frame for track in video.tracks.values() for frame in track.boxes})
    pictures = video.pictures
    if not video.is_listed:
        pictures = list(range(frames[0], frames[-1] + 1)) if frames else []
    width, height = video.entry.get("width"), video.entry.get("height")
    length, fps = video.entry.get("length"), video.entry.get("fps")
    return FileVideo(
        key=video.name,
        every_frame=stills.is_every_frame(pictures),
        tubes=tuple(track.tube(pictures) for track in video.tracks.values()),
        size=(width, height) if _is_size(width) and _is_size(height) else None,
        frame_rate=Fraction(repr(fps)) if _is_number(fps) and fps > 0 else None,
        frame_count=length if _is_size(length) else None,
        split=str(video.entry.get("split", "")),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _has_whole(entry: Any, name: str) -> bool:
    return isinstance(entry, dict) and type(entry.get(name)) is int and entry[name] >= 0


def _id(entry: dict[str, Any], name: str, path: str) -> Any:
    value = entries.field(entry, name, path)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong(f"{path}.{name}", f"is no id: {value!r}")
    return value


def _box(entry: dict[str, Any], path: str) -> Corners:
    column = f"{path}.bbox"
    values = entries.listed(entries.field(entry, "bbox", path), column)
    if len(values) != 4:
        raise Wrong(column, f"has {len(values)} numbers, not x, y, width, height")
    return entries.sized(*(entries.number(value, column) for value in values), column)


def _is_occluded(entry: dict[str, Any]) -> bool:
    attributes = entry.get("attributes")
    said = attributes.get("occluded") if isinstance(attributes, dict) else entry.get("occluded")
    return said in (1, True)


def _track_number(entry: dict[str, Any], path: str) -> int | None:
    attributes = entry.get("attributes")
    for where in (entry, attributes if isinstance(attributes, dict) else {}):
        for name in ("track_id", "instance_id"):
            if where.get(name) is not None:
                number = entries.whole(where[name], f"{path}.{name}")
                return number if number >= 0 else None
    return None


def looks_like(path: Path) -> bool:
    start = starts_like(path, (".json",)).lstrip()
    if start.startswith("["):
        return '"bbox"' in start and '"image_id"' in start
    return start.startswith("{") and (
        _PART.search(start) is not None or '"image_id"' in start or '"licenses"' in start
    )


FORMAT = Format(
    name="coco",
    title="COCO with videos (JSON)",
    read=read,
    write=write,
    every_frame=True,
    holds=frozenset(
        {
            Holds.TUBES, Holds.NUMBERS, Holds.OBJECT_LABELS, Holds.ACTIONS, Holds.OCCLUSION,
            Holds.GAPS, Holds.SCORES,
        }
    ),
    accepts=(".json", "/"),
    looks_like=looks_like,
)  # fmt: skip

"""Writes a project of VIA 3; what its attributes mean stands in `via`."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from labeling.formats.dataset import FileBox, FileLabel, FileSpan, FileTube, FileVideo, Time
from labeling.formats.entries import size_of

_DEFAULT_LABEL = "person"
_TEXT, _CHECKBOX, _SELECT = 1, 2, 4
_REGION, _SEGMENT, _FILE = "FILE1_Z1_XY1", "FILE1_Z2_XY0", "FILE1_Z0_XY0"
_RECTANGLE, _VIDEO, _LOCAL = 2, 4, 1
# Ids of the attributes.
_LABEL, _TRACK, _STATE, _ACTION, _ACTOR, _SEGMENT_NAME, _CLASS = "1234567"


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """One project, via_project.json; returns counts."""
    writer = _Writer(labels)
    with (folder / "via_project.json").open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"metadata": {')
        for index, video in enumerate(videos, start=1):
            writer.write(file, video, str(index))
        file.write("\n},\n")
        parts = writer.project().items()
        file.write(",\n".join(f"{json.dumps(key)}: {_json(value)}" for key, value in parts))
        file.write("}\n")
    return dict(writer.counts)


class _Writer:
    def __init__(self, labels: Sequence[FileLabel]) -> None:
        of_kind = {kind: [] for kind in ("object", "action", "segment", "video_class")}
        for label in labels:
            of_kind[label.kind].append(label.name)
        objects, actions, segments, classes = of_kind.values()
        self.options = {
            _LABEL: _numbered(objects or [_DEFAULT_LABEL]),
            _STATE: _numbered(["occluded", "outside"]),
            _ACTION: _numbered(actions), _SEGMENT_NAME: _numbered(segments),
            _CLASS: _numbered(classes),
        }  # fmt: skip
        self.keys: list[str] = []
        self.separator = "\n"
        self.counts = Counter(videos=0, tubes=0, boxes=0, actions=0, segments=0, classes=0)

    def write(self, file: IO[str], video: FileVideo, vid: str) -> None:
        self.keys.append(video.key)
        for number, (z, xy, av) in enumerate(self._entries(video), start=1):
            entry = {"vid": vid, "flg": 0, "z": [_seconds(t) for t in z], "xy": xy, "av": av}
            file.write(f'{self.separator}"{vid}_{number}": {_json(entry)}')
            self.separator = ",\n"
        self.counts.update(
            videos=1, tubes=len(video.tubes), segments=len(video.segments),
            classes=len(video.classes), boxes=sum(len(t.boxes) for t in video.tubes),
            actions=sum(len(t.spans) for t in video.tubes),
        )  # fmt: skip

    def _entries(self, video: FileVideo) -> Iterator[tuple[Sequence[Time], list[Any], dict]]:
        free = 1 + max((t.number for t in video.tubes if t.number is not None), default=0)
        for tube in video.tubes:
            number, free = (free, free + 1) if tube.number is None else (tube.number, free)
            yield from self._tube(tube, str(number))
        for span in video.segments:
            yield _times(span), [], {_SEGMENT_NAME: self._option(_SEGMENT_NAME, span.label)}
        if video.classes:
            chosen = (self._option(_CLASS, span.label) for span in video.classes)
            yield [], [], {_CLASS: ",".join(chosen)}

    def _tube(
        self, tube: FileTube, number: str
    ) -> Iterator[tuple[Sequence[Time], list[Any], dict]]:
        label = self._option(_LABEL, tube.label or _DEFAULT_LABEL)
        for box in tube.boxes:
            av = {_LABEL: label, _TRACK: number} | self._state(box)
            yield [box.at], [_RECTANGLE, *size_of(box.box)], av
        for span in tube.spans:
            times = _times(span) or [tube.boxes[0].at, tube.boxes[-1].at]
            yield times, [], {_ACTION: self._option(_ACTION, span.label), _ACTOR: number}

    def _state(self, box: FileBox) -> dict[str, str]:
        flags = [("occluded", box.occluded), ("outside", box.outside)]
        chosen = [self._option(_STATE, name) for name, is_on in flags if is_on]
        return {_STATE: ",".join(chosen)} if chosen else {}

    def _option(self, attribute: str, name: str) -> str:
        options = self.options[attribute]
        return options.setdefault(name, str(len(options) + 1))

    def project(self) -> dict[str, Any]:
        """Everything but the metadata."""
        vids = [str(index) for index, _ in enumerate(self.keys, start=1)]
        return {
            "project": {
                "pid": "__VIA_PROJECT_ID__", "rev": "__VIA_PROJECT_REV_ID__",
                "rev_timestamp": "__VIA_PROJECT_REV_TIMESTAMP__", "pname": "Videos",
                "creator": "VGG Video Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)",
                "created": 0, "vid_list": vids,
            },
            "config": {
                "file": {"loc_prefix": {"1": "", "2": "", "3": "", "4": ""}},
                "ui": {
                    "file_content_align": "center", "file_metadata_editor_visible": True,
                    "spatial_metadata_editor_visible": True,
                    "spatial_region_label_attribute_id": _LABEL,
                },
            },
            "attribute": {
                _LABEL: self._attribute("label", _REGION, _SELECT, _LABEL),
                _TRACK: self._attribute("track", _REGION, _TEXT),
                _STATE: self._attribute("state", _REGION, _CHECKBOX, _STATE),
                _ACTION: self._attribute("action", _SEGMENT, _SELECT, _ACTION),
                _ACTOR: self._attribute("track", _SEGMENT, _TEXT),
                _SEGMENT_NAME: self._attribute("segment", _SEGMENT, _SELECT, _SEGMENT_NAME),
                _CLASS: self._attribute("class", _FILE, _CHECKBOX, _CLASS),
            },
            "file": {
                vid: {"fid": int(vid), "fname": key, "type": _VIDEO, "loc": _LOCAL, "src": ""}
                for vid, key in zip(vids, self.keys, strict=True)
            },
            "view": {vid: {"fid_list": [int(vid)]} for vid in vids},
        }  # fmt: skip

    def _attribute(self, name: str, anchor: str, kind: int, options: str = "") -> dict[str, Any]:
        listed = {number: option for option, number in self.options.get(options, {}).items()}
        return {
            "aname": name, "anchor_id": anchor, "type": kind, "desc": "", "options": listed,
            "default_option_id": "",
        }  # fmt: skip


def _numbered(names: Sequence[str]) -> dict[str, str]:
    return {name: str(number) for number, name in enumerate(dict.fromkeys(names), start=1)}


def _times(span: FileSpan) -> list[Time]:
    return [] if span.start is None or span.end is None else [span.start, span.end]


def _seconds(at: Time) -> float:
    return float(round(at, 6))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

"""Writes CVAT for video 1.1: one file a video, as CVAT has one for each task.

Keyframes alone are written, with a closing `outside` box where a track ends before the video
does, because importers keep nothing else. Numbers have two decimals as CVAT's, or all they need.
`labels.json` is what CVAT's label editor takes under "Raw" to make a task or project that the
files can be imported into.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from labeling.formats import motion
from labeling.formats.dataset import FileBox, FileLabel, FileTube, FileVideo
from labeling.formats.sources import FileNames, write_json

_DEFAULT_LABEL = "person"
# Characters that no XML 1.0 file can hold.
_IMPOSSIBLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """One XML file a video, and labels.json; returns counts."""
    names, counts = FileNames(), Counter(videos=0, tubes=0, boxes=0, actions=0)
    objects = _names(labels, "object") or [_DEFAULT_LABEL]
    actions = _names(labels, "action")
    for video in videos:
        path = folder / f"{names.of(video.key)}.xml"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for line in _lines(video, objects, actions):
                file.write(f"{line}\n")
        counts.update(
            videos=1,
            tubes=len(video.tubes),
            boxes=sum(len(tube.boxes) for tube in video.tubes),
            actions=sum(len(tube.spans) for tube in video.tubes),
        )
    write_json(folder / "labels.json", [_raw_label(name, actions) for name in objects])
    return dict(counts)


def _names(labels: Sequence[FileLabel], kind: str) -> list[str]:
    return list(dict.fromkeys(label.name for label in labels if label.kind == kind))


def _raw_label(name: str, actions: Sequence[str]) -> dict[str, Any]:
    checkbox = {"mutable": True, "input_type": "checkbox", "default_value": "false"}
    attributes = [{"name": action, **checkbox, "values": ["false"]} for action in actions]
    return {"name": name, "attributes": attributes}


def _lines(video: FileVideo, objects: list[str], actions: list[str]) -> Iterator[str]:
    used = [tube.label or _DEFAULT_LABEL for tube in video.tubes]
    done = sorted({span.label for tube in video.tubes for span in tube.spans})
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield "<annotations>"
    yield "  <version>1.1</version>"
    yield from _meta(video, _joined(objects, used), _joined(actions, done))
    for number, tube in _numbered(video.tubes):
        yield from _track(tube, number, video.frame_count)
    yield "</annotations>"


def _joined(first: list[str], then: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *then]))


def _numbered(tubes: Sequence[FileTube]) -> Iterator[tuple[int, FileTube]]:
    """Track ids: people's numbers, others follow."""
    free = 1 + max((tube.number for tube in tubes if tube.number is not None), default=-1)
    for tube in tubes:
        if tube.number is None:
            yield free, tube
            free += 1
        else:
            yield tube.number, tube


def _meta(video: FileVideo, objects: list[str], actions: list[str]) -> Iterator[str]:
    yield "  <meta>"
    yield "    <task>"
    yield f"      <name>{_text(video.key)}</name>"
    if video.frame_count is not None:
        yield f"      <size>{video.frame_count}</size>"
    yield "      <mode>interpolation</mode>"
    yield "      <overlap>0</overlap>"
    if video.split:
        yield f"      <subset>{_text(video.split)}</subset>"
    if video.frame_count is not None:
        yield "      <start_frame>0</start_frame>"
        yield f"      <stop_frame>{video.frame_count - 1}</stop_frame>"
    yield "      <frame_filter></frame_filter>"
    yield "      <labels>"
    for name in objects:
        yield from _label(name, actions)
    yield "      </labels>"
    if video.size:
        yield "      <original_size>"
        yield f"        <width>{video.size[0]}</width>"
        yield f"        <height>{video.size[1]}</height>"
        yield "      </original_size>"
    yield "    </task>"
    yield f"    <source>{_text(video.key)}</source>"
    yield "  </meta>"


def _label(name: str, actions: list[str]) -> Iterator[str]:
    yield "        <label>"
    yield f"          <name>{_text(name)}</name>"
    yield "          <attributes>"
    for action in actions:
        yield "            <attribute>"
        yield f"              <name>{_text(action)}</name>"
        yield "              <mutable>True</mutable>"
        yield "              <input_type>checkbox</input_type>"
        yield "              <default_value>false</default_value>"
        yield "              <values>false</values>"
        yield "            </attribute>"
    yield "          </attributes>"
    yield "        </label>"


def _track(tube: FileTube, number: int, frame_count: int | None) -> Iterator[str]:
    label = _quoted(tube.label or _DEFAULT_LABEL)
    yield f'  <track id="{number}" label={label} source="manual">'
    names = sorted({span.label for span in tube.spans})
    for box in closed(with_changes(tube), frame_count):
        happening = () if box.outside else motion.actions_at(tube, box.at)
        yield from _box(box, names, happening)
    yield "  </track>"


def with_changes(tube: FileTube) -> tuple[FileBox, ...]:
    """The tube's boxes, and one wherever an action begins or ends."""
    times = [at for span in tube.spans for at in (span.start, span.end) if at is not None]
    return motion.with_boxes_at(tube.boxes, times)


def closed(boxes: tuple[FileBox, ...], frame_count: int | None) -> tuple[FileBox, ...]:
    """The boxes, and one that says that the tube ends, if it does before the video."""
    last = boxes[-1]
    if last.outside or (frame_count is not None and last.at + 1 >= frame_count):
        return boxes
    return (*boxes, replace(last, at=last.at + 1, outside=True))


def _box(box: FileBox, names: list[str], happening: Sequence[str]) -> Iterator[str]:
    sides = zip(("xtl", "ytl", "xbr", "ybr"), box.box, strict=True)
    place = " ".join(f'{side}="{_number(value)}"' for side, value in sides)
    yield (
        f'    <box frame="{box.at}" keyframe="1" outside="{box.outside:d}" '
        f'occluded="{box.occluded:d}" {place} z_order="0">'
    )
    for name in names:
        value = "true" if name in happening else "false"
        yield f"      <attribute name={_quoted(name)}>{value}</attribute>"
    yield "    </box>"


def _number(value: float) -> str:
    short = f"{value:.2f}"
    return short if float(short) == value else repr(float(value))


def _text(value: str) -> str:
    return escape(value.translate(_IMPOSSIBLE), {"\r": "&#13;"})


def _quoted(value: str) -> str:
    return quoteattr(value.translate(_IMPOSSIBLE))

"""The layout of ACT's ground truth, which MOC, mmaction2 and MultiSports share.

    {"labels": [name], "gttubes": {video: {label place: [tube]}}, "nframes": {video: n},
     "train_videos": [[video] per split], "test_videos": […], "resolution": {video: [h, w]}}

A tube is rows of frame, x1, y1, x2, y2; frames count from 1, pixels from 0. It is published as a
pickle of dicts and numpy arrays, read here through `safe_pickle`, and written as JSON of the same
keys: a program of its own may turn that into arrays.

Source: Dataset.py and ACT_utils.py of ACT-detector; the data pages of mmaction2.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from labeling.domain.errors import InvalidInput
from labeling.formats.action_tubes import (
    LARGEST_FRAME,
    WITHOUT_ACTION,
    action_tubes,
    array,
    file_boxes,
    file_tube,
    rounded,
    without_action,
    write_entries,
)
from labeling.formats.dataset import BadRow, FileLabel, FileTube, FileVideo
from labeling.formats.entries import Wrong, listed, mapping, text, whole
from labeling.formats.label_names import in_order

_KEYS = ("labels", "gttubes", "nframes")


def is_act(content: Any) -> bool:
    return isinstance(content, dict) and "gttubes" in content


def read_act(content: Any, name: str) -> Iterator[FileVideo | BadRow]:
    """Videos of the layout.

    Raises:
        InvalidInput: one of the keys that everything hangs on is missing or no such thing.
    """
    missing = [key for key in _KEYS if not isinstance(content, dict) or key not in content]
    if missing:
        raise InvalidInput(f"{name} has not the layout of ACT: {', '.join(missing)} missing.")
    try:
        classes = [text(label, "labels") for label in listed(content["labels"], "labels")]
        tubes = mapping(content["gttubes"], "gttubes")
        counts = mapping(content["nframes"], "nframes")
        sizes = mapping(content.get("resolution", {}), "resolution")
        splits = _splits(content)
    except Wrong as wrong:
        raise InvalidInput(f"{name}: {wrong.column} {wrong.reason}.") from None
    for row, key in enumerate(dict.fromkeys((*counts, *tubes)), start=1):
        bad: list[BadRow] = []
        try:
            made = list(_tubes(key, tubes.get(key, {}), classes, row, name, bad))
            size = _size(sizes.get(key), f"resolution.{key}")
            count = whole(counts.get(key), f"nframes.{key}", least=1)
        except Wrong as wrong:
            yield wrong.bad_row(row, name)
            continue
        yield from bad
        yield FileVideo(
            key=str(key),
            aliases=(Path(str(key)).name,) if "/" in str(key) else (),
            every_frame=True,
            tubes=tuple(made),
            size=size,
            frame_count=count,
            split=",".join(splits.get(key, ())),
            row=row,
        )


def _splits(content: dict[str, Any]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for key, kind in (("train_videos", "train"), ("test_videos", "test")):
        for place, names in enumerate(listed(content.get(key, []), key), start=1):
            for video in listed(names, f"{key}[{place - 1}]"):
                found.setdefault(text(video, key), []).append(f"{kind}{place:02d}")
    return {video: sorted(names, key=lambda name: name[-2:]) for video, names in found.items()}


def _size(value: Any, column: str) -> tuple[int, int] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Wrong(column, "is no pair of height and width")
    height, width = (whole(side, column, least=1) for side in value)
    return width, height


def _tubes(
    key: str, said: Any, classes: Sequence[str], row: int, name: str, bad: list[BadRow]
) -> Iterator[FileTube]:
    number = 0
    for place, tubes in mapping(said, f"gttubes.{key}").items():
        column = f"gttubes.{key}[{place}]"
        label = whole(place, column, least=0)
        if label >= len(classes):
            raise Wrong(column, f"is none of the {len(classes)} labels, which count from 0")
        for index, rows in enumerate(listed(tubes, column)):
            number += 1
            try:
                boxes = _boxes(rows, f"{column}[{index}]", row, bad, name)
            except Wrong as wrong:
                bad.append(wrong.bad_row(row, name))
                continue
            if boxes:
                yield file_tube(number, classes[label], boxes, row)


def _boxes(rows: Any, column: str, row: int, bad: list[BadRow], name: str) -> list[Any]:
    found = array(rows, 5, column)
    frames = found[:, 0]
    is_whole = (frames == np.floor(frames)).all() and frames.max() < LARGEST_FRAME
    if not is_whole or frames.min() < 1 or (np.diff(frames) <= 0).any():
        raise Wrong(column, "has frames that are not whole numbers from 1 in rising order")
    return file_boxes((frames - 1).astype(int).tolist(), found[:, 1:], column, row, bad, name)


def write_act(
    path: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]
) -> dict[str, int]:
    """The layout as JSON. Tubes of a video stand by label; a tube for each action of a person."""
    made = _Written(classes={name: n for n, name in enumerate(in_order(labels, ("action",)))})
    with path.open("w", encoding="utf-8") as file:
        file.write('{"gttubes": {')
        write_entries(file, map(made.entry, videos))
        file.write("},\n")
        file.write(json.dumps(made.rest(), ensure_ascii=False)[1:])
        file.write("\n")
    return made.counts


@dataclass(slots=True)
class _Written:
    """What the tables beside the tubes will say."""

    classes: dict[str, int]
    counts: dict[str, int] = field(
        default_factory=lambda: {"videos": 0, "tubes": 0, WITHOUT_ACTION: 0}
    )
    frames: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)

    def entry(self, video: FileVideo) -> tuple[str, dict[str, list[Any]]]:
        made: dict[int, list[Any]] = {}
        last = 1
        for label, boxes in action_tubes(video):
            place = self.classes.setdefault(label, len(self.classes))
            rows = [[int(box.at) + 1, *map(rounded, box.box)] for box in boxes]
            made.setdefault(place, []).append(rows)
            last = max(last, rows[-1][0])
        self.counts["videos"] += 1
        self.counts["tubes"] += sum(map(len, made.values()))
        self.counts[WITHOUT_ACTION] += without_action(video)
        self.frames[video.key] = video.frame_count or last
        self.splits[video.key] = video.split
        if video.size:
            self.sizes[video.key] = [video.size[1], video.size[0]]
        return video.key, {str(place): made[place] for place in sorted(made)}

    def rest(self) -> dict[str, Any]:
        return {
            "labels": list(self.classes),
            "nframes": self.frames,
            "train_videos": _lists(self.splits, "train"),
            "test_videos": _lists(self.splits, "test"),
            "resolution": self.sizes,
        }


def _lists(splits: dict[str, str], kind: str) -> list[list[str]]:
    """The videos of each split; a split of another name than train counts as test."""
    found: dict[int, list[str]] = {}
    for video, said in splits.items():
        for part in said.split(",") if said else ():
            name, number = (part[:-2], int(part[-2:])) if part[-2:].isdigit() else (part, 1)
            if (name == "train") == (kind == "train"):
                found.setdefault(max(number, 1), []).append(video)
    return [found.get(number, []) for number in range(1, max(found, default=0) + 1)]

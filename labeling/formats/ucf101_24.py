"""UCF101-24: tubes of one class, with a box for every frame.

Read: pyannot.pkl and pyannot_with_class_names.pkl through the restricted unpickler, the same as
JSON, finalAnnots.mat, and the layout of ACT (UCF101v2-GT.pkl).

    {video: {"numf", "label", "annotations": [{"label", "sf", "ef", "boxes": [[x, y, w, h]]}]}}

alone, or under "db" beside "classes" and "trainvideos". In these sf counts from 0 and ef is the
frame after the last; in the .mat both count from 1 and ef is the last. Boxes are pixels of a
picture of 320 by 240 unless an entry says its "size"; sizes and corners are added as float64, since
the files' uint8 overflows. Labels are places in "classes", in a list given beside the file, or in
the 24 names of the dataset.

Written: ucf101_24.json, the second form, or finalAnnots.mat with classes.txt; no pickle is ever
written. Kept: tubes, their class, frame count, size, and whether a video is for training. A tube
with a gap, and a person who does two things, are two tubes. Lost: person numbers, object labels,
occlusion, scores, whoever does nothing; coordinates are rounded to 1/10000 px. JSON is equal as
JSON, the .mat value for value; a pickle becomes equal JSON.

Source: the corrected annotations of Singh et al. (ICCV 2017) and their reader data/ucf24.py.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import archive, mat5, ucf101_24_mat
from labeling.formats.act_layout import is_act, read_act
from labeling.formats.action_tubes import (
    LARGEST_FRAME,
    WITHOUT_ACTION,
    action_tubes,
    array,
    file_boxes,
    file_tube,
    rounded,
    runs,
    without_action,
    write_entries,
)
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileLabel,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong, listed, mapping, text, whole
from labeling.formats.entries import field as said
from labeling.formats.label_names import in_order, read_numbered, write_numbered
from labeling.formats.plain_values import load_plain
from labeling.formats.sources import files_in, said_name, shown, starts_like

SIZE = (320, 240)
CLASSES = (
    "Basketball", "BasketballDunk", "Biking", "CliffDiving", "CricketBowling", "Diving", "Fencing",
    "FloorGymnastics", "GolfSwing", "HorseRiding", "IceDancing", "LongJump", "PoleVault",
    "RopeClimbing", "SalsaSpin", "SkateBoarding", "Skiing", "Skijet", "SoccerJuggling", "Surfing",
    "TennisSwing", "TrampolineJumping", "VolleyballSpiking", "WalkingWithDog",
)  # fmt: skip
_CLASS_LIST = "classes.txt"
_ENDINGS = (".pkl", ".json", ".mat")


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Videos of a pickle, JSON or .mat, or of a folder or archive of them.

    Raises:
        InvalidInput: a file is none of these, holds no annotations, or is no plain pickle.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        for file in files_in(source, _ENDINGS, name):
            called = shown(source, file, name)
            beside = source / _CLASS_LIST if source.is_dir() else None
            classes = _given(options.labels or beside)
            if mat5.is_mat(file):
                content = {"db": ucf101_24_mat.load(file, called)}
            else:
                content = load_plain(file, called)
            if is_act(content):
                yield from read_act(content, called)
            else:
                yield from _read_database(content, classes, called)


def _given(labels: Path | None) -> list[str] | None:
    if labels is None or not labels.is_file():
        return None
    return list(read_numbered(labels, labels.name).values())


def _read_database(content: Any, classes: list[str] | None, name: str) -> Iterator[Reading]:
    if not isinstance(content, dict):
        raise InvalidInput(f"{name} holds no annotations of UCF101-24: it is no dictionary.")
    database = content.get("db", content)
    if not isinstance(database, dict) or not any(map(_is_entry, database.values())):
        raise InvalidInput(
            f"{name} holds no annotations of UCF101-24: no video with 'numf' and 'annotations'."
        )
    classes = _names(content, "classes", name) or classes
    train = _names(content, "trainvideos", name)
    trained = set(train or ())
    if classes is None:
        classes = list(CLASSES)
        yield Note(f"{name} names no classes: its labels are taken as UCF101-24's, by alphabet.")
    for row, (key, entry) in enumerate(database.items(), start=1):
        bad: list[BadRow] = []
        try:
            video = _video(key, mapping(entry, str(key)), classes, row, name, bad)
        except Wrong as wrong:
            yield wrong.bad_row(row, name)
            continue
        yield from bad
        yield video if train is None else _with_split(video, trained)


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and "annotations" in entry and "numf" in entry


def _names(content: dict[str, Any], key: str, name: str) -> list[str] | None:
    if key not in content:
        return None
    try:
        return [text(word, f"{key}[{n}]") for n, word in enumerate(listed(content[key], key))]
    except Wrong as wrong:
        raise InvalidInput(f"{name}: {wrong.column} {wrong.reason}.") from None


def _with_split(video: FileVideo, train: set[str]) -> FileVideo:
    return replace(video, split="train" if video.key in train else "test")


def _video(
    key: str, entry: dict[str, Any], classes: Sequence[str], row: int, name: str, bad: list[BadRow]
) -> FileVideo:
    key = text(key, "video")
    tubes = []
    for index, tube in enumerate(listed(said(entry, "annotations", key), f"{key}.annotations")):
        try:
            column = f"{key}.annotations[{index}]"
            made = _tube(mapping(tube, column), column, len(tubes) + 1, classes, row, name, bad)
        except Wrong as wrong:
            bad.append(wrong.bad_row(row, name))
            continue
        if made:
            tubes.append(made)
    return FileVideo(
        key=key,
        aliases=(key.rpartition("/")[2],) if "/" in key else (),
        every_frame=True,
        tubes=tuple(tubes),
        size=_size(entry.get("size", list(SIZE)), f"{key}.size"),
        frame_count=whole(said(entry, "numf", key), f"{key}.numf", least=1),
        row=row,
    )


def _size(value: Any, column: str) -> tuple[int, int]:
    if len(listed(value, column)) != 2:
        raise Wrong(column, "is no pair of width and height")
    return whole(value[0], column, least=1), whole(value[1], column, least=1)


def _tube(
    tube: dict[str, Any],
    column: str,
    number: int,
    classes: Sequence[str],
    row: int,
    name: str,
    bad: list[BadRow],
) -> FileTube | None:
    place = whole(said(tube, "label", column), f"{column}.label", least=0)
    if place >= len(classes):
        raise Wrong(f"{column}.label", f"is {place}; there are {len(classes)} classes, from 0")
    start = whole(said(tube, "sf", column), f"{column}.sf", least=0)
    end = whole(said(tube, "ef", column), f"{column}.ef", least=1)
    if end > LARGEST_FRAME:
        raise Wrong(f"{column}.ef", f"is {end}, which is no usable frame")
    boxes = array(said(tube, "boxes", column), 4, f"{column}.boxes")
    if len(boxes) != end - start:
        raise Wrong(
            f"{column}.boxes", f"has {len(boxes)} boxes for the {end - start} frames from sf to ef"
        )
    boxes[:, 2:] = (boxes[:, :2] + boxes[:, 2:]).round(6)
    made = file_boxes(range(start, end), boxes, f"{column}.boxes", row, bad, name)
    return file_tube(number, classes[place], made, row) if made else None


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """ucf101_24.json."""
    made = _Written(_numbers(labels))
    with (folder / "ucf101_24.json").open("w", encoding="utf-8") as file:
        file.write('{"db": {')
        write_entries(file, map(made.entry, videos))
        rest: dict[str, Any] = {"classes": list(made.classes)}
        if made.train:
            rest["trainvideos"] = made.train
        file.write("},\n" + json.dumps(rest, ensure_ascii=False)[1:] + "\n")
    return made.counts


def write_mat(
    folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]
) -> dict[str, int]:
    """finalAnnots.mat, and classes.txt with the classes from 1."""
    made = _Written(_numbers(labels))
    ucf101_24_mat.save(folder / "finalAnnots.mat", dict(map(made.entry, videos)))
    write_numbered(folder / _CLASS_LIST, list(made.classes))
    return made.counts


def _numbers(labels: Sequence[FileLabel]) -> dict[str, int]:
    """Classes by name; a project with none but the dataset's classes has the dataset's numbers."""
    names = in_order(labels, ("action",))
    if set(names) <= set(CLASSES):
        names = list(CLASSES)
    return {name: place for place, name in enumerate(names)}


@dataclass(slots=True)
class _Written:
    """What stands beside the videos."""

    classes: dict[str, int]
    train: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: {"videos": 0, "tubes": 0, WITHOUT_ACTION: 0}
    )

    def entry(self, video: FileVideo) -> tuple[str, dict[str, Any]]:
        tubes = [
            self._tube(label, run)
            for label, boxes in action_tubes(video)
            for run in runs(boxes)
        ]  # fmt: skip
        self.counts["videos"] += 1
        self.counts["tubes"] += len(tubes)
        self.counts[WITHOUT_ACTION] += without_action(video)
        if video.split.startswith("train"):
            self.train.append(video.key)
        last = max((tube["ef"] for tube in tubes), default=1)
        entry: dict[str, Any] = {"numf": video.frame_count or last}
        if tubes:
            entry["label"] = tubes[0]["label"]
        entry["annotations"] = tubes
        if video.size and video.size != SIZE:
            entry["size"] = list(video.size)
        return video.key, entry

    def _tube(self, label: str, boxes: Sequence[FileBox]) -> dict[str, Any]:
        corners = [[round(value, 4) for value in box.box] for box in boxes]
        return {
            "label": self.classes.setdefault(label, len(self.classes)),
            "sf": boxes[0].at,
            "ef": boxes[-1].at + 1,
            "boxes": [
                [rounded(x1), rounded(y1), rounded(x2 - x1), rounded(y2 - y1)]
                for x1, y1, x2, y2 in corners
            ],
        }


def looks_like(path: Path) -> bool:
    head = starts_like(path, (".json", ".pkl"))
    return "annotations" in head and "numf" in head


def looks_like_mat(path: Path) -> bool:
    """A .mat, or a folder of nothing else that could be read."""
    try:
        files = files_in(path, _ENDINGS, path.name)
    except InvalidInput:
        return False
    return all(map(mat5.is_mat, files))


_HOLDS = frozenset({Holds.TUBES, Holds.ACTIONS, Holds.KEYFRAMES})
_ACCEPTS = (".json", ".pkl", ".mat", ".zip", ".tar", ".gz", "/")
FORMAT = Format(
    name="ucf101-24",
    title="UCF101-24 (tubes, JSON)",
    read=read,
    write=write,
    every_frame=True,
    holds=_HOLDS,
    accepts=_ACCEPTS,
    looks_like=looks_like,
)
FORMAT_MAT = Format(
    name="ucf101-24-mat",
    title="UCF101-24 (tubes, .mat)",
    read=read,
    write=write_mat,
    every_frame=True,
    holds=_HOLDS,
    accepts=_ACCEPTS,
    looks_like=looks_like_mat,
)

"""JHMDB: one tube and one class for a clip; a text for every frame, as YOWO has it.

    <class>_<video>_<frame>.txt     class x1 y1 x2 y2; frame of five digits and class count from 1
    <class>_test_split<k>.txt       video.avi 0|1|2: not used, training, test

Read: a folder or archive of these, and JHMDB-GT.pkl or JSON in the layout of ACT. Classes are the
21 of JHMDB by alphabet, those of classes.txt in the folder, or those of a list given beside it.
Pixels are taken as they are, for the file does not say the picture's size. Where a frame has
several boxes, nobody says which is whose: each is a tube of its own without a number, to be linked.

Kept: boxes on frames, their class, the splits ("train01,test02"). Lost: person numbers, object
labels, occlusion, scores, whoever does nothing; two people at once cannot be told apart. A clip has
one class: the one that covers most of its frames, of equals the first; actions of other classes are
lost, and counted. Texts are equal, but for the order of several boxes on one frame.

Source: groundtruths_jhmdb.zip of YOWO; the splits of J-HMDB (Jhuang et al., 2013).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import archive
from labeling.formats.act_layout import read_act
from labeling.formats.action_tubes import (
    WITHOUT_ACTION,
    ActionTube,
    action_tubes,
    file_tube,
    without_action,
)
from labeling.formats.dataset import (
    BadRow,
    FileBox,
    FileLabel,
    FileSpan,
    FileTube,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong, corners, number, whole
from labeling.formats.label_names import (
    from_file_name,
    in_order,
    read_numbered,
    to_file_name,
    write_numbered,
)
from labeling.formats.number_text import coordinate_text
from labeling.formats.plain_values import load_plain
from labeling.formats.sources import FileNames, lines, own_name, said_name, shown, starts_like

CLASSES = (
    "brush_hair", "catch", "clap", "climb_stairs", "golf", "jump", "kick_ball", "pick", "pour",
    "pullup", "push", "run", "shoot_ball", "shoot_bow", "shoot_gun", "sit", "stand",
    "swing_baseball", "throw", "walk", "wave",
)  # fmt: skip
_CLASS_LIST = "classes.txt"
_FRAME_FILE = re.compile(r"(?P<video>.+)_(?P<frame>\d{5,})\.txt")
_SPLIT_FILE = re.compile(r"(?P<label>.+)_test_split(?P<number>[1-9])\.txt")
_USES = {"0": "", "1": "train", "2": "test"}
_LARGEST_FRAME = 10_000_000
OTHER_CLASSES = "actions of another class than the clip's"


@dataclass(slots=True)
class _Clip:
    """A clip while its files are gathered."""

    label: str = ""
    splits: list[str] = field(default_factory=list)
    frames: list[tuple[int, Path]] = field(default_factory=list)


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Clips of a folder or archive of frame files or split files, or of ACT's layout.

    Raises:
        InvalidInput: it holds none of these.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        if source.is_file() and source.suffix.lower() != ".txt":
            yield from read_act(load_plain(source, name), name)
            return
        files = sorted(source.rglob("*.txt")) if source.is_dir() else [source]
        if source.is_file():
            name = own_name(source, name, ".txt")
        called = {file: shown(source, file, name) for file in files}
        beside = next((file for file in files if file.name == _CLASS_LIST), None)
        given = options.labels or beside
        classes = read_numbered(given, given.name) if given else dict(enumerate(CLASSES, start=1))
        if not given:
            yield Note("Class numbers are taken as those of JHMDB's 21 classes, by alphabet.")
        yield from _read_files(called, classes, name)


def _read_files(called: dict[Path, str], classes: dict[int, str], name: str) -> Iterator[Reading]:
    clips: dict[str, _Clip] = {}
    left = []
    prefixes = {f"{to_file_name(label)}_": label for label in classes.values()}
    for file, shown_as in called.items():
        own_name = Path(shown_as).name
        if found := _SPLIT_FILE.fullmatch(own_name):
            yield from _read_split(file, shown_as, found, clips)
        elif found := _FRAME_FILE.fullmatch(own_name):
            label, video = _split_name(found["video"], prefixes)
            clip = clips.setdefault(video, _Clip(label))
            clip.frames.append((int(found["frame"]), file))
        elif own_name != _CLASS_LIST:
            left.append(shown_as)
    if not clips:
        raise InvalidInput(
            f"{name} holds neither frames of JHMDB, called <class>_<video>_<frame>.txt with five "
            "digits, nor splits, called <class>_test_split<k>.txt."
        )
    yield from (Note(f"{shown_as} is not read: it is no frame and no split.") for shown_as in left)
    for row, (key, clip) in enumerate(clips.items(), start=1):
        yield from _video(key, clip, row, called, classes)


def _split_name(stem: str, prefixes: dict[str, str]) -> tuple[str, str]:
    """(class, video) of the name of a frame file; classes hold underscores too."""
    fitting = [prefix for prefix in prefixes if stem.startswith(prefix)]
    prefix = max(fitting, key=len, default="")
    return prefixes.get(prefix, ""), stem.removeprefix(prefix)


def _read_split(
    path: Path, name: str, found: re.Match[str], clips: dict[str, _Clip]
) -> Iterator[BadRow]:
    for line, said in lines(path, name):
        words = said.rsplit(maxsplit=1)  # a video's name may hold blanks
        if not words:
            continue
        if len(words) != 2 or words[1] not in _USES:
            yield BadRow(line, "is no 'video.avi 0', '… 1' or '… 2'", name, "split")
            continue
        clip = clips.setdefault(words[0].rpartition(".")[0] or words[0], _Clip())
        clip.label = from_file_name(found["label"])
        if use := _USES[words[1]]:
            clip.splits.append(f"{use}{int(found['number']):02d}")


def _video(
    key: str, clip: _Clip, row: int, called: dict[Path, str], classes: dict[int, str]
) -> Iterator[Reading]:
    boxes: list[tuple[str, FileBox]] = []
    for frame, file in sorted(clip.frames):
        try:
            boxes += _boxes_of_frame(frame, file, called[file], classes, clip.label)
        except Wrong as wrong:
            yield wrong.bad_row(1, called[file])
    splits = ",".join(sorted(clip.splits, key=lambda split: split[-2:]))
    video = FileVideo(key, every_frame=True, split=splits, row=row)
    if not clip.frames:
        yield replace(video, every_frame=False, classes=(FileSpan(clip.label, row=row),))
        return
    tubes = _tubes(boxes, row)
    if any(tube.number is None for tube in tubes):
        yield Note(f"{key} has several boxes on a frame: it does not say which belong together.")
    yield replace(video, tubes=tuple(tubes), frame_count=max(frame for frame, _ in clip.frames))


def _boxes_of_frame(
    frame: int, path: Path, name: str, classes: dict[int, str], label: str
) -> list[tuple[str, FileBox]]:
    if not 1 <= frame <= _LARGEST_FRAME:
        raise Wrong("frame", f"is {frame}; frames count from 1")
    found = []
    for line, said in lines(path, name):
        words = said.split()
        if not words:
            continue
        if len(words) != 5:
            raise Wrong(f"line {line}", f"has {len(words)} words, not 'class x1 y1 x2 y2'")
        own = classes.get(whole(words[0], f"line {line}, class"))
        if own is None or (label and own != label):
            raise Wrong(
                f"line {line}, class", f"is {words[0]}, {own or 'no known class'}, but the file's "
                f"name says {label or 'none'}; give the list of classes"
            )  # fmt: skip
        x1, y1, x2, y2 = (number(word, f"line {line}") for word in words[1:])
        found.append((own, FileBox(frame - 1, corners(x1, y1, x2, y2, f"line {line}"), row=line)))
    return found


def _tubes(boxes: list[tuple[str, FileBox]], row: int) -> list[FileTube]:
    """One tube, if every frame has one box of one class; otherwise one for each box."""
    labels, frames = {label for label, _ in boxes}, {box.at for _, box in boxes}
    if not boxes:
        return []
    if len(labels) == 1 and len(frames) == len(boxes):
        return [file_tube(1, labels.pop(), [box for _, box in boxes], row)]
    return [file_tube(None, label, [box], row) for label, box in boxes]


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, Any]:
    """groundtruths/ with a text for every frame, classes.txt, and the split files there are.

    Returns:
        Counts; under "lost" the actions, or classes of a clip without tubes, that the clip's one
        class leaves out.
    """
    counts = {"videos": 0, "tubes": 0, WITHOUT_ACTION: 0}
    lost: Counter[str] = Counter()
    names = in_order(labels, ("action", "video_class"))
    if set(names) <= set(CLASSES):
        names = list(CLASSES)
    classes = {name: place for place, name in enumerate(names, start=1)}
    frames = folder / "groundtruths"
    frames.mkdir()
    keys = FileNames()
    for video in videos:
        counts["videos"] += 1
        counts[WITHOUT_ACTION] += without_action(video)
        key = keys.of(video.key)
        found = action_tubes(video)
        said = [label for label, _ in found] or [span.label for span in video.classes]
        label = _class_of(found) if found else next(iter(said), "")
        lost[OTHER_CLASSES] += sum(other != label for other in said)
        tubes = [boxes for own, boxes in found if own == label]
        counts["tubes"] += len(tubes)
        place = classes.setdefault(label, len(classes) + 1) if tubes else 0
        for box in (box for boxes in tubes for box in boxes):
            _write_box(frames / _frame_name(label, key, box), place, box)
        if said:
            _write_splits(folder, label, key, video.split)
    write_numbered(folder / _CLASS_LIST, list(classes))
    return {**counts, "lost": dict(+lost)}


def _class_of(tubes: Sequence[ActionTube]) -> str:
    """The class that covers most frames of a clip, of equals the first."""
    covered: dict[str, set[object]] = {}
    for label, boxes in tubes:
        covered.setdefault(label, set()).update(box.at for box in boxes)
    return max(covered, key=lambda label: len(covered[label]))


def _frame_name(label: str, key: str, box: FileBox) -> str:
    return f"{to_file_name(label)}_{key}_{int(box.at) + 1:05d}.txt"


def _write_box(path: Path, place: int, box: FileBox) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{place} {' '.join(map(coordinate_text, box.box))}\n")


def _write_splits(folder: Path, label: str, key: str, split: str) -> None:
    for part in split.split(",") if split else ():
        kind, number_ = (part[:-2], int(part[-2:])) if part[-2:].isdigit() else (part, 1)
        use = "1" if kind == "train" else "2"
        with (folder / f"{to_file_name(label)}_test_split{number_}.txt").open("a") as file:
            file.write(f"{key}.avi {use}\n")


def looks_like(path: Path) -> bool:
    if path.is_dir():
        return any(_FRAME_FILE.fullmatch(file.name) for file in path.rglob("*.txt"))
    return bool(re.fullmatch(r"(\d+( \d+){4}\n?)+", starts_like(path, ())))


FORMAT = Format(
    name="jhmdb",
    title="JHMDB (a text a frame, YOWO)",
    read=read,
    write=write,
    every_frame=True,
    holds=frozenset({Holds.TUBES, Holds.ACTIONS, Holds.GAPS, Holds.KEYFRAMES}),
    accepts=(".zip", ".txt", ".pkl", ".json", ".tar", ".gz", "/"),
    looks_like=looks_like,
)

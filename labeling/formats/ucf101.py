"""UCF101: one class for a video, in lists of training and test videos, or by its folder.

    classInd.txt        1 ApplyEyeMakeup
    trainlist01.txt     ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1
    testlist01.txt      ApplyEyeMakeup/v_ApplyEyeMakeup_g01_c01.avi

Also read: a folder of folders of video files. The class is the folder's name, never a part of the
file's: HandstandPushups holds files called v_HandStandPushups. A number behind a path is checked
against classInd.txt where that is at hand.

Kept: classes and in which lists a video is: the split "train01,test02" says that list 1 trains and
list 2 tests with it. A list is written for each, a split without a number being list 1. A video of
several classes has a line in the folder of each, and they are one video again when read. A class
is percent-encoded where a folder could not bear its name. Lost: everything else. Texts are equal up
to the order of the lists.

Source: the annotation archive of UCF101 (Soomro et al., 2012).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.formats import archive
from labeling.formats.dataset import (
    FileLabel,
    FileSpan,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
)
from labeling.formats.entries import Wrong
from labeling.formats.label_names import (
    from_file_name,
    in_order,
    read_numbered,
    to_file_name,
    write_numbered,
)
from labeling.formats.sources import lines, own_name, said_name, shown, starts_like

_LIST = re.compile(r"([a-z-]+)list(\d\d)?", re.IGNORECASE)
_LIST_FILE = re.compile(r"(train|test|val)list\d\d\.txt", re.IGNORECASE)
_LINE = re.compile(r"(?P<folder>[^/\\]+)/(?P<file>[^/\\]+?)(\s+(?P<number>\d{1,6}))?\s*")
_SPLIT = re.compile(r"([a-z-]+?)(\d\d)?")
_VIDEO_ENDINGS = {".avi", ".mp4", ".mkv", ".mov", ".webm", ".mpg", ".mpeg", ".m4v"}


@dataclass(slots=True)
class _Listed:
    """A video as the lists name it."""

    row: int
    classes: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Videos of a list, of a folder or archive of lists, or of a folder of videos.

    Raises:
        InvalidInput: the source is neither.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        if source.is_file():
            lists = {own_name(source, name, ".txt"): source}
            yield from _read_lists(lists, _classes(None, options))
            return
        texts = sorted(file for file in source.rglob("*.txt") if file.is_file())
        lists = {shown(source, file, name): file for file in texts if _LIST.match(file.stem)}
        if lists:
            index = next((file for file in texts if file.name == "classInd.txt"), None)
            yield from _read_lists(lists, _classes(index, options))
        else:
            yield from _read_folders(source, name)


def _classes(index: Path | None, options: ReadOptions) -> dict[int, str]:
    found = options.labels or index
    return read_numbered(found, found.name) if found else {}


def _read_lists(lists: dict[str, Path], classes: dict[int, str]) -> Iterator[Reading]:
    videos: dict[str, _Listed] = {}
    if not classes:
        yield Note("The class is the folder's name; there was no classInd.txt to check it by.")
    for name, path in lists.items():
        found = _LIST.match(Path(name).stem)
        subset = f"{found[1].lower()}{found[2] or '01'}" if found else ""
        _check_kind(path, name)
        for number, line in lines(path, name):
            if not line.strip():
                continue
            try:
                _add(videos, line, number, subset, classes)
            except Wrong as wrong:
                yield wrong.bad_row(number, name)
    for key, listed in videos.items():
        yield _video(key, listed.classes, ",".join(listed.lists), listed.row)


def _check_kind(path: Path, name: str) -> None:
    first = next((line for _, line in lines(path, name) if line.strip()), "")
    if not _LINE.fullmatch(first):
        raise InvalidInput(
            f"{name} is no list of UCF101: its first line is no 'Class/video.avi' (classInd.txt "
            "and label maps are given beside a list, as its labels)."
        )


def _add(
    videos: dict[str, _Listed], line: str, row: int, subset: str, classes: dict[int, str]
) -> None:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Wrong("path", f"is no 'Class/video.avi': {line[:60]!r}")
    label = from_file_name(found["folder"])
    if found["number"] and classes:
        said = classes.get(int(found["number"]))
        if said is None:
            raise Wrong("class", f"number {found['number']} is not in the class index")
        if said != label:
            raise Wrong("class", f"is {found['number']}, '{said}', but the folder is '{label}'")
    video = videos.setdefault(found["file"], _Listed(row))
    if label not in video.classes:
        video.classes.append(label)
    if subset and subset not in video.lists:
        video.lists.append(subset)


def _read_folders(source: Path, name: str) -> Iterator[Reading]:
    files = [
        file
        for file in sorted(source.rglob("*"))
        if file.suffix.lower() in _VIDEO_ENDINGS and file.parent != source
    ]
    if not files:
        raise InvalidInput(
            f"{name} holds neither lists (trainlist01.txt) nor folders of videos named by class."
        )
    yield Note("The class of a video is the name of the folder it is in.")
    for row, file in enumerate(files, start=1):
        yield _video(file.name, [from_file_name(file.parent.name)], "", row)


def _video(file: str, classes: Sequence[str], split: str, row: int) -> FileVideo:
    return FileVideo(
        key=file,
        aliases=(Path(file).stem,),
        classes=tuple(FileSpan(label, row=row) for label in classes),
        split=split,
        row=row,
    )


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """classInd.txt and a list for each split; a video without a class is left out."""
    counts = {"videos": 0, "video_classes": 0, "videos_without_class_left_out": 0}
    known = in_order(labels, ("video_class",))
    rows: dict[str, list[tuple[str, str]]] = {}
    for video in videos:
        if not video.classes:
            counts["videos_without_class_left_out"] += 1
            continue
        counts["videos"] += 1
        counts["video_classes"] += len(video.classes)
        for name in _list_names(video.split):
            rows.setdefault(name, []).extend((s.label, _file(video.key)) for s in video.classes)
    used = {label for listed in rows.values() for label, _ in listed}
    classes = known + sorted(used - set(known), key=str.casefold)
    write_numbered(folder / "classInd.txt", classes)
    numbers = {label: number for number, label in enumerate(classes, start=1)}
    for name, listed in rows.items():
        (folder / f"{name}.txt").write_text("".join(_lines(name, listed, numbers)), "utf-8")
    return counts


def _lines(name: str, listed: list[tuple[str, str]], numbers: dict[str, int]) -> Iterator[str]:
    for label, file in listed:
        number = "" if name.startswith("test") else f" {numbers[label]}"
        yield f"{to_file_name(label)}/{file}{number}\n"


def _list_names(split: str) -> Iterator[str]:
    for part in split.split(",") if split else ["all"]:
        found = _SPLIT.fullmatch(part.lower())
        yield f"{found[1]}list{found[2] or '01'}" if found else f"{to_file_name(part)}list01"


def _file(key: str) -> str:
    """A file name of one piece, as a line of a list is cut at blanks."""
    name = re.sub(r"[\s/\\]+", "_", key) or "video"
    return name if Path(name).suffix.lower() in _VIDEO_ENDINGS else f"{name}.avi"


def looks_like(path: Path) -> bool:
    if path.is_dir():
        return any(_LIST_FILE.fullmatch(file.name) for file in path.rglob("*list*.txt"))
    return bool(re.match(r"[^/\s]+/\S+\.(avi|mp4)( \d+)?\r?\n", starts_like(path, ())))


FORMAT = Format(
    name="ucf101",
    title="UCF101 (lists)",
    read=read,
    write=write,
    holds=frozenset({Holds.VIDEO_CLASSES}),
    accepts=(".txt", ".zip", ".tar", ".gz", "/"),
    looks_like=looks_like,
)

"""THUMOS14: segments of videos in seconds, a text for each class; detections with scores.

    Diving_test.txt, Ambiguous_val.txt      video_test_0000085  170.6 172.6
    detections                              video_test_0000085 170.6 172.6 26 0.87

Read besides: the CSV forms of G-TAD, and JSON in the layout of ActivityNet. A text names its class
and split in its file name; a folder or archive of texts is read as one. Detections name classes by
the ids of UCF101; another list may be given beside the file. Their names may end in `.mpeg`.

Kept: segments, labels (Ambiguous is one of them), split, scores of detections. Lost: frame numbers
and durations of the CSV forms. Detections whose times are swapped are turned round, as the
evaluation kit does; those that begin before 0 stay so. A label is percent-encoded where a file
could not bear its name. Texts are equal
up to the order of lines and swapped times.

Source: the annotation files and the evaluation kit (TH14evalkit) of THUMOS 2014.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.formats import activitynet, archive, cells
from labeling.formats.dataset import (
    BadRow,
    FileLabel,
    FileSpan,
    FileVideo,
    Format,
    Holds,
    Note,
    Reading,
    ReadOptions,
    Unit,
)
from labeling.formats.entries import Wrong, number, seconds, text, whole
from labeling.formats.label_names import (
    from_file_name,
    in_order,
    read_numbered,
    to_file_name,
)
from labeling.formats.number_text import seconds_text
from labeling.formats.sources import lines, load_json, own_name, said_name, shown, starts_like

AMBIGUOUS = "Ambiguous"
# Ids are those of UCF101, of which these 20 classes are a part.
CLASSES = {
    7: "BaseballPitch", 9: "BasketballDunk", 12: "Billiards", 21: "CleanAndJerk",
    22: "CliffDiving", 23: "CricketBowling", 24: "CricketShot", 26: "Diving",
    31: "FrisbeeCatch", 33: "GolfSwing", 36: "HammerThrow", 40: "HighJump",
    45: "JavelinThrow", 51: "LongJump", 68: "PoleVault", 79: "Shotput",
    85: "SoccerPenalty", 92: "TennisSwing", 93: "ThrowDiscus", 97: "VolleyballSpiking",
}  # fmt: skip
_CLASS_FILE = re.compile(r"(.+)_(train|val|validation|test|holdout)", re.IGNORECASE)
_LINE = re.compile(r"\S+( -?\d[\d.]*){2}( \d+ [\d.eE+-]+)?")
_LOOKED_AT = 30
_CLASS_LISTS = ("classes.txt", "det.txt", "detclasslist.txt")
_VIDEO_ENDING = re.compile(r"\.(mpeg|mpg|mp4|avi)$", re.IGNORECASE)
_SPLIT_OF_VIDEO = re.compile(r"video_(test|validation)_\d+")
_GTAD = ("video", "type", "start", "end")
_INDEXED = ("video-name", "t-init", "t-end", "label-idx")


class _Videos:
    """Segments by video, in the order in which the file names them."""

    def __init__(self) -> None:
        self.spans: dict[tuple[str, str], list[FileSpan]] = {}

    def add(self, video: str, split: str, span: FileSpan) -> None:
        self.spans.setdefault((video, split), []).append(span)

    def ordered(self) -> Iterator[FileVideo]:
        """Videos by name, their segments by time: texts of several classes have no order."""
        self.spans = {
            video: sorted(self.spans[video], key=lambda span: (span.start, span.end, span.label))
            for video in sorted(self.spans)
        }
        return self.found()

    def found(self) -> Iterator[FileVideo]:
        for (name, split), spans in self.spans.items():
            key = _VIDEO_ENDING.sub("", name)
            yield FileVideo(
                key=key, unit=Unit.SECOND, segments=tuple(spans), split=split,
                row=spans[0].row,
            )  # fmt: skip


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Videos of a text, CSV or JSON, or of a folder or archive of texts.

    Raises:
        InvalidInput: the file is none of these.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        if source.is_dir():
            yield from _read_folder(source, name, options)
        elif starts_like(source, ()).lstrip().startswith(("{", "[")):
            yield from activitynet.read_content(load_json(source, name), name)
        elif "," in starts_like(source, ()).partition("\n")[0]:
            try:
                yield from _read_csv(source, name)
            except csv.Error as error:
                raise InvalidInput(f"{name} is not CSV: {error}.") from error
        else:
            yield from _read_text(source, own_name(source, name, ".txt"), options)


def _columns(path: Path, name: str) -> int:
    """3 for lines 'video start end', 5 for detections, 0 for another text."""
    first = islice(_words(path, name), 20)
    return max((len(words) for _, words in first if _LINE.fullmatch(" ".join(words))), default=0)


def _read_folder(source: Path, name: str, options: ReadOptions) -> Iterator[Reading]:
    texts = {
        shown(source, file, name): (file, _columns(file, file.name))
        for file in sorted(source.rglob("*.txt"))
    }
    columns = 3 if any(count == 3 for _, count in texts.values()) else 5
    used = {called: file for called, (file, count) in texts.items() if count == columns}
    if not used:
        raise InvalidInput(f"{name} holds no texts with lines 'video start end', one a class.")
    classes = next((f for f, _ in texts.values() if f.name in _CLASS_LISTS), None)
    if columns == 5 and classes is not None and options.labels is None:
        options = replace(options, labels=classes)
    videos = _Videos()
    for called, file in used.items():
        if columns == 3:
            yield from _read_class(file, called, videos)
        else:
            yield from _read_detections(file, called, options, videos)
    left = [called for called in texts if called not in used and texts[called][0] != classes]
    yield from (Note(f"{called} is not read: it holds no such segments.") for called in left)
    yield from videos.ordered() if columns == 3 else videos.found()


def _read_text(path: Path, name: str, options: ReadOptions) -> Iterator[Reading]:
    columns = _columns(path, name)
    videos = _Videos()
    if columns == 3:
        yield from _read_class(path, name, videos)
    elif columns == 5:
        yield from _read_detections(path, name, options, videos)
    else:
        raise InvalidInput(
            f"{name} is no annotation of THUMOS14: none of its first lines is 'video start end' "
            "or 'video start end class score'. Lists of classes, durations and videos to avoid "
            "hold no segments."
        )
    yield from videos.ordered() if columns == 3 else videos.found()


def _read_class(path: Path, name: str, videos: _Videos) -> Iterator[BadRow | Note]:
    stem = Path(name).stem
    found = _CLASS_FILE.fullmatch(stem)
    label, split = (found[1], found[2].lower()) if found else (stem, "")
    for line, words in _words(path, name):
        try:
            if len(words) != 3:
                raise Wrong("", f"has {len(words)} words instead of 'video start end'")
            start, end = seconds(words[1], "start"), seconds(words[2], "end")
            videos.add(words[0], split, _span(from_file_name(label), start, end, line))
        except Wrong as wrong:
            yield wrong.bad_row(line, name)


def _words(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    for number_, line in lines(path, name):
        if words := line.split():
            yield number_, words


def _span(label: str, start: Fraction, end: Fraction, row: int) -> FileSpan:
    if end < start:
        raise Wrong("end", f"is {float(end):g}, before the start at {float(start):g}")
    return FileSpan(label, start, end, row=row)


def _read_detections(
    path: Path, name: str, options: ReadOptions, videos: _Videos
) -> Iterator[BadRow | Note]:
    classes = read_numbered(options.labels, options.labels.name) if options.labels else CLASSES
    swapped = early = 0
    if not options.labels:
        yield Note(f"{name}: class numbers are taken as those of THUMOS14's det.txt (UCF101's).")
    for line, words in _words(path, name):
        try:
            span = _detection(words, classes, line)
        except Wrong as wrong:
            yield wrong.bad_row(line, name)
            continue
        swapped += float(words[1]) > float(words[2])
        early += span.start is not None and span.start < 0
        videos.add(words[0], _split_of(words[0]), span)
    if swapped:
        yield Note(f"{name}: {swapped} detections end before they begin; the times are swapped.")
    if early:
        yield Note(f"{name}: {early} detections begin before their video does.")


def _detection(words: list[str], classes: dict[int, str], line: int) -> FileSpan:
    if len(words) != 5:
        raise Wrong("", f"has {len(words)} words instead of 'video start end class score'")
    for column, word in (("start", words[1]), ("end", words[2])):
        number(word, column)
    times = sorted((Fraction(words[1]), Fraction(words[2])))
    label = classes.get(whole(words[3], "class"))
    if label is None:
        raise Wrong("class", f"number {words[3]} is not in the list of classes; give the list")
    return FileSpan(label, times[0], times[1], number(words[4], "score"), line)


def _split_of(video: str) -> str:
    found = _SPLIT_OF_VIDEO.match(video)
    return {"test": "test", "validation": "val"}[found[1]] if found else ""


def _read_csv(path: Path, name: str) -> Iterator[Reading]:
    reader = csv.DictReader((line for _, line in lines(path, name)), skipinitialspace=True)
    header = [column.strip() for column in reader.fieldnames or ()]
    reader.fieldnames = header
    columns = next((form for form in (_GTAD, _INDEXED) if set(form) <= set(header)), None)
    if columns is None:
        raise InvalidInput(
            f"{name} is no CSV of THUMOS14: its header is neither '{','.join(_GTAD)}' nor "
            f"'{','.join(_INDEXED)}'."
        )
    videos = _Videos()
    for row in reader:
        try:
            video, span = _of_row(row, columns, reader.line_num)
            videos.add(video, _split_of(video), span)
        except Wrong as wrong:
            yield wrong.bad_row(reader.line_num, name)
    yield from videos.ordered()


def _of_row(row: dict[str, str], columns: Sequence[str], line: int) -> tuple[str, FileSpan]:
    if None in row or None in row.values():
        raise Wrong("", "has not as many columns as the header")
    video = cells.read(text(row["video" if columns is _GTAD else "video-name"], "video"))
    if columns is _GTAD:
        start, end = seconds(row["start"], "start"), seconds(row["end"], "end")
        return video, _span(cells.read(text(row["type"], "type")), start, end, line)
    start, end = seconds(row["t-init"], "t-init"), seconds(row["t-end"], "t-end")
    place = whole(row["label-idx"], "label-idx", least=-1)
    if place >= len(CLASSES):
        raise Wrong("label-idx", f"is {place}; THUMOS14 has the classes 0 to {len(CLASSES) - 1}")
    label = AMBIGUOUS if place < 0 else sorted(CLASSES.values())[place]
    return video, _span(label, start, end, line)


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """A text for each class and split."""
    counts = {"videos": 0, "segments": 0}
    for video in videos:
        counts["videos"] += 1
        counts["segments"] += len(video.segments)
        texts: dict[str, list[str]] = {}
        for span in video.segments:
            split = f"_{to_file_name(video.split)}" if video.split else ""
            texts.setdefault(f"{to_file_name(span.label)}{split}.txt", []).append(
                f"{_key(video)}  {_times(span)}\n"
            )
        for file_name, rows in texts.items():
            with (folder / file_name).open("a", encoding="utf-8") as file:
                file.writelines(rows)
    return counts


def _key(video: FileVideo) -> str:
    """A name of one word, as a line is cut at blanks."""
    return re.sub(r"\s+", "_", video.key) or "video"


def _times(span: FileSpan) -> str:
    return f"{seconds_text(span.start or 0)} {seconds_text(span.end or 0)}"


def write_detections(
    folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]
) -> dict[str, int]:
    """detections.txt and classes.txt; what a person said has the score 1.

    Classes of THUMOS14 keep their ids, others get the next free ones.
    """
    counts = {"videos": 0, "segments": 0}
    numbers = {label: number_ for number_, label in CLASSES.items()}
    for label in in_order(labels, ("segment",)):
        numbers.setdefault(label, _next(numbers))
    with (folder / "detections.txt").open("w", encoding="utf-8") as file:
        for video in videos:
            counts["videos"] += 1
            counts["segments"] += len(video.segments)
            for span in video.segments:
                number_ = numbers.setdefault(span.label, _next(numbers))
                score = 1.0 if span.score is None else span.score
                file.write(f"{_key(video)} {_times(span)} {number_} {score!r}\n")
    (folder / "classes.txt").write_text(
        "".join(f"{number_} {label}\n" for label, number_ in numbers.items()), encoding="utf-8"
    )
    return counts


def _next(numbers: dict[str, int]) -> int:
    return max(max(numbers.values()), 101) + 1


def looks_like(path: Path) -> bool:
    """A text or folder with segments, or one of the CSVs."""
    first = starts_like(path, (".txt", ".csv")).partition("\n")[0]
    return bool(re.match(r"(video|video-name),(type|t-init),", first)) or 3 in _widths(path)


def looks_like_detections(path: Path) -> bool:
    """A text with scores, or a folder of such without one of segments, which would be read."""
    return max(_widths(path), default=0) == 5 and 3 not in _widths(path)


def _widths(path: Path) -> set[int]:
    """How many words the first lines of the text, or of a folder's first texts, have."""
    texts = sorted(path.rglob("*.txt")) if path.is_dir() else [path]
    firsts = (starts_like(text, ()).partition("\n")[0].split() for text in texts[:_LOOKED_AT])
    # A line of JHMDB has as many words; there the first is a number.
    return {
        len(words)
        for words in firsts
        if words and not words[0].isdecimal() and _LINE.fullmatch(" ".join(words))
    }


_ACCEPTS = (".txt", ".csv", ".json", ".zip", ".tar", ".gz", "/")
FORMAT = Format(
    name="thumos14",
    title="THUMOS14 (a text a class)",
    read=read,
    write=write,
    unit=Unit.SECOND,
    holds=frozenset({Holds.SEGMENTS}),
    accepts=_ACCEPTS,
    looks_like=looks_like,
)
FORMAT_DETECTIONS = Format(
    name="thumos14-detections",
    title="THUMOS14 (detections with scores)",
    read=read,
    write=write_detections,
    unit=Unit.SECOND,
    holds=frozenset({Holds.SEGMENTS, Holds.SCORES}),
    accepts=_ACCEPTS,
    looks_like=looks_like_detections,
)

"""Kinetics-400, -600 and -700: one class for a clip of a YouTube video.

CSV with a header, one row a clip; test files have no label:

    label,youtube_id,time_start,time_end,split        (Kinetics-400 adds is_cc)
    youtube_id,time_start,time_end,split

JSON, where "annotations" is one object: {id: {"annotations": {"label", "segment": [start, end]},
"duration", "subset", "url"}}.

A clip is called by its usual file name, <id>_<start>_<end> with six digits each, and by its id
alone. The class is one of the whole clip; the times say where the clip lies in the original video
and become its start second and duration.

Kept: label, id, times, split. Lost: is_cc and the address. A second class of a clip is a second
row. The CSV has whole seconds, others are rounded; JSON has them as they are. An id that occurs
twice in one JSON is written under its clip name. Texts are equal up to quotes around labels, is_cc
and line ends (CSV), spacing, address and the form of numbers (JSON).

Source: the files as published and the download scripts of ActivityNet and mmaction2.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from labeling.domain.errors import InvalidInput
from labeling.formats import archive, cells
from labeling.formats.dataset import (
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
from labeling.formats.entries import Wrong, field, listed, mapping, seconds, text
from labeling.formats.number_text import seconds_number
from labeling.formats.sources import (
    FileNames,
    files_in,
    lines,
    load_json,
    said_name,
    shown,
    starts_like,
)

_CLIP = re.compile(r"(.+)_(\d{6,})_(\d{6,})")
_COLUMNS = ("label", "youtube_id", "time_start", "time_end", "split", "is_cc")
_BY_COUNT = {6: _COLUMNS, 5: _COLUMNS[:5], 4: _COLUMNS[1:5]}
_WHOLE_CLIP = Note(
    "A class is taken for all of the video it is found for. Where a project holds the original "
    "video instead of the clip, leave that row out."
)


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Clips of a CSV or JSON, or of a folder or archive of them.

    Raises:
        InvalidInput: a file is neither.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        yield _WHOLE_CLIP
        for file in files_in(source, (".csv", ".json"), name):
            called = shown(source, file, name)
            is_json = starts_like(file, ()).lstrip().startswith(("{", "["))
            try:
                yield from _read_json(file, called) if is_json else _read_csv(file, called)
            except csv.Error as error:
                raise InvalidInput(f"{called} is not CSV: {error}.") from error


def _read_csv(path: Path, name: str) -> Iterator[Reading]:
    reader = csv.reader((line for _, line in lines(path, name)), skipinitialspace=True)
    first = next(reader, [])
    header = [cell.strip().lower() for cell in first]
    rows: Iterable[list[str]] = reader
    if "youtube_id" not in header:
        columns = _BY_COUNT.get(len(header))
        if columns is None or not header[columns.index("time_start")].replace(".", "").isdigit():
            raise InvalidInput(
                f"{name} is no Kinetics file: its first line has no column 'youtube_id' "
                "(label,youtube_id,time_start,time_end,split)."
            )
        header, rows = list(columns), chain([first], reader)
        yield Note(f"{name} has no header: its columns are taken as {', '.join(header)}.")
    for row in filter(None, rows):
        try:
            yield _clip_of_row(row, header, reader.line_num)
        except Wrong as wrong:
            yield wrong.bad_row(reader.line_num, name)


def _clip_of_row(row: list[str], header: Sequence[str], line: int) -> FileVideo:
    if len(row) != len(header):
        raise Wrong("", f"has {len(row)} columns instead of {len(header)}")
    values = {c: cells.read(cell.strip()) for c, cell in zip(header, row, strict=True)}
    for column in ("time_start", "time_end"):
        if column not in values:
            raise Wrong(column, "is missing from the header")
    label = values.get("label", "")
    if "label" in values and not label:
        raise Wrong("label", "is empty; files without labels leave the column out")
    times = [seconds(values[column], column) for column in ("time_start", "time_end")]
    identity = text(values["youtube_id"], "youtube_id")
    return _clip(identity, label, times, "time_end", values.get("split", ""), line)


def _read_json(path: Path, name: str) -> Iterator[Reading]:
    content = load_json(path, name)
    if not isinstance(content, dict) or "database" in content or "results" in content:
        raise InvalidInput(
            f"{name} is no Kinetics file: it is no object of {{id: {{\"annotations\", …}}}}."
        )  # fmt: skip
    for place, (identity, entry) in enumerate(content.items(), start=1):
        try:
            yield _clip_of_entry(identity, entry, place)
        except Wrong as wrong:
            yield wrong.bad_row(place, name)


def _clip_of_entry(key: str, entry: Any, place: int) -> FileVideo:
    entry = mapping(entry, key)
    column = f"{key}.annotations"
    said = mapping(field(entry, "annotations", key), column)
    segment = listed(field(said, "segment", column), f"{column}.segment")
    if len(segment) != 2:
        raise Wrong(f"{column}.segment", f"has {len(segment)} numbers instead of start and end")
    times = [seconds(value, f"{column}.segment") for value in segment]
    label = text(said["label"], f"{column}.label") if "label" in said else ""
    subset = entry.get("subset", "")
    if not isinstance(subset, str):
        raise Wrong(f"{key}.subset", "is no text")
    found = _CLIP.fullmatch(key)
    identity = found[1] if found and _clip_name(found[1], *times) == key else key
    return _clip(text(identity, "id"), label, times, f"{column}.segment", subset, place)


def _clip(
    identity: str, label: str, times: Sequence[Fraction], column: str, split: str, row: int
) -> FileVideo:
    start, end = times
    if end <= start:
        raise Wrong(column, f"is {float(end):g}, not after the start at {float(start):g}")
    return FileVideo(
        key=_clip_name(identity, start, end),
        unit=Unit.SECOND,
        aliases=(identity,),
        classes=(FileSpan(label, row=row),) if label else (),
        start_s=start,
        duration_s=end - start,
        split=split,
        row=row,
    )


def _clip_name(identity: str, start: Fraction, end: Fraction) -> str:
    return f"{identity}_{int(start):06d}_{int(end):06d}"


def _times(video: FileVideo) -> tuple[str, Fraction, Fraction]:
    """(id, start, end) of a clip; its name says them where the video does not."""
    found = _CLIP.fullmatch(video.key)
    start = video.start_s if video.start_s is not None else Fraction(found[2] if found else 0)
    duration = video.duration_s
    if duration is None:
        duration = Fraction(found[3]) - Fraction(found[2]) if found else Fraction(10)
    end = start + duration
    is_clip_name = found is not None and _clip_name(found[1], start, end) == video.key
    return found[1] if found and is_clip_name else video.key, start, end


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """A CSV for each split; clips without a class go into one without the column."""
    counts = {"videos": 0, "video_classes": 0}
    names, files = FileNames(), {}
    for video in videos:
        kind = video.split, bool(video.classes)
        if kind not in files:
            ending = "" if video.classes else "_without_labels"
            files[kind] = folder / (names.of(f"kinetics_{video.split or 'all'}{ending}") + ".csv")
            header = _COLUMNS[:5] if video.classes else _COLUMNS[1:5]
            files[kind].write_text(f"{','.join(header)}\n", encoding="utf-8")
        with files[kind].open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_rows(video))
        counts["videos"] += 1
        counts["video_classes"] += len(video.classes)
    return counts


def _rows(video: FileVideo) -> Iterator[list[str]]:
    identity, start, end = _times(video)
    first = round(start)
    row = [identity, str(first), str(max(round(end), first + 1)), video.split]
    row = [cells.written(cell) for cell in row]
    for span in video.classes:
        yield [cells.written(span.label), *row]
    if not video.classes:
        yield row


def write_json(
    folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]
) -> dict[str, int]:
    """One JSON of all clips, with the first class of each."""
    counts = {"videos": 0, "video_classes": 0, "further_classes_left_out": 0}
    taken: set[str] = set()
    with (folder / "kinetics.json").open("w", encoding="utf-8") as file:
        file.write("{")
        for video in videos:
            key, entry = _entry(video, taken)
            file.write(",\n" if taken else "\n")
            taken.add(key)
            file.write(f"{json.dumps(key)}: {json.dumps(entry, ensure_ascii=False)}")
            counts["videos"] += 1
            counts["video_classes"] += len(video.classes[:1])
            counts["further_classes_left_out"] += len(video.classes[1:])
        file.write("\n}\n")
    return counts


def _entry(video: FileVideo, taken: set[str]) -> tuple[str, dict[str, Any]]:
    identity, start, end = _times(video)
    said: dict[str, Any] = {"label": video.classes[0].label} if video.classes else {}
    said["segment"] = [seconds_number(start), seconds_number(end)]
    entry = {
        "annotations": said,
        "duration": seconds_number(end - start),
        "subset": video.split,
    }
    return (identity if identity not in taken else _clip_name(identity, start, end)), entry


def looks_like(path: Path) -> bool:
    head = starts_like(path, (".csv", ".json"))
    if "youtube_id" in head.partition("\n")[0]:
        return True
    return bool(re.match(r'\s*\{\s*"[^"]+":\s*\{[^\[]*"annotations":\s*\{', head))


_HOLDS = frozenset({Holds.VIDEO_CLASSES})
_ACCEPTS = (".csv", ".json", ".zip", ".tar", ".gz", "/")
FORMAT = Format(
    name="kinetics",
    title="Kinetics (CSV)",
    read=read,
    write=write,
    unit=Unit.SECOND,
    holds=_HOLDS,
    accepts=_ACCEPTS,
    looks_like=looks_like,
)
FORMAT_JSON = Format(
    name="kinetics-json",
    title="Kinetics (JSON)",
    read=read,
    write=write_json,
    unit=Unit.SECOND,
    holds=_HOLDS,
    accepts=_ACCEPTS,
)

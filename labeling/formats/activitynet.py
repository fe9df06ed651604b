"""ActivityNet v1.3: segments of videos in seconds, and submissions with scores.

    {"version", "taxonomy", "database": {id: {"duration", "subset", "resolution",
                                              "annotations": [{"segment": [start, end], "label"}]}}}
    {"version", "results": {id: [{"label", "score", "segment"}]}, "external_data"}

Read besides: the database without anything around it, ids with `v_` in front, "duration_second",
segments as texts, and "set_ambiguous" of A2CL-PT. An entry without a segment is a class of the
video: a submission has a place for it, the database, when it is written, has none. Proposals, which
have no labels, are nothing a project can hold and are refused.

Kept: ids, segments, labels, scores of submissions, duration, subset, size of the picture. Lost:
addresses, the tree above the labels, numbers of frames and features, and who made a submission.
Segments of no length, doubled ones, and those that end after their video are kept as they are and
counted in a note. A video is known with and without `v_`. Texts are equal up to order, spacing, the
form of numbers, and what is lost; a taxonomy is made of the labels.

Source: the files and the evaluation code of the ActivityNet challenge.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

from labeling.domain.errors import InvalidInput
from labeling.formats import archive
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
from labeling.formats.entries import Wrong, field, listed, mapping, number, seconds, text
from labeling.formats.label_names import in_order
from labeling.formats.number_text import seconds_number
from labeling.formats.sources import files_in, load_json, said_name, shown, starts_like

VERSION = "VERSION 1.3"
AMBIGUOUS = "Ambiguous"
_RESOLUTION = re.compile(r"\s*(\d{1,6})\s*[xX]\s*(\d{1,6})\s*")
_ODD = {
    "empty": "{} segments have no length; they are kept.",
    "late": "{} segments end after the duration that the file says; they are kept.",
    "double": "{} segments are written twice; they are kept.",
}


_HEAD = 1 << 16
_MAIN = re.compile(r'"(database|results)"\s*:\s*\{')
_VERSION = re.compile(r'version"\s*:\s*"VERSION')
_FIRST_SEGMENT = re.compile(r'"annotations"\s*:\s*\[\s*\{\s*"segment"')


def read(path: Path, options: ReadOptions) -> Iterator[Reading]:
    """Videos of a JSON, or of a folder or archive of them.

    Raises:
        InvalidInput: the file is no JSON of one of these forms, or holds proposals.
    """
    name = said_name(path, options)
    with archive.opened(path, name=name) as source:
        for file in files_in(source, (".json",), name):
            called = shown(source, file, name)
            yield from read_content(load_json(file, called), called)


def read_content(content: Any, name: str) -> Iterator[Reading]:
    """Videos of what a JSON holds."""
    if not isinstance(content, dict):
        raise InvalidInput(f"{name} is no ActivityNet file: it is no JSON object {{…}}.")
    if "results" in content:
        return _read_submission(_part(content, "results", name), name)
    database = _part(content, "database", name) if "database" in content else content
    if not any(isinstance(v, dict) and "annotations" in v for v in database.values()):
        raise InvalidInput(
            f"{name} is no ActivityNet file: it has neither 'database' nor 'results', nor videos "
            "with 'annotations'."
        )
    return _read_database(database, content.get("set_ambiguous", {}), name)


def _part(content: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    try:
        return mapping(content[key], key)
    except Wrong as wrong:
        raise InvalidInput(f"{name}: '{key}' {wrong.reason}.") from None


def _read_database(database: dict[str, Any], ambiguous: Any, name: str) -> Iterator[Reading]:
    odd: Counter[str] = Counter()
    for place, (key, entry) in enumerate(database.items(), start=1):
        bad: list[BadRow] = []
        try:
            video = _video(key, mapping(entry, key), place, name, bad)
        except Wrong as wrong:
            yield wrong.bad_row(place, name)
            continue
        if isinstance(ambiguous, dict) and isinstance(ambiguous.get(key), list):
            entries = [{"label": AMBIGUOUS, "segment": s} for s in ambiguous[key]]
            more = tuple(_spans(entries, f"set_ambiguous.{key}", place, name, bad))
            video = replace(video, segments=video.segments + more)
        yield from bad
        odd += _oddities(video)
        yield video
    yield from (Note(f"{name}: " + _ODD[kind].format(odd[kind])) for kind in _ODD if odd[kind])


def _video(key: str, entry: dict[str, Any], place: int, name: str, bad: list[BadRow]) -> FileVideo:
    entries = listed(field(entry, "annotations", key), f"{key}.annotations")
    said = "duration" if "duration" in entry else "duration_second"
    duration = entry.get(said)
    subset = entry.get("subset", "")
    if not isinstance(subset, str):
        raise Wrong(f"{key}.subset", "is no text")
    resolution = _RESOLUTION.fullmatch(str(entry.get("resolution", "")))
    spans = list(_spans(entries, f"{key}.annotations", place, name, bad))
    return FileVideo(
        key=text(key, "id"),
        unit=Unit.SECOND,
        aliases=_aliases(key),
        segments=tuple(span for span in spans if span.start is not None),
        classes=tuple(span for span in spans if span.start is None),
        size=(int(resolution[1]), int(resolution[2])) if resolution else None,
        duration_s=None if duration is None else seconds(duration, f"{key}.{said}"),
        split=subset,
        row=place,
    )


def _aliases(key: str) -> tuple[str, ...]:
    """Many programs put `v_` before the ids."""
    return (key.removeprefix("v_"),) if key.startswith("v_") else (f"v_{key}",)


def _spans(
    entries: list[Any], column: str, row: int, name: str, bad: list[BadRow]
) -> Iterator[FileSpan]:
    for index, entry in enumerate(entries):
        try:
            yield _span(entry, f"{column}[{index}]", row)
        except Wrong as wrong:
            bad.append(wrong.bad_row(row, name))


def _span(entry: Any, column: str, row: int) -> FileSpan:
    entry = mapping(entry, column)
    label = text(field(entry, "label", column), f"{column}.label")
    score = number(entry["score"], f"{column}.score") if "score" in entry else None
    if "segment" not in entry:
        return FileSpan(label, score=score, row=row)
    start, end = _segment(entry["segment"], f"{column}.segment")
    return FileSpan(label, start, end, score, row)


def _segment(value: Any, column: str) -> tuple[Fraction, Fraction]:
    times = listed(value, column)
    if len(times) != 2:
        raise Wrong(column, f"has {len(times)} numbers instead of start and end")
    start, end = (seconds(time, column) for time in times)
    if end < start:
        raise Wrong(column, f"ends at {float(end):g}, before it begins at {float(start):g}")
    return start, end


def _oddities(video: FileVideo) -> Counter[str]:
    spans = [(span.label, span.start, span.end) for span in video.segments]
    late = video.duration_s
    return Counter(
        empty=sum(start == end for _, start, end in spans),
        late=sum(end > late for _, _, end in spans) if late is not None else 0,
        double=len(spans) - len(set(spans)),
    )


def _read_submission(results: dict[str, Any], name: str) -> Iterator[Reading]:
    found = [e for entries in results.values() if isinstance(entries, list) for e in entries]
    if found and not any(isinstance(entry, dict) and "label" in entry for entry in found):
        raise InvalidInput(
            f"{name} holds proposals without labels: they can be evaluated, but a project has no "
            "place for segments that nobody named."
        )
    for place, (key, entries) in enumerate(results.items(), start=1):
        bad: list[BadRow] = []
        try:
            spans = list(_spans(listed(entries, key), key, place, name, bad))
        except Wrong as wrong:
            yield wrong.bad_row(place, name)
            continue
        yield from bad
        yield FileVideo(
            key=key,
            unit=Unit.SECOND,
            aliases=_aliases(key),
            segments=tuple(span for span in spans if span.start is not None),
            classes=tuple(span for span in spans if span.start is None),
            row=place,
        )


def write(folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]) -> dict[str, int]:
    """The layout of v1.3, a line each video."""
    counts = {"videos": 0, "segments": 0}
    names = dict.fromkeys(in_order(labels, ("segment",)))
    with (folder / "activitynet.json").open("w", encoding="utf-8") as file:
        file.write(f'{{"version": "{VERSION}", "database": {{')
        _write_entries(file, (_noted(video, counts, names) for video in videos))
        taxonomy = json.dumps(list(_taxonomy(names)), ensure_ascii=False)
        file.write(f'}},\n"taxonomy": {taxonomy}}}\n')
    return counts


def _noted(
    video: FileVideo, counts: dict[str, int], names: dict[str, None]
) -> tuple[str, dict[str, Any]]:
    counts["videos"] += 1
    counts["segments"] += len(video.segments)
    names.update(dict.fromkeys(span.label for span in video.segments))
    entry: dict[str, Any] = {}
    if video.duration_s is not None:
        entry["duration"] = seconds_number(video.duration_s)
    entry["subset"] = video.split
    if video.size:
        entry["resolution"] = f"{video.size[0]}x{video.size[1]}"
    entry["annotations"] = [
        {"segment": _numbers(span), "label": span.label} for span in video.segments
    ]
    return video.key, entry


def _numbers(span: FileSpan) -> list[float]:
    return [seconds_number(span.start or 0), seconds_number(span.end or 0)]


def _taxonomy(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    yield {"parentName": None, "nodeName": "Root", "nodeId": 0, "parentId": None}
    for place, name in enumerate(names, start=1):
        yield {"parentName": "Root", "nodeName": name, "nodeId": place, "parentId": 0}


def _write_entries(file: TextIO, entries: Iterable[tuple[str, Any]]) -> None:
    separator = "\n"
    for key, entry in entries:
        file.write(f"{separator}{json.dumps(key, ensure_ascii=False)}: ")
        file.write(json.dumps(entry, ensure_ascii=False))
        separator = ",\n"


def write_results(
    folder: Path, videos: Iterable[FileVideo], labels: Sequence[FileLabel]
) -> dict[str, int]:
    """A submission; what has no score, because a person said it, has the score 1."""
    counts = {"videos": 0, "segments": 0, "video_classes": 0}
    with (folder / "activitynet_results.json").open("w", encoding="utf-8") as file:
        file.write(f'{{"version": "{VERSION}", "results": {{')
        _write_entries(file, (_result(video, counts) for video in videos))
        file.write('}, "external_data": {"used": false, "details": ""}}\n')
    return counts


def _result(video: FileVideo, counts: dict[str, int]) -> tuple[str, list[dict[str, Any]]]:
    counts["videos"] += 1
    counts["segments"] += len(video.segments)
    counts["video_classes"] += len(video.classes)
    entries: list[dict[str, Any]] = []
    for span in (*video.segments, *video.classes):
        entry: dict[str, Any] = {"label": span.label, "score": _score(span)}
        if span.start is not None:
            entry["segment"] = _numbers(span)
        entries.append(entry)
    return video.key, entries


def _score(span: FileSpan) -> float:
    return 1.0 if span.score is None else span.score


def looks_like(path: Path) -> bool:
    """A database, or videos with segments."""
    head = _head(path)
    main = _MAIN.search(head)
    if main is not None:
        return main[1] == "database"
    return _VERSION.search(head) is not None or _FIRST_SEGMENT.search(head) is not None


def looks_like_results(path: Path) -> bool:
    """A submission."""
    main = _MAIN.search(_head(path))
    return main is not None and main[1] == "results"


def _head(path: Path) -> str:
    """Far enough into a JSON object to be behind the taxonomy; "" of anything else."""
    head = starts_like(path, (".json",), _HEAD)
    return head if head.lstrip().startswith("{") else ""


_ACCEPTS = (".json", ".zip", ".tar", ".gz", "/")
FORMAT = Format(
    name="activitynet",
    title="ActivityNet v1.3 (segments)",
    read=read,
    write=write,
    unit=Unit.SECOND,
    holds=frozenset({Holds.SEGMENTS}),
    accepts=_ACCEPTS,
    looks_like=looks_like,
)
FORMAT_RESULTS = Format(
    name="activitynet-results",
    title="ActivityNet (submission with scores)",
    read=read,
    write=write_results,
    unit=Unit.SECOND,
    holds=frozenset({Holds.SEGMENTS, Holds.VIDEO_CLASSES, Holds.SCORES}),
    accepts=_ACCEPTS,
    looks_like=looks_like_results,
)

"""ActivityNet's JSON, truth and submissions, as the official evaluator reads them."""

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.domain.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TRUTH_FIELDS = ("database", "taxonomy", "version")
RESULT_FIELDS = ("results", "version", "external_data")


@dataclass(frozen=True)
class Segments:
    """Labeled time ranges, in the order of the file.

    Args:
        video: (N,) int64, place in the list of videos.
        label: (N,) int64, place in the list of classes; -1 where the task knows no classes.
        span_s: (N, 2) float64, start and end in seconds, as written: end may precede start.
        score: (N,) float64; 1 in the truth.
    """

    video: Ints
    label: Ints
    span_s: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.video)

    def take(self, rows: NDArray[Any]) -> "Segments":
        """The rows at these places, or where the mask is true."""
        return Segments(self.video[rows], self.label[rows], self.span_s[rows], self.score[rows])


@dataclass(frozen=True)
class Truth:
    """One subset's segments, its class names in order of appearance, and the numbers of videos."""

    segments: Segments
    classes: tuple[str, ...]
    videos: dict[str, int]


def read_truth(
    path: Path, subset: str, fields: Collection[str] = TRUTH_FIELDS, *, spans: bool = True
) -> Truth:  # fmt: skip
    """The segments of one subset; without `spans` only their labels are looked at.

    Raises:
        InvalidInput: the file is not of the format, or the subset has no segment.
    """
    data = _document(path, fields)
    videos: dict[str, int] = {}
    classes: dict[str, int] = {}
    rows = []
    for name, place, entry in _of_subset(path, data["database"], subset):
        for segment, label in _annotations(place, entry, spans):
            number = videos.setdefault(name, len(videos))
            rows.append((number, classes.setdefault(label, len(classes)), *segment, 1.0))
    if not rows:
        raise InvalidInput(_no_segments(path, data["database"], subset), code="no_truth")
    return Truth(_segments(rows), tuple(classes), videos)


def read_results(
    path: Path,
    truth: Truth,
    *,
    labels: bool = True,
    spans: bool = True,
    fields: Collection[str] = RESULT_FIELDS,
) -> Segments:
    """A submission; `labels` and `spans` say what its entries hold.

    Raises:
        InvalidInput: not of the format, or a label that the truth does not have.
    """
    data = _document(path, fields)
    classes = {name: number for number, name in enumerate(truth.classes)}
    videos = dict(truth.videos)
    rows = []
    for name, place, entries in _videos(path, data["results"], "results", list):
        number = videos.setdefault(name, len(videos))
        for index, entry in enumerate(entries):
            where = f"{place}[{index}]"
            span = _span(where, entry) if spans else (0.0, 0.0)
            label = _known(where, entry, classes) if labels else -1
            rows.append((number, label, *span, _score(where, entry)))
    return _segments(rows)


def _segments(rows: list[tuple[float, ...]]) -> Segments:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    ids = table[:, :2].astype(np.int64)
    return Segments(ids[:, 0], ids[:, 1], table[:, 2:4], table[:, 4])


def _document(path: Path, fields: Collection[str]) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is no JSON: {error}.", code="bad_json") from error
    missing = [name for name in fields if not isinstance(data, dict) or name not in data]
    if missing:
        raise InvalidInput(
            f"{path.name} lacks {', '.join(missing)} at its top level: the evaluator wants "
            f"{', '.join(fields)}.",
            code="bad_json",
        )
    return data


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON number")


def _videos(
    path: Path, table: Any, field: str, kind: type
) -> Iterator[tuple[str, str, Any]]:  # fmt: skip
    """(video, place for messages, entry)."""
    if not isinstance(table, dict):
        raise _bad(f"{path.name}, {field}", "must map video ids to their entries")
    for name, entry in table.items():
        place = f"{path.name}, {field}[{name!r}]"
        if not isinstance(entry, kind):
            raise _bad(place, f"must be a {'list' if kind is list else 'dictionary'}")
        yield name, place, entry


def _of_subset(path: Path, database: Any, subset: str) -> Iterator[tuple[str, str, Any]]:
    for name, place, entry in _videos(path, database, "database", dict):
        if "subset" not in entry:
            raise _bad(place, "has no subset")
        if entry["subset"] == subset:
            yield name, place, entry


def _annotations(
    place: str, entry: Any, spans: bool
) -> Iterator[tuple[tuple[float, float], str]]:  # fmt: skip
    annotations = entry.get("annotations")
    if not isinstance(annotations, list):
        raise _bad(place, "has no list of annotations")
    for index, annotation in enumerate(annotations):
        where = f"{place}.annotations[{index}]"
        span = _span(where, annotation) if spans else (0.0, 0.0)
        yield span, _label(where, annotation)


def _span(where: str, entry: Any) -> tuple[float, float]:
    span = entry.get("segment") if isinstance(entry, dict) else None
    if not isinstance(span, list) or len(span) < 2:
        raise _bad(where, "has no segment [start, end]")
    try:
        start, end = float(span[0]), float(span[1])
    except (TypeError, ValueError):
        raise _bad(where, f"the segment {span} is not two numbers of seconds") from None
    if not math.isfinite(start) or not math.isfinite(end):
        raise _bad(where, f"the segment {span} is not two numbers of seconds")
    return start, end


def _label(where: str, entry: Any) -> str:
    label = entry.get("label") if isinstance(entry, dict) else None
    if not isinstance(label, str):
        raise _bad(where, "has no label that is text")
    return label


def _known(where: str, entry: Any, classes: dict[str, int]) -> int:
    label = _label(where, entry)
    if label not in classes:
        raise _bad(
            where, f"the label {label!r} has no segment in the truth's subset: check its spelling"
        )
    return classes[label]


def _score(where: str, entry: Any) -> float:
    score = entry.get("score") if isinstance(entry, dict) else None
    if isinstance(score, bool) or not isinstance(score, int | float):
        raise _bad(where, "has no score that is a number")
    return float(score)


def _bad(where: str, reason: str) -> InvalidInput:
    return InvalidInput(f"{where}: {reason}.", code="bad_entry", detail={"entry": where})


def _no_segments(path: Path, database: Any, subset: str) -> str:
    subsets = sorted({str(entry.get("subset")) for entry in database.values()})
    return (
        f"{path.name} has no segment in subset '{subset}'; its subsets are: "
        f"{', '.join(subsets) or 'none'}. Choose one with --subset."
    )

"""Every format that an export can be written in, by name."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from labeling.domain.timebase import Timebase
from labeling.export import native_files
from labeling.export.ava_files import AVA, AVA_KINETICS, Dialect, ava_actions, ava_write
from labeling.export.making import DELETED_LABELS, Making, Tally, without_deleted_labels
from labeling.export.options import ExportOptions
from labeling.formats import cells
from labeling.formats.choice import FrameRange, Which, chosen, not_reviewed
from labeling.formats.dataset import FileLabel, FileVideo, Format
from labeling.formats.from_video import file_video, lost
from labeling.formats.registry import FORMATS

# Formats with a way in of their own: AVA by the import, a backup by its restoring.
READ_ELSEWHERE = frozenset({"ava", "ava-kinetics", "tubelab"})
EXCLUDED_RANGES = "excluded_ranges.csv"
RANGES_HEADER = "video,start_frame,end_frame,start_s,end_s\n"

_ASSUMPTIONS = (
    "Frames count from 0 in order of presentation, ranges end before their last number, and "
    "seconds are the recorded times since the first frame; a format that counts otherwise has "
    "its own way of writing the same.",
    "What a person confirmed is written; excluded_ranges.csv lists where not everything was "
    "reviewed, or a proposal is still undecided: somebody may be missing there.",
    "What the format has no place for is counted as lost.",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """A format and what writes it.

    Args:
        format: what it is called and has a place for.
        write: makes the files of an export and says what was written.
        assumptions: what it takes for granted, for the manifest.
        details: what else its manifest says.
        check: raises InvalidInput where it cannot do what is asked.
        by_name: its files call videos by name, so that no two may bear the same.
    """

    format: Format
    write: Callable[[Making], Tally]
    assumptions: tuple[str, ...]
    details: Callable[[Making], dict[str, Any]] = lambda making: {}
    check: Callable[[ExportOptions], None] = lambda options: None
    by_name: bool = True


_TUBELAB = Writer(
    native_files.FORMAT, native_files.native_write, native_files.ASSUMPTIONS,
    check=native_files.check_whole, by_name=False,
)  # fmt: skip


def writers() -> dict[str, Writer]:
    """By name, in order of name; those of the registry that write among them."""
    found = {"ava": _ava(AVA), "ava-kinetics": _ava(AVA_KINETICS), "tubelab": _TUBELAB}
    for name, format_ in FORMATS.items():
        if format_.write is not None:
            found[name] = Writer(format_, partial(_write, format_), _ASSUMPTIONS)
    return dict(sorted(found.items()))


def _ava(dialect: Dialect) -> Writer:
    return Writer(
        dialect.format,
        lambda making: ava_write(making, dialect),
        dialect.assumptions,
        lambda making: {"actions": ava_actions(making)},
    )


def _write(format_: Format, making: Making) -> Tally:
    """Write a format of the registry, which takes the videos one by one and gives no half of them.

    An attempt that was killed is made again from the same snapshot.
    """
    assert format_.write is not None
    with Tally(making, can_resume=False) as tally:
        ranges = making.notes / EXCLUDED_RANGES
        tally.open(ranges)
        tally.append(ranges, RANGES_HEADER)
        counts = format_.write(making.files, _file_videos(format_, making, tally), _labels(making))
    # What is counted for every format is counted here; the rest is the format's own.
    own = {name: n for name, n in counts.items() if isinstance(n, int) and name not in tally.counts}
    tally.counts.update(own)
    tally.lost.update(counts.get("lost", {}))
    if ranges.stat().st_size > len(RANGES_HEADER):
        ranges.rename(making.files / EXCLUDED_RANGES)
    return tally


def _file_videos(format_: Format, making: Making, tally: Tally) -> Iterator[FileVideo]:
    labels = making.labels
    for entry, video, timebase in making.videos():
        known, gone = without_deleted_labels(video, labels)
        wanted = chosen(known, making.choice)
        made = file_video(wanted, timebase, format_, labels, entry.key)
        yield made
        if making.options.which is Which.REVIEWED:
            ranges = not_reviewed(known, making.choice)
            tally.append(making.notes / EXCLUDED_RANGES, _range_lines(entry.key, timebase, ranges))
        missing = lost(wanted, format_, labels) + Counter({DELETED_LABELS: gone})
        tally.finish(entry, _counts(made), +missing)


def _range_lines(key: str, timebase: Timebase, ranges: list[FrameRange]) -> Iterator[str]:
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    for span in ranges:
        times = (f"{timebase.time_s(frame):.6f}" for frame in span)
        rows.writerow([cells.written(key), *span, *times])
    yield buffer.getvalue()


def _counts(video: FileVideo) -> Counter[str]:
    return Counter(
        tubes=len(video.tubes),
        spans=sum(len(tube.spans) for tube in video.tubes),
        segments=len(video.segments),
        video_classes=len(video.classes),
    )


def _labels(making: Making) -> list[FileLabel]:
    ordered = sorted(making.labels.values(), key=lambda label: (label["position"], label["id"]))
    return [FileLabel(x["name"], x["kind"], x["ava_id"], x["ava_group"]) for x in ordered]

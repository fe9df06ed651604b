"""What an import reads: its files, and what they say, sorted by video of the project."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, Self

from labeling.domain.errors import InvalidInput
from labeling.domain.text import shown
from labeling.export.import_mapping import Used
from labeling.export.import_videos import VideoKeys
from labeling.export.rows import Spool
from labeling.formats.ava import Coordinates, Eighth
from labeling.formats.dataset import BadRow, FileVideo, Holds
from labeling.formats.plan import PlanOptions

# A report is read by a person; a file of a million bad rows needs no longer one.
ERRORS_LISTED = 1000

Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """The files of an import.

    Args:
        rows: the file, a folder, or an archive.
        name: what its owner calls it.
        labels: list of labels, or None.
        excluded: excluded timestamps (AVA) or ranges, or None.
        complete: everything of a video that is not excluded was reviewed; known of files that
            stand in a Tubelab export's folder, unchanged.
    """

    rows: Path
    name: str
    labels: Path | None = None
    excluded: Path | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How to read what a file does not say.

    Args:
        eighth, coordinates: of AVA's columns.
        eighth_given: somebody said what column 8 holds, so that it is not looked at.
        frame_rate: frames per second, for files that count frames at a rate of their own.
        max_gap_s: longest time without a row that a tube of AVA bridges.
        video_id: the video that a file means that names none.
        linked: boxes without person ids are linked into tubes afterwards.
    """

    eighth: Eighth = Eighth.PERSON_ID
    coordinates: Coordinates = Coordinates.FRACTIONS
    eighth_given: bool = False
    frame_rate: Fraction | None = None
    max_gap_s: Fraction | None = None
    video_id: str | None = None
    linked: bool = False


class BadRows:
    """How many there are, and the first of them."""

    def __init__(self) -> None:
        self.count = 0
        self.listed: list[BadRow] = []

    def add(self, bad: BadRow) -> None:
        self.count += 1
        if len(self.listed) < ERRORS_LISTED:
            told = {name: shown(getattr(bad, name)) for name in ("reason", "file", "column")}
            self.listed.append(replace(bad, **told))

    def as_list(self, file: str) -> list[dict[str, Any]]:
        """By row; `file` is what the only one is called."""
        ordered = sorted(self.listed, key=lambda bad: (bad.file, bad.row))
        return [
            {"file": x.file or file, "row": x.row, "column": x.column, "reason": x.reason}
            for x in ordered
        ]


@dataclass(slots=True)
class Found:
    """What was found on reading a file once.

    Args:
        holds: what the format has a place for.
        rows: rows or entries, bad ones too.
        used: labels, with how often.
        unknown: videos of the file that are none here, with their rows.
        notes: what was taken for granted, with how often.
    """

    holds: frozenset[Holds]
    rows: int = 0
    used: list[Used] = field(default_factory=list)
    bad: BadRows = field(default_factory=BadRows)
    unknown: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class OfVideo:
    """All that a file says of one video here, and what is wrong with it."""

    file_video: FileVideo
    options: PlanOptions
    decimals: int = 3
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Source(Protocol):
    """A file that was read: it tells of its videos one by one, as often as asked."""

    found: Found
    listed: bool  # a list of labels lies beside it
    names_all: Mapping[int, str]  # every label of that list, by number
    speaks_of_all: bool  # without such a list, an action that does not occur was looked for

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: Any) -> None: ...
    def video_ids(self) -> list[str]: ...
    def forget(self, label: str) -> None: ...
    def of(self, video_id: str) -> OfVideo: ...


class Spooled:
    """What every source does with the spool that holds its rows by video."""

    def __init__(self) -> None:
        self.spool = Spool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.spool.__exit__()

    def video_ids(self) -> list[str]:
        return [str(key) for key in self.spool.keys()]  # noqa: SIM118

    def fill(self, read: Callable[[Report], None], tell: Report) -> None:
        """Read the file into the spool, which is gone if that fails."""
        try:
            read(tell)
        except BaseException:
            self.spool.__exit__()
            raise


def no_such_video(found: Found, files: ImportFiles, project: str) -> InvalidInput:
    names = [shown(name) for name in sorted(found.unknown)]
    some = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return InvalidInput(
        f"None of the {len(names)} videos of {files.name} is in project '{project}': {some}. A "
        "video is found by its external id, its name, or its name without the ending.",
        code="unknown_videos",
        detail={"unknown_videos": names[:200], "unknown_videos_total": len(names)},
    )


def opened_text(path: Path, name: str):  # noqa: ANN201
    """A text file as the csv module wants it.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return path.open(encoding="utf-8-sig", errors="replace", newline="")
    except OSError as error:
        reason = error.strerror
        raise InvalidInput(f"{name} cannot be read: {reason}.", code="no_such_file") from error


def counted(lines: Iterator[str], size: int, tell: Report, share: tuple[float, float]):  # noqa: ANN201
    """The lines, while telling how far they are: from share[0] to share[1] of the whole."""
    seen = 0
    for number, line in enumerate(lines):
        seen += len(line)
        if number % 5000 == 0:
            tell(share[0] + (share[1] - share[0]) * min(seen / max(size, 1), 1.0), "Reading")
        yield line


__all__ = [
    "BadRows", "ERRORS_LISTED", "Found", "ImportFiles", "OfVideo", "ReadAs", "Report", "Source",
    "VideoKeys", "counted", "no_such_video", "opened_text",
]  # fmt: skip

"""From AVA rows of one video to what the file says of it.

The rows of one person become one tube with a box at each timestamp and the actions written with
it; rows without a person id make a tube a box. How boxes a second apart become keyframes and spans
is the same for every sampled format: see `onto_sampled`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from labeling.formats.ava import AvaRow, NormBox
from labeling.formats.dataset import (
    BadRow,
    Coordinates,
    FileBox,
    FileTube,
    FileVideo,
    Unit,
)

UNTRUSTED = "Column 8 gives different people one person id, so it does not tell people apart"
# So many contradictions, and such a share of a video's boxes, are no slips of the pen.
_CLASHES, _CLASH_SHARE = 3, 0.1
# Fewer neighboring boxes of a person say nothing about whether the person jumps.
_NEIGHBORS, _JUMPING = 8, 0.5


@dataclass(slots=True)
class _Box:
    """One person at one timestamp."""

    box: NormBox
    decimals: int
    row: int
    actions: set[str] = field(default_factory=set)


Boxes = dict[object, dict[Decimal, _Box]]


def file_video(
    key: str,
    rows: Iterable[AvaRow],
    *,
    names: Mapping[int, str],
    step: Fraction = Fraction(1),
    coordinates: Coordinates = Coordinates.FRACTIONS,
    frame_rate: Fraction | None = None,
) -> tuple[FileVideo, list[BadRow], list[str]]:
    """What the rows of one video say.

    Args:
        key: what the file calls the video.
        rows: in any order; those without a box are left out.
        names: action id → what the action is called; rows of other actions are left out.
        step: seconds between two timestamps of the file.
        frame_rate: timestamps are numbers of frames at this rate; None: seconds.

    Returns:
        The video, rows that contradict others, and what was taken for granted.
    """
    kept = [
        row for row in rows
        if row.box is not None and (row.action_id is None or row.action_id in names)
    ]  # fmt: skip
    people, bad = _people(kept, names)
    notes = []
    if _is_no_person_id(people, bad):
        people, bad = _people(kept, names, trusted=False)
        notes.append(UNTRUSTED)
    seconds: dict[Decimal, Fraction] = {}
    for row in kept:
        if row.timestamp not in seconds:
            seconds[row.timestamp] = seconds_of(row.timestamp, frame_rate)
    tubes = (_tube(person, boxes, seconds) for person, boxes in people.items())
    video = FileVideo(
        key, Unit.SECOND, coordinates, sampled=step, tubes=tuple(tubes),
        row=kept[0].row if kept else 0,
    )  # fmt: skip
    return video, bad, notes


def seconds_of(timestamp: Decimal, frame_rate: Fraction | None) -> Fraction:
    """Seconds from the start of the original movie."""
    exact = Fraction(timestamp)
    return exact / frame_rate if frame_rate else exact


def _people(
    rows: list[AvaRow], names: Mapping[int, str], *, trusted: bool = True
) -> tuple[Boxes, list[BadRow]]:
    people: Boxes = {}
    bad: list[BadRow] = []
    for row in rows:
        assert row.box is not None
        person: object = row.person_id if trusted else None
        if person is None:
            person = (row.timestamp, row.box)
        boxes = people.setdefault(person, {})
        known = boxes.get(row.timestamp)
        if known is None:
            known = boxes[row.timestamp] = _Box(row.box, row.decimals, row.row)
        elif known.box != row.box and _differs(known.box, row):
            bad.append(
                BadRow(
                    row.row,
                    f"person {row.person_id} has another box at {row.timestamp} than in row "
                    f"{known.row}; if column 8 does not tell people apart, leave it out "
                    "(--eighth-column ignore)",
                    column="person_id",
                )
            )
            continue
        if row.action_id is not None:
            known.actions.add(names[row.action_id])
    return people, bad


def _differs(box: NormBox, row: AvaRow) -> bool:
    """Rows of one person may differ in the last digit."""
    assert row.box is not None
    slack = 2 * 10.0**-row.decimals
    return any(abs(a - b) > slack for a, b in zip(box, row.box, strict=True))


def _is_no_person_id(people: Boxes, bad: list[BadRow]) -> bool:
    """Whether column 8 cannot be a person: several boxes at once, or one id that jumps about."""
    count = sum(map(len, people.values())) + len(bad)
    if len(bad) >= _CLASHES and len(bad) > _CLASH_SHARE * count:
        return True
    if len(people) != 1:
        return False
    ((person, boxes),) = people.items()
    if not isinstance(person, int):
        return False
    ordered = [boxes[stamp].box for stamp in sorted(boxes)]
    pairs = list(zip(ordered, ordered[1:], strict=False))
    apart = sum(not _touch(a, b) for a, b in pairs)
    return len(pairs) >= _NEIGHBORS and apart > _JUMPING * len(pairs)


def _touch(a: NormBox, b: NormBox) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _tube(
    person: object, boxes: dict[Decimal, _Box], seconds: Mapping[Decimal, Fraction]
) -> FileTube:
    ordered = tuple(
        FileBox(seconds[stamp], found.box, actions=tuple(sorted(found.actions)), row=found.row)
        for stamp, found in sorted(boxes.items())
    )
    number = person if isinstance(person, int) else None
    return FileTube(ordered, number, row=ordered[0].row)

"""What Label Studio shows of a region's sequence of keyframes."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from labeling.formats import entries, motion
from labeling.formats.dataset import Corners, FileBox
from labeling.formats.entries import Wrong

TURNED = "A turned box is taken as the upright box around it."
ANGLE = "A box is turned, but the picture's size is not said: its angle is left out."


@dataclass(frozen=True, slots=True)
class Picture:
    """Size of the picture in px; 0 where it is not said."""

    width: float = 0
    height: float = 0

    @classmethod
    def of(cls, fields: dict[str, Any]) -> "Picture":
        sides = (fields.get("original_width"), fields.get("original_height"))
        usable = [s for s in sides if isinstance(s, int | float) and s > 0]
        return cls(*usable) if len(usable) == 2 else cls()


@dataclass(frozen=True, slots=True)
class _Keyframe:
    """A keyframe in fractions of the picture, before it is turned about its top left corner."""

    frame: int
    plain: Corners
    rotation: float
    enabled: bool
    is_auto: bool


def shown_boxes(
    sequence: list[Any], column: str, frame_count: int | None, picture: Picture
) -> tuple[tuple[FileBox, ...], list[Wrong], Counter[str]]:
    """(boxes, unusable entries, notes); no box if nothing can be used."""
    keyframes: dict[int, _Keyframe] = {}
    bad: list[Wrong] = []
    for index, entry in enumerate(sequence):
        where = f"{column}[{index}]"
        try:
            keyframe = _keyframe(entries.mapping(entry, where), where)
            if keyframe.frame in keyframes:
                raise Wrong(f"{where}.frame", f"is {keyframe.frame + 1}, for the second time")
        except Wrong as wrong:
            bad.append(wrong)
            continue
        keyframes[keyframe.frame] = keyframe
    ordered = [keyframes[frame] for frame in sorted(keyframes)]
    drawn = [keyframe for keyframe in ordered if not keyframe.is_auto] or ordered
    turned = sum(keyframe.rotation != 0 for keyframe in drawn)
    notes = Counter({TURNED if picture.width else ANGLE: turned} if turned else {})
    if not drawn:
        return (), bad, notes
    last = None if frame_count is None else frame_count - 1
    boxes = motion.held_until(tuple(_boxes(drawn, picture)), last if drawn[-1].enabled else None)
    return motion.without_closing(boxes), bad, notes


def _keyframe(entry: dict[str, Any], column: str) -> _Keyframe:
    frame = entries.whole(entries.field(entry, "frame", column), f"{column}.frame", 1)
    x, y, width, height = (
        float(Decimal(repr(entries.number(entries.field(entry, n, column), f"{column}.{n}"))) / 100)
        for n in ("x", "y", "width", "height")
    )
    enabled = entry.get("enabled", True)
    if not isinstance(enabled, bool):
        raise Wrong(f"{column}.enabled", f"is {enabled!r}, not true or false")
    rotation = entries.number(entry.get("rotation") or 0, f"{column}.rotation")
    plain = entries.sized(x, y, width, height, column)
    return _Keyframe(frame - 1, plain, rotation, enabled, entry.get("auto") is True)


def _boxes(keyframes: list[_Keyframe], picture: Picture) -> Iterator[FileBox]:
    for keyframe, after in pairwise([*keyframes, None]):
        box = FileBox(keyframe.frame, _upright(keyframe, picture))
        yield box
        if not keyframe.enabled:
            if after is not None and after.frame > keyframe.frame + 1:
                yield replace(box, at=keyframe.frame + 1, outside=True)
        elif after is not None and picture.width and keyframe.rotation != after.rotation:
            yield from _turning(keyframe, after, picture)


def _turning(keyframe: _Keyframe, after: _Keyframe, picture: Picture) -> Iterator[FileBox]:
    """A turned box moves evenly; the upright box around it does not."""
    for frame in range(keyframe.frame + 1, after.frame):
        weight = (frame - keyframe.frame) / (after.frame - keyframe.frame)
        plain = motion.blended(keyframe.plain, after.plain, weight)
        angle = keyframe.rotation + (after.rotation - keyframe.rotation) * weight
        between = replace(keyframe, frame=frame, plain=plain, rotation=angle)
        yield FileBox(frame, _upright(between, picture))


def _upright(keyframe: _Keyframe, picture: Picture) -> Corners:
    if not keyframe.rotation or not picture.width:
        return keyframe.plain
    x1, y1, x2, y2 = keyframe.plain
    width, height = (x2 - x1) * picture.width, (y2 - y1) * picture.height
    turn = math.radians(keyframe.rotation)
    across = (width * math.cos(turn) - height * math.sin(turn)) / 2
    along = (width * math.sin(turn) + height * math.cos(turn)) / 2
    center = x1 * picture.width + across, y1 * picture.height + along
    box = motion.enclosing(center, (width, height), keyframe.rotation)
    left, top, right, bottom = (
        value / side for value, side in zip(box, (picture.width, picture.height) * 2, strict=True)
    )
    return left, top, right, bottom

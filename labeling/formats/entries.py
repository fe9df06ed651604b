"""Checks of single values of a file. What is wrong is told with the place of the value."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from labeling.formats.dataset import BadRow, Corners

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"[+-]?\d{1,15}(\.0+)?")
_LARGEST = 2**53


class Wrong(Exception):
    """Why an entry cannot be used.

    Args:
        column: name or path of the field.
        reason: what is wrong with it.
    """

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason

    def bad_row(self, row: int, file: str) -> BadRow:
        return BadRow(row, self.reason, file, self.column)


def number(value: Any, column: str) -> float:
    """A finite number, given as one or as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(column, f"is not a number: {_brief(value)}")
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise Wrong(column, f"is {_brief(value)}, which is no usable number")
    return float(value)


def whole(value: Any, column: str, least: int | None = None) -> int:
    """A whole number, given as one or as text, at least `least`."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        raise Wrong(column, f"is not a whole number: {_brief(value)}")
    if abs(value) > _LARGEST:
        raise Wrong(column, f"is {_brief(value)}, which is no usable number")
    if least is not None and value < least:
        raise Wrong(column, f"is {int(value)}; it counts from {least}")
    return int(value)


def seconds(value: Any, column: str) -> Fraction:
    """Seconds as written, exactly; not negative."""
    checked = number(value, column)
    if checked < 0:
        raise Wrong(column, f"is {_brief(value)}; seconds count from 0")
    return Fraction(value.strip() if isinstance(value, str) else repr(value))


def text(value: Any, column: str) -> str:
    """Text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong(column, f"is not a name: {_brief(value)}")
    return value


def mapping(value: Any, column: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong(column, f"is not an object {{…}}: {_brief(value)}")
    return value


def listed(value: Any, column: str) -> list[Any]:
    if not isinstance(value, list):
        raise Wrong(column, f"is not a list […]: {_brief(value)}")
    return value


def field(entry: dict[str, Any], name: str, column: str) -> Any:
    """A value that has to be there."""
    if name not in entry:
        raise Wrong(f"{column}.{name}" if column else name, "is missing")
    return entry[name]


def corners(x1: float, y1: float, x2: float, y2: float, column: str = "box") -> Corners:
    """A box with area."""
    if x2 <= x1 or y2 <= y1:
        raise Wrong(column, f"has no area: x1 {x1:g}, y1 {y1:g}, x2 {x2:g}, y2 {y2:g}")
    return x1, y1, x2, y2


def sized(x: float, y: float, width: float, height: float, column: str = "box") -> Corners:
    """A box given by its top left corner and size, added as written: 0.1 and 0.2 make 0.3."""
    if width <= 0 or height <= 0:
        raise Wrong(column, f"has no area: width {width:g}, height {height:g}")
    left, top, across, down = (Decimal(repr(value)) for value in (x, y, width, height))
    return corners(x, y, float(left + across), float(top + down), column)


def size_of(box: Corners, decimals: int = 6) -> tuple[float, float, float, float]:
    """(x, y, width, height), rounded, from which `sized` makes the box again."""
    x1, y1, x2, y2 = (round(Decimal(repr(float(value))), decimals) for value in box)
    return float(x1), float(y1), float(x2 - x1), float(y2 - y1)


def _brief(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"

"""VIA's shapes as boxes."""

import math
from collections.abc import Sequence
from typing import Any

from labeling.formats import entries, motion
from labeling.formats.dataset import Corners
from labeling.formats.entries import Wrong

_RECTANGLE, _CIRCLE, _ELLIPSE = 2, 3, 4
# VIA 3's shape numbers, and how many numbers follow; 0: pairs.
_NUMBERED = {
    1: ("point", 2), 2: ("rect", 4), 3: ("circle", 3), 4: ("ellipse", 4), 5: ("line", 4),
    6: ("polyline", 0), 7: ("polygon", 0), 8: ("extreme rectangle", 8), 9: ("extreme circle", 6),
}  # fmt: skip


def named_shape(shape: Any, column: str) -> tuple[str, Corners]:
    """(kind, box) of VIA 1 and 2's shape_attributes; raises Wrong."""
    fields = entries.mapping(shape, column)
    kind = entries.text(entries.field(fields, "name", column), f"{column}.name")

    def said(*names: str) -> list[float]:
        return [entries.number(entries.field(fields, n, column), f"{column}.{n}") for n in names]

    if kind == "rect":
        return kind, entries.sized(*said("x", "y", "width", "height"), column)
    if kind == "circle":
        x, y, radius = said("cx", "cy", "r")
        return kind, _around(x, y, radius, radius, column)
    if kind == "ellipse":
        theta = entries.number(fields.get("theta", 0), f"{column}.theta")
        return kind, _around(*said("cx", "cy", "rx", "ry"), column, theta)
    if kind in ("polygon", "polyline"):
        xs, ys = (
            [entries.number(v, f"{column}.{name}") for v in _points(fields, name, column)]
            for name in ("all_points_x", "all_points_y")
        )
        return kind, _enclosing(xs, ys, column)
    if kind == "point":
        raise Wrong(column, "is a point, which has no area; draw a box instead")
    raise Wrong(f"{column}.name", f"is '{kind}', which is no shape of VIA's")


def numbered_shape(xy: Sequence[Any], column: str) -> tuple[str, Corners]:
    """(kind, box) of VIA 3's xy; raises Wrong."""
    number = xy[0]
    if type(number) is not int or number not in _NUMBERED:
        raise Wrong(column, f"begins with {number!r}, which is no shape of VIA's")
    kind, count = _NUMBERED[number]
    values = [entries.number(value, column) for value in xy[1:]]
    if (len(values) != count) if count else (len(values) < 4 or len(values) % 2):
        raise Wrong(column, f"has {len(values)} numbers, which make no {kind}")
    if number == _RECTANGLE:
        return kind, entries.sized(*values, column)
    if number == _CIRCLE:
        return kind, _around(values[0], values[1], values[2], values[2], column)
    if number == _ELLIPSE:
        return kind, _around(*values, column)
    if kind == "point":
        raise Wrong(column, "is a point, which has no area; draw a box instead")
    if kind == "extreme circle":
        return kind, _through(values, column)
    return kind, _enclosing(values[::2], values[1::2], column)


def _points(fields: dict[str, Any], name: str, column: str) -> list[Any]:
    points = entries.listed(entries.field(fields, name, column), f"{column}.{name}")
    if not points:
        raise Wrong(f"{column}.{name}", "is empty")
    return points


def _around(
    x: float, y: float, across: float, along: float, column: str, theta: float = 0.0
) -> Corners:
    if across <= 0 or along <= 0:
        raise Wrong(column, f"has no area: radius {across:g}, {along:g}")
    return motion.enclosing((x, y), (2 * across, 2 * along), math.degrees(theta))


def _enclosing(xs: Sequence[float], ys: Sequence[float], column: str) -> Corners:
    return entries.corners(min(xs), min(ys), max(xs), max(ys), column)


def _through(values: Sequence[float], column: str) -> Corners:
    """The box around the circle through three points."""
    (ax, ay), (bx, by), (cx, cy) = zip(values[::2], values[1::2], strict=True)
    turn = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
    if not turn:
        raise Wrong(column, "has three points on a line, which make no circle")
    a, b, c = ax**2 + ay**2, bx**2 + by**2, cx**2 + cy**2
    x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / turn
    y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / turn
    radius = math.hypot(ax - x, ay - y)
    return _around(x, y, radius, radius, column)

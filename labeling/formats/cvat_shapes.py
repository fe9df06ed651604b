"""CVAT's shapes as boxes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from labeling.formats import motion
from labeling.formats.dataset import Corners
from labeling.formats.entries import Wrong, corners, number, sized, whole
from labeling.formats.xml_entries import Entry

# How CVAT names the frames of a video in "for images" files.
_FRAME_NAME = re.compile(r"frame_(\d{6,})(\.\w+)?")
_REFUSED = {
    "cuboid": "is a cuboid, which has no place here; draw boxes instead",
    "skeleton": "is a skeleton, which has no place here; draw boxes instead",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape at a frame: `plain` is its box before it is turned by `rotation` degrees."""

    kind: str
    frame: int
    plain: Corners
    rotation: float
    keyframe: bool
    outside: bool
    occluded: bool
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0

    @property
    def corners(self) -> Corners:
        if not self.rotation:
            return self.plain
        x1, y1, x2, y2 = self.plain
        return motion.enclosing(((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1), self.rotation)


def read_shape(entry: Entry, *, in_track: bool, frame: int = 0) -> Shape:
    """Raises Wrong, naming the element and its field."""
    if entry.tag in _REFUSED:
        raise Wrong(entry.tag, _REFUSED[entry.tag])
    if entry.tag not in _BOXES:
        raise Wrong(entry.tag, "is no shape that CVAT 1.1 has")
    if in_track:
        frame = whole(_said(entry, "frame"), f"{entry.tag}@frame", 0)
    return Shape(
        kind=entry.tag,
        frame=frame,
        plain=_BOXES[entry.tag](entry),
        rotation=_number(entry, "rotation", "0") % 360,
        keyframe=_flag(entry, "keyframe") if in_track else True,
        outside=_flag(entry, "outside", "0") if in_track else False,
        occluded=_flag(entry, "occluded", "0"),
        attributes={a.attributes.get("name", ""): a.text for a in entry.all("attribute")},
        line=entry.line,
    )


def keyframes(shapes: Iterable[Shape]) -> list[Shape]:
    """What decides the motion.

    Between two keyframes CVAT moves boxes evenly, as is done here; how it bends other shapes is
    only known from the frames it lists between them.
    """
    every = list(shapes)
    marked = [shape for shape in every if shape.keyframe]
    if all(shape.kind in ("box", "ellipse") for shape in every) or not marked:
        return marked
    return every


def turned(shapes: list[Shape]) -> Iterator[Shape]:
    """The shapes, and one at every frame between two that are turned differently.

    A turned box moves evenly; the upright box around it does not.
    """
    for shape, after in zip(shapes, [*shapes[1:], None], strict=True):
        yield shape
        if after is None or shape.outside or shape.rotation == after.rotation:
            continue
        arc = (after.rotation - shape.rotation + 180) % 360 - 180
        for frame in range(shape.frame + 1, after.frame):
            weight = (frame - shape.frame) / (after.frame - shape.frame)
            plain = motion.blended(shape.plain, after.plain, weight)
            yield replace(
                shape, frame=frame, plain=plain, rotation=(shape.rotation + arc * weight) % 360
            )


def image_frame(image: Entry) -> int:
    """Frame of the source video that an image is of."""
    found = _FRAME_NAME.fullmatch(image.attributes.get("name", "").rsplit("/", 1)[-1])
    return int(found[1]) if found else whole(_said(image, "id"), "image@id", 0)


def image_size(image: Entry) -> tuple[int, int] | None:
    if "width" not in image.attributes or "height" not in image.attributes:
        return None
    width, height = (whole(_said(image, side), f"image@{side}", 1) for side in ("width", "height"))
    return width, height


def _box(entry: Entry) -> Corners:
    return corners(*(_number(entry, side) for side in ("xtl", "ytl", "xbr", "ybr")), entry.tag)


def _ellipse(entry: Entry) -> Corners:
    x, y, across, along = (_number(entry, name) for name in ("cx", "cy", "rx", "ry"))
    return corners(x - across, y - along, x + across, y + along, entry.tag)


def _mask(entry: Entry) -> Corners:
    return sized(*(_number(entry, n) for n in ("left", "top", "width", "height")), entry.tag)


def _points(entry: Entry) -> Corners:
    column = f"{entry.tag}@points"
    pairs = [pair.split(",") for pair in _said(entry, "points").split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise Wrong(column, "is not written x,y;x,y;…")
    xs, ys = ([number(value, column) for value in values] for values in zip(*pairs, strict=True))
    return corners(min(xs), min(ys), max(xs), max(ys), column)


_BOXES = {
    "box": _box, "ellipse": _ellipse, "mask": _mask,
    "polygon": _points, "polyline": _points, "points": _points,
}  # fmt: skip


def _said(entry: Entry, name: str) -> str:
    if name not in entry.attributes:
        raise Wrong(f"{entry.tag}@{name}", "is missing")
    return entry.attributes[name]


def _number(entry: Entry, name: str, default: str | None = None) -> float:
    said = entry.attributes.get(name, default) if default is not None else _said(entry, name)
    return number(said, f"{entry.tag}@{name}")


def _flag(entry: Entry, name: str, default: str | None = None) -> bool:
    said = entry.attributes.get(name, default) if default is not None else _said(entry, name)
    if said not in ("0", "1"):
        raise Wrong(f"{entry.tag}@{name}", f"is {said!r}; CVAT writes 0 or 1")
    return said == "1"

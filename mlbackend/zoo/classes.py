"""Lists of classes by name, and lists that a person gives in a file."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from labeling.domain.errors import InvalidInput
from labeling.formats.ava_labels import read_label_list

_LARGEST_BYTES = 1 << 20
CHARADES = 157
# Lists that are known by name.
LISTS = ("kinetics400", "coco80", "coco91", "charades157")
_COCO_BLANKS = ("__background__", "N/A")


@lru_cache
def classes_named(name: str) -> tuple[str, ...]:
    """Return a published list in the order of a net's outputs.

    "kinetics400" and "coco91" are torchvision's own; "coco80" leaves out the background and the
    ids that COCO never used; "charades157" are Charades' ids, whose names lie in a file of that
    set's.

    Raises:
        KeyError: there is no list of that name.
    """
    if name == "charades157":
        return tuple(f"c{index:03d}" for index in range(CHARADES))
    if name == "coco80":
        return tuple(each for each in classes_named("coco91") if each not in _COCO_BLANKS)
    return tuple(_TORCHVISION[name]())


def _kinetics() -> list[str]:
    from torchvision.models.video import R3D_18_Weights

    return list(R3D_18_Weights.KINETICS400_V1.meta["categories"])


def _coco() -> list[str]:
    from torchvision.models.detection import FasterRCNN_ResNet50_FPN_Weights

    return list(FasterRCNN_ResNet50_FPN_Weights.COCO_V1.meta["categories"])


_TORCHVISION = {"kinetics400": _kinetics, "coco91": _coco}


def read_classes(path: Path) -> tuple[str, ...]:
    """Read names in the order of a net's outputs.

    One name a line (.txt), `id,name` with or without a heading (.csv), or AVA's label map in any
    of its forms. Ids give the order: they count from 0 or from 1 without a gap, except in an AVA
    list, where a missing id is an output that nothing is known of and is named by its id.

    Raises:
        InvalidInput: it is none of these, too large, or a name or an id occurs twice.
    """
    text = _text(path)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise _bad(path, "it is empty")
    if path.suffix.lower() == ".csv" and not lines[0].replace(" ", "").startswith("label_id,"):
        names = _numbered(path, lines)
    elif path.suffix.lower() in (".pbtxt", ".json", ".csv"):
        names = _ava(text, path)
    else:
        names = lines
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _bad(path, f"'{twice[0]}' occurs twice")
    return tuple(names)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise _bad(path, f"it has {path.stat().st_size} bytes, more than a list of names needs")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad(path, "it is no text in UTF-8") from error
    except OSError as error:
        raise _bad(path, f"it cannot be read ({error.strerror})") from error


def _numbered(path: Path, lines: list[str]) -> list[str]:
    rows = [row for row in csv.reader(lines) if row]
    if rows and not rows[0][0].strip().isdigit():
        rows = rows[1:]
    found: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not row[0].strip().isdigit() or not row[1].strip():
            raise _bad(path, f"row {number} is not id,name")
        if int(row[0]) in found:
            raise _bad(path, f"id {int(row[0])} occurs twice")
        found[int(row[0])] = row[1].strip()
    first = min(found, default=0)
    if first > 1 or sorted(found) != list(range(first, first + len(found))):
        raise _bad(path, "its ids do not count from 0 or 1 without a gap")
    return [found[each] for each in sorted(found)]


def _ava(text: str, path: Path) -> list[str]:
    """AVA counts from 1 and its list of 60 leaves out 20 of the 80 outputs."""
    found = {entry.id: entry.name for entry in read_label_list(text, path.name)}
    return [found.get(each, f"class {each}") for each in range(1, max(found) + 1)]


def _bad(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name} is no list of labels: {why}. Give one name a line, id,name as .csv, or "
        "AVA's .pbtxt.",
        code="bad_labels",
    )

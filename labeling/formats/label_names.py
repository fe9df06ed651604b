"""Labels as names of files and folders, and as numbers of a list."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from labeling.domain.errors import InvalidInput
from labeling.formats.dataset import FileLabel
from labeling.formats.sources import lines

_SAFE = "()'&+!,~"
_LONGEST = 180


def to_file_name(label: str) -> str:
    """A label as a part of a path: what is unusual there is percent-encoded, `a/b` is `a%2Fb`.

    Raises:
        InvalidInput: it would be longer than file systems allow.
    """
    name = quote(label, safe=_SAFE)
    if name[:1] in (".", "-"):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > _LONGEST:
        raise InvalidInput(
            f"The label '{label[:60]}…' is too long for a file name, which this format needs; "
            "give it a shorter name."
        )
    return name


def from_file_name(name: str) -> str:
    """The label of `to_file_name`."""
    return unquote(name)


def in_order(labels: Iterable[FileLabel], kinds: tuple[str, ...]) -> list[str]:
    """Names of the labels of these kinds, by number, then by name; each once."""
    found = [label for label in labels if label.kind in kinds]
    found.sort(key=lambda one: (one.number is None, one.number or 0, one.name))
    return list(dict.fromkeys(label.name for label in found))


def read_numbered(path: Path, name: str, first: int = 1) -> dict[int, str]:
    """A list of classes, a line each: `7 Ballet`, or `Ballet` counted from `first`.

    Raises:
        InvalidInput: a line holds no name, or a number comes twice.
    """
    classes: dict[int, str] = {}
    for line, text in lines(path, name):
        words = text.strip().split(maxsplit=1)
        if not words:
            continue
        is_numbered = len(words) == 2 and words[0].isdecimal() and len(words[0]) < 9
        number = int(words[0]) if is_numbered else first + len(classes)
        label = words[1] if is_numbered else text.strip()
        if number in classes:
            raise InvalidInput(f"{name}, line {line}: number {number} comes twice.")
        classes[number] = label
    if not classes:
        raise InvalidInput(f"{name} lists no classes.")
    return classes


def write_numbered(path: Path, classes: Sequence[str], first: int = 1) -> None:
    """`1 Ballet`, a line each."""
    text = "".join(f"{number} {label}\n" for number, label in enumerate(classes, start=first))
    path.write_text(text, encoding="utf-8")

"""Label maps as AVA's evaluators read them: line by line, two blanks in front of a field.

What `labeling.formats.pbtxt` reads with any indentation is refused here, because the published
code would read no class from it, and figures that nobody can reproduce help nobody.
"""

from pathlib import Path

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.text_file import read_lines


def read_label_map(path: Path) -> dict[int, str]:
    """Class names by id, in the order of the file.

    Raises:
        InvalidInput: a line cannot be read, an id is below 1, or there is no class at all.
    """
    classes: dict[int, str] = {}
    name = ""
    for row, line in enumerate(read_lines(path), start=1):
        if line.startswith("  name:"):
            name = _name(path, row, line)
        elif line.startswith(("  id:", "  label_id:")):
            classes[_id(path, row, line)] = name
    if not classes:
        raise InvalidInput(
            f"{path.name} holds no class. The fields of an entry, name: and id: or label_id:, "
            "must be indented by exactly two blanks.",
            code="bad_label_map",
        )
    return classes


def _name(path: Path, row: int, line: str) -> str:
    parts = line.split('"')
    if len(parts) < 3:
        raise _bad(path, row, f"the name is not in double quotes: {line.strip()!r}")
    return parts[1]


def _id(path: Path, row: int, line: str) -> int:
    text = line.strip().split(" ")[-1]
    try:
        number = int(text)
    except ValueError:
        raise _bad(path, row, f"the id is not a whole number: {text!r}") from None
    if number < 1:
        raise _bad(path, row, f"ids count from 1, got {number}")
    return number


def _bad(path: Path, row: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, row {row}: {reason}.",
        code="bad_label_map",
        detail={"file": path.name, "row": row},
    )

"""Label maps as AVA's evaluators read them: line by line, two blanks in front of a field.

What `labeling.formats.pbtxt` reads with any indentation is refused here, because the published
code would read no class from it, and figures that nobody can reproduce help nobody.
"""

from pathlib import Path

from labeling.domain.errors import InvalidInput
from mlbackend.evaluate.ava_rules import RULES, Rules
from mlbackend.evaluate.text_file import read_lines


def read_label_map(path: Path, rules: Rules = RULES["activitynet-2020"]) -> dict[int, str]:
    """Class names by id, in the order of the file; of an id that occurs twice the last.

    Raises:
        InvalidInput: a line cannot be read, there is no class at all, or an id is one that the
            evaluator does not take: below 1 (mmaction2: 0), or (mmaction2) twice.
    """
    classes: dict[int, str] = {}
    name = ""
    for row, line in enumerate(read_lines(path), start=1):
        if line.startswith("  name:"):
            name = _name(path, row, line)
        elif line.startswith(("  id:", "  label_id:")):
            number = _id(path, row, line)
            if number < rules.first_id:
                raise _bad(path, row, f"ids count from {rules.first_id}, got {number}")
            if number in classes and rules.ids_differ:
                raise _bad(path, row, f"the id {number} occurs twice, which this evaluator refuses")
            classes[number] = name
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
        return int(text)
    except ValueError:
        raise _bad(path, row, f"the id is not a whole number: {text!r}") from None


def _bad(path: Path, row: int, reason: str) -> InvalidInput:
    return InvalidInput(
        f"{path.name}, row {row}: {reason}.",
        code="bad_label_map",
        detail={"file": path.name, "row": row},
    )

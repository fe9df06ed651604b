"""Lists of AVA's actions, in the forms in which they lie beside the rows.

    item { name: "stand" id: 12 }              .pbtxt, in both dialects
    label_id,label_name,label_type             v2.0's CSV
    12: stand                                  a line each
    {"stand": 11}                              SlowFast's JSON, counted from 0

An id that occurs twice, or a name that is empty, is refused with its line.
"""

import csv
import json
import re
from collections.abc import Iterator

from labeling.domain.errors import InvalidInput
from labeling.formats.pbtxt import LabelEntry, read_labels

_ID = re.compile(r"[0-9]{1,9}")
_LINE = re.compile(r"\s*(\d{1,9})\s*[:\t]\s*(\S.*?)\s*")


def read_label_list(text: str, name: str) -> list[LabelEntry]:
    """Parse a list of any of the forms.

    Raises:
        InvalidInput: it is of none, or contradicts itself.
    """
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.replace(" ", "").startswith("label_id,"):
        return _unique(_from_csv(lines, name), name)
    if text.lstrip().startswith("{"):
        return _unique(_from_json(text, name), name)
    if _LINE.fullmatch(first):
        return _unique(_from_lines(lines, name), name)
    return read_labels(text)


def _from_csv(lines: list[str], name: str) -> list[LabelEntry]:
    entries = []
    for number, cells in enumerate(_cells(lines, name), 1):
        if number == 1 or not any(cells):
            continue
        if len(cells) < 2 or not _ID.fullmatch(cells[0].strip()) or not cells[1].strip():
            raise _wrong(name, number, "it is not label_id,label_name,label_type")
        group = cells[2].strip() if len(cells) > 2 else ""
        entries.append(LabelEntry(int(cells[0]), cells[1].strip(), group))
    return entries


def _cells(lines: list[str], name: str) -> Iterator[list[str]]:
    reader = csv.reader(lines)
    try:
        yield from reader
    except csv.Error as error:
        raise _wrong(name, reader.line_num, f"it is not CSV: {error}") from None


def _from_lines(lines: list[str], name: str) -> list[LabelEntry]:
    entries = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise _wrong(name, number, "it is not 'number: name'")
        entries.append(LabelEntry(int(found[1]), found[2]))
    return entries


def _from_json(text: str, name: str) -> list[LabelEntry]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is no JSON: {error}.", code="bad_label_map") from None
    whole = isinstance(content, dict) and all(type(v) is int and v >= 0 for v in content.values())
    if not whole or not content:
        raise InvalidInput(f'{name} is not {{"name": number}}.', code="bad_label_map")
    # SlowFast counts its outputs from 0; the ids of the rows are one more.
    shift = 1 if min(content.values()) == 0 else 0
    return [LabelEntry(number + shift, label) for label, number in content.items()]


def _unique(entries: list[LabelEntry], name: str) -> list[LabelEntry]:
    seen: dict[int, str] = {}
    for entry in entries:
        if entry.id in seen:
            raise InvalidInput(
                f"{name} gives id {entry.id} to '{seen[entry.id]}' and to '{entry.name}'.",
                code="bad_label_map",
            )
        seen[entry.id] = entry.name
    return entries


def _wrong(name: str, line: int, what: str) -> InvalidInput:
    return InvalidInput(f"{name}, line {line}: {what}.", code="bad_label_map")
